"""The last minutes of the fleet's sums, a value a second, for the curves in the number cards. No Qt here.

What was before the window opened is summed up from the rings, once and off-thread.
"""

from __future__ import annotations

import numpy as np

from console.telemetry.live import LiveTelemetry
from console.telemetry.snapshot import IDLE_BELOW_PERCENT, Counts, FleetSnapshot
from console.ui.kit.sparkline import Values

LENGTH = 300
SHORTEST = 60
"""A young curve is not stretched over more than a minute's room."""


def past(telemetry: LiveTelemetry, snapshot: FleetSnapshot) -> Values:
    """The sums of the last minutes: servers heard, accelerators busy, memory, power. NaN where none was."""
    now_s = snapshot.time.timestamp()
    sums, seen = np.zeros((4, LENGTH)), np.zeros((4, LENGTH), dtype=bool)

    def add(row: int, times: Values, values: Values) -> None:
        slots = LENGTH - 1 - np.round(now_s - times).astype(np.int64)
        good = (slots >= 0) & (slots < LENGTH) & np.isfinite(values)
        np.add.at(sums[row], slots[good], values[good])
        seen[row, slots[good]] = True

    for server in snapshot.servers:
        name = server.server.name
        times, load = telemetry.series(name, "load1", None, LENGTH)
        add(0, times, np.where(np.isfinite(load), 1.0, np.nan))
        for each in server.accelerators:
            uuid = each.sample.uuid
            times, used = telemetry.series(name, "utilization_percent", uuid, LENGTH)
            busy = np.where(np.isfinite(used), (used >= IDLE_BELOW_PERCENT).astype(np.float64), np.nan)
            add(1, times, busy)
            add(2, *telemetry.series(name, "accelerator_memory_used_bytes", uuid, LENGTH))
            add(3, *telemetry.series(name, "power_w", uuid, LENGTH))
    return np.where(seen, sums, np.nan)


class Trends:
    """A value a second from now on, and `past` before it."""

    def __init__(self) -> None:
        self._values = np.full((4, LENGTH), np.nan)

    def add(self, counts: Counts) -> None:
        """Another second."""
        self._values = np.roll(self._values, -1, axis=1)
        newest = (counts.links_up, counts.busy, counts.memory_used_bytes, counts.power_w)
        self._values[:, -1] = [np.nan if value is None else float(value) for value in newest]

    def fill(self, before: Values) -> None:
        """Take over what was summed up of the time before."""
        self._values = np.where(np.isfinite(self._values), self._values, before)

    def links(self) -> Values:
        return self._row(0)

    def busy(self) -> Values:
        return self._row(1)

    def memory(self) -> Values:
        return self._row(2)

    def power(self) -> Values:
        return self._row(3)

    def _row(self, index: int) -> Values:
        row: Values = self._values[index]
        known = np.flatnonzero(np.isfinite(row))
        first = int(known[0]) if len(known) else LENGTH
        return row[min(first, LENGTH - SHORTEST) :]
