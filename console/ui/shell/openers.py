"""What commands open in the window: sheets for the names in `Command.opens`. Pages use them too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from console.ui.desk import Desk


class Openers:
    """Makes sheets late, so that their modules are imported on first use."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        self._desk = desk
        self._window = window

    def by_name(self) -> dict[str, Callable[[], None]]:
        """Openers that need nothing selected."""
        return {}
