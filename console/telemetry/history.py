"""Charts older than the rings: roll-ups in the store, and queries over them.

How they are written, packed, folded and forgotten is in history_keeping.py, reading in history_reading.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np

from console.core.clock import Clock, from_epoch, iso
from console.core.problems import Problem
from console.store.store import Store
from console.telemetry.history_keeping import Limits, chores, put_buckets, stored_bytes
from console.telemetry.history_reading import NOTHING, Kept, coarsest, on_grid, read_kept
from console.telemetry.metrics import BY_KEY, Floats
from console.telemetry.rollup import Bucket, Gatherer
from console.telemetry.sample import ServerSample
from console.telemetry.spans import Stored, width_for

_log = logging.getLogger(__name__)

FLUSH_EVERY_S = 10.0
CHORES_EVERY_S = 300.0
# Of each ten seconds: what is due is spread, so that it is never noticed.
_CHORES_FOR_S = 0.2
_COARSEST_S = 600

Key = tuple[str, str | None]
"""Metric, and the accelerator's UUID or None."""


class HistoryPoint(NamedTuple):
    """One span of a chart; None where nothing is known of it."""

    time: str
    low: float | None
    mean: float | None
    high: float | None


class History:
    """Takes samples from any thread; one thread of its own writes them.

    Args:
        limits: how much is kept; asked again and again, so that settings take effect while it runs.
        failed: told why writing fails, once until it is well again; on the history's thread.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        limits: Callable[[], Limits] = lambda: Limits(30.0, 4e9),
        failed: Callable[[Problem], None] = lambda _problem: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._failed = failed
        self._lock = threading.Lock()
        self._gatherer = Gatherer()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._problem: Problem | None = None
        self._due: Iterator[None] | None = None
        self._due_again_s: float | None = None

    @property
    def problem(self) -> Problem | None:
        """Why the last write failed; what it held is kept for the next one."""
        return self._problem

    def start(self) -> None:
        """Begin to write every ten seconds."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, name="history", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Write what is left and end. Safe to call twice, and without `start`."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        with self._lock:
            left = self._gatherer.take_all()
        self._write(left)

    def add(
        self, server: str, sample: ServerSample, at: datetime | None = None, values: Floats | None = None
    ) -> None:
        """Take over a sample; cheap, never waits for the disk.

        Args:
            at: when it came; now where left out.
            values: its `figures` where they are known.
        """
        epoch_s = (at or self._clock.now()).timestamp()
        with self._lock:
            self._gatherer.add(server, sample, epoch_s, values)

    def flush(self) -> None:
        """Write the buckets whose ten seconds are over."""
        epoch_s = self._clock.now().timestamp()
        with self._lock:
            full = self._gatherer.take_full(epoch_s)
        self._write(full)

    def points(
        self,
        server: str,
        metric: str,
        accelerator: str | None,
        since: datetime,
        until: datetime,
        points: int = 500,
    ) -> list[HistoryPoint]:
        """At most about `points` spans of equal width from `since` to `until`, gaps as None.

        The width is the one that is kept where that is coarser than what was asked for. The last
        ten seconds may be missing: live charts draw from the rings.

        Raises:
            Problem: `input.invalid` for an unknown metric or an empty span; the store's.
        """
        first_s, end_s = int(since.timestamp()), int(until.timestamp())
        if metric not in BY_KEY:
            raise Problem(
                "input.invalid", what=f"metric '{metric}'", reason=f"it is one of {', '.join(BY_KEY)}"
            )
        if end_s <= first_s or points < 1:
            raise Problem("input.invalid", what="span", reason="it must end after it begins")
        asked_s = -(-(end_s - first_s) // points)
        name = (accelerator or "", metric)
        kept = read_kept(self._store, server, [name], first_s - asked_s - 2 * _COARSEST_S, end_s)[name]
        fine = _overlapping(kept, first_s).coarsest
        width = max(1, -(-asked_s // fine)) * fine
        starts, columns = on_grid(
            _since(kept, first_s // width * width), first_s // width * width, end_s, width
        )
        values = zip(starts.tolist(), *(_known(each) for each in columns.values), strict=True)
        return [HistoryPoint(iso(from_epoch(start)), *rest) for start, *rest in values]

    def stored(
        self, server: str, metric: str, accelerator: str | None, since: float, until: float, points: int
    ) -> Stored:
        """Roll-ups for a chart, in seconds since 1970: one width over the whole span, as fine as is kept in
        all of it and as `points` asks, on a grid without holes that ends with the span.

        Raises:
            Problem: the store's.
        """
        return self.stored_of(server, [(metric, accelerator)], since, until, points)[metric, accelerator]

    def stored_of(
        self, server: str, keys: Iterable[Key], since: float, until: float, points: int
    ) -> dict[Key, Stored]:
        """As `stored`, for many curves of a server at once, all on one grid.

        Raises:
            Problem: the store's.
        """
        names = {(metric, accelerator): (accelerator or "", metric) for metric, accelerator in keys}
        first_s, end_s = int(since), max(int(since) + 1, int(until))
        back_s = width_for(end_s - first_s, points, _COARSEST_S)
        kept = read_kept(self._store, server, names.values(), first_s - back_s, end_s)
        fine = coarsest({name: _overlapping(each, first_s) for name, each in kept.items()})
        width = width_for(end_s - first_s, points, fine)
        begin_s = first_s // width * width
        found = {}
        for key, name in names.items():
            starts, columns = on_grid(_since(kept[name], begin_s), begin_s, end_s, width)
            found[key] = Stored(width, starts.astype(np.float64), columns.low, columns.mean, columns.high)
        return found

    def kept(self, server: str, keys: Iterable[Key], since: datetime, until: datetime) -> dict[Key, Kept]:
        """Every bucket that is kept and begins in the span, as fine as it is: for who writes it elsewhere.

        Raises:
            Problem: the store's.
        """
        names = {(metric, accelerator): (accelerator or "", metric) for metric, accelerator in keys}
        span = int(since.timestamp()), int(until.timestamp())
        found = read_kept(self._store, server, names.values(), *span)
        return {key: found.get(name, NOTHING) for key, name in names.items()}

    def series(self, server: str | None = None) -> list[tuple[str, str | None, str]]:
        """What there is history of: server, accelerator or None, metric."""
        rows = self._store.rows(
            "SELECT server, accelerator, metric FROM series WHERE :server IS NULL OR server = :server "
            "ORDER BY server, accelerator, metric",
            {"server": server},
        )
        return [(name, accelerator or None, metric) for name, accelerator, metric in rows]

    def size_bytes(self) -> float:
        """About what packed history takes of the disk.

        Raises:
            Problem: the store's.
        """
        return stored_bytes(self._store)

    def prune(self) -> None:
        """Pack, fold and forget all that is due, at once.

        Raises:
            Problem: the store's.
        """
        for _ in chores(self._store, self._clock.now(), self._limits()):
            pass

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_EVERY_S):
            self.flush()
            try:
                self._do_chores()
            except Problem as problem:
                self._due = None
                _log.warning("history was not packed: %s", problem)

    def _do_chores(self) -> None:
        """A little of what is due; what is not done by then goes on the next time."""
        now_s = self._clock.monotonic_s()
        if self._due is None:
            if self._due_again_s is not None and now_s < self._due_again_s:
                return
            self._due_again_s = now_s + CHORES_EVERY_S
            self._due = chores(self._store, self._clock.now(), self._limits())
        end = time.monotonic() + _CHORES_FOR_S
        for _ in self._due:
            if time.monotonic() > end or self._stop.is_set():
                return
        self._due = None

    def _write(self, buckets: list[Bucket]) -> None:
        if not buckets:
            return
        try:
            # On the disk when it is told, so that a power cut takes no more than a crash does.
            self._store.write(partial(put_buckets, buckets=buckets), durable=True)
        except Problem as problem:
            with self._lock:
                dropped = self._gatherer.give_back(buckets)
            if self._problem is None or dropped:
                _log.warning("history was not written: %s (%d rows dropped)", problem, dropped)
            if self._problem is None:
                self._failed(problem)
            self._problem = problem
        else:
            self._problem = None


def _known(values: Floats) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def _overlapping(kept: Kept, since_s: int) -> Kept:
    """What reaches into a span."""
    return kept.at(np.flatnonzero(kept.starts + kept.widths > since_s))


def _since(kept: Kept, begin_s: int) -> Kept:
    return kept.at(np.flatnonzero(kept.starts >= begin_s))
