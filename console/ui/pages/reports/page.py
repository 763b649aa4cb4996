"""Utilization and cost of what jobs used: by whom, in which time, as a table that can be kept as a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.units import UNKNOWN, format_duration, format_energy, format_percent
from console.jobs.reporting import BY, Report, ReportRow, report_csv
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card, Plate
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.exporting import write_file
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page
from console.ui.pages.reports.columns import cost_text, head_of, report_columns, share_text
from console.ui.pages.reports.tabs import COST, UTILIZATION, ReportTabs
from console.ui.sheets.files import choose_new_file
from console.ui.theme import fonts

_EVERY_S = 15.0
_SPANS = {"1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30), "all": None}


class UsageReportPage(Page):
    """Utilization, or cost. The store's sums are read off the window's thread."""

    uses_range = False

    def __init__(self, desk: Desk, *, cost: bool) -> None:
        super().__init__(desk)
        self._cost = cost
        self._report: Report | None = None
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self.column.addWidget(ReportTabs(desk, COST if cost else UTILIZATION))
        self.column.addWidget(self._head())
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.column.addWidget(self._card(), 1)

    def _head(self) -> Plate:
        theme = self.desk.theme
        plate = Plate(theme)
        row = QHBoxLayout(plate)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(10)
        text = QVBoxLayout()
        text.setSpacing(4)
        self.title = heading(self.tr("Cost") if self._cost else self.tr("Utilization"), size=18)
        self.sums = label("", role="dim", size=fonts.SMALL)
        text.addWidget(self.title)
        text.addWidget(self.sums)
        row.addLayout(text, 1)
        self.span = SegmentedControl(
            theme,
            self.tr("Jobs that ended in"),
            [
                ("1d", self.tr("24 h")),
                ("7d", self.tr("7 d")),
                ("30d", self.tr("30 d")),
                ("all", self.tr("all")),
            ],
        )
        self.span.set_current("7d")
        self.span.chosen.connect(lambda _key: self._again())
        row.addWidget(label(self.tr("Jobs that ended in"), role="dim", size=fonts.SMALL))
        row.addWidget(self.span)
        self.export = Button(theme, self.tr("Export CSV…"), icon="download")
        self.export.clicked.connect(self._export)
        row.addWidget(self.export)
        return plate

    def _card(self) -> Card:
        desk = self.desk
        self.card = Card(desk.theme, self.tr("Who"), flush=True)
        self.by = SegmentedControl(desk.theme, self.tr("Add up by"), [(by, head_of(by)) for by in BY])
        self.by.chosen.connect(lambda _key: self._other_rows())
        self.field = SearchField(desk.theme, self.tr("Filter"), placeholder=self.tr("Filter"), icon="search")
        self.field.setMaximumWidth(240)
        self.field.textChanged.connect(lambda _text: self._show())
        self.card.header.addWidget(self.by)
        self.card.header.addStretch(1)
        self.card.header.addWidget(self.field, 1)
        self._holder = QVBoxLayout()
        self.card.body.addLayout(self._holder, 1)
        self.note = label("", role="dim", size=fonts.LABEL, wrap=True)
        foot = QWidget()
        around = QHBoxLayout(foot)
        around.setContentsMargins(15, 4, 15, 10)
        around.addWidget(self.note)
        self.card.body.addWidget(foot)
        self.table = self._make_table()
        self._holder.addWidget(self.table)
        return self.card

    def _make_table(self) -> DataTable[ReportRow]:
        desk, by = self.desk, self.by.current
        currency = str(desk.context.options.get("cost.currency"))
        table: DataTable[ReportRow] = DataTable(
            desk.theme,
            self.title.text(),
            report_columns(by, cost=self._cost, currency=currency),
            lambda row: row.key,
            remembered=desk.remembered,
            placeholder=self.tr(
                "No job of that time is known here. What jobs used is added up on their servers and read "
                "with the list of jobs."
            ),
        )
        table.remember_as(f"report-{'cost' if self._cost else 'utilization'}")
        table.opened.connect(self._open)
        return table

    def _other_rows(self) -> None:
        """Another key: the first column has another name."""
        before = self.table
        self.table = self._make_table()
        self._holder.replaceWidget(before, self.table)
        before.setParent(None)
        before.deleteLater()
        self._again()

    def crumb(self) -> str:
        return self.title.text()

    def focus_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open(self, argument: str) -> None:
        del argument
        self._pace.hurry()

    def refresh(self) -> None:
        if not self._pace.due():
            return
        history, by, span = self.desk.context.jobs.history, self.by.current, _SPANS[self.span.current]
        since = None if span is None else self.desk.context.clock.now() - span
        self.desk.worker.run(
            lambda: history.report(by, since),
            self._keep,
            failed=self.problem.set_problem,
            owner=self,
            key=f"report {self._cost} {by} {span}",
        )

    def _again(self) -> None:
        self._pace.hurry()
        self.refresh()

    def _keep(self, found: Report) -> None:
        if found.by != self.by.current:
            return
        self._report = found
        self.problem.set_problem(None)
        self._show()

    def _show(self) -> None:
        found = self._report
        if found is None or found.by != self.by.current:
            return
        words = self.field.text().casefold().split()
        self.table.set_rows(
            [row for row in found.rows if all(word in row.title.casefold() for word in words)]
        )
        self.export.setEnabled(bool(found.rows))
        set_text(self.sums, self._sums_text(found.total))
        set_text(self.note, self._note_text(found))

    def _sums_text(self, total: ReportRow) -> str:
        currency = str(self.desk.context.options.get("cost.currency"))
        parts = [self.tr("{count} jobs").format(count=total.jobs)]
        if self._cost:
            parts.append(cost_text(total, currency))
        else:
            used = format_percent(total.utilization_percent)
            parts.append(
                self.tr("used {share}, idle {idle}").format(share=used, idle=share_text(total.idle_share))
            )
        parts.append(self.tr("{span} of GPU time").format(span=format_duration(total.gpu_seconds or None)))
        parts.append(format_energy(total.energy_j))
        return "  ·  ".join(part for part in parts if part != UNKNOWN)

    def _note_text(self, found: Report) -> str:
        """What the numbers rest on."""
        if self._cost:
            text = self.tr(
                "By the rates of the servers as they are entered now: each accelerator is an equal part of "
                "its server's rate. {share} of the time has a price; what has none is left out, not "
                "taken as 0."
            ).format(share=share_text(found.total.cost_share))
        else:
            text = self.tr(
                "Added up on the servers while the jobs ran, whether a console was there or not; {share} of "
                "the run time was observed. Idle is less than 5 % in the mean of a look."
            ).format(share=share_text(found.total.observed_share))
        if found.by == "label":
            text += " " + self.tr("A server with several labels counts in each of them.")
        return text

    def _open(self, row: ReportRow) -> None:
        shell, by = self.desk.shell, self.by.current
        if by == "job":
            shell.go("job", row.key)
        elif by == "server":
            shell.go("server", row.key)
        elif by == "user":
            shell.go("jobs", f"user:{row.key}")

    def _export(self) -> None:
        found, desk = self._report, self.desk
        if found is None:
            return
        name = f"tandem {'cost' if self._cost else 'utilization'} by {found.by}"
        start = Path.home() / f"{name} {desk.context.clock.now():%Y-%m-%d}.csv"
        choose_new_file(
            self,
            self.tr("Export CSV"),
            start,
            "csv",
            lambda path: write_file(desk, path, lambda: report_csv(found).encode("utf-8")),
        )
