"""The sheet that chooses runs whose curves are laid over those of a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from console.core.text import safe_line
from console.jobs.job import Job, JobFilter
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.columns import Column
from console.ui.kit.fields import SearchField
from console.ui.kit.sheet import Sheet
from console.ui.kit.table import DataTable
from console.ui.pages.job.runs import MOST_RUNS
from console.ui.pages.jobs.columns import state_text
from console.ui.state_words import job_tone
from console.ui.times import moment_text, zone_of

_LISTED = 200


class CompareRunsSheet(Sheet):
    """Several rows can be chosen; jobs of the same recipe and name come first."""

    def __init__(
        self,
        desk: Desk,
        job: Job,
        chosen: Sequence[str],
        take: Callable[[tuple[str, ...]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk.theme,
            self.tr("Compare runs"),
            self.tr("Up to {count} runs are laid over {job}; also of servers that are away.").format(
                count=MOST_RUNS - 1, job=safe_line(job.name)
            ),
            parent,
        )
        self._desk = desk
        self._job = job
        self._take = take
        self._jobs: list[Job] = []
        self._first = tuple(chosen)
        theme = desk.theme
        self.search = SearchField(
            theme, self.tr("Search in jobs"), placeholder=self.tr("Name, command, server, id"), icon="search"
        )
        self.search.textChanged.connect(lambda _text: self._read())
        self.table = self._make_table()
        self.table.setMinimumHeight(320)
        self.body.addWidget(self.search)
        self.body.addWidget(self.table, 1)
        self.dismiss = Button(theme, self.tr("Cancel"))
        self.dismiss.clicked.connect(self.close_sheet)
        self.act = Button(theme, self.tr("Compare"), "primary")
        self.act.clicked.connect(self.choose)
        self.footer.addWidget(self.dismiss)
        self.footer.addWidget(self.act)
        self._read()

    def _make_table(self) -> DataTable[Job]:
        theme, context = self._desk.theme, self._desk.context
        made: DataTable[Job] = DataTable(
            theme,
            self.tr("Runs"),
            [
                Column(
                    "name",
                    self.tr("Name"),
                    lambda each: safe_line(each.name),
                    width=150,
                    strong=True,
                    stretch=True,
                ),
                Column(
                    "state",
                    self.tr("State"),
                    state_text,
                    tone=lambda each: job_tone(each.state),
                    width=110,
                ),
                Column(
                    "submitted",
                    self.tr("Submitted"),
                    lambda each: moment_text(
                        each.submitted, zone_of(context.options), now=context.clock.now()
                    ),
                    align="right",
                    width=110,
                ),
            ],
            lambda each: each.id,
            placeholder=self.tr("No other job fits."),
            several=True,
        )
        return made

    def _read(self) -> None:
        jobs, search = self._desk.context.jobs, self.search.text()
        self._desk.worker.run(
            lambda: jobs.list(JobFilter(search=search, limit=_LISTED)),
            lambda found: self._show(search, found),
            failed=self.problem.set_problem,
            owner=self,
            key=f"compare.list {search}",
        )

    def _show(self, search: str, found: list[Job]) -> None:
        if search != self.search.text():
            return
        mine = self._job
        others = [each for each in found if each.id != mine.id]
        self._jobs = sorted(others, key=lambda each: (each.recipe != mine.recipe, each.name != mine.name))
        self.table.set_rows(self._jobs)

    def choose(self) -> None:
        """Take the selected rows."""
        ids = [each.id for each in self.table.chosen_rows][: MOST_RUNS - 1]
        if ids:
            self._take(tuple(ids))
            self.close_sheet()
