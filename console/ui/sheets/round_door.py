"""The way to the guided round: starts it, or brings back the one that runs."""

from __future__ import annotations

from PySide6.QtCore import QObject

from console.operations.plan import Work
from console.operations.service import Handle
from console.ui.desk import Desk
from console.ui.sheets.round_run import RoundRun
from console.ui.sheets.round_sheet import RoundSheet


class RoundDoor(QObject):
    """Keeps the run, so that its sheet can be closed and opened again."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.run: RoundRun | None = None

    def open(self) -> None:
        """Show the round that runs; begin one where none does."""
        if self.run is not None and self.run.running:
            self._desk.shell.show_sheet(RoundSheet(self._desk, self.run))
            return
        prepare, operations = self._desk.round_work, self._desk.context.operations
        if prepare is None or not self._desk.context.changes_allowed:
            return

        def start() -> Handle[object]:
            work: Work[object] = prepare()
            return operations.start(work)

        self._desk.worker.run(start, self._begun, owner=self, key="round.start")

    def _begun(self, handle: Handle[object]) -> None:
        context = self._desk.context
        self.run = RoundRun(handle, context.operations, context.jobs)
        self._desk.shell.show_sheet(RoundSheet(self._desk, self.run))
