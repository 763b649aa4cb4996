"""The inspector at the right of a page: follows the selection; a drawer where the window is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.ui.desk import Remembered
from console.ui.kit.buttons import IconButton
from console.ui.kit.cards import Plate
from console.ui.kit.labels import Elided, heading, label, set_text
from console.ui.kit.scroll import Scroll
from console.ui.kit.splitter import Splitter
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

NARROW = 1100
WIDTH = 320


class Facts(QWidget):
    """Rows of name and value; rows are reused from one beat to the next."""

    def __init__(self, theme: Theme, *, fixed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fixed = fixed
        self._rows: list[tuple[QLabel, Elided]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def set(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these names and values."""
        while len(self._rows) < len(facts):
            name = label(role="dim", size=fonts.SMALL)
            value = Elided(size=fonts.SMALL)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            row = len(self._rows)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
            self._rows.append((name, value))
        for index, (name, value) in enumerate(self._rows):
            shown = index < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                set_text(name, facts[index][0])
                value.set_text(facts[index][1])

    @property
    def values(self) -> dict[str, str]:
        """What is shown, for tests."""
        return {name.text(): value.text() for name, value in self._rows if not name.isHidden()}


class Inspector(Plate):
    """A plate with a title, a line below it, a scrolled body and a row of buttons.

    Signals:
        closed: the person closed the drawer.
    """

    closed = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.theme = theme
        self.setAccessibleName(name)
        self.setMinimumWidth(264)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 12, 1, 12)
        layout.setSpacing(8)
        top = QHBoxLayout()
        top.setContentsMargins(15, 0, 9, 0)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = heading("", size=fonts.HEADING + 1)
        self._line = Elided(role="dim", size=fonts.LABEL)
        words.addWidget(self._title)
        words.addWidget(self._line)
        top.addLayout(words, 1)
        self._close = IconButton(theme, "close", self.tr("Close details"), size=26)
        self._close.clicked.connect(self.closed)
        self._close.hide()
        top.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        content = QWidget()
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(15, 0, 15, 0)
        self.body.setSpacing(12)
        layout.addWidget(Scroll(theme, content), 1)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(15, 0, 15, 0)
        self.buttons.setSpacing(8)
        layout.addLayout(self.buttons)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_title(self, title: str, line: str = "") -> None:
        set_text(self._title, title)
        self._line.set_text(line)
        self._line.setVisible(bool(line))

    def closable(self, on: bool) -> None:
        self._close.setVisible(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._close.isVisible():
            self.closed.emit()
            return
        super().keyPressEvent(event)


class WithInspector(QWidget):
    """Content with an inspector beside it; below 1100 px the inspector is a drawer over the content."""

    def __init__(
        self,
        content: QWidget,
        inspector: Inspector,
        remembered: Remembered,
        name: str,
        *,
        width: int = WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        """`width` is the inspector's, until the person moves its edge."""
        super().__init__(parent)
        self._inspector = inspector
        self._inspector_width = width
        self._narrow = False
        self._wanted = False
        self._splitter = Splitter(inspector.theme, Qt.Orientation.Horizontal, remembered, name)
        self._splitter.addWidget(content)
        self._splitter.addWidget(inspector)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.take_sizes(900, width)
        inspector.closed.connect(self.close_drawer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    @property
    def narrow(self) -> bool:
        return self._narrow

    def show_drawer(self) -> None:
        """Something was chosen: in a narrow window the drawer comes."""
        self._wanted = True
        if self._narrow:
            self._place()
            self._inspector.show()
            self._inspector.raise_()

    def close_drawer(self) -> None:
        self._wanted = False
        if self._narrow:
            self._inspector.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.window().width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._splitter.keeps = not narrow
            self._inspector.closable(narrow)
            if narrow:
                self._inspector.setParent(self)
                self._inspector.setVisible(self._wanted)
            else:
                self._splitter.addWidget(self._inspector)
                self._splitter.setStretchFactor(0, 1)
                beside = self._inspector_width
                self._splitter.setSizes([max(1, self.width() - beside - 12), beside])
                self._inspector.show()
        if narrow:
            self._place()

    def _place(self) -> None:
        width = min(self._inspector_width + 20, self.width())
        self._inspector.setGeometry(self.width() - width, 0, width, self.height())
        self._inspector.raise_()
