"""Idle holders: below a bound for long enough by means; what is not known is never called idle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.fleet.server import Server
from console.telemetry.idle import GroupBy, IdleHolders, IdleState, Verdict, Why, grouped, holders_of, judge
from console.telemetry.parsing_accelerators import parse_accelerator
from console.telemetry.spans import Curve
from tests.ui.fleet_samples import GB, Machine, feed

NOW = 1_800_000_000.0
NAN = float("nan")


def _curve(values: list[float], width: float = 60.0) -> Curve:
    y = np.array(values)
    times = NOW - width * np.arange(len(y), 0, -1) + width / 2
    return Curve(times, y, y, y + 1, width)


def test_idle_begins_after_the_last_use() -> None:
    found = judge(_curve([80.0, 90.0, 1.0, 2.0, 0.0]), NOW, 5.0)
    assert found == Verdict(NOW - 180, at_least=False, mean=1.0, peak=3.0)
    assert judge(_curve([1.0, 1.0, 50.0]), NOW, 5.0) == Verdict(None)


def test_idle_from_the_beginning_of_what_is_known_is_at_least_that() -> None:
    found = judge(_curve([1.0] * 10), NOW, 5.0)
    assert found is not None
    assert found.at_least
    assert found.since_s == NOW - 540  # of the first minute only its end is sure


def test_a_long_gap_ends_what_can_be_said_and_a_short_one_does_not() -> None:
    long = judge(_curve([90.0, *[1.0] * 5, *[NAN] * 10, *[1.0] * 5]), NOW, 5.0)
    assert long is not None
    assert (long.since_s, long.at_least) == (NOW - 240, True)
    short = judge(_curve([90.0, *[1.0] * 5, NAN, NAN, *[1.0] * 5]), NOW, 5.0)
    assert short is not None
    assert (short.since_s, short.at_least) == (NOW - 720, False)


def test_a_curve_that_has_ended_or_is_empty_says_nothing() -> None:
    assert judge(_curve([1.0, 1.0, *[NAN] * 5]), NOW, 5.0) is None
    assert judge(_curve([NAN, NAN]), NOW, 5.0) is None
    assert judge(Curve(*[np.empty(0)] * 4), NOW, 5.0) is None


def test_holders_are_processes_or_memory_that_nobody_is_named_for() -> None:
    base = {"index": 0, "uuid": "GPU-0", "state": "ok", "memory_used_bytes": 40 * GB}
    process = {"pid": 7, "user": "vision", "memory_bytes": 30 * GB}
    named = parse_accelerator({**base, "processes": [process, {"pid": 8, "memory_bytes": 0}]})
    assert [(p.pid if p else None, size) for p, size in holders_of(named)] == [(7, 30 * GB)]
    hidden = parse_accelerator({**base, "processes": []})
    assert holders_of(hidden) == [(None, 40 * GB)]
    assert holders_of(parse_accelerator({**base, "memory_used_bytes": 10**8, "processes": None})) == []


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    built = build(tandem_home)
    yield built
    close(built)


def test_the_fleet_s_idle_holders(context: Context) -> None:
    busy = Machine(Server("busy", "busy"), gpus=1, base=90.0)
    idle = Machine(Server("idle", "idle"), gpus=2, base=1.0, user="vision", command="jupyter-lab")
    free = Machine(Server("free", "free"), gpus=1, base=1.0, user=None, memory=0.0)
    divided = Machine(Server("divided", "divided"), gpus=1, base=1.0, user="nlp")
    context.options.set("watch.stale_after_s", 600.0)  # a slow machine takes a while to make the samples
    feed(context, [busy, idle, free, divided], seconds=800)
    servers = context.telemetry.snapshot().servers
    row = next(each for each in servers if each.server.name == "divided")
    mig = replace(row.accelerators[0].sample, mig=True, utilization_percent=None)
    hidden = replace(row, accelerators=(replace(row.accelerators[0], sample=mig),))
    servers = tuple(hidden if each is row else each for each in servers)

    holders = IdleHolders(context.telemetry, context.history, context.clock)
    found = holders.find(servers, below_percent=5.0, after_s=600.0)
    assert [(each.server, each.index, each.state) for each in found] == [
        ("idle", 0, IdleState.IDLE),
        ("idle", 1, IdleState.IDLE),
        ("divided", 0, IdleState.UNKNOWN),
    ]
    first = found[0]
    assert first.user == "vision"
    assert (first.memory_bytes or 0) > 60 * GB
    assert first.at_least
    assert 780 < (first.seconds or 0) < 900
    assert 0 <= (first.mean_percent or 0) < 5
    assert found[2].why is Why.DIVIDED
    assert found[2].seconds is None

    again = holders.find(servers, below_percent=5.0, after_s=600.0)
    assert [(each.key, each.since) for each in again] == [(each.key, each.since) for each in found]

    (by_user,) = grouped(found, GroupBy.USER)
    assert (by_user.name, by_user.accelerators) == ("vision", 2)
    assert [group.name for group in grouped(found, GroupBy.SERVER)] == ["idle"]

    longer = holders.find(servers, below_percent=5.0, after_s=3600.0)
    assert [(each.server, each.why) for each in longer if each.server == "idle"] == [
        ("idle", Why.TOO_SHORT)
    ] * 2
    wide = holders.find(servers, below_percent=100.0, after_s=600.0)
    assert {each.server for each in wide if each.state is IdleState.IDLE} == {"busy", "idle"}
