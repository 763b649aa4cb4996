"""The table of every list: live rows, own painting, selection by key, remembered widths."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget

from console.ui.desk import Remembered
from console.ui.kit.columns import Column
from console.ui.kit.long_rows import LongRows, Order
from console.ui.kit.rows_model import RowsModel
from console.ui.kit.scroll import slim
from console.ui.kit.table_painting import CellPainter, Header
from console.ui.theme.theme import Theme

R = TypeVar("R")
ROW_HEIGHT = 36


class DataTable(QTableView, Generic[R]):
    """Rows of R in columns of data.

    Signals:
        picked: the person selected another row (its object), or nothing (None).
        opened: double-click or Enter on a row.
        sorted_anew: the person chose another order.
    """

    picked = Signal(object)
    opened = Signal(object)
    sorted_anew = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column[R]],
        key: Callable[[R], Hashable],
        *,
        remembered: Remembered | None = None,
        placeholder: str = "",
        row_height: int = ROW_HEIGHT,
        several: bool = False,
        order: Order | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`name` is for screen readers; widths are remembered under the object's name, set it to be kept.

        Args:
            several: more than one row can be selected.
            order: for lists of any length, see LongRows: the owner sorts, cells are made when seen.
        """
        super().__init__(parent)
        self._theme = theme
        self._remembered = remembered
        self._placeholder = placeholder
        self._menu_for: Callable[[R], QMenu | None] | None = None
        self._telling = True
        self._widths = [column.width for column in columns]
        self.rows_model: RowsModel[R] = (
            RowsModel(columns, key, self) if order is None else LongRows(columns, key, order, self)
        )
        self.setModel(self.rows_model)
        self.setAccessibleName(name)
        self.setItemDelegate(CellPainter(theme, self.rows_model, self))
        self._dress(row_height)
        if several:
            self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._set_widths()
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_open)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)

    def _dress(self, row_height: int) -> None:
        header = self._header = Header(self._theme, self)
        self.setHorizontalHeader(header)
        header.setSectionsClickable(True)
        header.sort_wanted.connect(self._on_sort)
        header.sort_wanted.connect(lambda *_: self.sorted_anew.emit())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row_height)
        self.verticalHeader().setMinimumSectionSize(row_height)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.viewport().setAutoFillBackground(False)
        slim(self, self._theme)

    def _set_widths(self) -> None:
        header = self.horizontalHeader()
        for index, column in enumerate(self.rows_model.columns):
            mode = QHeaderView.ResizeMode.Stretch if column.stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(index, mode)
            self.setColumnWidth(index, column.width)

    def remember_as(self, name: str) -> None:
        """Keep column widths under this name, and take back those kept."""
        self.setObjectName(name)
        if self._remembered is None:
            return
        widths = self._remembered.numbers(f"columns/{name}")
        if len(widths) == len(self._widths):
            self._widths = [max(32, width) for width in widths]
            for index, width in enumerate(self._widths):
                if not self.rows_model.columns[index].stretch:
                    self.setColumnWidth(index, width)
        self.horizontalHeader().sectionResized.connect(self._keep_widths)

    def _keep_widths(self, index: int, _before: int, now: int) -> None:
        if self._remembered is not None and now > 0 and not self.rows_model.columns[index].stretch:
            self._widths[index] = now
            self._remembered.keep_numbers(f"columns/{self.objectName()}", self._widths)

    def sort_by(self, key: str, *, descending: bool) -> None:
        """Sort by a column as the person would; an unknown or empty key gives the page's own order."""
        keys = [column.key for column in self.rows_model.columns]
        column = keys.index(key) if key in keys else -1
        self._header.show_sorted(column, descending=descending)
        self._on_sort(column, descending)

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The column's key and whether descending; empty for the page's own order."""
        column, descending = self._header.sorted_by
        return (self.rows_model.columns[column].key if column >= 0 else "", descending)

    def menu_by(self, make: Callable[[R], QMenu | None]) -> None:
        """Right click (and the menu key) on a row shows this menu."""
        self._menu_for = make

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these; the selection stays with its key."""
        chosen = self.chosen_key
        offset = self.verticalScrollBar().value()
        self._telling = False
        if self.rows_model.set_rows(rows):
            self.select_key(chosen)
            self.verticalScrollBar().setValue(offset)
        self._telling = True
        if chosen is not None and self.chosen_key is None:
            self.picked.emit(None)

    @property
    def chosen_key(self) -> Hashable | None:
        index = self.currentIndex()
        return self.rows_model.key_at(index.row()) if index.isValid() else None

    @property
    def chosen(self) -> R | None:
        """The selected row."""
        index = self.currentIndex()
        return self.rows_model.row(index.row()) if index.isValid() else None

    @property
    def chosen_rows(self) -> list[R]:
        """All that are selected, as they stand."""
        spans = [(span.top(), span.bottom() + 1) for span in self.selectionModel().selection().toList()]
        return [self.rows_model.row(row) for row in sorted({row for span in spans for row in range(*span)})]

    @property
    def chosen_count(self) -> int:
        """How many are selected; quick, however many that is."""
        return sum(span.bottom() + 1 - span.top() for span in self.selectionModel().selection().toList())

    def select_key(self, key: Hashable | None) -> None:
        """Select the row of a key without telling; nothing where there is none."""
        telling, self._telling = self._telling, False
        row = -1 if key is None else self.rows_model.row_of(key)
        if row < 0:
            self.selectionModel().clear()
        elif row != self.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(
                self.rows_model.index(row, 0), flags.ClearAndSelect | flags.Rows
            )
        self._telling = telling

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self._telling:
            self.picked.emit(self.rows_model.row(now.row()) if now.isValid() else None)

    def _on_open(self, index: QModelIndex) -> None:
        self.opened.emit(self.rows_model.row(index.row()))

    def _on_sort(self, column: int, descending: bool) -> None:
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.rows_model.sort(column, order)

    def _on_menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if self._menu_for is None or not index.isValid():
            return
        menu = self._menu_for(self.rows_model.row(index.row()))
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(point))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._on_open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_columns()

    def _drop_columns(self) -> None:
        """Hide what matters least until the rest fits."""
        columns = self.rows_model.columns
        room = self.viewport().width()
        widths = [
            each.width if each.stretch else width for each, width in zip(columns, self._widths, strict=True)
        ]
        hidden: set[int] = set()
        for index in sorted(range(len(columns)), key=lambda i: -columns[i].drop):
            if sum(w for i, w in enumerate(widths) if i not in hidden) <= room or not columns[index].drop:
                break
            hidden.add(index)
        for index in range(len(columns)):
            if self.isColumnHidden(index) is not (index in hidden):
                self.setColumnHidden(index, index in hidden)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.rows_model.rowCount() and self._placeholder:
            painter = QPainter(self.viewport())
            painter.setPen(self._theme.color("dim"))
            space = QRectF(self.viewport().rect()).adjusted(16, 16, -16, -16)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(space, int(flags | Qt.TextFlag.TextWordWrap), self._placeholder)
