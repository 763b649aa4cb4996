"""The last minutes of the fleet's sums, a value a second, for the curves in the number cards. No Qt here."""

from __future__ import annotations

import numpy as np

from console.telemetry.snapshot import Counts
from console.ui.kit.sparkline import Values

LENGTH = 300


class Trends:
    """Sums are not in the history, so they begin when the window opens."""

    def __init__(self) -> None:
        self._values = np.full((4, LENGTH), np.nan)

    def add(self, counts: Counts) -> None:
        """Another second."""
        self._values = np.roll(self._values, -1, axis=1)
        newest = (counts.links_up, counts.busy, counts.memory_used_bytes, counts.power_w)
        self._values[:, -1] = [np.nan if value is None else float(value) for value in newest]

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
        return row
