"""The alerts that hold now, grouped by server, with what to do about the selected one beside them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.alerts.alert import Alert, AlertSeverity, AlertState
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import SearchField
from console.ui.kit.inspector import WithInspector
from console.ui.kit.labels import set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.pages.alerts import acts, words
from console.ui.pages.alerts.inspector import WIDTH, AlertInspector
from console.ui.pages.alerts.judged import JudgedBanner
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.table import AlertsTable, fits
from console.ui.pages.alerts.tabs import NOW, AlertTabs
from console.ui.pages.page import Page, PageAct

ID = "id:"
"""`shell.go("alerts", "id:…")` selects an alert; any other argument is looked for."""
SERVERS, WORST = "servers", "worst"
_KINDS: dict[str, Callable[[Alert, str], bool]] = {
    "all": lambda _alert, _account: True,
    "firing": lambda alert, _account: alert.state is AlertState.FIRING and not alert.muted,
    "critical": lambda alert, _account: alert.severity is AlertSeverity.CRITICAL,
    "unknown": lambda alert, _account: not alert.acknowledged_by and not alert.owner,
    "mine": lambda alert, account: alert.owner == account,
    "silenced": lambda alert, _account: bool(alert.muted),
}


class AlertsPage(Page):
    """See the module. What is shown is in the service's memory; rows are made anew only when it changed."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._alerts: tuple[Alert, ...] | None = None
        self._shown: list[Alert] = []
        self._wanted = ""
        self.known = Known(desk, self, self._show)
        tabs = AlertTabs(desk, NOW)
        self.sums = tabs.sums
        self.column.addWidget(tabs)
        self.banner = JudgedBanner(desk)
        self.column.addWidget(self.banner)
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table = AlertsTable(desk, self.known)
        self.table.menu_by(
            lambda row: acts.menu_of(desk, row, self.table.chosen_rows, self._title(row), self.table)
        )
        self.table.opened.connect(lambda row: acts.show_charts(desk, row))
        self.table.picked.connect(self._on_picked)
        self.table.sorted_anew.connect(self._show)
        self.table.wanted.connect(self._on_key)
        self.inspector = AlertInspector(desk, self.known, self._acted)
        self._split = WithInspector(self._card(), self.inspector, desk.remembered, "alerts", width=WIDTH)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self.empty = self._empty_state()
        self._stack.addWidget(self.empty)
        self.column.addWidget(self._stack, 1)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Alerts"), flush=True)
        self.kinds = SegmentedControl(
            theme,
            self.tr("Alerts shown"),
            [
                ("all", self.tr("All")),
                ("firing", self.tr("Firing")),
                ("critical", self.tr("Critical")),
                ("unknown", self.tr("Nobody has it")),
                ("mine", self.tr("Mine")),
                ("silenced", self.tr("Silenced")),
            ],
            style="pills",
        )
        self.kinds.chosen.connect(lambda _key: self._show())
        self.order = SegmentedControl(
            theme,
            self.tr("Order"),
            [(SERVERS, self.tr("by server")), (WORST, self.tr("worst first"))],
        )
        self.order.chosen.connect(lambda _key: self._show())
        self.search = SearchField(
            theme,
            self.tr("Search in alerts"),
            placeholder=self.tr("Server, rule, owner"),
            icon="search",
        )
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(lambda _text: self._show())
        card.header.addWidget(self.kinds)
        card.header.addStretch(1)
        card.header.addWidget(self.order)
        card.header.addWidget(self.search, 1)
        card.body.addWidget(self.table)
        return card

    def _empty_state(self) -> EmptyState:
        rules = Button(self.desk.theme, self.tr("Look at the rules"), "primary", icon="edit")
        rules.clicked.connect(lambda: self.desk.shell.go("alert_rules"))
        channels = Button(self.desk.theme, self.tr("Set up a channel…"))
        channels.clicked.connect(lambda: self.desk.shell.go("alert_channels"))
        return EmptyState(
            self.desk.theme,
            "ok",
            self.tr("Nothing fires"),
            self.tr(
                "What is wrong on a server will be here while it lasts: since when, who has it, what to do "
                "next, and what changed before it."
            ),
            (rules, channels),
        )

    # The page

    def open(self, argument: str) -> None:
        if argument.startswith(ID):
            self._wanted = argument.removeprefix(ID)
            self.search.clear()
            self.kinds.set_current("all")
        elif argument:
            self.search.setText(argument)
        self._alerts = None

    def refresh(self) -> None:
        self.banner.refresh()
        self.known.refresh()
        self.problem.set_problem(self.desk.context.alerts.problem() or self.known.problem)
        found = self.desk.context.alerts.alerts()
        if found is not self._alerts and found != self._alerts:
            self._alerts = found
            self._show()
        elif self._alerts:
            # How long they last goes on: the cells that are in sight are written again.
            self.table.set_rows(self._shown)
            self._show_chosen()
        self.inspector.follow()

    def _title(self, alert: Alert) -> str:
        rule = self.known.rule(alert.rule)
        return words.rule_title(rule) if rule is not None else alert.rule

    def _show(self) -> None:
        alerts = self._alerts or ()
        titles = words.rule_titles(self.known.rules)
        typed = self.search.text().casefold().split()
        kind, account = _KINDS[self.kinds.current or "all"], self.desk.context.account
        fitting = [
            each for each in alerts if kind(each, account) and fits(each, titles.get(each.rule, ""), typed)
        ]
        ordered = words.by_server if self.order.current == SERVERS else words.worst_first
        self._shown = ordered(fitting)
        self.table.show_alerts(self._shown)
        set_text(self.sums, words.sums_text(words.counted(alerts)))
        self._stack.setCurrentWidget(self._split if alerts else self.empty)
        self._select()

    def _select(self) -> None:
        """What was asked for; before the person chose anything the worst there is."""
        if self._wanted and self.table.rows_model.row_of(self._wanted) >= 0:
            self.table.select_key(self._wanted)
            self.table.scrollTo(self.table.currentIndex())
            self._wanted = ""
            self._split.show_drawer()
        elif self.table.chosen is None and self._shown:
            self.table.select_key(self._shown[0].id)
        self._show_chosen()

    def _show_chosen(self) -> None:
        chosen = self.table.chosen
        current = next((each for each in self._alerts or () if chosen and each.id == chosen.id), None)
        self.inspector.show_alert(current)

    def _on_picked(self, alert: Alert | None) -> None:
        self.inspector.show_alert(alert)
        self.inspector.follow()
        if alert is not None:
            self._split.show_drawer()

    def _acted(self) -> None:
        self.known.hurry()
        self.refresh()

    def _on_key(self, act: str) -> None:
        chosen = self.table.chosen_rows
        if not chosen:
            return
        if act == "charts":
            acts.show_charts(self.desk, chosen[0])
        elif act == "acknowledge":
            acts.acknowledge(self.desk, chosen, lambda _found: self._acted())
        elif act == "take":
            acts.take(self.desk, chosen, lambda _found: self._acted())
        elif act == "silence":
            acts.silence(self.desk, chosen[0], lambda _found: self._acted())

    def acts(self) -> tuple[PageAct, ...]:
        chosen = self.table.chosen_rows
        offered = acts.alert_acts(self.desk, chosen, self._title(chosen[0]) if chosen else "")
        return (
            *offered,
            *(
                PageAct(each.text, each.call)
                for each in self.inspector.next_offered
                if not each.command or self.desk.runner.allowed(each.command)
            ),
        )

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
