"""Copies and fetches that servers do by themselves: each with its servers, who gives to whom, and how far."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_bytes
from console.fleet.copying.carried import LIVE, Part, PartState, Task
from console.fleet.link_state import LinkState
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button, IconButton
from console.ui.kit.cards import Plate
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import Elided
from console.ui.kit.sheet import Sheet
from console.ui.kit.steps import Bar
from console.ui.pages.pace import Pace
from console.ui.plan_texts import plan_title
from console.ui.problem_texts import texts_of
from console.ui.state_words import copy_tone, copy_word
from console.ui.theme import fonts

_EVERY_S = 1.5
_INDENT = 16
_SHOWN = 30


def depth_of(part: Part, task: Task) -> int:
    """How many servers stand above a part in the tree: 0 for the source."""
    givers = {each.server: each.giver for each in task.parts if each.role == "target"}
    depth, at = 0, part.server
    while (giver := givers.get(at)) is not None and depth < len(givers):
        depth, at = depth + 1, giver
    return depth


class PartRow(QWidget):
    """One server of a copy: its name, how far it is, from whom."""

    def __init__(self, desk: Desk, name: str, depth: int) -> None:
        super().__init__()
        self._name = safe_line(name)
        self.badge = StateBadge(desk.theme)
        self.how = Elided("", role="dim", size=fonts.SMALL)
        self.bar = Bar(desk.theme, translate("CopiesSheet", "Progress of {server}").format(server=self._name))
        first = QHBoxLayout()
        first.addWidget(Elided(self._name, size=fonts.SMALL), 1)
        first.addWidget(self.badge)
        column = QVBoxLayout(self)
        column.setContentsMargins(depth * _INDENT, 4, 0, 0)
        column.setSpacing(2)
        column.addLayout(first)
        column.addWidget(self.bar)
        column.addWidget(self.how)

    def show_part(self, part: Part) -> None:
        """How it stands now."""
        self.badge.set(copy_tone(part.state), copy_word(part.state))
        self.how.set_text(self._words(part))
        running = part.state in (PartState.STARTING, PartState.RUNNING) and part.role != "source"
        self.bar.setVisible(running)
        self.bar.set_share((part.done or 0) / part.total if part.total else 0.0)

    def _words(self, part: Part) -> str:
        if part.problem is not None:
            return texts_of(part.problem)[0]
        if part.role == "source":
            return self.tr("gives {size}").format(size=format_bytes(part.total) if part.total else UNKNOWN)
        giver = safe_line(part.giver) if part.giver else ""
        if part.arrived is not None:
            size = format_bytes(part.arrived.bytes)
            return self.tr("{size} from {giver}").format(size=size, giver=giver) if giver else size
        if part.total:
            share = self.tr("{done} of {total}").format(
                done=format_bytes(part.done), total=format_bytes(part.total)
            )
            return self.tr("{share} from {giver}").format(share=share, giver=giver) if giver else share
        return self.tr("waits for {giver}").format(giver=giver) if giver else self.tr("waits for an answer")


class TaskCard(Plate):
    """One copy or fetch with its servers as a tree."""

    def __init__(self, desk: Desk, sheet: CopiesSheet, task: Task) -> None:
        super().__init__(desk.theme, token="raised")
        self._desk = desk
        self.task = task
        self.rows: dict[str, PartRow] = {}
        self.badge = StateBadge(desk.theme)
        title = plan_title(task.title)
        self.cancel = IconButton(desk.theme, "stop", self.tr("Cancel the copy {title}").format(title=title))
        self.cancel.clicked.connect(lambda: sheet.cancel(task.id))
        first = QHBoxLayout()
        first.addWidget(Elided(title), 1)
        first.addWidget(self.badge)
        first.addWidget(self.cancel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 8, 10)
        self._column.setSpacing(2)
        self._column.addLayout(first)
        self.show_task(task)

    def show_task(self, task: Task) -> None:
        """How it stands now."""
        self.task = task
        self.badge.set(copy_tone(task.state), copy_word(task.state))
        self.cancel.setVisible(any(part.state in LIVE for part in task.parts))
        self.cancel.setEnabled(self._desk.runner.allowed("copies.cancel"))
        for part in task.parts:
            if part.server not in self.rows:
                self.rows[part.server] = row = PartRow(self._desk, part.server, depth_of(part, task))
                self._column.addWidget(row)
            self.rows[part.server].show_part(part)


class CopiesSheet(Sheet):
    """Asks the servers that are connected; what it shows is what they say."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("CopiesSheet", "Copies between servers"),
            translate(
                "CopiesSheet", "What servers copy among themselves and fetch; it goes on without this window."
            ),
            parent,
        )
        self._desk = desk
        self._pace = Pace(desk.context.clock, _EVERY_S)
        self.cards: dict[str, TaskCard] = {}
        self._empty = EmptyState(
            desk.theme,
            "copy",
            self.tr("No copies"),
            self.tr("No server that is connected has copied or fetched anything lately."),
        )
        self.body.addWidget(self._empty)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.dismiss = Button(desk.theme, self.tr("Close"))
        self.dismiss.clicked.connect(self.close_sheet)
        self.new = Button(desk.theme, self.tr("Copy between servers…"), "primary")
        self.new.clicked.connect(lambda: desk.shell.open_sheet("copy"))
        self.footer.addWidget(self.dismiss)
        self.footer.addWidget(self.new)
        desk.clock.every(clock.TABLES, self, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Ask again, now and then."""
        self.new.setEnabled(self._desk.runner.allowed("copy"))
        if not self._pace.due():
            return
        copies = self._desk.context.server_copies
        up = (LinkState.UP, LinkState.STALE)
        names = [row.server.name for row in self._desk.snapshot().servers if row.link.state in up]
        if names:
            self._desk.worker.run(
                lambda: copies.tasks(names)[0],
                self._show,
                failed=self.problem.set_problem,
                owner=self,
                key="copies.list",
            )

    def _show(self, tasks: list[Task]) -> None:
        shown = tasks[:_SHOWN]
        self._empty.setVisible(not shown)
        for ident in [each for each in self.cards if each not in {task.id for task in shown}]:
            card = self.cards.pop(ident)
            card.hide()
            card.deleteLater()
        for at, task in enumerate(shown):
            if task.id in self.cards:
                self.cards[task.id].show_task(task)
                continue
            self.cards[task.id] = card = TaskCard(self._desk, self, task)
            self._list.insertWidget(at, card)
            card.show()

    def cancel(self, ident: str) -> None:
        """Stop one on all its servers; its plan is shown first."""

        def failed(problem: Problem) -> None:
            self._desk.shell.tell_problem(problem)

        self._desk.runner.command("copies.cancel", {"id": ident}, failed=failed)
