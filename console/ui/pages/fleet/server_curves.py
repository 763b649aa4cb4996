"""Mean utilization of the servers that the table shows, of the last minutes; read when looked at."""

from __future__ import annotations

import time

import numpy as np

from console.fleet.server import Role
from console.telemetry.live import LiveTelemetry
from console.telemetry.snapshot import ServerRow
from console.ui.kit.sparkline import Values, thin_out
from console.ui.theme.tokens import Token

_PER_BEAT = 10
_OLD_AFTER_S = 3.0
"""A curve of fifteen minutes has hardly moved before that."""
_POINTS = 90


class ServerCurves:
    """Kept by server. Only so many are read a beat: a quick scroll shows old curves, no pause."""

    def __init__(self, telemetry: LiveTelemetry) -> None:
        self._telemetry = telemetry
        self._kept: dict[str, tuple[float, Values]] = {}
        self._left = _PER_BEAT

    def advance(self) -> None:
        """Another beat: so many may be read again."""
        self._left = _PER_BEAT

    def of(self, row: ServerRow) -> tuple[Values, Token] | None:
        """The curve and its engine's colour."""
        name, now_s = row.server.name, time.monotonic()
        kept = self._kept.get(name)
        if self._left > 0 and (kept is None or now_s - kept[0] > _OLD_AFTER_S):
            self._left -= 1
            kept = self._kept[name] = (now_s, self._read(row))
        if kept is None or not len(kept[1]):
            return None
        return kept[1], "inference" if row.server.role is Role.INFER else "training"

    def _read(self, row: ServerRow) -> Values:
        uuids = [each.sample.uuid for each in row.accelerators]
        values = self._telemetry.mean_series(row.server.name, "utilization_percent", uuids)
        return thin_out(values, _POINTS) if len(values) else np.empty(0)
