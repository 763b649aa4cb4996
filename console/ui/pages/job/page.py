"""One job: how it stands, its curves drawn live, its log, what was asked for and what it left."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import Job, JobState
from console.jobs.measured import JobMetrics
from console.ui.desk import Desk
from console.ui.kit.cards import Card, Plate
from console.ui.kit.inspector import Facts
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import Scroll
from console.ui.logs.view import LogView
from console.ui.pages.job.charts import JobCharts, metric_text
from console.ui.pages.job.code_card import CodeCard
from console.ui.pages.job.exporting import export_picture, export_values
from console.ui.pages.job.header import JobHeader
from console.ui.pages.job.how_to import HowTo
from console.ui.pages.job.look import JobLook, look, single_values
from console.ui.pages.job.outputs_card import OutputsCard
from console.ui.pages.job.runs import runs_of
from console.ui.pages.job.step_card import StepCard
from console.ui.pages.job.usage_card import UsageCard
from console.ui.pages.job.words import specification
from console.ui.pages.jobs import acts
from console.ui.pages.jobs.acts import fetch_code, job_acts
from console.ui.pages.pace import Pace
from console.ui.pages.page import GAP, MARGIN, Page, PageAct
from console.ui.sheets.compare_runs import CompareRunsSheet

LOOK_EVERY_S = 1.0
LOG_HEIGHT = 300
_STOP_KEYS, _COMPARE_KEYS = "Ctrl+Shift+E", "Ctrl+Shift+C"


class JobPage(Page):
    """Asks once a second while the job lives; what has ended and is read whole is asked no more."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._id = ""
        self._job: Job | None = None
        self._outputs_known = False
        self._metrics = JobMetrics()
        self._others: tuple[str, ...] = ()
        self._others_whole = True
        self._last: dict[str, float] = {}
        self._pace = Pace(desk.context.clock, LOOK_EVERY_S)
        self.header = JobHeader(desk)
        self.problem = ProblemView(desk.theme)
        self.charts = JobCharts(desk)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.header)
        inner.addWidget(self.problem)
        inner.addWidget(self.charts)
        self.charts.bar.compare_wanted.connect(self.compare)
        self.charts.bar.compare_ended.connect(lambda: self._compare_with(()))
        self.charts.bar.picture_wanted.connect(self.export_picture)
        self.charts.bar.data_wanted.connect(self.export_values)
        inner.addLayout(self._lower(), 1)
        self.column.setContentsMargins(MARGIN, 8, MARGIN - 8, MARGIN)
        inner.setContentsMargins(0, 0, 8, 0)
        self.column.addWidget(Scroll(desk.theme, content))

    def _lower(self) -> QHBoxLayout:
        theme = self.desk.theme
        plate = Plate(theme)
        around = QVBoxLayout(plate)
        around.setContentsMargins(16, 10, 8, 8)
        self.log = LogView(self.desk, self.tr("Log"))
        self.log.setMinimumHeight(LOG_HEIGHT)
        around.addWidget(self.log)
        self.specification = Card(theme, self.tr("Specification"))
        self._facts = Facts(theme)
        self.specification.body.addWidget(self._facts)
        self.results = Card(theme, self.tr("Results"))
        self._values = Facts(theme)
        self.results.body.addWidget(self._values)
        self.results.hide()
        self.usage = UsageCard(self.desk)
        self.outputs = OutputsCard(self.desk)
        self.code = CodeCard(self.desk)
        side = QVBoxLayout()
        side.setSpacing(GAP)
        self.steps = StepCard(self.desk)
        self.how_to = HowTo(self.desk)
        side.addWidget(self.steps)
        side.addWidget(self.specification)
        side.addWidget(self.results)
        side.addWidget(self.usage)
        side.addWidget(self.outputs)
        side.addWidget(self.how_to)
        side.addWidget(self.code)
        side.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(plate, 2)
        row.addLayout(side, 1)
        return row

    def open(self, argument: str) -> None:
        if argument == self._id:
            return
        self._id, self._job = argument, None
        self._outputs_known = False
        self._last, self._metrics = {}, JobMetrics()
        self._others, self._others_whole = (), True
        self.problem.set_problem(None)
        self.header.show_job(None, {})
        self.charts.clear()
        self.log.clear()
        self.log.follow.setChecked(True)
        self.log.set_note("")
        self._facts.set([])
        self.results.hide()
        self.outputs.hide()
        self.how_to.hide()
        self.steps.show_metrics(self._metrics)
        self.usage.show_account(None)
        self.code.show_job(None)
        self._pace.hurry()

    def crumb(self) -> str:
        return (self._job.name if self._job else "") or self._id

    def refresh(self) -> None:
        self.header.refresh()
        if not self._id or self._complete or not self._pace.due():
            return
        job_id, jobs, others = self._id, self.desk.context.jobs, self._others
        self.desk.worker.run(
            lambda: look(jobs, job_id, with_outputs=not self._outputs_known, others=others),
            self._take,
            failed=lambda problem: self._failed(job_id, problem),
            owner=self,
            key=f"job.look {job_id}",
        )

    @property
    def _complete(self) -> bool:
        """Whether nothing about it can change any more."""
        whole = self.log.feed.complete and self._outputs_known
        whole = whole and self._metrics.complete and self._others_whole
        return bool(self._job and self._job.final and whole)

    def _failed(self, job_id: str, problem: Problem) -> None:
        if job_id == self._id:
            self.problem.set_problem(problem)

    def _take(self, seen: JobLook) -> None:
        if seen.job.id != self._id:
            return
        self._job = seen.job
        self._metrics = seen.metrics
        self._last = seen.metrics.last()
        # The log is a part of the page: why it cannot be read stands with it, not over all.
        self.problem.set_problem(None)
        self.header.show_job(seen.job, self._last)
        self._take_metrics(seen)
        self.usage.show_account(seen.account)
        self.code.show_job(seen.job)
        self._facts.set(specification(seen.job, self._names()))
        values = single_values(seen.metrics.curves)
        self._values.set([(safe_line(name.replace("_", " ")), metric_text(values[name])) for name in values])
        self.results.setVisible(bool(values))
        self._show_log(seen.job)
        if seen.outputs is not None:
            self._outputs_known = True
            self.outputs.show_outputs(seen.job, seen.outputs)

    def _take_metrics(self, seen: JobLook) -> None:
        if tuple(job.id for job, _ in seen.others) == self._others:
            self.charts.show_runs(runs_of([(seen.job, seen.metrics), *seen.others]))
            self._others_whole = all(job.final and metrics.complete for job, metrics in seen.others)
        self.steps.show_metrics(seen.metrics)
        self.how_to.setVisible(not seen.metrics.curves and seen.job.started is not None)

    def compare(self) -> None:
        """Choose other runs to lay over this one."""
        if self._job is not None:
            sheet = CompareRunsSheet(self.desk, self._job, self._others, self._compare_with)
            self.desk.shell.show_sheet(sheet)

    def _compare_with(self, ids: tuple[str, ...]) -> None:
        self._others, self._others_whole = ids, False
        self._pace.hurry()

    def export_picture(self) -> None:
        """The curves as they are shown, in a file."""
        if self._job is not None and self.charts.runs:
            export_picture(self.desk, self.charts, self._job)

    def export_values(self) -> None:
        """Every kept point of the runs that are shown, in a file."""
        if self._job is not None and self.charts.runs:
            export_values(self.desk, self.charts, self._job)

    def stop(self) -> None:
        """Let the job save a checkpoint and end."""
        if self._job is not None and self._job.state is JobState.RUNNING:
            acts.stop(self.desk, self._job)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = {_STOP_KEYS: self.stop, _COMPARE_KEYS: self.compare}.get(
            QKeySequence(event.keyCombination()).toString()
        )
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def _show_log(self, job: Job) -> None:
        """The log asks for itself; here it is only given where to, and told how the job stands."""
        if job.state in (JobState.STAGING, JobState.QUEUED):
            self.log.set_note(self.tr("not started yet"))
            return
        feed = self.log.feed
        if feed.source is None:
            self.log.open(self.desk.context.jobs.log_of(job))
        if not feed.size:
            known = feed.size is not None
            empty = self.tr("nothing was written") if feed.ended else self.tr("nothing written yet")
            self.log.set_note(empty if known else "")
            return
        text = self.tr("{size}, ended") if feed.complete else self.tr("{size}")
        note = text.format(size=format_bytes(feed.size)) + (f" · {job.log_note}" if job.log_note else "")
        self.log.set_note(note)

    def _names(self) -> dict[str, str]:
        """Accelerators by UUID as the fleet shows them."""
        job = self._job
        return {
            row.sample.uuid: f"GPU {row.sample.index}"
            for server in self.desk.snapshot().servers
            if job is not None and server.server.name == job.server
            for row in server.accelerators
        }

    def refresh_charts(self) -> None:
        if self._job is not None and (not self._job.final or self.charts.isVisible()):
            self.charts.show_accelerators(self._job, self._names())

    def focus_search(self) -> None:
        self.log.focus_find()

    def acts(self) -> tuple[PageAct, ...]:
        job = self._job
        if job is None:
            return ()
        offered = (
            PageAct(self.tr("Checkpoint and stop…"), self.stop, _STOP_KEYS),
            PageAct(self.tr("Compare runs…"), self.compare, _COMPARE_KEYS),
            PageAct(self.tr("Export charts as a picture…"), self.export_picture),
            PageAct(self.tr("Export values of the charts…"), self.export_values),
            *job_acts(self.desk, job),
        )
        if job.code is None:
            return offered
        return (
            *offered,
            PageAct(self.tr("View a file of the code"), self.code.view_chosen),
            PageAct(self.tr("Fetch code…"), lambda: fetch_code(self.desk, job)),
        )
