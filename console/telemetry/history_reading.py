"""Reading history back: the blocks and rows of some series at one moment, laid on one grid of time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from console.core.problems import Problem
from console.store.block_table import PER_BLOCK, SERIES_BITS, TABLES, WIDTHS, span_s
from console.store.blocks import Columns, Ints, decode, decode_row, gathered, joined, nothing
from console.store.store import Store
from console.telemetry.rollup import BUCKET_S, Name

# CROSS JOIN: in this order, so that every block is found by its key.
_OF_WIDTH = """
    SELECT {width}, wanted.value, spans.span, blocks.data
    FROM json_each(:series) AS wanted
    CROSS JOIN sample_spans AS spans
        ON spans.width = {width} AND spans.span BETWEEN :first{width} AND :last{width}
    CROSS JOIN {table} AS blocks ON blocks.id = (spans.span << {bits} | wanted.value)"""
# One statement sees one moment: an hour that is being packed is found once, here or there.
_ALL = " UNION ALL ".join(
    [
        "SELECT 0, 0, start, data FROM samples_hot"
        " WHERE server = :server AND start >= :begin AND start < :end",
        *(_OF_WIDTH.format(width=width, table=TABLES[width], bits=SERIES_BITS) for width in WIDTHS),
    ]
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one series in a span, in no order; two of one start are two consoles' parts of it.

    Attributes:
        starts: seconds since 1970.
        widths: seconds of each bucket.
    """

    starts: Ints
    widths: Ints
    columns: Columns

    def at(self, places: Ints) -> Kept:
        """Some of it."""
        return Kept(self.starts[places], self.widths[places], self.columns.at(places))

    @property
    def coarsest(self) -> int:
        """The widest bucket in it; the narrowest that there is where it is empty."""
        return int(self.widths.max(initial=BUCKET_S))


NOTHING = Kept(np.empty(0, np.int64), np.empty(0, np.int64), nothing(0))


def read_kept(store: Store, server: str, names: Iterable[Name], begin_s: int, end_s: int) -> dict[Name, Kept]:
    """What is kept of these series in buckets that begin in the span; nothing is never None.

    Raises:
        Problem: the store's; `store.corrupt` where a block cannot be read.
    """
    known = {
        (accelerator, metric): identity
        for identity, accelerator, metric in store.rows(
            "SELECT id, accelerator, metric FROM series WHERE server = ?", (server,)
        )
    }
    wanted = {name: known.get(name) for name in names}
    ids = sorted({identity for identity in wanted.values() if identity is not None})
    if not ids:
        return dict.fromkeys(wanted, NOTHING)
    values: dict[str, object] = {"server": server, "begin": begin_s, "end": end_s, "series": json.dumps(ids)}
    for width in WIDTHS:
        values |= {f"first{width}": begin_s // span_s(width), f"last{width}": (end_s - 1) // span_s(width)}
    rows = store.rows(_ALL, values)
    try:
        found = _sorted_out(rows, ids)
    except ValueError as error:
        raise Problem("store.corrupt", path=store.path, reason=error) from error
    return {
        name: NOTHING if identity is None else _within(found[identity], begin_s, end_s)
        for name, identity in wanted.items()
    }


_Part = tuple[Ints, int, Columns]


def _sorted_out(rows: Sequence[tuple[int, int, int, bytes]], ids: Sequence[int]) -> dict[int, list[_Part]]:
    found: dict[int, list[_Part]] = {identity: [] for identity in ids}
    steps = np.arange(PER_BLOCK, dtype=np.int64)
    hot: list[tuple[int, Ints, Columns]] = []
    for width, series, place, data in rows:
        if width:
            found[series].append((place * span_s(width) + steps * width, width, decode(data)))
        else:
            hot.append((place, *decode_row(data)))
    if not hot:
        return found
    ids_of = np.concatenate([each[1] for each in hot])
    starts = np.repeat([each[0] for each in hot], [len(each[1]) for each in hot])
    columns = joined([each[2] for each in hot])
    for identity in ids:
        places = np.flatnonzero(ids_of == identity)
        found[identity].append((starts[places], BUCKET_S, columns.at(places)))
    return found


def _within(parts: Sequence[_Part], begin_s: int, end_s: int) -> Kept:
    if not parts:
        return NOTHING
    starts = np.concatenate([each[0] for each in parts])
    widths = np.concatenate([np.full(len(each[0]), each[1], np.int64) for each in parts])
    columns = joined([each[2] for each in parts])
    places = np.flatnonzero((columns.count > 0) & (starts >= begin_s) & (starts < end_s))
    return Kept(starts[places], widths[places], columns.at(places))


def on_grid(kept: Kept, begin_s: int, end_s: int, width_s: int) -> tuple[Ints, Columns]:
    """Every span of one width from `begin_s` on, NaN where nothing is kept; starts, and what of each.

    A bucket goes where it begins, so the grid must be no finer than what is kept and begin on a multiple.
    """
    starts = np.arange(begin_s, end_s, width_s, dtype=np.int64)
    return starts, gathered(kept.columns, (kept.starts - begin_s) // width_s, len(starts))


def coarsest(kept: Mapping[Name, Kept]) -> int:
    """The widest bucket in any of them."""
    return max((each.coarsest for each in kept.values()), default=BUCKET_S)
