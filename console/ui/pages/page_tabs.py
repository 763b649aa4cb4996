"""A row at the top of pages that belong together, which leads to the others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.desk import Desk
from console.ui.kit.segmented import SegmentedControl


class PageTabs(QWidget):
    """One segment for each page.

    Args:
        name: of the row, for screen readers.
        pages: each page's name in the catalogue and its title.
        current: the page that it stands on.
    """

    def __init__(
        self,
        desk: Desk,
        name: str,
        pages: Sequence[tuple[str, str]],
        current: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._current = current
        self.control = SegmentedControl(desk.theme, name, list(pages))
        self.control.set_current(current)
        self.control.chosen.connect(self._go)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.addWidget(self.control)
        self.row.addStretch(1)

    def _go(self, page: str) -> None:
        # This page stays what it is, for when one comes back to it.
        self.control.set_current(self._current)
        self._desk.shell.go(page)
