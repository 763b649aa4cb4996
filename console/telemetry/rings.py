"""Minutes at full rate in preallocated numpy arrays: one time axis per server, one column per series.

One thread writes, any thread reads under the owner's lock. No wall time lives here: the axis is monotonic.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

GAP_INTERVALS = 2.5
"""More than this many intervals between two samples is a gap, not a line."""


class Ring:
    """Columns of float32 over one ring of times; a column that a sample does not name holds NaN there.

    Args:
        capacity: samples kept.
    """

    def __init__(self, capacity: int) -> None:
        self._times = np.full(capacity, np.nan, dtype=np.float64)
        self._columns: dict[Hashable, npt.NDArray[np.float32]] = {}
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
        return self._times.nbytes + sum(column.nbytes for column in self._columns.values())

    def has(self, key: Hashable) -> bool:
        """Whether a column is kept."""
        return key in self._columns

    def add_column(self, key: Hashable) -> None:
        """Keep a column from now on; what came before is NaN."""
        if key not in self._columns:
            self._columns[key] = np.full(self.capacity, np.nan, dtype=np.float32)

    def drop_column(self, key: Hashable) -> None:
        """Keep it no longer."""
        self._columns.pop(key, None)

    def append(self, time_s: float, values: Mapping[Hashable, float | None]) -> None:
        """One sample: a value or None for each column; keys without a column are ignored."""
        at = self._next
        self._times[at] = time_s
        for key, column in self._columns.items():
            value = values.get(key)
            column[at] = np.nan if value is None else value
        self._next = (at + 1) % self.capacity
        self._count = min(self._count + 1, self.capacity)

    def read(self, key: Hashable, since_s: float, interval_s: float) -> tuple[Floats, Floats]:
        """Times and values since then, oldest first, with a NaN point where samples are missing.

        A key without a column gives empty arrays.
        """
        column = self._columns.get(key)
        if column is None or not self._count:
            return np.empty(0), np.empty(0)
        times, values = self._in_order(self._times), self._in_order(column).astype(np.float64)
        first = int(np.searchsorted(times, since_s))
        return with_gaps(times[first:], values[first:], interval_s)

    def mean(self, keys: Sequence[Hashable], since_s: float, interval_s: float) -> tuple[Floats, Floats]:
        """As `read`, the mean over several columns; NaN where none of them has a value."""
        columns = [self._columns[key] for key in keys if key in self._columns]
        if not columns or not self._count:
            return np.empty(0), np.empty(0)
        times = self._in_order(self._times)
        first = int(np.searchsorted(times, since_s))
        stack = np.array([self._in_order(column)[first:] for column in columns], dtype=np.float64)
        known = np.isfinite(stack)
        counts = known.sum(axis=0)
        sums = np.where(known, stack, 0.0).sum(axis=0)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return with_gaps(times[first:], means, interval_s)

    def _in_order(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Oldest first; a view where nothing has wrapped yet."""
        if self._count < self.capacity:
            return column[: self._count]
        return np.concatenate((column[self._next :], column[: self._next]))


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
