"""Alerts that are over, and the spans in which nothing was judged: what was not seen was not fine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt

from console.alerts.alert import Alert, Gap, Judged
from console.core.clock import from_epoch
from console.core.units import format_duration
from console.ui.desk import Desk
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.inspector import WithInspector
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.pages.alerts import acts, words
from console.ui.pages.alerts.columns import history_columns
from console.ui.pages.alerts.inspector import WIDTH, AlertInspector
from console.ui.pages.alerts.judged import JudgedBanner
from console.ui.pages.alerts.known import Known
from console.ui.pages.alerts.table import fits
from console.ui.pages.alerts.tabs import HISTORY, AlertTabs
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page, PageAct
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

_EVERY_S = 5.0
MOST = 3000


class AlertHistoryPage(Page):
    """What ended within the time range at the top; read off the window's thread."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self._episodes: tuple[Alert, ...] = ()
        self.known = Known(desk, self, self._show)
        self.column.addWidget(AlertTabs(desk, HISTORY))
        self.banner = JudgedBanner(desk)
        self.column.addWidget(self.banner)
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[Alert] = DataTable(
            desk.theme,
            self.tr("Past alerts"),
            history_columns(self.known.around()),
            lambda row: row.id,
            remembered=desk.remembered,
            placeholder=self.tr("No alert ended in the time range. A longer one is chosen at the top right."),
        )
        self.table.remember_as("alert-history")
        self.table.menu_by(
            lambda row: acts.menu_of(desk, row, (row,), self.known.around().title(row), self.table)
        )
        self.table.opened.connect(lambda row: acts.show_charts(desk, row))
        self.table.picked.connect(self._on_picked)
        self.inspector = AlertInspector(desk, self.known, self._again)
        self._split = WithInspector(
            self._card(), self.inspector, desk.remembered, "alert-history", width=WIDTH
        )
        self.column.addWidget(self._split, 1)
        desk.range.changed.connect(self._again)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Past alerts"), flush=True)
        self.note = label("", role="dim", size=fonts.SMALL)
        self.gaps = label("", role="dim", size=fonts.SMALL)
        self.search = SearchField(
            theme,
            self.tr("Search in past alerts"),
            placeholder=self.tr("Server, rule, owner"),
            icon="search",
        )
        self.search.setMaximumWidth(260)
        self.search.textChanged.connect(lambda _text: self._show())
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        card.header.addWidget(self.gaps)
        card.header.addWidget(self.search, 1)
        card.body.addWidget(self.table)
        return card

    def open(self, argument: str) -> None:
        if argument:
            self.search.setText(argument)
        self._pace.hurry()

    def crumb(self) -> str:
        return self.tr("History")

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def acts(self) -> tuple[PageAct, ...]:
        alert = self.table.chosen
        if alert is None or not alert.target.server:
            return ()
        return (PageAct(self.tr("Charts around it"), lambda: acts.show_charts(self.desk, alert)),)

    def _again(self) -> None:
        self._pace.hurry()
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        self.banner.refresh()
        self.known.refresh()
        self.inspector.follow()
        if not self._pace.due():
            return
        context = self.desk.context
        low, high = (from_epoch(each) for each in self.desk.range.span(context.clock.now().timestamp()))
        alerts = context.alerts
        self.desk.worker.run(
            lambda: alerts.history(low, high, limit=MOST),
            self._take,
            failed=self.problem.set_problem,
            owner=self,
            key=f"alerts.history {self.desk.range.key} {self.desk.range.fixed}",
        )
        self._show_gaps(context.alerts.judged(), low, high)

    def _take(self, found: tuple[Alert, ...]) -> None:
        self.problem.set_problem(None)
        if found != self._episodes:
            self._episodes = found
            self._show()

    def _show(self) -> None:
        titles = words.rule_titles(self.known.rules)
        typed = self.search.text().casefold().split()
        shown = [each for each in self._episodes if fits(each, titles.get(each.rule, ""), typed)]
        self.table.set_rows(shown)
        text = self.tr("newest {count}") if len(self._episodes) >= MOST else self.tr("{count} episodes")
        set_text(self.note, text.format(count=len(shown)))
        self.inspector.show_alert(self.table.chosen)

    def _show_gaps(self, judged: Judged, low: datetime, high: datetime) -> None:
        """Spans of the range in which nobody judged; each one in the tool tip."""
        now, zone = self.desk.context.clock.now(), zone_of(self.desk.context.options)
        inside = gaps_within(judged.gaps, low, high, now)
        seconds = sum((min(end, high) - max(begin, low)).total_seconds() for begin, end in inside)
        text = self.tr("not judged for {span}, in {count} spans")
        span = format_duration(float(round(seconds)))
        set_text(self.gaps, text.format(span=span, count=len(inside)) if inside else "")
        line = self.tr("{begin} to {end}")
        lines = [
            line.format(begin=moment_text(begin, zone, now=now), end=moment_text(end, zone, now=now))
            for begin, end in inside[:20]
        ]
        self.gaps.setToolTip(tip("\n".join(lines)))
        self.gaps.setAccessibleDescription("; ".join(lines))

    def _on_picked(self, alert: Alert | None) -> None:
        self.inspector.show_alert(alert)
        if alert is not None:
            self._split.show_drawer()


def gaps_within(
    gaps: Sequence[Gap], low: datetime, high: datetime, now: datetime
) -> list[tuple[datetime, datetime]]:
    """Begin and end of the gaps that lie, at least in part, within a span, newest first."""
    found = [(each.since, each.until or now) for each in gaps]
    return [(begin, end) for begin, end in found if end > low and begin < high]
