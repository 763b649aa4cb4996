"""The row at the top of every page about alerts that leads to the others."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.labels import label
from console.ui.kit.segmented import SegmentedControl
from console.ui.theme import fonts

NOW, HISTORY, RULES = "alerts", "alert_history", "alert_rules"
SILENCES, CHANNELS = "alert_silences", "alert_channels"


class AlertTabs(QWidget):
    """Now, history, rules, silences, channels; each is a page of its own."""

    def __init__(self, desk: Desk, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._current = current
        self.control = SegmentedControl(
            desk.theme,
            translate("Alerts", "About alerts"),
            [
                (NOW, translate("Alerts", "Now")),
                (HISTORY, translate("Alerts", "History")),
                (RULES, translate("Alerts", "Rules")),
                (SILENCES, translate("Alerts", "Silences")),
                (CHANNELS, translate("Alerts", "Channels")),
            ],
        )
        self.control.set_current(current)
        self.control.chosen.connect(self._go)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.control)
        row.addStretch(1)
        self.sums = label("", role="dim", size=fonts.SMALL)
        row.addWidget(self.sums)

    def _go(self, page: str) -> None:
        # This page stays what it is, for when one comes back to it.
        self.control.set_current(self._current)
        self._desk.shell.go(page)
