"""What the window follows up whichever page is open: how jobs end, and what they leave."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.fleet.link_state import LinkState
from console.ui import clock
from console.ui.desk import Desk
from console.ui.pages.pace import Pace

_EVERY_S = 60.0


class Tending:
    """Asks once a minute, over links that are up already, and only where there is work."""

    def __init__(self, desk: Desk, over: QWidget) -> None:
        self._desk = desk
        self._pace = Pace(desk.context.clock, _EVERY_S)
        desk.clock.every(clock.SLOW, over, self.look)

    def look(self) -> None:
        """One beat."""
        up = [name for name, link in self._desk.context.fleet.links().items() if link.state is LinkState.UP]
        if up and self._pace.due():
            jobs = self._desk.context.jobs
            self._desk.worker.run(lambda: jobs.tend(up), key="jobs.tend")
