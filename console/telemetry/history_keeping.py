"""Writing history down: what came lately in rows, older hours in blocks, then wider ones, then forgotten.

Everything is done in short transactions, one after another, so that nobody who writes waits long for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from console.core.problems import Problem
from console.store.block_table import (
    PER_BLOCK,
    WIDTHS,
    blocks_of,
    drop_blocks,
    drop_span,
    put_blocks,
    span_s,
)
from console.store.blocks import Columns, decode_row, encode_row, folded, gathered, joined, nothing
from console.store.store import Connection, Store
from console.telemetry.rollup import BUCKET_S, Bucket, Name

HOUR_S = PER_BLOCK * BUCKET_S
FOLDS = ((10, 60, timedelta(hours=24)), (60, 600, timedelta(days=7)))
"""(from width, to width, once older than): 10 s for a day, a minute for a week, then ten minutes."""

_UNSEEN_S = 3 * HOUR_S
_LATE_S = 120  # what another console writes late is still found in rows
_SERIES_AT_ONCE = 200
_PAGES_AT_ONCE = 500
_SLACK_PAGES = 2048
# A row's key and head, and what of its page is left empty.
_ROW_BYTES = 16
_PAGE_FILL = 1.1


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept: `days` of time and `bytes_most` of the disk."""

    days: float
    bytes_most: float


def put_buckets(connection: Connection, buckets: Sequence[Bucket]) -> None:
    """Write what came in the last ten seconds, one row a server."""
    known: dict[str, dict[Name, int]] = {}
    rows = []
    back: list[tuple[int, int]] = []
    for bucket in buckets:
        # Ids are read every time: a restore may have put other ones in their place.
        of_server = known.get(bucket.server)
        if of_server is None:
            of_server, unseen = _ids(connection, bucket.server, bucket.start - _UNSEEN_S)
            known[bucket.server] = of_server
            back += [(bucket.start, of_server[name]) for name in bucket.names if name in unseen]
        for name in bucket.names:
            if name not in of_server:
                of_server[name] = connection.execute(
                    "INSERT INTO series (server, accelerator, metric, seen) VALUES (?, ?, ?, ?) RETURNING id",
                    (bucket.server, *name, bucket.start),
                ).fetchone()[0]
        ids = np.array([of_server[name] for name in bucket.names], dtype=np.int64)
        rows.append((bucket.server, bucket.start, encode_row(ids, bucket.columns)))
    connection.executemany("INSERT INTO samples_hot (server, start, data) VALUES (?, ?, ?)", rows)
    # Packing tells otherwise; what was away for long would be forgotten before its first hour is over.
    connection.executemany("UPDATE series SET seen = ? WHERE id = ?", back)


def _ids(connection: Connection, server: str, before_s: int) -> tuple[dict[Name, int], set[Name]]:
    """The series of a server, and which of them were last seen before that."""
    rows = connection.execute(
        "SELECT id, accelerator, metric, seen FROM series WHERE server = ?", (server,)
    ).fetchall()
    known = {(accelerator, metric): identity for identity, accelerator, metric, _seen in rows}
    return known, {(accelerator, metric) for _id, accelerator, metric, seen in rows if seen < before_s}


def chores(store: Store, now: datetime, limits: Limits) -> Iterator[None]:
    """All that is due, a short transaction between one `next` and the following.

    Raises:
        Problem: the store's.
    """
    yield from _pack(store, now)
    for narrow, wide, age in FOLDS:
        yield from _fold(store, narrow, wide, int((now - age).timestamp()))
    yield from _forget(store, int((now - timedelta(days=limits.days)).timestamp()), limits.bytes_most)
    yield from _shrink(store)


def _pack(store: Store, now: datetime) -> Iterator[None]:
    """Rows of hours that are over become blocks."""
    over = (int(now.timestamp()) - _LATE_S) // HOUR_S * HOUR_S
    due = store.rows(
        "SELECT DISTINCT start / ? AS hour, server FROM samples_hot WHERE start < ? ORDER BY hour, server",
        (HOUR_S, over),
    )
    for hour, server in due:
        _write(store, partial(_pack_hour, server=server, hour=hour))
        yield


def _pack_hour(connection: Connection, server: str, hour: int) -> None:
    span = (server, hour * HOUR_S, (hour + 1) * HOUR_S)
    where = "server = ? AND start >= ? AND start < ?"
    rows = connection.execute(f"SELECT start, data FROM samples_hot WHERE {where}", span).fetchall()
    if not rows:
        return  # another console was quicker
    blocks = _columns_of([(start, *decode_row(data)) for start, data in rows], hour * HOUR_S)
    put_blocks(connection, BUCKET_S, hour, blocks)
    connection.execute(f"DELETE FROM samples_hot WHERE {where}", span)
    connection.executemany(
        "UPDATE series SET seen = max(seen, ?) WHERE id = ?", [(hour * HOUR_S, series) for series in blocks]
    )


def _columns_of(rows: Sequence[tuple[int, np.ndarray, Columns]], begin_s: int) -> dict[int, Columns]:
    """From one row a bucket to one block a series."""
    series = np.unique(np.concatenate([ids for _start, ids, _columns in rows]))
    places = [
        np.searchsorted(series, ids) * PER_BLOCK + (start - begin_s) // BUCKET_S
        for start, ids, _columns in rows
    ]
    whole = gathered(
        joined([columns for _start, _ids, columns in rows]), np.concatenate(places), len(series) * PER_BLOCK
    )
    return {
        identity: whole.at(slice(at * PER_BLOCK, (at + 1) * PER_BLOCK))
        for at, identity in enumerate(series.tolist())
    }


def _fold(store: Store, narrow: int, wide: int, before_s: int) -> Iterator[None]:
    """Blocks whose whole wider span is old enough become a part of that."""
    factor = wide // narrow
    last = before_s // span_s(wide)
    due = store.rows(
        "SELECT DISTINCT span / ? FROM sample_spans WHERE width = ? AND span < ? ORDER BY span",
        (factor, narrow, last * factor),
    )
    most = _largest_series(store) if due else 0
    for (span,) in due:
        for first in range(0, most + 1, _SERIES_AT_ONCE):
            _write(store, partial(_fold_span, narrow=narrow, wide=wide, span=span, first=first))
            yield


def _fold_span(connection: Connection, narrow: int, wide: int, span: int, first: int) -> None:
    factor, last = wide // narrow, first + _SERIES_AT_ONCE - 1
    parts: dict[int, dict[int, Columns]] = {}
    for part in range(factor):
        of_part = blocks_of(connection, narrow, span * factor + part, first, last)
        for series, columns in of_part.items():
            parts.setdefault(series, {})[part] = columns
        if of_part:
            drop_blocks(connection, narrow, span * factor + part, first, last)
    put_blocks(connection, wide, span, {series: _wider(of, factor) for series, of in parts.items()})


def _wider(parts: Mapping[int, Columns], factor: int) -> Columns:
    empty = nothing(PER_BLOCK)
    return folded(joined([parts.get(part, empty) for part in range(factor)]), factor)


def _largest_series(store: Store) -> int:
    return int(store.rows("SELECT ifnull(max(id), 0) FROM series")[0][0])


def _forget(store: Store, before_s: int, bytes_most: float) -> Iterator[None]:
    """What is too old, then the oldest of what is too much; whole spans, the newest hours stay."""
    spans = store.rows("SELECT width, span, blocks, bytes FROM sample_spans")
    ends = sorted(
        ((span + 1) * span_s(width), width, span, blocks, size) for width, span, blocks, size in spans
    )
    total = stored_bytes(store)
    for end_s, width, span, blocks, size in ends:
        if end_s > before_s and total <= bytes_most:
            break
        total -= _on_disk(blocks, size)
        _write(store, partial(drop_span, width=width, span=span))
        yield
    if ends:
        _write(store, partial(_forget_rest, before_s=before_s))
        yield


def _forget_rest(connection: Connection, before_s: int) -> None:
    """Rows that were never packed, and names of series that nothing is kept of."""
    connection.execute("DELETE FROM samples_hot WHERE start < ?", (before_s,))
    oldest = [
        span * span_s(width)
        for width in WIDTHS
        for (span,) in connection.execute("SELECT min(span) FROM sample_spans WHERE width = ?", (width,))
        if span is not None
    ]
    oldest += [at for (at,) in connection.execute("SELECT min(start) FROM samples_hot") if at is not None]
    if oldest:
        connection.execute("DELETE FROM series WHERE seen < ?", (min(oldest) // HOUR_S * HOUR_S,))
    else:
        connection.execute("DELETE FROM series")


def stored_bytes(store: Store) -> float:
    """About what the blocks take of the disk, with the pages that hold them."""
    rows = store.rows("SELECT ifnull(sum(blocks), 0), ifnull(sum(bytes), 0) FROM sample_spans")
    return _on_disk(*rows[0])


def _on_disk(blocks: int, size: int) -> float:
    return _PAGE_FILL * (size + _ROW_BYTES * blocks)


def _shrink(store: Store) -> Iterator[None]:
    """Give pages back to the disk where many are empty; some are kept for what comes."""
    while True:
        free = int(store.rows("PRAGMA freelist_count")[0][0])
        pages = int(store.rows("PRAGMA page_count")[0][0])
        if free <= max(_SLACK_PAGES, pages // 5):
            return
        store.write(shrink)
        yield
        if int(store.rows("PRAGMA freelist_count")[0][0]) >= free:
            return  # a file that was not made for it


def shrink(connection: Connection) -> None:
    """Give some hundred empty pages back."""
    for _ in range(_PAGES_AT_ONCE):
        # Python steps this statement once, which is one page, however many are asked for.
        connection.execute("PRAGMA incremental_vacuum(1)")


def _write(store: Store, act: partial[None]) -> None:
    try:
        store.write(act)
    except ValueError as error:
        raise Problem("store.corrupt", path=store.path, reason=error) from error
