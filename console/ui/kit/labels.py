"""Labels that never read markup: what a server says is shown as it is. Tool tips too."""

from __future__ import annotations

import html
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from console.ui.theme import fonts

Role = Literal["text", "dim", "critical", "accent"]
_ROLES: dict[Role, QPalette.ColorRole] = {
    "text": QPalette.ColorRole.WindowText,
    "dim": QPalette.ColorRole.PlaceholderText,
    "critical": QPalette.ColorRole.BrightText,
    "accent": QPalette.ColorRole.Link,
}


def label(
    text: str = "",
    *,
    role: Role = "text",
    size: int = fonts.BASE,
    weight: QFont.Weight = QFont.Weight.Normal,
    wrap: bool = False,
    fixed: bool = False,
    selectable: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A plain-text label. Its colour follows the palette by role, so a change of theme needs nothing."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setFont(fonts.fixed_font(size) if fixed else fonts.font(size, weight))
    made.setForegroundRole(_ROLES[role])
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def heading(text: str = "", *, size: int = fonts.HEADING) -> QLabel:
    """A semibold title of a card or section."""
    return label(text, size=size, weight=QFont.Weight.DemiBold)


def set_role(target: QLabel, role: Role) -> None:
    """Colour a label by another role of the palette."""
    if target.foregroundRole() is not _ROLES[role]:
        target.setForegroundRole(_ROLES[role])


def set_text(target: QLabel, text: str) -> None:
    """Set a label's text where it differs: most beats change nothing."""
    if target.text() != text:
        target.setText(text)


def tip(text: str) -> str:
    """Text for a tool tip, with every markup character made harmless."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


class Elided(QLabel):
    """One line that is cut with an ellipsis where it does not fit; the whole text is its tool tip."""

    def __init__(
        self, text: str = "", *, role: Role = "text", size: int = fonts.BASE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(fonts.font(size))
        self.setForegroundRole(_ROLES[role])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        if self.text() != text:
            self.setText(text)
            self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        line = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), line)
