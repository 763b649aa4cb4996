"""Samples gathered into buckets of ten seconds: lowest, mean, highest. Pure; no I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from console.store.blocks import Columns
from console.telemetry.metrics import ACCELERATOR_METRICS, SERVER_METRICS, Floats, figures
from console.telemetry.sample import ServerSample

BUCKET_S = 10

Name = tuple[str, str]
"""Accelerator's UUID or "", metric."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """All metrics of one server that were known at all in one span.

    Attributes:
        start: seconds since 1970, a multiple of ten.
        names: of each column.
    """

    server: str
    start: int
    names: tuple[Name, ...]
    columns: Columns


class _Filling:
    """All metrics of one server over one span, while it has the same accelerators."""

    def __init__(self, server: str, uuids: tuple[str, ...], start: int, values: Floats) -> None:
        self._server = server
        self._uuids = uuids
        self.start = start
        known = np.isfinite(values)
        self._low, self._high = values.copy(), values.copy()
        self._total = np.where(known, values, 0.0)
        self._count = known.astype(np.int64)

    def takes(self, uuids: tuple[str, ...], start: int, values: Floats) -> bool:
        """Whether these belong to it, and were taken."""
        if start != self.start or uuids != self._uuids:
            return False
        np.fmin(self._low, values, out=self._low)
        np.fmax(self._high, values, out=self._high)
        known = np.isfinite(values)
        np.add(self._total, values, out=self._total, where=known)
        self._count += known
        return True

    def bucket(self) -> Bucket | None:
        """What came; None where nothing was known."""
        known = np.flatnonzero(self._count)
        if not len(known):
            return None
        names = _names(self._uuids)
        count = self._count[known]
        columns = Columns(self._low[known], self._total[known] / count, self._high[known], count)
        return Bucket(self._server, self.start, tuple(names[at] for at in known.tolist()), columns)


@lru_cache(maxsize=4096)
def _names(uuids: tuple[str, ...]) -> tuple[Name, ...]:
    """In the order of `figures`."""
    of_server = tuple(("", spec.key) for spec in SERVER_METRICS)
    return of_server + tuple((uuid, spec.key) for uuid in uuids for spec in ACCELERATOR_METRICS)


class Gatherer:
    """Holds the spans that still fill and the buckets that are full; not thread-safe, its owner locks.

    Args:
        keep: full buckets held while they cannot be written; the oldest go first. One takes some 2 kB.
    """

    def __init__(self, *, keep: int = 20_000) -> None:
        self._filling: dict[str, _Filling] = {}
        self._full: list[Bucket] = []
        self._keep = keep

    def add(self, server: str, sample: ServerSample, epoch_s: float, values: Floats | None = None) -> None:
        """Take over every known value of a sample; `values` are its `figures` where they are known."""
        start = int(epoch_s) // BUCKET_S * BUCKET_S
        uuids = tuple(each.uuid for each in sample.accelerators)
        values = figures(sample) if values is None else values
        filling = self._filling.get(server)
        if filling is None or not filling.takes(uuids, start, values):
            if filling is not None:
                self._end(filling)
            self._filling[server] = _Filling(server, uuids, start, values)

    def take_full(self, epoch_s: float) -> list[Bucket]:
        """Hand over the buckets whose span has ended, also those of servers that fell silent."""
        start = int(epoch_s) // BUCKET_S * BUCKET_S
        for server in [name for name, filling in self._filling.items() if filling.start != start]:
            self._end(self._filling.pop(server))
        full, self._full = self._full, []
        return full

    def take_all(self) -> list[Bucket]:
        """Hand over everything, as at the end."""
        for filling in self._filling.values():
            self._end(filling)
        everything = self._full
        self._full, self._filling = [], {}
        return everything

    def give_back(self, buckets: list[Bucket]) -> int:
        """Keep what could not be written for the next time; returns how many had to be dropped."""
        together = buckets + self._full
        self._full = together[-self._keep :]
        return len(together) - len(self._full)

    def _end(self, filling: _Filling) -> None:
        if (bucket := filling.bucket()) is not None:
            self._full.append(bucket)
