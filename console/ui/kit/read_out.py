"""The values of all curves of a chart at its cursor, with the moment and its age, beside the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.ui.theme import fonts
from console.ui.theme.theme import Theme

Row = tuple[QColor, str, str]
_ROW, _PAD, _MOST_ROWS = 17, 8, 8
_DOT, _BETWEEN, _COLUMN_GAP = 12, 10, 16


class ReadOut(QWidget):
    """Painted over the chart, never in the way of the mouse; screen readers get the same from the chart."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._head = ""
        self._rows: list[Row] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(fonts.font(fonts.LABEL))
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        return "\n".join([self._head, *(f"{name} {value}".strip() for _, name, value in self._rows)])

    def show_at(self, x: float, room: QRect, head: str, rows: Sequence[Row]) -> None:
        """Beside a vertical line at `x`, inside `room`, on the side where there is space."""
        if head != self._head or list(rows) != self._rows:
            self._head, self._rows = head, list(rows)
            self.update()
        size = self._wanted()
        left = x + 12 if x + 12 + size.width() <= room.right() else x - 12 - size.width()
        left = max(float(room.left()), min(left, float(room.right() - size.width())))
        self.setGeometry(int(left), room.top() + 4, size.width(), size.height())
        if not self.isVisible():
            self.show()
        self.raise_()

    def _columns(self) -> list[list[Row]]:
        per = _MOST_ROWS if len(self._rows) <= 2 * _MOST_ROWS else -(-len(self._rows) // 3)
        return [self._rows[at : at + per] for at in range(0, len(self._rows), per)]

    @staticmethod
    def _widths(metrics: QFontMetrics, column: Sequence[Row]) -> tuple[int, int]:
        names = max((metrics.horizontalAdvance(name) for _, name, _ in column), default=0)
        values = max((metrics.horizontalAdvance(value) for _, _, value in column), default=0)
        return names, values

    def _wanted(self) -> QSize:
        metrics, width = self.fontMetrics(), 0
        for column in self._columns():
            names, values = self._widths(metrics, column)
            width += _DOT + names + _BETWEEN + values + _COLUMN_GAP
        width = max(width - _COLUMN_GAP, metrics.horizontalAdvance(self._head))
        rows = max((len(column) for column in self._columns()), default=0)
        return QSize(width + 2 * _PAD, (rows + 1) * _ROW + 2 * _PAD - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("raised", 0.96))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(self._theme.color("dim"))
        painter.drawText(QPointF(_PAD, _PAD + metrics.ascent()), self._head)
        left = float(_PAD)
        for column in self._columns():
            names, values = self._widths(metrics, column)
            for place, (color, name, value) in enumerate(column):
                base = _PAD + (place + 1) * _ROW + metrics.ascent()
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color)
                painter.drawEllipse(QPointF(left + 3, base - metrics.ascent() / 2 + 1), 3.5, 3.5)
                painter.setPen(self._theme.color("dim"))
                painter.drawText(QPointF(left + _DOT, base), name)
                painter.setPen(self._theme.color("text"))
                right = left + _DOT + names + _BETWEEN + values
                painter.drawText(QPointF(right - metrics.horizontalAdvance(value), base), value)
            left += _DOT + names + _BETWEEN + values + _COLUMN_GAP
