"""Cards: the quiet plates that content lies on, and the number cards at the top of a page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from console.ui.kit.labels import Elided, Role, heading, label, set_role, set_text
from console.ui.kit.sparkline import Sparkline, Values
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

RADIUS = 8


class Plate(QWidget):
    """A rounded ground with a line around it."""

    def __init__(self, theme: Theme, *, token: Token = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._token: Token = token

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color(self._token))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class Card(Plate):
    """A plate with a title row and a body.

    Attributes:
        header: the row of the title; add controls after it.
        body: where the content goes.
    """

    def __init__(
        self, theme: Theme, title: str = "", *, flush: bool = False, parent: QWidget | None = None
    ) -> None:
        """`flush` lets the body reach the edges, for tables."""
        super().__init__(theme, parent=parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 12, 1, 1 if flush else 12)
        outer.setSpacing(8)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(15, 0, 15, 0)
        self.header.setSpacing(8)
        self.title: QLabel = heading(title)
        self.header.addWidget(self.title)
        self.title.setVisible(bool(title))
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0 if flush else 15, 0, 0 if flush else 15, 0)
        self.body.setSpacing(8)
        outer.addLayout(self.header)
        outer.addLayout(self.body, 1)


class StatCard(Plate):
    """One number of the whole: title, value, note, and its last minutes as a curve.

    Signals:
        clicked: the person wants to see what is behind it.
    """

    clicked = Signal()

    def __init__(
        self, theme: Theme, title: str, *, token: Token = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(132)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 12, 12)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(8)
        self._title = label(title, role="dim", size=fonts.SMALL)
        self._spark = Sparkline(theme, token)
        self._spark.setFixedHeight(20)
        self._spark.setMaximumWidth(84)
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self._spark, 1)
        self._value = heading("", size=fonts.NUMBER)
        self._note = Elided("", role="dim", size=fonts.SMALL)
        layout.addLayout(top)
        layout.addWidget(self._value)
        layout.addSpacing(2)
        layout.addWidget(self._note)

    @property
    def value(self) -> str:
        return self._value.text()

    @property
    def note(self) -> str:
        return self._note.text()

    def set(self, value: str, note: str = "", *, role: Role = "text", note_role: Role = "dim") -> None:
        set_text(self._value, value)
        set_role(self._value, role)
        self._note.set_text(note)
        set_role(self._note, note_role)

    def set_spark(self, values: Values, *, low: float | None = None, high: float | None = None) -> None:
        self._spark.set_values(values, low=low, high=high)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
