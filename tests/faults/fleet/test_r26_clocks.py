"""Clocks that jump by an hour, there and here, while links are up: nothing is late, lost or out of order."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.fleet.link_state import LinkState
from console.telemetry.live import LiveTelemetry
from tests.integration.fleet.rig import Rig, until
from tests.lab.clocks import Stepped
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

JUMPS = ("+3600", "-3600", "+0")


def test_r26_a_server_s_clock_that_jumps_moves_nothing(
    rig: Rig, make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    clock = Stepped(tmp_path)
    name = rig.add(make_lab_server(environment=clock.environment))
    rig.fleet.watch([name], interval_s=0.3)
    until(lambda: rig.sink.of(name), what="a sample")
    began = time.monotonic()
    for jump in JUMPS:
        clock.jump(jump)
        seen = len(rig.sink.of(name))
        until(lambda seen=seen: len(rig.sink.of(name)) >= seen + 6, what="samples after a jump")
    wires = rig.sink.of(name)
    far = [float(wire["time"]) - time.time() for wire, _ in wires]
    assert max(far) > 3000, "its clock did jump"
    assert min(far) < -3000
    assert set(rig.sink.states(name)) <= {LinkState.CONNECTING, LinkState.AUTHENTICATING, LinkState.UP}
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(wires)]
    assert min(gaps) >= 0
    assert max(gaps) < 3, f"a jump is no pause; all took {time.monotonic() - began:.1f} s"
    # Rates are differences over monotonic time: an hour's jump makes none of them negative or tiny.
    told = [wire.get("cpu_percent") for wire, _ in wires]  # only where it changed
    assert all(0 <= float(share) <= 100 for share in told if share is not None)


def test_r26_a_server_s_offset_is_measured_and_said(
    rig: Rig, make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    clock = Stepped(tmp_path)
    clock.jump("+3600")
    report = rig.fleet.check(rig.add(make_lab_server(environment=clock.environment)))
    assert report.problem is None
    (told,) = report.warnings
    assert told in [f"its clock is {seconds} s ahead of this machine's" for seconds in (3599, 3600, 3601)]


class Local(SystemClock):
    """This machine's clock, through the seam that all rooms take it from."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


def test_r26_this_machine_s_clock_that_jumps_moves_nothing(
    make_rig: Callable[..., Rig], lab_server: LabServer
) -> None:
    clock = Local()
    rig = make_rig(clock=clock)
    telemetry = LiveTelemetry(rig.book, clock, rig.options)
    name = rig.add(lab_server)
    rig.fleet.watch([name], interval_s=0.3)
    until(lambda: rig.sink.of(name), what="a sample")
    taken = 0
    for hours in (1, -1, 0):
        clock.ahead = timedelta(hours=hours)
        seen = len(rig.sink.of(name))
        until(lambda seen=seen: len(rig.sink.of(name)) >= seen + 6, what="samples after a jump")
        for wire, received_s in rig.sink.of(name)[taken:]:
            telemetry.on_sample(name, wire, received_s)
            taken += 1
        (row,) = telemetry.snapshot().servers
        assert row.age_s is not None
        assert 0 <= row.age_s < 3, "an age is no difference of wall times"
        times, _ = telemetry.series(name, "cpu_percent")
        assert len(times) == taken
        assert all(0 < b - a < 3 for a, b in pairwise(times)), "the axis keeps its order and its distances"
        age_s = rig.fleet.link(name).age_s
        assert age_s is not None
        assert 0 <= age_s < 3
    assert set(rig.sink.states(name)) <= {LinkState.CONNECTING, LinkState.AUTHENTICATING, LinkState.UP}
