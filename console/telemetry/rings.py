"""Minutes at full rate in preallocated numpy arrays: one time axis per server, one column per series.

One thread writes, any thread reads under the owner's lock. No wall time lives here: the axis is monotonic.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from console.telemetry.metrics import Floats

GAP_INTERVALS = 2.5
"""More than this many intervals between two samples is a gap, not a line."""


class Ring:
    """Columns of float32 over one ring of times, side by side, so that a sample is written in one place; a
    column that a sample does not name holds NaN there.

    Args:
        capacity: samples kept.
    """

    def __init__(self, capacity: int) -> None:
        self._times = np.full(capacity, np.nan, dtype=np.float64)
        self._places: dict[Hashable, int] = {}
        self._block = np.empty((capacity, 0), dtype=np.float32)
        self._next = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def capacity(self) -> int:
        """Samples kept at most."""
        return len(self._times)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self._times.nbytes + self._block.nbytes

    def has(self, key: Hashable) -> bool:
        """Whether a column is kept."""
        return key in self._places

    def place(self, key: Hashable) -> int | None:
        """Where `write` puts a column; places change when columns are added or dropped."""
        return self._places.get(key)

    def add_columns(self, keys: Iterable[Hashable]) -> None:
        """Keep columns from now on; what came before is NaN."""
        new = [key for key in dict.fromkeys(keys) if key not in self._places]
        if new:
            before = len(self._places)
            block = np.full((self.capacity, before + len(new)), np.nan, dtype=np.float32)
            block[:, :before] = self._block
            self._block = block
            self._places.update((key, before + at) for at, key in enumerate(new))

    def drop_column(self, key: Hashable) -> None:
        """Keep it no longer."""
        if (place := self._places.pop(key, None)) is not None:
            self._block = np.delete(self._block, place, axis=1)
            self._places = {key: at - (at > place) for key, at in self._places.items()}

    def append(self, time_s: float, values: Mapping[Hashable, float | None]) -> None:
        """One sample: a value or None for each column; keys without a column are ignored."""
        row = np.array([values.get(key) for key in self._places], dtype=np.float64)
        self.write(time_s, row, np.arange(len(row)))

    def write(self, time_s: float, values: Floats, places: npt.NDArray[np.intp]) -> None:
        """One sample: values and their places."""
        at = self._next
        self._times[at] = time_s
        row = self._block[at]
        row.fill(np.nan)
        row[places] = values
        self._next = (at + 1) % self.capacity
        self._count = min(self._count + 1, self.capacity)

    def read(self, key: Hashable, since_s: float, interval_s: float) -> tuple[Floats, Floats]:
        """Times and values since then, oldest first, with a NaN point where samples are missing.

        A key without a column gives empty arrays.
        """
        place = self._places.get(key)
        if place is None or not self._count:
            return np.empty(0), np.empty(0)
        times, values = self._in_order(self._times), self._in_order(self._block[:, place])
        first = int(np.searchsorted(times, since_s))
        return with_gaps(times[first:], values[first:].astype(np.float64), interval_s)

    def mean(self, keys: Sequence[Hashable], since_s: float, interval_s: float) -> tuple[Floats, Floats]:
        """As `read`, the mean over several columns; NaN where none of them has a value."""
        places = [self._places[key] for key in keys if key in self._places]
        if not places or not self._count:
            return np.empty(0), np.empty(0)
        times = self._in_order(self._times)
        first = int(np.searchsorted(times, since_s))
        stack = self._in_order(self._block)[first:, places].astype(np.float64)
        known = np.isfinite(stack)
        counts = known.sum(axis=1)
        sums = np.where(known, stack, 0.0).sum(axis=1)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return with_gaps(times[first:], means, interval_s)

    def _in_order(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Oldest first; a view where nothing has wrapped yet."""
        if self._count < self.capacity:
            return rows[: self._count]
        return np.concatenate((rows[self._next :], rows[: self._next]))


def with_gaps(times: Floats, values: Floats, interval_s: float) -> tuple[Floats, Floats]:
    """The same points with one NaN point one interval after the last sample before each gap."""
    if len(times) < 2:
        return times, values
    before = np.flatnonzero(np.diff(times) > GAP_INTERVALS * interval_s)
    if not len(before):
        return times, values
    return (
        np.insert(times, before + 1, times[before] + interval_s),
        np.insert(values, before + 1, np.nan),
    )
