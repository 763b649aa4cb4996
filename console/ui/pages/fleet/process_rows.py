"""Processes in an inspector: user, command, memory; rows are reused."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_memory
from console.telemetry.sample import ProcessInfo
from console.ui.kit.labels import Elided, label, set_text
from console.ui.theme import fonts

MOST = 6


class ProcessRows(QWidget):
    """The largest holders first; what is not shown is counted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, Elided, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._note = label("", role="dim", size=fonts.SMALL)
        self._grid.addWidget(self._note, MOST + 1, 0, 1, 3)

    def show_processes(self, processes: Sequence[ProcessInfo] | None) -> None:
        """None where the server could not tell."""
        known = sorted(processes or (), key=lambda each: -(each.memory_bytes or 0))
        while len(self._rows) < min(MOST, len(known)):
            self._add_row()
        for index, (user, command, memory) in enumerate(self._rows):
            there = index < len(known)
            for widget in (user, command, memory):
                widget.setVisible(there)
            if there:
                set_text(user, safe_line(known[index].user or UNKNOWN, max_chars=24))
                command.set_text(safe_line(known[index].command or UNKNOWN))
                set_text(memory, format_memory(known[index].memory_bytes))
        self._say_rest(processes, len(known))

    def _add_row(self) -> None:
        row = len(self._rows)
        made = (
            label(size=fonts.SMALL, weight=fonts.medium().weight()),
            Elided(role="dim", size=fonts.SMALL),
            label(size=fonts.SMALL),
        )
        for column, widget in enumerate(made):
            self._grid.addWidget(widget, row, column)
        made[2].setAlignment(Qt.AlignmentFlag.AlignRight)
        self._rows.append(made)

    def _say_rest(self, processes: Sequence[ProcessInfo] | None, count: int) -> None:
        if processes is None:
            text = self.tr("The server cannot tell.")
        elif not count:
            text = self.tr("none")
        else:
            text = self.tr("and {count} more").format(count=count - MOST) if count > MOST else ""
        set_text(self._note, text)
        self._note.setVisible(bool(text))

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """What is shown, for tests."""
        return [(a.text(), b.text(), c.text()) for a, b, c in self._rows if not a.isHidden()]
