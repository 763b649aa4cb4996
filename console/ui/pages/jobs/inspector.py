"""What the list shows of the selected job: facts and the end of its log."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from console.core.text import decode, safe_line, safe_text
from console.core.units import format_memory
from console.jobs.job import Job, LogPart
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts, Inspector
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.scroll import slim
from console.ui.pages.acting import permit
from console.ui.pages.jobs import acts
from console.ui.pages.jobs.columns import state_text
from console.ui.pages.jobs.words import command_of, cost_text, gpus_text, result_text, took_text
from console.ui.pages.pace import Pace
from console.ui.state_words import job_tone
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of

TAIL_BYTES = 4096
_LOG_EVERY_S = 2.0


class JobInspector(Inspector):
    """Follows the selection of the list."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, self.tr("Selected job"))
        self._desk = desk
        self._job: Job | None = None
        self._pace = Pace(desk.context.clock, _LOG_EVERY_S)
        self._badge = StateBadge(desk.theme)
        self._facts = Facts(desk.theme)
        self._log_title = heading(self.tr("End of the log"), size=fonts.BASE)
        self._note = label("", role="dim", size=fonts.SMALL, wrap=True)
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setFrameShape(QFrame.Shape.NoFrame)
        self._log.setFont(fonts.fixed_font(fonts.LABEL))
        self._log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._log.setAccessibleName(self.tr("End of the log"))
        self._log.viewport().setAutoFillBackground(False)
        self._log.setMinimumHeight(180)
        slim(self._log, desk.theme)
        for widget in (self._badge, self._facts, self._log_title, self._note):
            self.body.addWidget(widget)
        self.body.addWidget(self._log, 1)
        self.open_button = Button(desk.theme, self.tr("Open job"), "primary")
        self.open_button.clicked.connect(self._on_open)
        self.cancel_button = Button(desk.theme, self.tr("Cancel…"), "danger")
        self.cancel_button.clicked.connect(self._on_cancel)
        self.buttons.addWidget(self.open_button)
        self.buttons.addWidget(self.cancel_button)
        self.buttons.addStretch(1)
        self.show_job(None)

    @property
    def log_text(self) -> str:
        return self._log.toPlainText()

    def show_job(self, job: Job | None) -> None:
        """Another one, the same with news, or none."""
        if (job.id if job else "") != (self._job.id if self._job else ""):
            self._log.clear()
            self._say("")
            self._pace.hurry()
        self._job = job
        for widget in (self._badge, self._facts, self._log_title, self._log):
            widget.setVisible(job is not None)
        self.open_button.setVisible(job is not None)
        self.cancel_button.setVisible(job is not None and not job.final)
        if job is None:
            self.set_title(self.tr("No job selected"))
            self._say(self.tr("Select a job to see its facts and the end of its log."))
            return
        self.set_title(safe_line(job.name), job.id)
        self._badge.set(job_tone(job.state), state_text(job))
        self._facts.set(self._facts_of(job))
        permit(self.cancel_button, self._desk, "job.cancel")

    def _say(self, text: str) -> None:
        set_text(self._note, text)
        self._note.setVisible(bool(text))

    def _facts_of(self, job: Job) -> list[tuple[str, str]]:
        now, zone = self._desk.context.clock.now(), zone_of(self._desk.context.options)
        facts = [
            (self.tr("Server"), safe_line(job.server)),
            (self.tr("Command"), command_of(job)),
            (self.tr("GPUs"), gpus_text(job)),
            (self.tr("Submitted"), moment_text(job.submitted, zone, now=now)),
            (self.tr("By"), safe_line(job.submitted_by)),
            (self.tr("Took"), took_text(job, now)),
        ]
        extra = [
            (self.tr("Result"), result_text(job)),
            (self.tr("Used"), cost_text(job)),
            (self.tr("Tags"), ", ".join(f"{key}={value}" for key, value in sorted(job.tags.items()))),
            (self.tr("Note"), safe_line(job.note)),
            (self.tr("Peak memory"), format_memory(job.peak_memory_bytes) if job.peak_memory_bytes else ""),
        ]
        return facts + [(name, text) for name, text in extra if text]

    def follow_log(self) -> None:
        """Read the end of the log again where that is due; called while the page is visible."""
        job = self._job
        permit(self.cancel_button, self._desk, "job.cancel")
        if job is None or not self.isVisible() or not self._pace.due():
            return
        jobs = self._desk.context.jobs

        def show(part: LogPart) -> None:
            if self._job is None or self._job.id != job.id:
                return
            text = safe_text(decode(part.data)).strip("\n")
            if part.offset > 0 and "\n" in text:
                text = text.split("\n", 1)[1]
            self._say("" if text else self.tr("Nothing was written yet."))
            if text != self._log.toPlainText():
                self._log.setPlainText(text)
                self._log.moveCursor(QTextCursor.MoveOperation.End)
                self._log.moveCursor(QTextCursor.MoveOperation.StartOfLine)

        self._desk.worker.run(
            lambda: jobs.log(job.id, -TAIL_BYTES, TAIL_BYTES),
            show,
            failed=lambda problem: self._say(problem.sentence),
            owner=self,
            key="jobs.tail",
        )

    def _on_open(self) -> None:
        if self._job is not None:
            self._desk.shell.go("job", self._job.id)

    def _on_cancel(self) -> None:
        if self._job is not None:
            acts.cancel(self._desk, self._job)
