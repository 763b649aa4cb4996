"""Pills and state badges: a word on a tinted ground, or a shape beside a word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.ui.kit.tones import Tone, paint_shape, token_of
from console.ui.theme import fonts
from console.ui.theme.theme import PILL_SHARE, Theme


class _Word(QWidget):
    """Something with one word; accessible by it."""

    def __init__(self, theme: Theme, tone: Tone, text: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(tone, text)

    @property
    def text(self) -> str:
        return self._text

    @property
    def tone(self) -> Tone:
        return self._tone

    def set(self, tone: Tone, text: str) -> None:
        """Show another state."""
        if (tone, text) == (self._tone, self._text):
            return
        self._tone, self._text = tone, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()


class Pill(_Word):
    """A word on a ground tinted with its colour."""

    def __init__(
        self, theme: Theme, tone: Tone = Tone.QUIET, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, tone, text, parent)
        self.setFont(fonts.semibold(fonts.LABEL))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = token_of(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token, PILL_SHARE))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setPen(self._theme.color(token))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class StateBadge(_Word):
    """A shape and a word."""

    def __init__(
        self, theme: Theme, tone: Tone = Tone.UNKNOWN, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, tone, text, parent)
        self.setFont(fonts.font(fonts.SMALL))

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_shape(painter, self._theme, self._tone, QPointF(6, self.height() / 2))
        painter.setPen(self._theme.color(token_of(self._tone)))
        painter.drawText(
            self.rect().adjusted(18, 0, 0, 0),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            self._text,
        )


class CountBadge(_Word):
    """A small number in the rail: how many want attention."""

    def sizeHint(self) -> QSize:
        return QSize(max(20, self.fontMetrics().horizontalAdvance(self._text) + 12), 20)

    def set_count(self, count: int, tone: Tone) -> None:
        """Zero hides it."""
        self.set(tone, str(count) if count else "")
        self.setVisible(bool(count))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        token = token_of(self._tone)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token, PILL_SHARE))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setFont(fonts.semibold(fonts.LABEL))
        painter.setPen(self._theme.color(token))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
