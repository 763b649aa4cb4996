"""Charts older than the rings: roll-ups in the store, folded as they age, and queries over them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from console.core.clock import Clock, from_epoch, iso
from console.core.problems import Problem
from console.store.store import Connection, Store
from console.telemetry.metrics import BY_KEY, Floats
from console.telemetry.rollup import BUCKET_S, Bucket, Gatherer
from console.telemetry.sample import ServerSample
from console.telemetry.spans import Stored, width_for

_log = logging.getLogger(__name__)

FLUSH_EVERY_S = 10.0
PRUNE_EVERY_S = 3600.0
# (from width, to width, once older than): 10 s for a day, a minute for a week, ten minutes until forgotten.
FOLDS = ((BUCKET_S, 60, timedelta(hours=24)), (60, 600, timedelta(days=7)))
_SERIES_AT_ONCE = 200

_COLUMNS = "series, width, start, low, mean, high, count"
# Two consoles that watch one server on one file share its buckets.
_MERGE = """ON CONFLICT (series, width, start) DO UPDATE SET
    low = min(low, excluded.low),
    mean = (mean * count + excluded.mean * excluded.count) / (count + excluded.count),
    high = max(high, excluded.high),
    count = count + excluded.count"""


class HistoryPoint(NamedTuple):
    """One span of a chart; None where nothing is known of it."""

    time: str
    low: float | None
    mean: float | None
    high: float | None


class History:
    """Takes samples from any thread; one thread of its own writes them.

    Args:
        keep_days: asked at every pruning, so that the setting takes effect while it runs.
    """

    def __init__(self, store: Store, clock: Clock, *, keep_days: Callable[[], float] = lambda: 30.0) -> None:
        self._store = store
        self._clock = clock
        self._keep_days = keep_days
        self._lock = threading.Lock()
        self._gatherer = Gatherer()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._problem: Problem | None = None
        self._pruned_s: float | None = None

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
        found = self._store.rows(
            "SELECT id FROM series WHERE server = ? AND accelerator = ? AND metric = ?",
            (server, accelerator or "", metric),
        )
        series = found[0][0] if found else None
        width = self._width(series, first_s, end_s, points)
        begin_s = first_s // width * width
        kept = self._spans(series, begin_s, end_s, width) if series is not None else {}
        empty = (None, None, None)
        return [
            HistoryPoint(iso(from_epoch(start)), *kept.get(start, empty))
            for start in range(begin_s, end_s, width)
        ]

    def stored(
        self, server: str, metric: str, accelerator: str | None, since: float, until: float, points: int
    ) -> Stored:
        """Roll-ups for a chart, in seconds since 1970: one width over the whole span, as fine as is kept in
        all of it and as `points` asks, on a grid without holes that ends with the span.

        Raises:
            Problem: the store's.
        """
        found = self._store.rows(
            "SELECT id FROM series WHERE server = ? AND accelerator = ? AND metric = ?",
            (server, accelerator or "", metric),
        )
        first_s, end_s = int(since), max(int(since) + 1, int(until))
        series = found[0][0] if found else None
        width = width_for(end_s - first_s, points, self._kept_width(series, first_s, end_s))
        begin_s = first_s // width * width
        kept = self._spans(series, begin_s, end_s, width) if series is not None else {}
        starts = np.arange(begin_s, end_s, width, dtype=np.float64)
        columns = np.full((3, len(starts)), np.nan)
        for start, values in kept.items():
            columns[:, (start - begin_s) // width] = values
        return Stored(width, starts, *columns)

    def _kept_width(self, series: int | None, first_s: int, end_s: int) -> int:
        """The coarsest width that is kept in the span."""
        kept = BUCKET_S
        for width in (60, 600):
            if series is not None and self._store.rows(
                "SELECT 1 FROM samples WHERE series = ? AND width = ? AND start > ? AND start < ? LIMIT 1",
                (series, width, first_s - width, end_s),
            ):
                kept = width
        return kept

    def _width(self, series: int | None, first_s: int, end_s: int, points: int) -> int:
        """The width asked for, in a multiple of the coarsest kept in the span."""
        asked = -(-(end_s - first_s) // points)
        kept = self._kept_width(series, first_s, end_s)
        return max(1, -(-asked // kept)) * kept

    def _spans(
        self, series: int, begin_s: int, end_s: int, width: int
    ) -> dict[int, tuple[float, float, float]]:
        # All widths are named, so that SQLite finds the rows by the key.
        rows = self._store.rows(
            """SELECT start / :width * :width AS span, min(low), sum(mean * count) / sum(count), max(high)
               FROM samples WHERE series = :series AND width IN (10, 60, 600)
                 AND start >= :begin AND start < :end GROUP BY span""",
            {"width": width, "series": series, "begin": begin_s, "end": end_s},
        )
        return {span: (low, mean, high) for span, low, mean, high in rows}

    def series(self, server: str | None = None) -> list[tuple[str, str | None, str]]:
        """What there is history of: server, accelerator or None, metric."""
        rows = self._store.rows(
            "SELECT server, accelerator, metric FROM series WHERE :server IS NULL OR server = :server "
            "ORDER BY server, accelerator, metric",
            {"server": server},
        )
        return [(name, accelerator or None, metric) for name, accelerator, metric in rows]

    def prune(self, days: float) -> None:
        """Fold what has aged into wider buckets and forget what is older than `days`.

        Raises:
            Problem: the store's.
        """
        now = self._clock.now()
        forget_before = int((now - timedelta(days=days)).timestamp())
        identities = [row[0] for row in self._store.rows("SELECT id FROM series ORDER BY id")]
        # A part at a time, so that other writers never wait long.
        for at in range(0, len(identities), _SERIES_AT_ONCE):
            part = identities[at : at + _SERIES_AT_ONCE]
            self._store.write(partial(_fold, identities=part, now=now, forget_before=forget_before))
        self._store.write(
            lambda connection: connection.execute(
                "DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM samples WHERE series = series.id)"
            )
        )

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_EVERY_S):
            self.flush()
            self._prune_when_due()

    def _prune_when_due(self) -> None:
        now_s = self._clock.monotonic_s()
        if self._pruned_s is not None and now_s - self._pruned_s < PRUNE_EVERY_S:
            return
        self._pruned_s = now_s
        try:
            self.prune(self._keep_days())
        except Problem as problem:
            _log.warning("history was not pruned: %s", problem)

    def _write(self, buckets: list[Bucket]) -> None:
        if not buckets:
            return
        try:
            self._store.write(lambda connection: _insert(connection, buckets))
        except Problem as problem:
            with self._lock:
                dropped = self._gatherer.give_back(buckets)
            if self._problem is None or dropped:
                _log.warning("history was not written: %s (%d values dropped)", problem, dropped)
            self._problem = problem
        else:
            self._problem = None


def _insert(connection: Connection, buckets: Sequence[Bucket]) -> None:
    # Ids are read every time: a restore may have put other ones in their place.
    known = {
        (server, accelerator, metric): identity
        for identity, server, accelerator, metric in connection.execute(
            "SELECT id, server, accelerator, metric FROM series"
        )
    }
    for key in {bucket.key for bucket in buckets} - known.keys():
        known[key] = connection.execute(
            "INSERT INTO series (server, accelerator, metric) VALUES (?, ?, ?) RETURNING id", key
        ).fetchone()[0]
    connection.executemany(
        f"INSERT INTO samples ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) {_MERGE}",
        [(known[b.key], BUCKET_S, b.start, b.low, b.mean, b.high, b.count) for b in buckets],
    )


def _fold(connection: Connection, identities: Sequence[int], now: datetime, forget_before: int) -> None:
    for series in identities:
        for narrow, wide, age in FOLDS:
            before = int((now - age).timestamp()) // wide * wide
            connection.execute(
                f"""INSERT INTO samples ({_COLUMNS})
                    SELECT series, :wide, start / :wide * :wide AS span,
                        min(low), sum(mean * count) / sum(count), max(high), sum(count)
                    FROM samples WHERE series = :series AND width = :narrow AND start < :before
                    GROUP BY span {_MERGE}""",
                {"wide": wide, "narrow": narrow, "series": series, "before": before},
            )
            connection.execute(
                "DELETE FROM samples WHERE series = ? AND width = ? AND start < ?", (series, narrow, before)
            )
        connection.execute(
            "DELETE FROM samples WHERE series = ? AND width IN (10, 60, 600) AND start < ?",
            (series, forget_before),
        )
