"""The code that a job ran: its hash and commit, its files, one of them to look at, all of them to fetch."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import Job, JobCode, JobPython
from console.jobs.snapshot.tree import LINK, CodeFile, Tree
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.columns import Column
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.jobs import acts
from console.ui.theme import fonts

_ROW = 28
_MOST_ROWS = 8


def code_text(code: JobCode) -> str:
    """Hash, commit and size in one line."""
    parts = [code.tree[:12]]
    if code.bytes is not None:
        parts.append(format_bytes(code.bytes))
    if code.commit:
        text = (
            translate("CodeCard", "commit {commit}, changed since")
            if code.dirty
            else translate("CodeCard", "commit {commit}")
        )
        parts.append(text.format(commit=code.commit[:12]))
    return "  ·  ".join(safe_line(each) for each in parts)


def python_text(python: JobPython | None) -> str:
    """Version and where it came from; empty where nothing is known."""
    if python is None:
        return ""
    named = python.where if python.kind == "conda" and python.where else python.prefix or python.python
    return " · ".join(safe_line(each) for each in (python.version, named) if each)


class CodeCard(Card):
    """Hidden for a job that took no code along. The list is asked for once, when the job is shown."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Code"), flush=True, parent=parent)
        self._desk = desk
        self._job: Job | None = None
        self._known = ""
        self._note = label("", role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        self.fetch = Button(desk.theme, self.tr("Fetch…"), icon="download")
        self.fetch.setAccessibleName(self.tr("Fetch code…"))
        self.fetch.clicked.connect(lambda: self._with(acts.fetch_code))
        self.header.addStretch(1)
        self.header.addWidget(self.fetch)
        about = QHBoxLayout()
        about.setContentsMargins(15, 0, 15, 0)
        about.addWidget(self._note)
        self.body.addLayout(about)
        self.problem = ProblemView(desk.theme)
        self.body.addWidget(self.problem)
        self.table: DataTable[CodeFile] = DataTable(
            desk.theme,
            self.tr("Files of the code"),
            [
                Column(
                    "path",
                    self.tr("File"),
                    lambda each: safe_line(each.path),
                    width=160,
                    stretch=True,
                    strong=True,
                    tip=lambda each: safe_line(each.path if each.kind == LINK else each.what),
                ),
                Column(
                    "size",
                    self.tr("Size"),
                    lambda each: "" if each.kind == LINK else format_bytes(each.size),
                    sort=lambda each: each.size,
                    align="right",
                    width=84,
                ),
            ],
            lambda each: each.path,
            row_height=_ROW,
            placeholder=self.tr("looking…"),
        )
        self.table.menu_by(self._menu)
        self.table.opened.connect(self._open)
        self.body.addWidget(self.table)
        self.hide()

    def show_job(self, job: Job | None) -> None:
        """Another job, or the same one told anew."""
        self._job = job
        code = job.code if job is not None else None
        self.setVisible(code is not None)
        if job is None or code is None:
            self._known = ""
            return
        set_text(self._note, code_text(code))
        permit(self.fetch, self._desk, "job.code")
        if self._known == job.id:
            return
        self._known = job.id
        self.table.set_rows([])
        self.table.setFixedHeight(2 * _ROW + 8)
        self.problem.set_problem(None)
        reader = self._desk.context.jobs.code
        self._desk.worker.run(
            lambda: reader.tree(job),
            lambda tree: self._take(job.id, tree),
            failed=lambda problem: self._failed(job.id, problem),
            owner=self,
        )

    def _take(self, job_id: str, tree: Tree) -> None:
        if job_id != self._known:
            return
        self.table.set_rows(list(tree.files))
        self.table.setFixedHeight(min(_MOST_ROWS, max(2, len(tree.files) + 1)) * _ROW + 8)

    def _failed(self, job_id: str, problem: Problem) -> None:
        if job_id == self._known:
            self.problem.set_problem(problem)

    def _with(self, act: object) -> None:
        if self._job is not None and callable(act):
            act(self._desk, self._job)

    def _open(self, file: object) -> None:
        if self._job is not None and isinstance(file, CodeFile):
            acts.view_code(self._desk, self._job, file.path)

    def view_chosen(self) -> None:
        """Look at the chosen file, or the first."""
        rows = self.table.rows_model.rows
        self._open(self.table.chosen or (rows[0] if rows else None))

    def _menu(self, file: CodeFile) -> QMenu | None:
        job = self._job
        if job is None:
            return None
        menu = QMenu(self.table)
        entry(menu, self._desk, self.tr("View"), lambda: self._open(file))
        entry(
            menu,
            self._desk,
            self.tr("Fetch code…"),
            lambda: acts.fetch_code(self._desk, job),
            command="job.code",
        )
        clipboard = QGuiApplication.clipboard
        if file.kind != LINK:
            entry(menu, self._desk, self.tr("Copy hash"), lambda: clipboard().setText(file.what))
        return menu
