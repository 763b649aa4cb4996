"""The card at the top of a job's page: what it is, how it stands, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.text import safe_line
from console.jobs.job import Job, JobState
from console.ui.desk import Desk
from console.ui.kit.badges import Pill
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Plate
from console.ui.kit.labels import Elided, heading, set_text
from console.ui.pages.acting import permit
from console.ui.pages.job.words import facts_line, second_line
from console.ui.pages.jobs import acts
from console.ui.pages.jobs.columns import state_text
from console.ui.state_words import job_tone
from console.ui.theme import fonts
from console.ui.times import zone_of


class JobHeader(Plate):
    """Name, state, two lines of facts, buttons."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent=parent)
        self._desk = desk
        self._job: Job | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 16, 16)
        layout.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(12)
        self._name = heading("", size=18)
        self._pill = Pill(desk.theme)
        top.addWidget(self._name)
        top.addWidget(self._pill)
        top.addStretch(1)
        self._first = Elided("", role="dim", size=fonts.SMALL)
        self._second = Elided("", role="dim", size=fonts.SMALL)
        words.addLayout(top)
        words.addWidget(self._first)
        words.addWidget(self._second)
        layout.addLayout(words, 1)
        layout.addLayout(self._make_buttons())

    def _make_buttons(self) -> QHBoxLayout:
        theme = self._desk.theme
        self.again = Button(theme, self.tr("Clone and edit…"))
        self.again.clicked.connect(lambda: self._with(acts.submit))
        self.fetch = Button(theme, self.tr("Fetch outputs…"), icon="download")
        self.fetch.clicked.connect(lambda: self._with(acts.fetch))
        self.register = Button(theme, self.tr("Register model…"), "primary")
        self.register.clicked.connect(lambda: self._with(acts.register))
        self.stop = Button(theme, self.tr("Checkpoint and stop…"), "primary")
        self.stop.clicked.connect(lambda: self._with(acts.stop))
        self.cancel = Button(theme, self.tr("Cancel…"), "danger")
        self.cancel.clicked.connect(lambda: self._with(acts.cancel))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.stop, self.register, self.fetch, self.again, self.cancel):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _with(self, act: object) -> None:
        if self._job is not None and callable(act):
            act(self._desk, self._job)

    @property
    def state_word(self) -> str:
        return self._pill.text

    def show_job(self, job: Job | None, last: dict[str, float]) -> None:
        """The job as it stands; `last` are the newest values of its metrics."""
        self._job = job
        for button in (self.stop, self.register, self.fetch, self.again, self.cancel):
            button.setVisible(job is not None)
        self._pill.setVisible(job is not None)
        if job is None:
            set_text(self._name, "")
            self._first.set_text("")
            self._second.set_text("")
            return
        now, zone = self._desk.context.clock.now(), zone_of(self._desk.context.options)
        set_text(self._name, safe_line(job.name, max_chars=80))
        self._pill.set(job_tone(job.state), state_text(job))
        self._first.set_text(facts_line(job, now, zone))
        self._second.set_text(second_line(job, last))
        self.cancel.setVisible(not job.final)
        self.stop.setVisible(job.state is JobState.RUNNING)
        self.register.setVisible(job.state is JobState.SUCCEEDED)
        self.refresh()

    def refresh(self) -> None:
        """The buttons follow the read-only switch."""
        permit(self.again, self._desk, "job.submit")
        permit(self.fetch, self._desk, "job.outputs")
        permit(self.register, self._desk, "model.add")
        permit(self.cancel, self._desk, "job.cancel")
        permit(self.stop, self._desk, "job.stop")
