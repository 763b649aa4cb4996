"""Slim scroll bars and the scroll area that pages use."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QScrollArea,
    QScrollBar,
    QStyleOptionSlider,
    QWidget,
)

from console.ui.theme.theme import Theme

WIDTH = 10


class SlimBar(QScrollBar):
    """A rounded handle on nothing."""

    def __init__(self, theme: Theme, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        upright = self.orientation() is Qt.Orientation.Vertical
        return QSize(WIDTH, 40) if upright else QSize(40, WIDTH)

    def _handle(self) -> QRectF:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        upright = self.orientation() is Qt.Orientation.Vertical
        length = self.height() if upright else self.width()
        span = self.maximum() - self.minimum() + self.pageStep()
        size = max(28.0, length * self.pageStep() / max(1, span))
        reach = self.maximum() - self.minimum()
        start = (length - size) * (self.value() - self.minimum()) / max(1, reach)
        return QRectF(2, start, WIDTH - 4, size) if upright else QRectF(start, 2, size, WIDTH - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.maximum() <= self.minimum():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        strong = self.underMouse() or self.isSliderDown()
        painter.setBrush(self._theme.color("dim", 0.7 if strong else 0.35))
        painter.drawRoundedRect(self._handle().adjusted(0, 1, 0, -1), 3, 3)


def slim(area: QAbstractScrollArea, theme: Theme) -> None:
    """Give an area slim bars."""
    area.setVerticalScrollBar(SlimBar(theme, Qt.Orientation.Vertical))
    area.setHorizontalScrollBar(SlimBar(theme, Qt.Orientation.Horizontal))


class Scroll(QScrollArea):
    """A scroll area without a frame or ground of its own."""

    def __init__(self, theme: Theme, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        slim(self, theme)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setBackgroundRole(QPalette.ColorRole.NoRole)
        self.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self.setWidget(content)
        content.setAutoFillBackground(False)
