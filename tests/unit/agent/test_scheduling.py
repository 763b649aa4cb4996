"""Whose turn it is: by hand-made queues, and by random ones against what must always hold."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from console.agent.scheduling import decide


def ticket(ident: str, gpus: int, priority: int = 0, queued: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"id": ident, "gpus": gpus, "priority": priority, "queued": queued, **more}


def test_priority_then_age_and_a_large_job_is_not_starved() -> None:
    waiting = [ticket("young", 1, queued=3), ticket("old", 1, queued=1), ticket("high", 1, 5, 9)]
    assert decide(waiting, [], 2, 2, 10.0).starts == ["high", "old"]
    running = [ticket("r", 2, started=0.0)]
    found = decide([ticket("large", 4), ticket("small", 1, queued=1)], running, 2, 4, 10.0)
    assert (found.starts, found.head) == ([], "large")
    assert found.reasons["small"] == "it waits behind job large"


def test_a_small_job_goes_round_where_it_ends_before_or_is_spare() -> None:
    running = [ticket("r", 2, started=0.0, time_limit_s=100.0)]
    large = ticket("large", 4)
    short, long = (
        ticket("short", 1, queued=1, time_limit_s=50.0),
        ticket("long", 1, queued=2, time_limit_s=200.0),
    )
    assert decide([large, short, long], running, 2, 4, 10.0).starts == ["short"]
    # Of eight, two are left over whatever ends first.
    assert decide([ticket("large", 6), long], [ticket("r", 4, started=0.0)], 4, 8, 10.0).starts == ["long"]
    # Here the smaller one may end first, and then the place of the spare one is needed.
    two = [ticket("a", 4, started=0.0), ticket("b", 2, started=0.0)]
    assert decide([ticket("large", 4), ticket("small", 2, queued=1)], two, 2, 8, 10.0).starts == []


def test_way_is_made_by_the_lowest_and_youngest_and_only_where_it_helps() -> None:
    running = [
        ticket("low-old", 1, -5, started=1.0, preemptible=True),
        ticket("low-young", 1, -5, started=2.0, preemptible=True),
        ticket("mid", 1, 0, started=0.0, preemptible=True),
        ticket("firm", 1, -9, started=0.0),
    ]
    assert decide([ticket("h", 1, 5)], running, 0, 4, 9.0).preempts == ["low-young"]
    assert decide([ticket("h", 3, 5)], running, 0, 4, 9.0).preempts == ["low-young", "low-old", "mid"]
    assert decide([ticket("h", 4, 5)], running, 0, 4, 9.0).preempts == []
    leaving = [dict(running[0], leaving=True), *running[1:]]
    assert decide([ticket("h", 1, 5)], leaving, 0, 4, 9.0).preempts == []
    assert decide([ticket("h", 1, -5)], running, 0, 4, 9.0).preempts == []


def test_what_can_never_run_and_what_waits_for_its_next_attempt_hold_nobody_up() -> None:
    waiting = [ticket("huge", 9, 9), ticket("later", 1, 8, not_before=20.0), ticket("now", 1)]
    found = decide(waiting, [], 2, 4, 10.0)
    assert found.starts == ["now"]
    assert found.reasons["huge"] == "it needs 9 accelerators, and 4 work here"
    assert found.reasons["later"] == "it waits 11 s before its next attempt"


JOBS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(-2, 2), st.one_of(st.none(), st.integers(1, 50))), max_size=7
)


@settings(max_examples=150, deadline=None)
@given(JOBS, JOBS, st.integers(0, 6), st.one_of(st.none(), st.integers(1, 5)))
def test_it_never_hands_out_more_than_there_is_nor_out_of_order(
    waiting: list[Any], running: list[Any], free: int, slots: int | None
) -> None:
    queue = [ticket(f"w{n}", g, p, n, time_limit_s=t) for n, (g, p, t) in enumerate(waiting)]
    live = [ticket(f"r{n}", g, p, n, time_limit_s=t, started=0.0) for n, (g, p, t) in enumerate(running)]
    total = free + sum(each["gpus"] for each in live)
    found = decide(queue, live, free, total, 10.0, slots)
    by_id = {each["id"]: each for each in queue}
    assert sum(by_id[ident]["gpus"] for ident in found.starts) <= free
    assert len(set(found.starts)) == len(found.starts)
    assert set(found.starts) | set(found.reasons) == set(by_id)
    if slots is not None:
        assert len(live) + len(found.starts) <= max(slots, len(live))
    if found.head is not None:
        # What goes round the head leaves it startable as soon as the sizes that run allow.
        head = by_id[found.head]
        assert head["gpus"] > free - sum(by_id[i]["gpus"] for i in found.starts if _before(by_id[i], head))


def _before(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (-one["priority"], one["queued"]) < (-other["priority"], other["queued"])
