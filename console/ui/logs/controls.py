"""What stands around a log: title, errors, Follow and Find above, what is going on below. Only widgets."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.kit.buttons import Button, IconButton
from console.ui.kit.fields import Field, SearchField, Tick
from console.ui.kit.labels import heading, label
from console.ui.logs.toggles import SignToggle
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class Above(QWidget):
    """The row over the log."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(heading(title))
        self.note = label("", role="dim", size=fonts.SMALL)
        row.addWidget(self.note)
        row.addStretch(1)
        self.errors = Button(theme, "", "ghost", icon="critical")
        self.errors.setToolTip(self.tr("Next error (F8)"))
        self.errors.hide()
        row.addWidget(self.errors)
        self.follow = Tick(theme, self.tr("Follow"))
        self.follow.setChecked(True)
        row.addWidget(self.follow)
        self.words = SearchField(
            theme, self.tr("Find in the log"), placeholder=self.tr("Find"), icon="search"
        )
        self.words.setFixedWidth(210)
        row.addWidget(self.words)
        self.capitals = SignToggle(theme, "Aa", self.tr("Capitals count"))
        self.expression = SignToggle(theme, ".*", self.tr("Regular expression"))
        self.previous = IconButton(theme, "caret_up", self.tr("Previous match"), size=28)
        self.next = IconButton(theme, "caret_down", self.tr("Next match"), size=28)
        self.more = IconButton(theme, "more", self.tr("More for this log"), size=28)
        for each in (self.capitals, self.expression, self.previous, self.next, self.more):
            row.addWidget(each)


class Below(QWidget):
    """The row under the log; each part is there only while it has something to say."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.said = label("", role="dim", size=fonts.SMALL)
        row.addWidget(self.said)
        row.addStretch(1)
        self.line = Field(
            theme, self.tr("Go to line"), placeholder=self.tr("Line, +line after the gap, or 50%")
        )
        self.line.setFixedWidth(240)
        self.line.hide()
        row.addWidget(self.line)
        self.paused = Button(theme, self.tr("Following paused · End to follow"), "ghost", icon="later")
        self.paused.hide()
        row.addWidget(self.paused)
        keep = self.paused.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.paused.setSizePolicy(keep)
