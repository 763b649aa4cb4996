"""Buttons, painted by us: primary, secondary, danger and ghost; and icon buttons that have a name."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton, QWidget

from console.ui.kit.labels import tip
from console.ui.theme import fonts
from console.ui.theme.icons import IconName, pixmap
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

Kind = Literal["primary", "secondary", "danger", "ghost"]
HEIGHT = 30
RADIUS = 6


def paint_focus(painter: QPainter, theme: Theme, rect: QRectF, radius: float = RADIUS) -> None:
    """The ring around what has the keyboard."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("accent"), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def shows_focus(widget: QWidget) -> bool:
    """Whether the ring is wanted: it has the keyboard and got it by the keyboard."""
    return widget.hasFocus() and widget.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)


class Button(QPushButton):
    """A button with a word, and an icon before it where one helps."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: Kind = "secondary",
        *,
        icon: IconName | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._kind: Kind = kind
        self._icon_name = icon
        self.setFont(fonts.medium())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_kind(self, kind: Kind) -> None:
        self._kind = kind
        self.update()

    def set_icon(self, icon: IconName) -> None:
        """Another icon before the word."""
        self._icon_name = icon
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._shown()) + 28
        if self._icon_name:
            width += 16 + (6 if self.text() else 0)
        return QSize(width + (14 if self.menu() else 0), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _shown(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _colors(self) -> tuple[QColor, Token, QColor]:
        theme = self._theme
        clear = QColor(0, 0, 0, 0)
        if not self.isEnabled():
            return theme.color("raised"), "faint", theme.color("line")
        if self._kind == "primary":
            return theme.color("accent"), "on_accent", theme.color("accent")
        if self._kind == "danger":
            return theme.color("raised"), "critical", theme.color("line")
        if self._kind == "ghost":
            return clear, "dim", clear
        return theme.color("raised"), "text", theme.color("line")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, token, edge = self._colors()
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("text", 0.14 if self.isDown() else 0.07))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        self._paint_content(painter, token)
        if shows_focus(self):
            paint_focus(painter, self._theme, QRectF(self.rect()))

    def _paint_content(self, painter: QPainter, token: Token) -> None:
        text = self._shown()
        width = self.fontMetrics().horizontalAdvance(text)
        icon = 16 + (6 if text else 0) if self._icon_name else 0
        arrow = 14 if self.menu() else 0
        left = (self.width() - width - icon - arrow) // 2
        middle = self.height() // 2
        ratio = self.devicePixelRatioF()
        if self._icon_name:
            painter.drawPixmap(left, middle - 8, pixmap(self._theme, self._icon_name, 16, token, ratio))
        painter.setPen(self._theme.color(token))
        painter.drawText(left + icon, 0, width + 4, self.height(), int(Qt.AlignmentFlag.AlignVCenter), text)
        if arrow:
            x = left + icon + width + 4
            painter.drawPixmap(x, middle - 5, pixmap(self._theme, "caret_down", 10, token, ratio))


class IconButton(QToolButton):
    """A button without a word on it; its name is told to screen readers and shown as a tool tip."""

    def __init__(
        self, theme: Theme, icon: IconName, name: str, *, size: int = 30, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name: IconName = icon
        self._size = size
        self.setAccessibleName(name)
        self.setToolTip(tip(name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_icon(self, icon: IconName) -> None:
        self._icon_name = icon
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_plate(painter, self._theme, self)
        token: Token = "faint" if not self.isEnabled() else ("text" if self.underMouse() else "dim")
        picture = pixmap(self._theme, self._icon_name, 18, token, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - 18) // 2, (self.height() - 18) // 2, picture)


def paint_plate(painter: QPainter, theme: Theme, button: QAbstractButton) -> None:
    """The ground of a flat button: nothing, a tint under the mouse, the ring with the keyboard."""
    rect = QRectF(button.rect())
    if button.isEnabled() and (button.underMouse() or button.isDown() or button.isChecked()):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text", 0.14 if button.isDown() else 0.07))
        painter.drawRoundedRect(rect, RADIUS, RADIUS)
    if shows_focus(button):
        paint_focus(painter, theme, rect)
