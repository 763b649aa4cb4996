"""Which way a copy goes: the tree over servers that reach each other, and what goes through the console."""

from __future__ import annotations

from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.fleet.copying.routes import ARITY, Routes, spread

NAMES = [f"s{n}" for n in range(8)]


def open_to_all(names: list[str]) -> Routes:
    return Routes(dict.fromkeys(permutations(names, 2), "10.0.0.1"))


def test_seven_targets_are_three_deep_and_nobody_gives_to_more_than_two() -> None:
    (wave,) = spread("s0", NAMES[1:], open_to_all(NAMES))
    assert not wave.relayed_because
    assert set(wave.parents) == set(NAMES[1:])
    assert max(len(wave.children(name)) for name in NAMES) == ARITY
    assert max(len(wave.ancestors(name)) for name in NAMES[1:]) == 3
    assert wave.ancestors("s7")[-1] == "s0"


def test_the_taker_calls_where_it_can() -> None:
    routes = Routes({("b", "a"): "10.0.0.1", ("a", "b"): "10.0.0.2", ("a", "c"): "10.0.0.3"})
    assert routes.caller("a", "b") == "b"
    assert routes.caller("a", "c") == "a", "a firewall that lets nobody in may let out"
    assert routes.between("c", "a")
    assert not routes.between("b", "c")


def test_what_nobody_reaches_goes_through_the_console_once_and_spreads_from_there() -> None:
    routes = Routes(
        {("b", "c"): "10.0.0.2", ("a", "x"): "10.0.0.9"},
        {("b", "a"): "10.0.0.1 port 9: no answer", ("a", "b"): "10.0.0.2 port 9: no answer"},
    )
    first, second = spread("a", ["x", "b", "c"], routes)
    assert first.parents == {"x": "a"}
    assert (second.root, second.parents) == ("b", {"c": "b"})
    assert second.relayed_because == (
        "b cannot reach a (10.0.0.1 port 9: no answer), and a cannot reach b (10.0.0.2 port 9: no answer)"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))))
def test_whatever_the_firewalls_every_target_gets_it_by_ways_that_there_are(
    pairs: set[tuple[str, str]],
) -> None:
    routes = Routes({(a, b): "10.0.0.1" for a, b in pairs if a != b})
    waves = spread("s0", NAMES[1:], routes)
    got = [name for wave in waves for name in wave.parents]
    got += [wave.root for wave in waves if wave.relayed_because]
    assert sorted(got) == NAMES[1:]
    for wave in waves:
        for taker, giver in wave.parents.items():
            assert routes.between(giver, taker)
            assert wave.ancestors(taker)[-1] == wave.root


def test_those_who_have_it_share_the_work() -> None:
    (wave,) = spread("s0", NAMES[1:5], open_to_all(NAMES))
    assert wave.parents == {"s1": "s0", "s2": "s0", "s3": "s1", "s4": "s2"}
