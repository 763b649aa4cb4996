"""The row at the top of every report that leads to the others."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.page_tabs import PageTabs

UTILIZATION, COST, IDLE = "report_utilization", "report_cost", "idle"


class ReportTabs(PageTabs):
    """Utilization, cost, idle holders; each is a page of its own."""

    def __init__(self, desk: Desk, current: str, parent: QWidget | None = None) -> None:
        pages = [
            (UTILIZATION, translate("Reports", "Utilization")),
            (COST, translate("Reports", "Cost")),
            (IDLE, translate("Reports", "Idle holders")),
        ]
        super().__init__(desk, translate("Reports", "Report"), pages, current, parent)
