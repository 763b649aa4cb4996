"""A small chart for inspectors: name, current value, curve with a foot line. Painted, without axes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.ui.kit.labels import label, set_text
from console.ui.kit.sparkline import Sparkline, Values
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token


class _Curve(Sparkline):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        if not self.known:
            painter.setFont(fonts.font(fonts.LABEL))
            painter.setPen(self._theme.color("dim"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("no data in this span"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), self._theme.color("line"))


class MiniChart(QWidget):
    """Title at the left, value at the right, curve below."""

    def __init__(self, theme: Theme, title: str, token: Token, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        self._title = label(title, role="dim", size=fonts.SMALL)
        self._value = label("", size=fonts.BASE, weight=fonts.semibold().weight())
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._value)
        self._curve = _Curve(theme, token)
        self._curve.setFixedHeight(46)
        layout.addLayout(top)
        layout.addWidget(self._curve)

    @property
    def value(self) -> str:
        return self._value.text()

    def set(self, value: str, values: Values, *, low: float | None = 0.0, high: float | None = None) -> None:
        set_text(self._value, value)
        self._curve.set_values(values, low=low, high=high)

    def set_title(self, text: str) -> None:
        set_text(self._title, text)
