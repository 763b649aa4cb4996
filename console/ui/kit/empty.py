"""What an empty page says: what it will show, and the first step."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.ui.kit.buttons import Button
from console.ui.kit.labels import heading, label
from console.ui.theme import fonts
from console.ui.theme.icons import IconName, pixmap
from console.ui.theme.theme import Theme


class Picture(QWidget):
    """A large quiet icon."""

    def __init__(self, theme: Theme, icon: IconName, size: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name: IconName = icon
        self._size = size
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        picture = pixmap(self._theme, self._icon_name, self._size, "faint", self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, picture)


class EmptyState(QWidget):
    """Icon, title, sentence and buttons in the middle of what would be there."""

    def __init__(
        self,
        theme: Theme,
        icon: IconName,
        title: str,
        text: str,
        actions: tuple[Button, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(Picture(theme, icon), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        layout.addWidget(heading(title, size=16), 0, Qt.AlignmentFlag.AlignHCenter)
        words = label(text, role="dim", size=fonts.BASE, wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setFixedWidth(460)
        # A layout that centres a label does not ask how high it is when it wraps.
        words.setMinimumHeight(words.heightForWidth(460))
        layout.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in actions:
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(3)
