"""How tables are painted: the header and the cells. No data of a page is known here."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from console.ui.kit.columns import Column
from console.ui.kit.rows_model import Cell, RowsModel
from console.ui.kit.sparkline import paint_sparkline
from console.ui.kit.tones import paint_shape, token_of
from console.ui.theme import fonts
from console.ui.theme.icons import pixmap
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

PADDING = 12


class Header(QHeaderView):
    """Quiet words over a line; a click sorts, a second one the other way, a third gives the page's order.

    Signals:
        sort_wanted: column (-1 for the page's own order) and whether descending.
    """

    sort_wanted = Signal(int, bool)

    def __init__(self, theme: Theme, table: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._theme = theme
        self._sorted: tuple[int, bool] | None = None
        self._pressed: int | None = None
        self.setFont(fonts.font(fonts.SMALL))
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(32)
        self.viewport().setAutoFillBackground(False)
        self.sectionClicked.connect(self._on_click)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 30)

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """Column, -1 for the page's own order, and whether descending."""
        return self._sorted or (-1, False)

    def show_sorted(self, column: int, *, descending: bool) -> None:
        """Show an order without telling."""
        self._sorted = None if column < 0 else (column, descending)
        self.viewport().update()

    def _on_click(self, column: int) -> None:
        if self._sorted is None or self._sorted[0] != column:
            self._sorted = (column, False)
        elif not self._sorted[1]:
            self._sorted = (column, True)
        else:
            self._sorted = None
        self.sort_wanted.emit(*(self._sorted or (-1, False)))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.fillRect(0, self.height() - 1, self.viewport().width(), 1, self._theme.color("line"))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        if not isinstance(model, RowsModel):
            return
        column: Column[Any] = model.columns[section]
        painter.save()
        painter.setFont(self.font())
        space = rect.adjusted(PADDING, 0, -PADDING, -1)
        right = column.align == "right"
        text = QFontMetrics(self.font()).elidedText(column.title, Qt.TextElideMode.ElideRight, space.width())
        painter.setPen(self._theme.color("dim"))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(space, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        if self._sorted is not None and self._sorted[0] == section:
            width = QFontMetrics(self.font()).horizontalAdvance(text)
            x = space.right() + 5 if right else space.left() + width + 5
            self._paint_arrow(painter, QPointF(x, rect.center().y()), descending=self._sorted[1])
        painter.restore()

    def _paint_arrow(self, painter: QPainter, at: QPointF, *, descending: bool) -> None:
        sign = 1 if descending else -1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("dim"))
        tip = QPointF(at.x() + 3, at.y() + sign * 2.5)
        base = at.y() - sign * 2
        painter.drawPolygon(QPolygonF([tip, QPointF(at.x(), base), QPointF(at.x() + 6, base)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.viewport().update()


class CellPainter(QStyledItemDelegate):
    """Paints a Cell: shape, text or curve, on the ground of its row."""

    def __init__(self, theme: Theme, model: RowsModel[Any], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._plain = fonts.font()
        self._strong = fonts.semibold()
        self._fixed = fonts.fixed_font()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        # PySide's stubs do not know the fields that QStyleOption hands down.
        shown: Any = option
        rect: QRect = shown.rect
        column = self._model.columns[index.column()]
        cell = self._model.cell(index.row(), index.column())
        chosen = bool(shown.state & QStyle.StateFlag.State_Selected)
        painter.save()
        self._paint_ground(painter, rect, index, chosen, shown)
        space = QRectF(rect.adjusted(PADDING, 0, -PADDING, 0))
        if cell.spark is not None:
            values, token = cell.spark
            middle = space.center().y()
            curve = QRectF(space.left(), middle - 9, space.width(), 17)
            paint_sparkline(painter, curve, values, self._theme.color(token), low=0.0, high=column.spark_top)
        elif column.spark is None:
            if cell.tone is not None:
                paint_shape(painter, self._theme, cell.tone, QPointF(space.left() + 4, space.center().y()))
                space.setLeft(space.left() + 15)
            if cell.icon is not None:
                ratio = painter.device().devicePixelRatioF() if painter.device() else 1.0
                picture = pixmap(self._theme, cell.icon, 16, "dim", ratio)
                painter.drawPixmap(QPointF(space.left(), space.center().y() - 8), picture)
                space.setLeft(space.left() + 24)
            self._paint_text(painter, space, column, cell)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        chosen: bool,
        shown: Any,
    ) -> None:
        if chosen:
            painter.fillRect(rect, self._theme.color("selection"))
            table = self.parent()
            if index.column() == 0 and isinstance(table, QWidget) and table.hasFocus():
                painter.fillRect(rect.left(), rect.top(), 3, rect.height(), self._theme.color("accent"))
        elif shown.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("text", 0.04))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._theme.color("line", 0.7))

    def _paint_text(
        self,
        painter: QPainter,
        space: QRectF,
        column: Column[Any],
        cell: Cell,
    ) -> None:
        strong = column.strong and not cell.quiet
        font = self._strong if strong else (self._fixed if column.fixed else self._plain)
        painter.setFont(font)
        token: Token = "dim" if column.dim or cell.quiet else "text"
        if column.toned and cell.tone is not None:
            token = token_of(cell.tone)
        painter.setPen(self._theme.color(token))
        side = Qt.AlignmentFlag.AlignRight if column.align == "right" else Qt.AlignmentFlag.AlignLeft
        cut = QFontMetrics(font).elidedText(cell.text, Qt.TextElideMode.ElideRight, int(space.width()) + 1)
        painter.drawText(space, int(side | Qt.AlignmentFlag.AlignVCenter), cut)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, 36)
