"""Trust at first sight: sixty servers are imported and seen within a minute; nothing is written there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.app import build, close
from console.commands.catalogue import find
from console.commands.command import invoke
from console.context import Context
from console.core.home import Home
from console.fleet.importing import candidates
from console.telemetry.snapshot import Activity, FleetSnapshot, Severity
from tests.lab.fleet import LabFleet
from tests.lab.nvml.build import FakeNvml, build_fake_nvml

SERVERS = 60
GPUS_EACH = 2
WITHIN_S = 60.0


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    built = build(tandem_home, read_only=True)
    yield built
    close(built)


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[LabFleet]:
    """Sixty real sshd with two GPUs each: one lost, one idle but held, the others busy."""
    library = build_fake_nvml(tmp_path / "nvml")
    made = LabFleet(tmp_path / "fleet", SERVERS)
    for number, server in enumerate(made):
        world = FakeNvml(library, tmp_path / f"world-{number}", GPUS_EACH)
        world.set("gpu 0 util", 90)
        world.set("gpu 1 util", 80)
        server.environment.update(world.env)
        if number == 7:
            world.set("gpu 1 state", "lost")
        if number == 21:
            world.set("gpu 0 util", 0)
            world.set(f"proc 0 {os.getpid()}", 30 << 30)
    with made:
        yield made


def complete(snapshot: FleetSnapshot) -> bool:
    """Whether every GPU of the fleet has been told of, and who holds it."""
    rows = list(snapshot.accelerators())
    return (
        len(rows) == SERVERS * GPUS_EACH
        and all(row.fresh for row in snapshot.servers)
        and all(row.sample.processes is not None for row in rows if row.activity is not Activity.LOST)
    )


@pytest.mark.timeout(240)
def test_sixty_servers_within_a_minute_and_nothing_written(
    context: Context,
    fleet: LabFleet,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    before = {server.name: sorted(server.home.rglob("*")) for server in fleet}
    config = fleet.write_ssh_config(tmp_path / "config")
    started = time.monotonic()
    invoke(find("server.import"), context, {"servers": candidates(config, [])})
    context.fleet.watch()
    snapshot = context.telemetry.snapshot()
    while not complete(snapshot) and time.monotonic() < started + WITHIN_S:
        time.sleep(0.25)
        snapshot = context.telemetry.snapshot()
    took_s = time.monotonic() - started
    record_property("seconds_until_all_was_seen", round(took_s, 1))
    assert complete(snapshot), [
        (row.server.name, row.link.state, row.link.problem) for row in snapshot.servers if not row.fresh
    ]

    counts = snapshot.counts
    assert (counts.servers, counts.links_up) == (SERVERS, SERVERS)
    assert (counts.lost, counts.idle, counts.busy) == (1, 1, SERVERS * GPUS_EACH - 2)
    sick = [row for row in snapshot.accelerators() if row.severity is Severity.CRITICAL]
    assert [row.server.name for row in sick] == ["lab-8"]
    assert sick[0].utilization_percent is None
    idle = [row for row in snapshot.accelerators() if row.holds_idle]
    assert [row.server.name for row in idle] == ["lab-22"]
    assert idle[0].sample.processes is not None
    assert idle[0].sample.processes[0].pid == os.getpid()

    assert {server.name: sorted(server.home.rglob("*")) for server in fleet} == before
    rows = context.audit.entries(limit=100_000)
    started_on = {row.server for row in rows if row.action == "agent.start"}
    assert started_on == {server.name for server in fleet}
    assert not any(row.changes for row in rows)
    assert context.audit.verify() == []
