"""The step of the schema that turns samples, one row a bucket and series, into packed blocks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np

from console.store.block_table import PER_BLOCK, put_blocks, span_s
from console.store.blocks import nothing
from console.store.database import Connection
from console.store.schema import SAMPLES

_Row = tuple[int, int, int, float, float, float, int]


def to_blocks(connection: Connection) -> None:
    """Make the tables of blocks, move what was kept into them, and drop the old table."""
    for statement in SAMPLES:
        connection.execute(statement)
    connection.execute(
        "UPDATE series SET seen = ifnull((SELECT max(start) FROM samples WHERE series = series.id), 0)"
    )
    rows: Iterator[_Row] = connection.execute(
        "SELECT series, width, start, low, mean, high, count FROM samples ORDER BY series, width, start"
    )
    for (series, width), of_width in groupby(rows, key=itemgetter(0, 1)):
        for span, group in groupby(of_width, key=_span_of):
            _move(connection, series, width, span, list(group))
    connection.execute("DROP TABLE samples")


def _span_of(row: _Row) -> int:
    return row[2] // span_s(row[1])


def _move(connection: Connection, series: int, width: int, span: int, rows: list[_Row]) -> None:
    columns = nothing(PER_BLOCK)
    places = np.array([(row[2] - span * span_s(width)) // width for row in rows])
    for column, at in ((columns.low, 3), (columns.mean, 4), (columns.high, 5), (columns.count, 6)):
        column[places] = [row[at] for row in rows]
    put_blocks(connection, width, span, {series: columns})
