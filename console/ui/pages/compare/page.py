"""Two runs side by side: what was asked for, code, environment, metrics and what was used."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN
from console.jobs.comparing import Field, Part
from console.jobs.history import JobHistory
from console.jobs.job import Job
from console.jobs.service import JobService
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card, Plate
from console.ui.kit.columns import Column
from console.ui.kit.fields import SearchField, Tick
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.kit.tones import Tone
from console.ui.pages.acting import entry
from console.ui.pages.page import Page
from console.ui.theme import fonts
from console.ui.times import moment_text, zone_of


@dataclass(frozen=True, slots=True)
class Compared:
    """What was read; without a right one there was nothing to compare with."""

    left: Job
    right: Job | None
    fields: tuple[Field, ...]


def read(jobs: JobService, history: JobHistory, left: str, right: str) -> Compared:
    """Two jobs; where only one is named, the run of that name before it is the other.

    Raises:
        Problem: `id.unknown`, or an answer made no sense.
    """
    one = jobs.show(left)
    other = jobs.show(right) if right else history.run_before(one)
    if other is None:
        return Compared(one, None, ())
    # The older one stands at the left.
    one, other = sorted((one, other), key=lambda job: (job.submitted, job.id))
    return Compared(one, other, history.compare(one.id, other.id))


def part_word(part: Part) -> str:
    """A part's name."""
    words = {
        Part.RUN: translate("Compare", "run"),
        Part.SPEC: translate("Compare", "specification"),
        Part.CODE: translate("Compare", "code"),
        Part.ENVIRONMENT: translate("Compare", "environment"),
        Part.METRICS: translate("Compare", "metrics"),
        Part.USAGE: translate("Compare", "usage"),
    }
    return words[part]


def _columns() -> tuple[Column[Field], ...]:
    return (
        Column(
            "part",
            translate("Compare", "Part"),
            lambda row: part_word(row.part),
            sort=lambda row: list(Part).index(row.part),
            width=120,
            dim=True,
        ),
        Column(
            "name",
            translate("Compare", "Field"),
            lambda row: row.name,
            width=220,
            strong=True,
            tone=lambda row: Tone.ACTIVE if row.differs else None,
        ),
        Column(
            "left",
            translate("Compare", "Older run"),
            lambda row: row.left or UNKNOWN,
            width=260,
            stretch=True,
        ),
        Column("right", translate("Compare", "Newer run"), lambda row: row.right or UNKNOWN, width=360),
    )


class ComparePage(Page):
    """Its argument is one job's id, or two."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ids: tuple[str, str] = ("", "")
        self._seen: Compared | None = None
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self._head())
        self.column.addWidget(self.problem)
        self.column.addWidget(self._card(), 1)

    def _head(self) -> Plate:
        plate = Plate(self.desk.theme)
        row = QHBoxLayout(plate)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(24)
        self._names, self._facts, self.buttons = [], [], []
        for side in (0, 1):
            text = QVBoxLayout()
            text.setSpacing(4)
            name, facts = heading("", size=16), label("", role="dim", size=fonts.SMALL)
            text.addWidget(name)
            text.addWidget(facts)
            row.addLayout(text, 1)
            button = Button(self.desk.theme, self.tr("Open older") if side == 0 else self.tr("Open newer"))
            button.clicked.connect(lambda _checked=False, side=side: self._open_side(side))
            button.setEnabled(False)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self._names.append(name)
            self._facts.append(facts)
            self.buttons.append(button)
        return plate

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Differences"), flush=True)
        self.note = label("", role="dim", size=fonts.SMALL)
        self.alike = Tick(theme, self.tr("Show what is alike"))
        self.alike.toggled.connect(lambda _on: self._show())
        self.field = SearchField(
            theme, self.tr("Filter"), placeholder=self.tr("field or value"), icon="search"
        )
        self.field.setMaximumWidth(240)
        self.field.textChanged.connect(lambda _text: self._show())
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        card.header.addWidget(self.alike)
        card.header.addWidget(self.field)
        self.table: DataTable[Field] = DataTable(
            theme,
            self.tr("Differences"),
            _columns(),
            lambda row: (row.part, row.name),
            remembered=self.desk.remembered,
            row_height=30,
            placeholder=self.tr("Nothing differs."),
        )
        self.table.remember_as("compare")
        self.table.menu_by(self._menu)
        card.body.addWidget(self.table)
        return card

    def open(self, argument: str) -> None:
        left, _, right = argument.partition(" ")
        if (left, right) == self._ids:
            return
        self._ids, self._seen = (left, right), None
        self.table.set_rows([])
        for text in (*self._names, *self._facts, self.note):
            set_text(text, "")
        for button in self.buttons:
            button.setEnabled(False)
        self.problem.set_problem(None)
        jobs = self.desk.context.jobs
        ids = self._ids
        self.desk.worker.run(
            lambda: read(jobs, jobs.history, left, right),
            lambda seen: self._take(ids, seen),
            failed=lambda problem: self._failed(ids, problem),
            owner=self,
            key=f"compare {argument}",
        )

    def crumb(self) -> str:
        return self.tr("Compare runs")

    def focus_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _failed(self, ids: tuple[str, str], problem: Problem) -> None:
        if ids == self._ids:
            self.problem.set_problem(problem)

    def _take(self, ids: tuple[str, str], seen: Compared) -> None:
        if ids != self._ids:
            return
        self._seen = seen
        now, zone = self.desk.context.clock.now(), zone_of(self.desk.context.options)
        for side, job in enumerate((seen.left, seen.right)):
            self.buttons[side].setEnabled(job is not None)
            if job is None:
                set_text(self._names[side], self.tr("no other run of that name"))
                continue
            set_text(self._names[side], safe_line(job.name, max_chars=60))
            moment = moment_text(job.submitted, zone, now=now)
            set_text(self._facts[side], f"{job.id[:8]}  ·  {safe_line(job.server)}  ·  {moment}")
        self._show()

    def _show(self) -> None:
        if self._seen is None:
            return
        words = self.field.text().casefold().split()
        fields = self._seen.fields
        shown = [each for each in fields if (self.alike.isChecked() or each.differs) and _fits(each, words)]
        self.table.set_rows(shown)
        text = self.tr("{count} of {all} fields differ")
        differ = sum(each.differs for each in fields)
        set_text(self.note, text.format(count=differ, all=len(fields)) if fields else "")

    def _open_side(self, side: int) -> None:
        seen = self._seen
        job = None if seen is None else (seen.left, seen.right)[side]
        if job is not None:
            self.desk.shell.go("job", job.id)

    def _menu(self, row: Field) -> QMenu:
        menu = QMenu(self.table)
        text = f"{part_word(row.part)} {row.name}: {row.left or UNKNOWN} → {row.right or UNKNOWN}"
        entry(menu, self.desk, self.tr("Copy as text"), lambda: QGuiApplication.clipboard().setText(text))
        return menu


def _fits(field: Field, words: list[str]) -> bool:
    text = f"{part_word(field.part)} {field.name} {field.left or ''} {field.right or ''}".casefold()
    return all(word in text for word in words)
