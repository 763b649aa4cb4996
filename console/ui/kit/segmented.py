"""One choice out of a few, all in sight: pills (metrics) or a box (time range). Arrow keys move it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui.kit.buttons import paint_focus, shows_focus
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class SegmentedControl(QWidget):
    """A row of words of which one is chosen.

    Signals:
        chosen: the key of the new choice, by the person only.
    """

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Sequence[tuple[str, str]],
        *,
        style: Literal["pills", "box"] = "box",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._choices = list(choices)
        self._current = self._choices[0][0]
        self._style = style
        self._hover: str | None = None
        self.setFont(fonts.medium(fonts.SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._say()

    @property
    def current(self) -> str:
        return self._current

    def set_current(self, key: str) -> None:
        """Choose without telling; a key that is not among the choices leaves none of them chosen."""
        key = key if key in dict(self._choices) else ""
        if key != self._current:
            self._current = key
            self._say()
            self.update()

    def _say(self) -> None:
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(dict(self._choices).get(self._current, ""))

    def _spans(self) -> list[tuple[str, str, QRect]]:
        spans = []
        gap = 6 if self._style == "pills" else 0
        left = 0 if self._style == "pills" else 2
        height = self.sizeHint().height()
        inset = 0 if self._style == "pills" else 2
        for key, text in self._choices:
            width = self.fontMetrics().horizontalAdvance(text) + (24 if self._style == "pills" else 18)
            spans.append((key, text, QRect(left, inset, width, height - 2 * inset)))
            left += width + gap
        return spans

    def sizeHint(self) -> QSize:
        extra = 24 if self._style == "pills" else 18
        widths = [self.fontMetrics().horizontalAdvance(text) + extra for _, text in self._choices]
        gaps = 6 * (len(widths) - 1) if self._style == "pills" else 4
        return QSize(sum(widths) + gaps, 24 if self._style == "pills" else 28)

    def _at(self, point: QPoint) -> str | None:
        return next((key for key, _, rect in self._spans() if rect.contains(point)), None)

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        key = self._at(event.position().toPoint())
        if key is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hover = self._at(event.position().toPoint())
        if hover != self._hover:
            self._hover = hover
            self.update()

    def leaveEvent(self, _event: object) -> None:
        self._hover = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = [key for key, _ in self._choices]
        at = keys.index(self._current) if self._current in keys else (-1 if step > 0 else 0)
        self._choose(keys[(at + step) % len(keys)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        if self._style == "box":
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        radius = 12.0 if self._style == "pills" else 4.0
        for key, text, rect in self._spans():
            chosen = key == self._current
            painter.setPen(Qt.PenStyle.NoPen)
            if chosen:
                painter.setBrush(theme.color("selection"))
                painter.drawRoundedRect(QRectF(rect), radius, radius)
            elif self._style == "pills" or key == self._hover:
                painter.setBrush(theme.color("text", 0.10 if key == self._hover else 0.06))
                painter.drawRoundedRect(QRectF(rect), radius, radius)
            painter.setPen(theme.color("text" if chosen else "dim"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        if shows_focus(self):
            rects = [rect for key, _, rect in self._spans() if key == self._current]
            paint_focus(painter, theme, QRectF(rects[0] if rects else self.rect()), radius)
