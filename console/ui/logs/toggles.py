"""Small buttons with a sign on them that stay pressed: capitals count, the pattern is an expression."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from console.ui.kit.buttons import paint_plate
from console.ui.kit.labels import tip
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class SignToggle(QToolButton):
    """A sign; pressed it is in the accent's colour, and told as checked to screen readers."""

    def __init__(self, theme: Theme, sign: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = sign
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setFont(fonts.fixed_font(fonts.SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(28, 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_plate(painter, self._theme, self)
        painter.setPen(self._theme.color("accent" if self.isChecked() else "dim"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._sign)
