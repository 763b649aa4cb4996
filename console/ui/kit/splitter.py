"""A splitter whose handle is quiet until the mouse is on it, and whose sizes are remembered."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from console.ui.desk import Remembered
from console.ui.theme.theme import Theme

HANDLE = 12


class _Handle(QSplitterHandle):
    def __init__(self, theme: Theme, orientation: Qt.Orientation, parent: QSplitter) -> None:
        super().__init__(orientation, parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.underMouse():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent", 0.6))
        middle = self.rect().center()
        upright = self.orientation() is Qt.Orientation.Horizontal
        size = (3, 36) if upright else (36, 3)
        painter.drawRoundedRect(QRectF(middle.x() - size[0] / 2, middle.y() - size[1] / 2, *size), 1.5, 1.5)


class Splitter(QSplitter):
    """Keeps its sizes under a name."""

    def __init__(
        self,
        theme: Theme,
        orientation: Qt.Orientation,
        remembered: Remembered,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        self._theme = theme
        super().__init__(orientation, parent)
        self._remembered = remembered
        self._name = name
        self.keeps = True
        self.setHandleWidth(HANDLE)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._keep)

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self._theme, self.orientation(), self)

    def take_sizes(self, *default: int) -> None:
        """The remembered sizes, or these; call it when all widgets are in."""
        sizes = self._remembered.numbers(f"splitter/{self._name}")
        self.setSizes(sizes if len(sizes) == self.count() and min(sizes) > 0 else list(default))

    def _keep(self) -> None:
        if self.keeps:
            self._remembered.keep_numbers(f"splitter/{self._name}", self.sizes())
