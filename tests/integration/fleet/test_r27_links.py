"""R-27: what an open link costs the console; benchmarks measure how much it is."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

from tests.integration.fleet.rig import Rig, until
from tests.lab.fleet import LabFleet

_SERVERS = 8


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_r27_an_idle_server_costs_at_most_a_mebibyte_and_two_threads(
    rig: Rig, lab_fleet: Callable[[int], LabFleet]
) -> None:
    fleet = lab_fleet(_SERVERS + 1)
    first, *names = [rig.add(server) for server in fleet]
    # The first link brings in what all share.
    rig.fleet.watch([first], interval_s=5.0)
    until(lambda: rig.sink.of(first), within_s=30, what="the first sample")
    memory, threads = _resident(), threading.active_count()
    rig.fleet.watch(names, interval_s=5.0)
    until(lambda: all(rig.sink.of(name) for name in names), within_s=60, what="a sample of each")
    assert threading.active_count() - threads <= 2 * _SERVERS
    assert _resident() - memory <= _SERVERS << 20
    # Once nothing is under way a link keeps one thread.
    until(lambda: threading.active_count() - threads <= _SERVERS, within_s=30, what="the threads' end")
