"""Whatever happens: an episode goes its way in order, fires once, and never by time that nobody saw."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.alerts.alert import AlertState
from console.alerts.course import GAP_S, Moment, advanced, begun, meant
from console.alerts.rule import NoData, Rule
from tests.unit.alerts.world import START, hot_rule

rules = st.builds(
    lambda for_s, keep, no_data: hot_rule(for_s=for_s, keep_firing_s=keep, no_data=no_data),
    st.sampled_from([0.0, 20.0, 300.0]),
    st.sampled_from([0.0, 20.0, 300.0]),
    st.sampled_from(NoData),
)
steps = st.lists(
    st.tuples(
        st.sampled_from([True, True, False, None]),
        st.sampled_from([1.0, 5.0, 5.0, 59.0, 61.0, 3600.0]),
        st.sampled_from([0.0, 0.0, 0.0, -7200.0, 7200.0]),
    ),
    max_size=60,
)


@given(rules, steps)
def test_an_episode_goes_its_way_in_order(rule: Rule, happens: list) -> None:
    now, run_s = START, 0.0
    course = None
    held_s = over_s = 0.0
    last: bool | None = None
    for answer, seconds, jump_s in happens:
        run_s += seconds
        now += timedelta(seconds=seconds + jump_s)
        meaning = meant(rule, answer)
        span_s = min(GAP_S, seconds) if meaning is last else 0.0
        last = meaning
        if course is None:
            if not meaning:
                continue
            held_s = over_s = 0.0
            course = begun(rule, answer, Moment(now, run_s))
        else:
            held_s += span_s if meaning else 0.0
            over_s = over_s + span_s if meaning is False else over_s if meaning is None else 0.0
            before, course = course, advanced(course, rule, answer, Moment(now, run_s))
            assert before.fired is None or course.fired == before.fired
            assert course.last_held >= before.last_held
        # It fires as soon as, and only when, it held for so long as it was seen.
        if course.state in (AlertState.FIRING, AlertState.NO_DATA):
            assert held_s >= rule.for_s
            assert (course.state is AlertState.FIRING) == course.known
        if course.state is AlertState.PENDING and meaning:
            assert held_s < rule.for_s
        if course.state is AlertState.RESOLVED:
            assert meaning is False
            assert over_s >= rule.keep_firing_s
            assert course.first_seen <= course.fired <= course.resolved
        if course.state is AlertState.INACTIVE:
            assert course.fired is None
        if course.ended:
            course = None
            last = None


def test_what_no_data_means() -> None:
    assert [meant(hot_rule(no_data=each), None) for each in NoData] == [None, True, False]
