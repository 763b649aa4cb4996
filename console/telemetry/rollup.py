"""Samples gathered into buckets of ten seconds: lowest, mean, highest. Pure; no I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass

from console.telemetry.metrics import ACCELERATOR_METRICS, SERVER_METRICS
from console.telemetry.sample import ServerSample

BUCKET_S = 10

Key = tuple[str, str, str]
"""Server, accelerator's UUID or "", metric."""


@dataclass(slots=True)
class Bucket:
    """One metric over one span."""

    key: Key
    start: int
    low: float
    high: float
    total: float
    count: int

    def take(self, value: float) -> None:
        """Another value of the same span."""
        if value < self.low:
            self.low = value
        elif value > self.high:
            self.high = value
        self.total += value
        self.count += 1

    @property
    def mean(self) -> float:
        return self.total / self.count


class Gatherer:
    """Holds the buckets that still fill and those that are full; not thread-safe, its owner locks.

    Args:
        keep: full buckets held while they cannot be written; the oldest go first.
    """

    def __init__(self, *, keep: int = 200_000) -> None:
        self._filling: dict[Key, Bucket] = {}
        self._full: list[Bucket] = []
        self._keep = keep

    def add(self, server: str, sample: ServerSample, epoch_s: float) -> None:
        """Take over every known value of a sample."""
        start = int(epoch_s) // BUCKET_S * BUCKET_S
        for spec in SERVER_METRICS:
            self._put((server, "", spec.key), start, spec.value_of(sample))
        for accelerator in sample.accelerators:
            for spec in ACCELERATOR_METRICS:
                self._put((server, accelerator.uuid, spec.key), start, spec.value_of(accelerator))

    def _put(self, key: Key, start: int, value: float | None) -> None:
        if value is None:
            return
        bucket = self._filling.get(key)
        if bucket is not None and bucket.start == start:
            bucket.take(value)
            return
        if bucket is not None:
            self._full.append(bucket)
        self._filling[key] = Bucket(key, start, value, value, value, 1)

    def take_full(self, epoch_s: float) -> list[Bucket]:
        """Hand over the buckets whose span has ended, also those of servers that fell silent."""
        start = int(epoch_s) // BUCKET_S * BUCKET_S
        ended = [key for key, bucket in self._filling.items() if bucket.start != start]
        self._full += [self._filling.pop(key) for key in ended]
        full, self._full = self._full, []
        return full

    def take_all(self) -> list[Bucket]:
        """Hand over everything, as at the end."""
        everything = [*self._full, *self._filling.values()]
        self._full, self._filling = [], {}
        return everything

    def give_back(self, buckets: list[Bucket]) -> int:
        """Keep what could not be written for the next time; returns how many had to be dropped."""
        together = buckets + self._full
        self._full = together[-self._keep :]
        return len(together) - len(self._full)
