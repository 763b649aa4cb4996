"""Work from elsewhere: what uses accelerators without being a job, and a way to watch it as one."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_memory
from console.jobs.foreign import ForeignProcess
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.columns import Column
from console.ui.kit.fields import Field
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.kit.table import DataTable
from console.ui.pages.acting import permit
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as
from console.ui.times import moment_text, zone_of

_TABLE_HEIGHT = 280
MOST_PID = 2**22


def origin_text(row: ForeignProcess) -> str:
    """The container or Slurm job that it belongs to."""
    if row.slurm_job:
        return translate("ForeignSheet", "Slurm {job}").format(job=safe_line(row.slurm_job))
    return safe_line(row.container or UNKNOWN)


class ForeignSheet(Sheet):
    """A table and one act."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("ForeignSheet", "Work from elsewhere"),
            translate(
                "ForeignSheet",
                "Processes on accelerators that are no jobs of Tandem. One that is adopted is watched from "
                "then on; it goes on as it is.",
            ),
            parent,
        )
        self._desk = desk
        self.note = label(self.tr("looking…"), role="dim", wrap=True)
        self.body.addWidget(self.note)
        self.table: DataTable[ForeignProcess] = DataTable(
            desk.theme, self.tr("Work from elsewhere"), self._columns(), lambda row: (row.server, row.pid)
        )
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.picked.connect(lambda _row: self._permit())
        self.body.addWidget(self.table, 1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.adopt = Button(desk.theme, self.tr("Adopt…"), "primary")
        self.adopt.clicked.connect(self._adopt)
        self.footer.addWidget(close)
        self.footer.addWidget(self.adopt)
        self._permit()
        desk.runner.command("job.foreign", done=self._show, failed=self._failed)

    def _columns(self) -> tuple[Column[ForeignProcess], ...]:
        zone, now = zone_of(self._desk.context.options), self._desk.context.clock.now()
        return (
            Column("server", self.tr("Server"), lambda row: safe_line(row.server), strong=True, width=84),
            Column(
                "pid",
                self.tr("PID"),
                lambda row: str(row.pid),
                sort=lambda row: row.pid,
                align="right",
                width=64,
            ),
            Column("user", self.tr("User"), lambda row: row.user or UNKNOWN, width=76, drop=2),
            Column(
                "since",
                self.tr("Since"),
                lambda row: moment_text(row.started, zone, now=now) if row.started else UNKNOWN,
                sort=lambda row: row.started,
                width=120,
                drop=4,
            ),
            Column("origin", self.tr("Container"), origin_text, width=120, drop=5),
            Column(
                "gpus",
                self.tr("GPUs"),
                lambda row: str(len(row.accelerators)),
                align="right",
                width=60,
                drop=3,
            ),
            Column(
                "memory",
                self.tr("Memory"),
                lambda row: format_memory(row.memory_bytes),
                sort=lambda row: row.memory_bytes,
                align="right",
                width=84,
            ),
            Column(
                "command", self.tr("Command"), lambda row: row.command or UNKNOWN, width=100, stretch=True
            ),
        )

    def _show(self, found: object) -> None:
        if not shiboken6.isValid(self) or not isinstance(found, tuple):
            return
        rows, problems = found
        self.table.set_rows(rows)
        words = self.tr("Nothing from elsewhere.") if not rows else ""
        if problems:
            names = ", ".join(safe_line(name) for name in sorted(problems)[:8])
            words = f"{words} " + self.tr("Not asked: {servers}.").format(servers=names)
        set_text(self.note, words.strip())
        self.note.setVisible(bool(words))
        self._permit()

    def _failed(self, problem: Problem) -> None:
        if shiboken6.isValid(self):
            set_text(self.note, "")
            self.problem.set_problem(problem)

    def _permit(self) -> None:
        permit(self.adopt, self._desk, "job.adopt", possible=self.table.chosen is not None)

    def _adopt(self) -> None:
        row = self.table.chosen
        if row is None:
            return
        desk = self._desk
        given = {"name": row.server, "pid": row.pid, "process": row}
        self.close_sheet()
        desk.runner.command(
            "job.adopt",
            given,
            done=lambda job: desk.shell.go("job", job.id) if isinstance(job, Job) else None,
        )


class AdoptSheet(FormSheet):
    """By its number, for a process that uses no accelerator."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Adopt a process of {server}").format(server=safe_line(server)),
            self.tr(
                "It is watched as a job from now on: its end is noticed, what it writes to a file is "
                "the log. Its exit code cannot be known."
            ),
            "job.adopt",
            self.tr("Adopt"),
            after=lambda job: desk.shell.go("job", job.id) if isinstance(job, Job) else None,
            parent=parent,
        )
        self._server = server
        self.pid = Field(desk.theme, placeholder=such_as("4711"))
        self.form.row(self.tr("PID"), self.pid)
        self.pid.returnPressed.connect(self.submit)

    def arguments(self) -> Arguments | None:
        pid = self.whole_number(self.pid, 2, MOST_PID)
        return None if pid is None else {"name": self._server, "pid": pid}
