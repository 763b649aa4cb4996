"""The row at the top of every page about alerts that leads to the others."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.labels import label
from console.ui.pages.page_tabs import PageTabs
from console.ui.theme import fonts

NOW, HISTORY, RULES = "alerts", "alert_history", "alert_rules"
SILENCES, CHANNELS = "alert_silences", "alert_channels"


class AlertTabs(PageTabs):
    """Now, history, rules, silences, channels; each is a page of its own, and how many stand in `sums`."""

    def __init__(self, desk: Desk, current: str, parent: QWidget | None = None) -> None:
        pages = [
            (NOW, translate("Alerts", "Now")),
            (HISTORY, translate("Alerts", "History")),
            (RULES, translate("Alerts", "Rules")),
            (SILENCES, translate("Alerts", "Silences")),
            (CHANNELS, translate("Alerts", "Channels")),
        ]
        super().__init__(desk, translate("Alerts", "About alerts"), pages, current, parent)
        self.sums = label("", role="dim", size=fonts.SMALL)
        self.row.addWidget(self.sums)
