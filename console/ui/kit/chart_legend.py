"""The legend of a chart: a dot, a name and the value under the cursor, for as many lines as fit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui.kit.labels import tip
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class Legend(QWidget):
    """Painted; what does not fit is told by "+3" and the tool tip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries: list[tuple[str, QColor]] = []
        self._values: list[str] = []
        self.setFont(fonts.font(fonts.LABEL))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(0)

    def set_entries(self, entries: list[tuple[str, QColor]]) -> None:
        self._entries = entries if len(entries) > 1 else []
        self.update()

    def set_values(self, values: list[str]) -> None:
        if values != self._values:
            self._values = values
            lines = [f"{name}  {value}" for (name, _), value in zip(self._entries, values, strict=False)]
            self.setToolTip(tip("\n".join(lines)))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(60, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        left = 4.0
        middle = self.height() / 2
        for index, (name, color) in enumerate(self._entries):
            value = self._values[index] if index < len(self._values) else ""
            width = 12 + metrics.horizontalAdvance(name) + 6 + metrics.horizontalAdvance(value) + 12
            rest = len(self._entries) - index
            if left + width + (28 if rest > 1 else 0) > self.width():
                painter.setPen(self._theme.color("dim"))
                painter.drawText(QPointF(left, middle + 4), f"+{rest}")
                return
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(left + 3, middle), 3.5, 3.5)
            painter.setPen(self._theme.color("dim"))
            painter.drawText(QPointF(left + 12, middle + 4), name)
            painter.setPen(self._theme.color("text"))
            painter.drawText(QPointF(left + 12 + metrics.horizontalAdvance(name) + 6, middle + 4), value)
            left += width
