"""Mean utilization of every server over the last minutes, for the table; a few servers a beat."""

from __future__ import annotations

import warnings

import numpy as np

from console.fleet.server import Role
from console.telemetry.live import LiveTelemetry
from console.telemetry.snapshot import FleetSnapshot, ServerRow
from console.ui.kit.sparkline import Values, thin_out
from console.ui.theme.tokens import Token

_PER_BEAT = 6
_POINTS = 90


class ServerCurves:
    """Kept by server; each is read anew in its turn, so that a beat's cost does not grow with the fleet."""

    def __init__(self, telemetry: LiveTelemetry) -> None:
        self._telemetry = telemetry
        self._kept: dict[str, Values] = {}
        self._next = 0

    def advance(self, snapshot: FleetSnapshot) -> None:
        """Read the next few."""
        rows = snapshot.servers
        missing = [row for row in rows if row.server.name not in self._kept][: 4 * _PER_BEAT]
        for row in missing:
            self._kept[row.server.name] = self._read(row)
        for offset in range(min(_PER_BEAT, len(rows))):
            row = rows[(self._next + offset) % len(rows)]
            self._kept[row.server.name] = self._read(row)
        self._next = (self._next + _PER_BEAT) % max(1, len(rows))

    def of(self, row: ServerRow) -> tuple[Values, Token] | None:
        """The curve and its engine's colour."""
        values = self._kept.get(row.server.name)
        if values is None or not len(values):
            return None
        return values, "inference" if row.server.role is Role.INFER else "training"

    def _read(self, row: ServerRow) -> Values:
        read = [
            self._telemetry.series(row.server.name, "utilization_percent", each.sample.uuid)[1]
            for each in row.accelerators
        ]
        length = min((len(values) for values in read), default=0)
        if not length:
            return np.empty(0)
        stack = np.stack([values[-length:] for values in read])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a moment in which none answered is a gap
            return thin_out(np.nanmean(stack, axis=0), _POINTS)
