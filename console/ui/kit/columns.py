"""Columns as data: a table reads them, a test may too. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from console.ui.kit.sparkline import Values
from console.ui.kit.tones import Tone
from console.ui.theme.icons import IconName
from console.ui.theme.tokens import Token

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of a DataTable over rows of R.

    Attributes:
        key: stable; widths are remembered under it.
        title: translated, shown in the header.
        text: what the cell shows; called once per beat for the rows that can be seen.
        sort: value to sort by; None means the text. A value of None sorts last, either way.
        align: numbers go right.
        width: at first; `stretch` takes what is left, and at least this.
        strong: semibold, for the name of the row.
        dim: in the quieter colour.
        quiet: whether this row's cell steps back: neither semibold nor in the full colour, for a name that
            the row above has already said.
        fixed: in the fixed-width font.
        tone: a shape before the text, and the text's colour where `toned`.
        icon: a picture before the text.
        spark: a curve instead of text, and its colour.
        spark_top: the value at the top of the curve; None is the curve's own highest.
        drop: in a narrow table the column with the highest goes first; 0 always stays.
        tip: tool tip of the cell; None shows the text where it is cut.
    """

    key: str
    title: str
    text: Callable[[R], str]
    sort: Callable[[R], Any] | None = None
    align: Literal["left", "right"] = "left"
    width: int = 100
    stretch: bool = False
    strong: bool = False
    dim: bool = False
    quiet: Callable[[R], bool] | None = None
    fixed: bool = False
    tone: Callable[[R], Tone | None] | None = None
    toned: bool = False
    icon: Callable[[R], IconName | None] | None = None
    spark: Callable[[R], tuple[Values, Token] | None] | None = None
    spark_top: float | None = None
    drop: int = 0
    tip: Callable[[R], str] | None = None


def sort_rows(rows: list[R], column: Column[R], *, descending: bool) -> list[R]:
    """Sorted stably by a column; what is not known comes last in both directions.

    Numbers are sorted by numpy: 8,000 rows a second must not be felt.
    """
    by: Callable[[R], Any] = column.sort or (lambda row: column.text(row).casefold())
    keys = [by(row) for row in rows]
    if not all(key is None or isinstance(key, int | float) for key in keys):
        return _sort_any(rows, keys, descending=descending)
    # None becomes NaN; whole numbers beyond 2**53 are sizes, where a byte more or less is no order.
    values = np.array(keys, dtype=np.float64)
    order = np.argsort(-values if descending else values, kind="stable")
    return [rows[place] for place in order.tolist()]


def _sort_any(rows: list[R], keys: list[Any], *, descending: bool) -> list[R]:
    known = [(key, row) for key, row in zip(keys, rows, strict=True) if key is not None]
    unknown = [row for key, row in zip(keys, rows, strict=True) if key is None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [row for _, row in known] + unknown
