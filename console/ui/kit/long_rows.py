"""A table's model for lists of any length: the owner orders the rows, a cell is made when it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Qt

from console.ui.kit.columns import Column
from console.ui.kit.rows_model import Cell, RowsModel

R = TypeVar("R")
Order = Callable[[str, bool], None]
"""Called with a column's key (empty: the page's own order) and whether descending; sets the rows anew."""

_MOST_CELLS = 4096


class LongRows(RowsModel[R]):
    """No work is done for a row that nobody sees: 100,000 of them are shown as fast as ten."""

    def __init__(
        self,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        order: Order,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, key, parent)
        self._order = order
        self._made: dict[tuple[int, int], Cell] = {}

    def set_rows(self, rows: Sequence[R]) -> bool:
        """Show these rows as they stand."""
        self.beginResetModel()
        self._rows = list(rows)
        self._made.clear()
        self.endResetModel()
        return True

    def cell(self, row: int, column: int) -> Cell:
        made = self._made.get((row, column))
        if made is None:
            if len(self._made) >= _MOST_CELLS:
                self._made.clear()
            made = self._made[row, column] = self._format(self.columns[column], self._rows[row])
        return made

    def row_of(self, key: Hashable) -> int:
        return next((place for place, row in enumerate(self._rows) if self._key(row) == key), -1)

    def key_at(self, row: int) -> Hashable:
        return self._key(self._rows[row])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        key = "" if column < 0 else self.columns[column].key
        self._order(key, order is Qt.SortOrder.DescendingOrder)
