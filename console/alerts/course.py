"""The course of one episode of a rule: pending, firing, over. From a state and an answer to a state.

Spans are counted on the monotonic clock, and only what was judged: a time in which nobody looked counts
neither as held nor as over. The wall clock is for what is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from console.alerts.alert import Alert, AlertState
from console.alerts.rule import NoData, Rule

GAP_S = 60.0
"""Of a longer time between two judgements only so much is taken as judged."""

FORGOTTEN_S = 3600.0
"""So long, or the rule's `for` if that is longer, what is pending waits for data that does not come."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is judged: by the wall clock, and by the one that never jumps."""

    now: datetime
    monotonic_s: float


@dataclass(frozen=True, slots=True)
class Course:
    """Where an episode stands.

    Attributes:
        state: INACTIVE where it ended before it fired.
        held_s, over_s, unknown_s: how long the condition held, has not, or was not known, as it was judged.
        judged_s: when that was last, None for one that was kept over a restart.
        answer: what was said then, after the rule's word for no data.
        known: whether the condition was ever known to hold, not only taken to for want of data.
    """

    state: AlertState
    since: datetime
    first_seen: datetime
    last_held: datetime
    fired: datetime | None = None
    resolved: datetime | None = None
    held_s: float = 0.0
    over_s: float = 0.0
    unknown_s: float = 0.0
    judged_s: float | None = None
    answer: bool | None = None
    known: bool = False

    @property
    def ended(self) -> bool:
        return self.state in (AlertState.INACTIVE, AlertState.RESOLVED)


def meant(rule: Rule, answer: bool | None) -> bool | None:
    """What an answer means to the rule: where nothing is known, its word for that decides."""
    if answer is None and rule.no_data is not NoData.KEEP:
        return rule.no_data is NoData.ALERT
    return answer


def begun(rule: Rule, answer: bool | None, moment: Moment) -> Course:
    """A new episode, at the first answer that means trouble."""
    course = Course(AlertState.PENDING, moment.now, moment.now, moment.now)
    return advanced(course, rule, answer, moment)


def restored(alert: Alert) -> Course:
    """An episode as it was before a restart; the time between counts as nothing."""
    held_s = max(0.0, (alert.last_held - alert.first_seen).total_seconds())
    return Course(
        alert.state,
        alert.since,
        alert.first_seen,
        alert.last_held,
        alert.fired,
        alert.resolved,
        held_s=held_s,
        known=alert.state is not AlertState.NO_DATA,
    )


def advanced(course: Course, rule: Rule, answer: bool | None, moment: Moment) -> Course:
    """The episode after another judgement."""
    meaning = meant(rule, answer)
    span_s = 0.0
    if course.judged_s is not None and meaning is course.answer:
        span_s = min(GAP_S, max(0.0, moment.monotonic_s - course.judged_s))
    after = replace(course, judged_s=moment.monotonic_s, answer=meaning)
    if meaning is None:
        return _unknown(after, rule, span_s)
    # A clock that was set back makes no episode end before it began.
    now = max(moment.now, course.last_held)
    return _held(after, rule, answer, span_s, now) if meaning else _over(after, rule, span_s, now)


def _unknown(course: Course, rule: Rule, span_s: float) -> Course:
    unknown_s = course.unknown_s + span_s
    forgotten = course.fired is None and unknown_s > max(rule.for_s, FORGOTTEN_S)
    return replace(course, unknown_s=unknown_s, state=AlertState.INACTIVE if forgotten else course.state)


def _held(course: Course, rule: Rule, answer: bool | None, span_s: float, now: datetime) -> Course:
    held_s = course.held_s + span_s
    known = course.known or answer is True
    fired = course.fired
    if fired is None and held_s >= rule.for_s:
        fired = now
    told = AlertState.FIRING if known else AlertState.NO_DATA
    state = course.state if fired is None else told
    return replace(
        course,
        state=state,
        since=course.since if state is course.state else now,
        last_held=now,
        fired=fired,
        held_s=held_s,
        over_s=0.0,
        unknown_s=0.0,
        known=known,
    )


def _over(course: Course, rule: Rule, span_s: float, now: datetime) -> Course:
    if course.fired is None:
        return replace(course, state=AlertState.INACTIVE)
    over_s = course.over_s + span_s
    if over_s < rule.keep_firing_s:
        return replace(course, over_s=over_s, unknown_s=0.0)
    return ended(course, now)


def ended(course: Course, now: datetime) -> Course:
    """The episode at its end, whatever ended it."""
    if course.fired is None:
        return replace(course, state=AlertState.INACTIVE)
    end = max(now, course.last_held)
    return replace(course, state=AlertState.RESOLVED, since=end, resolved=end)
