"""Where packed blocks of samples lie: one table for each width, the spans they cover, and writing them.

The statements are run inside a transaction of the caller's. What is in a block is console/store/blocks.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.store.blocks import Columns, decode, encode, merged
from console.store.database import Connection

PER_BLOCK = 360
WIDTHS = (10, 60, 600)
TABLES: Mapping[int, str] = {10: "samples_10", 60: "samples_60", 600: "samples_600"}
SERIES_BITS = 28
_SERIES = (1 << SERIES_BITS) - 1


def span_s(width: int) -> int:
    """Seconds that a block of buckets of this width covers."""
    return PER_BLOCK * width


def key_of(span: int, series: int) -> int:
    """The id of the row for the so many-th span since 1970 of a series."""
    if not 0 <= series <= _SERIES:
        raise ValueError(f"series {series} does not fit the key of a block")
    return span << SERIES_BITS | series


def series_of(key: int) -> int:
    """Whose block that is."""
    return key & _SERIES


def blocks_of(connection: Connection, width: int, span: int, first: int, last: int) -> dict[int, Columns]:
    """The blocks of one span of the series `first` to `last`.

    Raises:
        ValueError: one is damaged.
    """
    return {series_of(key): decode(data) for key, data in _between(connection, width, span, first, last)}


def _between(connection: Connection, width: int, span: int, first: int, last: int) -> list[tuple[int, bytes]]:
    return connection.execute(
        f"SELECT id, data FROM {TABLES[width]} WHERE id BETWEEN ? AND ?",
        (key_of(span, first), key_of(span, last)),
    ).fetchall()


def put_blocks(connection: Connection, width: int, span: int, blocks: Mapping[int, Columns]) -> None:
    """Write one span of some series; what is there of it is merged with, never replaced.

    Raises:
        ValueError: what is there is damaged.
    """
    if not blocks:
        return
    there = dict(_between(connection, width, span, min(blocks), max(blocks)))
    rows, more, new = [], 0, 0
    for series in sorted(blocks):
        columns = blocks[series]
        if (before := there.get(key_of(span, series))) is not None:
            more -= len(before)
            columns = merged(decode(before), columns)
        else:
            new += 1
        data = encode(columns)
        more += len(data)
        rows.append((key_of(span, series), data))
    connection.executemany(f"INSERT OR REPLACE INTO {TABLES[width]} (id, data) VALUES (?, ?)", rows)
    _count(connection, width, span, new, more)


def drop_blocks(connection: Connection, width: int, span: int, first: int, last: int) -> None:
    """Take the blocks of one span of the series `first` to `last` out."""
    between = (key_of(span, first), key_of(span, last))
    count, size = connection.execute(
        f"SELECT count(*), ifnull(sum(length(data)), 0) FROM {TABLES[width]} WHERE id BETWEEN ? AND ?",
        between,
    ).fetchone()
    connection.execute(f"DELETE FROM {TABLES[width]} WHERE id BETWEEN ? AND ?", between)
    _count(connection, width, span, -count, -size)


def drop_span(connection: Connection, width: int, span: int) -> None:
    """Forget one span of all series."""
    connection.execute(
        f"DELETE FROM {TABLES[width]} WHERE id BETWEEN ? AND ?", (key_of(span, 0), key_of(span, _SERIES))
    )
    connection.execute("DELETE FROM sample_spans WHERE width = ? AND span = ?", (width, span))


def _count(connection: Connection, width: int, span: int, blocks: int, size: int) -> None:
    connection.execute(
        """INSERT INTO sample_spans (width, span, blocks, bytes) VALUES (?, ?, ?, ?)
           ON CONFLICT (width, span) DO UPDATE SET
               blocks = blocks + excluded.blocks, bytes = bytes + excluded.bytes""",
        (width, span, blocks, size),
    )
    connection.execute("DELETE FROM sample_spans WHERE width = ? AND span = ? AND blocks <= 0", (width, span))
