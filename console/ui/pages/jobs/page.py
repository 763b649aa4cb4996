"""The list of jobs: search, states, the selected one beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.core.problems import Problem
from console.jobs.asking import read_filter
from console.jobs.job import Job, JobFilter, JobState
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import SearchField
from console.ui.kit.inspector import WithInspector
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.acting import permit
from console.ui.pages.jobs import acts
from console.ui.pages.jobs.columns import job_columns
from console.ui.pages.jobs.inspector import JobInspector
from console.ui.pages.jobs.words import ACTIVE, BAD, in_order
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page, PageAct
from console.ui.theme import fonts
from console.ui.times import zone_of

READ_EVERY_S = 1.0
ASK_EVERY_S = 3.0
FIRST = 300
"""Rows that are read at first; as many more whenever one scrolls near their end."""
_STATES: dict[str, frozenset[JobState]] = {
    "all": frozenset(),
    "active": ACTIVE,
    "failed": BAD,
    "done": frozenset({JobState.SUCCEEDED, JobState.CANCELLED}),
}


class JobsPage(Page):
    """Shows what the store knows and has the servers asked in the background.

    Only rows that one has scrolled to are read, whatever the number of jobs that fit.
    """

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        context = desk.context
        self._jobs: list[Job] = []
        self._known = False
        self._limit = FIRST
        self._fitting = 0
        self._asked: tuple[str, str, int] | None = None
        self._read = Pace(context.clock, READ_EVERY_S)
        self._ask = Pace(context.clock, ASK_EVERY_S)
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[Job] = DataTable(
            desk.theme,
            self.tr("Jobs"),
            job_columns(context.clock.now, lambda: zone_of(context.options)),
            lambda job: job.id,
            several=True,
            remembered=desk.remembered,
            placeholder=self.tr("No job fits the search and the state chosen."),
        )
        self.table.remember_as("jobs")
        self.table.menu_by(lambda job: acts.menu_of(desk, job, self.table, self.table.chosen_rows))
        self.table.verticalScrollBar().valueChanged.connect(lambda _value: self._read_on())
        self.table.opened.connect(lambda job: desk.shell.go("job", job.id))
        self.table.picked.connect(self._on_picked)
        self.inspector = JobInspector(desk)
        self._split = WithInspector(self._card(), self.inspector, desk.remembered, "jobs")
        self.empty = self._empty_state()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self.empty)
        self.column.addWidget(self._stack, 1)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Jobs"), flush=True)
        self.states = SegmentedControl(
            theme,
            self.tr("States shown"),
            [
                ("all", self.tr("All")),
                ("active", self.tr("Active")),
                ("failed", self.tr("Failed")),
                ("done", self.tr("Ended well")),
            ],
            style="pills",
        )
        self.states.chosen.connect(lambda _key: self._search_anew())
        self.found = label("", role="dim", size=fonts.SMALL)
        self.note = label("", role="dim", size=fonts.SMALL)
        self.search = SearchField(
            theme,
            self.tr("Search in jobs"),
            placeholder=self.tr("Words, user:… server:… tag:… since:7d"),
            icon="search",
        )
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(340)
        self.search.textChanged.connect(lambda _text: self._search_anew())
        self.submit_button = Button(theme, self.tr("Submit job…"), "primary", icon="add")
        self.submit_button.clicked.connect(lambda: acts.submit(self.desk))
        card.header.addSpacing(8)
        card.header.addWidget(self.states)
        card.header.addWidget(self.found)
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        card.header.addWidget(self.search, 1)
        card.header.addWidget(self.submit_button)
        card.body.addWidget(self.table)
        return card

    def _empty_state(self) -> EmptyState:
        self.first_button = Button(self.desk.theme, self.tr("Submit job…"), "primary", icon="add")
        self.first_button.clicked.connect(lambda: acts.submit(self.desk))
        return EmptyState(
            self.desk.theme,
            "jobs",
            self.tr("No jobs yet"),
            self.tr(
                "Jobs run on a server and go on when this window is closed. "
                "Each one with its state, log and metrics will be listed here."
            ),
            (self.first_button,),
        )

    def open(self, argument: str) -> None:
        if argument:
            self.search.setText(argument)

    def refresh(self) -> None:
        jobs = self.desk.context.jobs
        if self._read.due():
            self._look_up()
        if self._ask.due():
            self.desk.worker.run(
                jobs.refresh, self._heard, failed=self.problem.set_problem, owner=self, key="jobs.refresh"
            )
        permit(self.submit_button, self.desk, "job.submit")
        permit(self.first_button, self.desk, "job.submit")
        self.inspector.follow_log()

    def _heard(self, problems: dict[str, Problem]) -> None:
        """Servers that could not be asked are named; their jobs stay as last heard of."""
        self.problem.set_problem(None)
        names = ", ".join(sorted(problems))
        text = self.tr("{count} servers not heard").format(count=len(problems)) if problems else ""
        set_text(self.note, text)
        lines = [f"{name}: {problem.sentence}" for name, problem in sorted(problems.items())]
        self.note.setToolTip(tip("\n".join(lines)))
        self.note.setAccessibleDescription(names)
        self._read.hurry()

    def _look_up(self) -> None:
        """Ask the store for what is wanted now; a question waits for the answer that is under way."""
        jobs, asked = self.desk.context.jobs, (self.states.current, self.search.text(), self._limit)
        base = JobFilter(states=_STATES[asked[0]], limit=asked[2])
        wanted, faults = read_filter(asked[1], base, self.desk.context.clock.now())

        def read() -> tuple[list[Job], int]:
            found = jobs.list(wanted)
            return found, len(found) if len(found) < wanted.limit else jobs.history.count(wanted)

        self.desk.worker.run(
            read,
            lambda found: self._take(asked, faults, *found),
            failed=self.problem.set_problem,
            owner=self,
            key="jobs.list",
        )

    def _search_anew(self) -> None:
        self._limit = FIRST
        self._look_up()

    def _read_on(self) -> None:
        """One has scrolled near the end of what was read."""
        bar = self.table.verticalScrollBar()
        if len(self._jobs) < self._fitting and bar.value() >= bar.maximum() - bar.pageStep():
            self._limit = len(self._jobs) + FIRST
            self._look_up()

    def _take(
        self, asked: tuple[str, str, int], faults: tuple[str, ...], jobs: list[Job], fitting: int
    ) -> None:
        self._jobs = in_order(jobs, self.desk.context.clock.now())
        self._known, self._fitting, self._asked = True, fitting, asked
        self.table.set_rows(self._jobs)
        text = (
            self.tr("{shown} of {count}").format(shown=len(jobs), count=fitting)
            if len(jobs) < fitting
            else ""
        )
        if faults:
            text = self.tr("not understood: {words}").format(words=" ".join(faults))
        set_text(self.found, text)
        chosen = next((job for job in self._jobs if job.id == self.table.chosen_key), None)
        self.inspector.show_job(chosen)
        nothing = not jobs and not asked[1] and asked[0] == "all"
        self._stack.setCurrentWidget(self.empty if nothing else self._split)
        if asked != (self.states.current, self.search.text(), self._limit):
            self._look_up()

    def acts(self) -> tuple[PageAct, ...]:
        job = self.table.chosen
        return () if job is None else acts.job_acts(self.desk, job)

    def _on_picked(self, job: Job | None) -> None:
        self.inspector.show_job(job)
        if job is not None:
            self._split.show_drawer()

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
