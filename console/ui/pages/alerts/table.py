"""The list of alerts, with keys for what one does with them at 3 a.m."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from console.alerts.alert import Alert
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.table import DataTable
from console.ui.pages.alerts.columns import Around, alert_columns
from console.ui.pages.alerts.known import Known

_KEYS = {
    Qt.Key.Key_A: "acknowledge",
    Qt.Key.Key_T: "take",
    Qt.Key.Key_S: "silence",
    Qt.Key.Key_C: "charts",
}


class AlertsTable(DataTable[Alert]):
    """Alerts grouped by server as long as the person chose no other order.

    Signals:
        wanted: an act by its key: "acknowledge", "take", "silence", "charts".
    """

    wanted = Signal(str)

    def __init__(self, desk: Desk, known: Known) -> None:
        self._repeats: frozenset[str] = frozenset()
        around: Around = known.around(self._repeated)
        super().__init__(
            desk.theme,
            translate("Alerts", "Alerts"),
            alert_columns(around),
            lambda row: row.id,
            several=True,
            remembered=desk.remembered,
            placeholder=translate("Alerts", "No alert fits the search and what is chosen."),
        )
        self.remember_as("alerts")

    def show_alerts(self, alerts: list[Alert]) -> None:
        """Show these, in this order until the person sorts."""
        repeats: set[str] = set()
        if not self.sorted_by[0]:
            before = None
            for each in alerts:
                if each.target.server == before:
                    repeats.add(each.id)
                before = each.target.server
        self._repeats = frozenset(repeats)
        self.set_rows(alerts)

    def _repeated(self, alert: Alert) -> bool:
        return alert.id in self._repeats

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = _KEYS.get(Qt.Key(event.key()))
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if act is not None and plain and self.chosen is not None:
            self.wanted.emit(act)
            return
        super().keyPressEvent(event)


def fits(alert: Alert, title: str, words: list[str]) -> bool:
    """Whether all the words stand somewhere in what the list shows of it."""
    if not words:
        return True
    parts = (
        alert.target.server,
        alert.label,
        alert.rule,
        title,
        alert.severity.value,
        alert.state.value,
        alert.owner,
        alert.acknowledged_by,
        alert.sentence,
    )
    text = " ".join(parts).casefold()
    return all(word in text for word in words)
