"""The number cards at the top of the fleet. What nobody told is "–"."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.units import UNKNOWN, format_power, three_digits
from console.telemetry.snapshot import FleetSnapshot, Severity
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import StatCard
from console.ui.kit.labels import Role, tip
from console.ui.numbers import pair_memory, share
from console.ui.pages.alerts.words import counted, judged_text, unjudged, warnings_text
from console.ui.pages.fleet.trends import Trends
from console.ui.times import age_text

_CRITICAL: Role = "critical"
_PLAIN: Role = "text"


class FleetCards(QWidget):
    """Servers, accelerators, memory, power, cost, and the alerts."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        theme = desk.theme
        self.servers = StatCard(theme, translate("Fleet", "Servers"), token="ok")
        self.accelerators = StatCard(theme, translate("Fleet", "Accelerators"), token="accent")
        self.memory = StatCard(theme, translate("Fleet", "Memory"), token="inference")
        self.power = StatCard(theme, translate("Fleet", "Power"), token="warning")
        self.cost = StatCard(theme, translate("Fleet", "Cost now"), token="training")
        self.accelerators.clicked.connect(lambda: desk.shell.go("idle"))
        self.accelerators.setToolTip(tip(translate("Fleet", "Click: who holds idle accelerators")))
        self.alerts = StatCard(theme, translate("Fleet", "Alerts"), token="critical")
        self.alerts.clicked.connect(lambda: desk.shell.go("alerts"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for card in (self.servers, self.accelerators, self.memory, self.power, self.cost, self.alerts):
            layout.addWidget(card, 1)

    def show_snapshot(self, snapshot: FleetSnapshot, trends: Trends) -> None:
        """The fleet's sums."""
        counts = snapshot.counts
        self.servers.set(f"{counts.links_up} / {counts.servers}", self._servers_note(snapshot))
        self.servers.set_spark(trends.links(), low=0.0, high=float(max(1, counts.servers)))
        self.accelerators.set(str(counts.accelerators), accelerators_note(snapshot))
        self.accelerators.set_spark(trends.busy(), low=0.0, high=float(max(1, counts.accelerators)))
        self.memory.set(
            pair_memory(counts.memory_used_bytes, counts.memory_total_bytes),
            used_note(counts.memory_used_bytes, counts.memory_total_bytes),
        )
        total = counts.memory_total_bytes
        self.memory.set_spark(trends.memory(), low=0.0, high=float(total) if total else None)
        limit = translate("Fleet", "of {limit} limit").format(limit=format_power(counts.power_limit_w))
        self.power.set(format_power(counts.power_w), limit if counts.power_limit_w else "")
        self.power.set_spark(trends.power(), low=0.0, high=counts.power_limit_w)
        self._show_cost(snapshot)
        self._show_alerts()

    def _servers_note(self, snapshot: FleetSnapshot) -> str:
        silent = [row for row in snapshot.servers if row.severity is Severity.UNKNOWN]
        if silent:
            ages = [row.age_s for row in silent if row.age_s is not None]
            if ages:
                text = translate("Fleet", "{count} not heard for {age}")
                return text.format(count=len(silent), age=age_text(max(ages)))
            return translate("Fleet", "{count} not heard yet").format(count=len(silent))
        return translate("Fleet", "all heard")

    def _show_alerts(self) -> None:
        """What fires, the worst first; unknown where nobody judges."""
        context = self._desk.context
        judged, counts = context.alerts.judged(), counted(context.alerts.alerts())
        silent = unjudged(judged)
        warnings = warnings_text(counts["warning"])
        notes = []
        if counts["critical"]:
            value, role = translate("Fleet", "{count} critical").format(count=counts["critical"]), _CRITICAL
            notes = [warnings] if counts["warning"] else []
        elif counts["warning"]:
            value, role = warnings, _PLAIN
        else:
            value, role = (UNKNOWN if silent else translate("Fleet", "none")), _PLAIN
        if counts["muted"]:
            notes.append(translate("Fleet", "{count} silenced").format(count=counts["muted"]))
        if silent:
            notes = [judged_text(judged, context.clock.now())]
        self.alerts.set(value, ", ".join(notes), role=role)

    def _show_cost(self, snapshot: FleetSnapshot) -> None:
        priced = [row for row in snapshot.servers if row.server.cost_per_hour is not None]
        if not priced:
            self.cost.set(UNKNOWN, translate("Fleet", "no server has a price"))
            return
        sign = str(self._desk.context.options.get("cost.currency"))
        total = sum(row.server.cost_per_hour or 0.0 for row in priced)
        unpriced = len(snapshot.servers) - len(priced)
        note = (
            translate("Fleet", "{count} servers without a price").format(count=unpriced) if unpriced else ""
        )
        self.cost.set(f"{three_digits(total)} {sign}/h", note)


def accelerators_note(snapshot: FleetSnapshot) -> str:
    """Every accelerator is exactly one of these."""
    counts = snapshot.counts
    parts = [
        translate("Fleet", "{count} busy").format(count=counts.busy),
        translate("Fleet", "{count} idle").format(count=counts.idle),
    ]
    if counts.lost:
        parts.append(translate("Fleet", "{count} lost").format(count=counts.lost))
    if counts.unknown:
        parts.append(translate("Fleet", "{count} unknown").format(count=counts.unknown))
    if counts.simulated:
        parts.append(translate("Fleet", "{count} simulated").format(count=counts.simulated))
    return " · ".join(parts) if counts.accelerators else UNKNOWN


def used_note(used: float | None, total: float | None) -> str:
    """How full."""
    percent = share(used, total)
    return "" if percent is None else translate("Fleet", "{percent} % used").format(percent=f"{percent:.0f}")
