"""Idle holders: who keeps memory of accelerators without using them, each one or added up."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from console.commands.processes import idle_holders
from console.core.clock import from_epoch
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_memory
from console.telemetry.idle import GroupBy, HolderGroup, IdleHolder, IdleState, grouped
from console.ui.desk import Desk
from console.ui.kit.cards import Card, Plate
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry
from console.ui.pages.idle.columns import command_text, gpu_text, group_columns, holder_columns, span_text
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page
from console.ui.pages.reports.tabs import IDLE, ReportTabs
from console.ui.theme import fonts
from console.ui.times import age_text, zone_of

_EVERY_S = 15.0
_MINUTES = ("5", "15", "60", "240", "1440")
_PERCENT = ("1", "5", "10", "20")
EACH = "each"
NOW, SPAN = "now", "span"


class IdlePage(Page):
    """See the module."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self._holders: tuple[IdleHolder, ...] = ()
        self._judged_s: float | None = None
        self.column.addWidget(ReportTabs(desk, IDLE))
        self.column.addWidget(self._rule())
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.column.addWidget(self._card(), 1)
        desk.range.changed.connect(self._on_range)

    def _rule(self) -> Plate:
        """What counts as idle, in sight and changeable; it is kept in the settings."""
        theme = self.desk.theme
        plate = Plate(theme)
        row = QHBoxLayout(plate)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(10)
        text = QVBoxLayout()
        text.setSpacing(4)
        self.title = heading(self.tr("Idle holders"), size=18)
        self.sums = label("", role="dim", size=fonts.SMALL)
        text.addWidget(self.title)
        text.addWidget(self.sums)
        row.addLayout(text, 1)
        when = [(NOW, self.tr("now")), (SPAN, self.tr("in the time range"))]
        self.when = SegmentedControl(theme, self.tr("When"), when)
        self.when.chosen.connect(lambda _key: self._again())
        row.addWidget(self.when)
        self.below = self._choice(
            self.tr("Idle below"), [(each, f"{each} %") for each in _PERCENT], "idle.below_percent"
        )
        words = {"5": "5 min", "15": "15 min", "60": "1 h", "240": "4 h", "1440": "24 h"}
        self.after = self._choice(
            self.tr("for at least"), [(each, words[each]) for each in _MINUTES], "idle.after_minutes"
        )
        for name, control in ((self.tr("Idle below"), self.below), (self.tr("for at least"), self.after)):
            row.addWidget(label(name, role="dim", size=fonts.SMALL))
            row.addWidget(control)
        return plate

    def _choice(self, name: str, choices: list[tuple[str, str]], option: str) -> SegmentedControl:
        made = SegmentedControl(self.desk.theme, name, choices)
        made.chosen.connect(lambda key: self._set(option, float(key)))
        return made

    def _card(self) -> Card:
        desk = self.desk
        card = Card(desk.theme, self.tr("Who"), flush=True)
        choices: list[tuple[str, str]] = [
            (EACH, self.tr("each")),
            (GroupBy.USER, self.tr("by user")),
            (GroupBy.SERVER, self.tr("by server")),
            (GroupBy.JOB, self.tr("by job")),
            (GroupBy.LABEL, self.tr("by label")),
        ]
        self.by = SegmentedControl(desk.theme, self.tr("Add up"), choices)
        self.by.chosen.connect(lambda _key: self._show())
        self.note = label("", role="dim", size=fonts.LABEL)
        self.field = SearchField(
            desk.theme, self.tr("Filter"), placeholder=self.tr("user, server, command"), icon="search"
        )
        self.field.setMaximumWidth(280)
        self.field.textChanged.connect(lambda _text: self._show())
        card.header.addWidget(self.by)
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        card.header.addWidget(self.field, 1)
        self.table: DataTable[IdleHolder] = DataTable(
            desk.theme,
            self.tr("Idle holders"),
            holder_columns(zone_of(desk.context.options)),
            lambda row: row.key,
            remembered=desk.remembered,
            placeholder=self.tr("Nobody keeps memory of idle accelerators on the servers that are heard."),
        )
        self.table.remember_as("idle")
        self.table.opened.connect(lambda row: desk.shell.go("server", row.server))
        self.table.menu_by(self._menu)
        self.groups: DataTable[HolderGroup] = DataTable(
            desk.theme,
            self.tr("Idle holders added up"),
            group_columns(),
            lambda row: row.name,
            remembered=desk.remembered,
            placeholder=self.tr("Nobody keeps memory of idle accelerators on the servers that are heard."),
        )
        self.groups.remember_as("idle-groups")
        self.groups.opened.connect(self._open_group)
        box = QWidget()
        self._stack = QStackedLayout(box)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.groups)
        card.body.addWidget(box, 1)
        return card

    # The page

    def open(self, argument: str) -> None:
        self.field.setText(argument)
        self._pace.hurry()

    def crumb(self) -> str:
        return self.tr("Idle holders")

    def focus_search(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        options = self.desk.context.options
        self.below.set_current(f"{options.number('idle.below_percent'):g}")
        self.after.set_current(f"{options.number('idle.after_minutes'):g}")
        if self._pace.due():
            self._judge()
        now_s = self.desk.context.clock.monotonic_s()
        age_s = None if self._judged_s is None else now_s - self._judged_s
        text = "" if age_s is None else self.tr("judged {age} ago").format(age=age_text(age_s))
        set_text(self.note, text)

    def _set(self, option: str, value: float) -> None:
        options = self.desk.context.options
        self.desk.worker.run(lambda: options.set(option, value), lambda _none: self._again(), owner=self)

    def _again(self) -> None:
        self._pace.hurry()
        self.refresh()

    def _on_range(self) -> None:
        """Whoever chooses a span wants to see it."""
        self.when.set_current(SPAN)
        self._again()

    def _judge(self) -> None:
        """Off-thread: it reads the store."""
        context = self.desk.context
        given: dict[str, object] = {}
        if self.when.current == SPAN:
            low, high = self.desk.range.span(context.clock.now().timestamp())
            given = {"since": from_epoch(low), "until": from_epoch(high)}
        self.desk.worker.run(
            lambda: idle_holders(context, given),
            self._keep,
            failed=self._failed,
            owner=self,
            key="idle holders",
        )

    def _keep(self, found: tuple[IdleHolder, ...]) -> None:
        self._holders, self._judged_s = found, self.desk.context.clock.monotonic_s()
        self.problem.set_problem(None)
        self._show()

    def _failed(self, problem: Problem) -> None:
        self.problem.set_problem(problem)

    def _show(self) -> None:
        words = self.field.text().casefold().split()
        shown = [each for each in self._holders if _fits(each, words)]
        self.table.set_rows(shown)
        each = self.by.current == EACH
        self._stack.setCurrentIndex(0 if each else 1)
        if not each:
            self.groups.set_rows(grouped(shown, GroupBy(self.by.current)))
        set_text(self.sums, self._sums_text())

    def _sums_text(self) -> str:
        idle = [each for each in self._holders if each.state is IdleState.IDLE]
        unknown = {each.key[:2] for each in self._holders} - {each.key[:2] for each in idle}
        silent = sum(not row.fresh for row in self.desk.snapshot().servers)
        parts = [self.tr("nobody")]
        if idle:
            words = self.tr("{gpus} accelerators, {memory}, {users} accounts")
            if not any(each.user for each in idle):
                words = self.tr("{gpus} accelerators, {memory}")
            gpus, users = {each.key[:2] for each in idle}, {each.user for each in idle if each.user}
            memory = format_memory(sum(each.memory_bytes or 0 for each in idle))
            parts = [words.format(gpus=len(gpus), memory=memory, users=len(users))]
        if unknown:
            parts.append(self.tr("of {count} accelerators it is not known").format(count=len(unknown)))
        if silent and self.when.current == NOW:
            parts.append(self.tr("{count} servers are not heard and left out").format(count=silent))
        return "  ·  ".join(parts)

    def _open_group(self, group: HolderGroup) -> None:
        if self.by.current == GroupBy.SERVER:
            self.desk.shell.go("server", group.name)
        else:
            self.field.setText(group.name)
            self.by.set_current(EACH)
            self._show()

    def _menu(self, row: IdleHolder) -> QMenu:
        menu = QMenu(self)
        entry(menu, self.desk, self.tr("Open server"), lambda: self.desk.shell.go("server", row.server))
        clipboard = QGuiApplication.clipboard()
        entry(menu, self.desk, self.tr("Copy as text"), lambda: clipboard.setText(as_text(row)))
        if row.user:
            only = self.tr("Only those of {user}").format(user=row.user)
            entry(menu, self.desk, only, lambda: self.field.setText(row.user or ""))
        return menu


def as_text(row: IdleHolder) -> str:
    """One line for a message to its owner."""
    pid = UNKNOWN if row.process is None else str(row.process.pid)
    held = format_memory(row.memory_bytes)
    return f"{row.server} GPU {gpu_text(row)}: {held}, {span_text(row)}, pid {pid}, {command_text(row)}"


def _fits(row: IdleHolder, words: list[str]) -> bool:
    parts = (row.user or "", row.server, f"gpu{gpu_text(row)}", row.job or "", *row.labels, command_text(row))
    text = " ".join(parts).casefold()
    return all(word in text for word in words)
