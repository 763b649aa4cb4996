"""Idle holding in a span: out of the store, shared out among the jobs that had the accelerator."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.fleet.server import Server
from console.telemetry.idle import GroupBy, grouped
from console.telemetry.idle_spans import Lease, Watched, held_idle, shared, stretches
from console.telemetry.spans import Stored
from tests.ui.fleet_samples import GB, Machine, remember

T = 1_800_000_000.0
NAN = float("nan")


def _stored(values: list[float]) -> Stored:
    y = np.array(values)
    return Stored(60, T + 60.0 * np.arange(len(y)), y, y, y + 2)


def test_only_what_was_held_and_unused_and_known_counts() -> None:
    use = _stored([90, 1, 1, 1, NAN, 1, 1, 1, 1, 90, 1])
    memory = _stored([9.0 * GB] * 7 + [0.0] * 2 + [9.0 * GB] * 2)
    found = stretches(use, memory, 5.0, 120.0)
    assert [(each.since_s - T, each.until_s - T) for each in found] == [(60, 240), (300, 420)]
    assert found[0].peak == 3
    assert found[0].memory_bytes == 9 * GB
    assert [(each.since_s - T) for each in stretches(use, memory, 5.0, 180.0)] == [60]
    assert stretches(_stored([NAN] * 3), memory, 5.0, 0.0) == []


def test_a_stretch_is_shared_out_among_the_jobs_that_had_the_accelerator() -> None:
    (stretch,) = stretches(_stored([1.0] * 10), _stored([9.0 * GB] * 10), 5.0, 60.0)
    leases = [
        Lease("s", "G", "job-b", "eve", T + 300, T + 9000),
        Lease("s", "G", "job-a", "bob", T - 50, T + 120),
    ]
    parts = [(lease.job if lease else None, a - T, b - T) for lease, a, b in shared(stretch, leases)]
    assert parts == [("job-a", 0, 120), (None, 120, 300), ("job-b", 300, 600)]


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    built = build(tandem_home)
    yield built
    close(built)


def test_a_span_out_of_the_store_added_up_by_user_job_server_and_label(context: Context) -> None:
    idle = Machine(Server("idle", "idle", labels={"team": "vision", "rack": "7"}), gpus=1, base=1.0, user="x")
    busy = Machine(Server("busy", "busy"), gpus=1, base=90.0)
    remember(context, [idle, busy], seconds=600)
    now_s = context.clock.now().timestamp()
    (uuid,) = {uuid for _server, uuid, _metric in context.history.series("idle") if uuid}
    leases = [Lease("idle", uuid, "j1", "ann", now_s - 300, now_s)]
    servers = [Watched("idle", ("rack=7", "team=vision"), {uuid: (0, "H100")}), Watched("busy")]
    span = (now_s - 3600, now_s)
    found = held_idle(context.history, servers, leases, span, below_percent=5.0, after_s=60.0)
    assert {(each.server, each.job, each.user) for each in found} == {
        ("idle", "j1", "ann"),
        ("idle", None, None),
    }
    assert 500 < sum(each.seconds or 0 for each in found) <= 600
    assert [group.name for group in grouped(found, GroupBy.SERVER)] == ["idle"]
    assert {group.name for group in grouped(found, GroupBy.JOB)} == {"j1", "–"}
    assert {group.name for group in grouped(found, GroupBy.USER)} == {"ann", "–"}
    (rack, team) = grouped(found, GroupBy.LABEL)
    assert (rack.name, team.name, rack.accelerators) == ("rack=7", "team=vision", 1)
    assert 500 < rack.idle_s <= 600
