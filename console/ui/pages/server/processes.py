"""Processes of a server: who holds its accelerators and what its host does, with "End" and "Kill".

Holders come out of the snapshot at once; the rest, and what says that a process may be ended, off-thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.fleet.link_state import LinkState
from console.fleet.processes import MOST, RemoteProcess
from console.telemetry.server_processes import ServerProcess, joined
from console.telemetry.snapshot import ServerRow
from console.ui import clock
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.fields import SearchField
from console.ui.kit.labels import Elided
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.segmented import SegmentedControl
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.page import PageAct
from console.ui.pages.server.process_columns import filtered, process_columns
from console.ui.theme import fonts
from console.ui.times import age_text, zone_of

_LOOK_EVERY_BEATS = 50
_OLD_S = 15.0
HOLDERS, ALL = "accelerators", "all"


class _Table(DataTable[ServerProcess]):
    """Delete asks to end what is selected."""

    wanted: Callable[[], None] | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.wanted is not None:
            self.wanted()
            return
        super().keyPressEvent(event)


class Processes(Card):
    """A card with filter, table and the two acts."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, translate("Processes", "Processes"), flush=True, parent=parent)
        self._desk = desk
        self._server = ""
        self._found: tuple[RemoteProcess, ...] = ()
        self._found_s: float | None = None
        self._asked = -_LOOK_EVERY_BEATS
        self._fresh = False
        self._build_header()
        self.problem = ProblemView(desk.theme)
        margin = QVBoxLayout()
        margin.setContentsMargins(12, 0, 12, 0)
        margin.addWidget(self.problem)
        self.body.addLayout(margin)
        self.table = _Table(
            desk.theme,
            self.tr("Processes"),
            process_columns(zone_of(desk.context.options)),
            lambda row: row.pid,
            remembered=desk.remembered,
            placeholder=self.tr("No process is known here."),
            row_height=30,
        )
        self.table.wanted = self.end
        self.table.remember_as("server-processes")
        self.table.menu_by(self._menu)
        self.table.picked.connect(lambda _row: self._permit())
        self.body.addWidget(self.table, 1)
        desk.clock.every(clock.TABLES, self, self.refresh)

    def _build_header(self) -> None:
        theme = self._desk.theme
        choices = [(HOLDERS, self.tr("on accelerators")), (ALL, self.tr("all"))]
        self.which = SegmentedControl(theme, self.tr("Processes of"), choices)
        self.which.chosen.connect(lambda _key: self._look_again())
        self.note = Elided("", role="dim", size=fonts.LABEL)
        self.field = SearchField(
            theme, self.tr("Filter processes"), placeholder=self.tr("user, command, gpu0"), icon="search"
        )
        self.field.setMaximumWidth(240)
        self.field.textChanged.connect(lambda _text: self.refresh())
        self.end_button = Button(theme, self.tr("End…"))
        self.end_button.clicked.connect(self.end)
        self.kill_button = Button(theme, self.tr("Kill…"), "danger")
        self.kill_button.clicked.connect(self.kill)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.which)
        row.addWidget(self.note, 1)
        row.addWidget(self.field, 1)
        row.addWidget(self.end_button)
        row.addWidget(self.kill_button)
        self.header.addLayout(row, 1)

    # What is shown

    def show_server(self, name: str) -> None:
        """Another server."""
        if name != self._server:
            self._server, self._found, self._found_s = name, (), None
            self._asked = self._desk.clock.ticks - _LOOK_EVERY_BEATS
            self.field.clear()
            self.problem.set_problem(None)

    def refresh(self) -> None:
        """Rows now; the server is asked again every few seconds."""
        row = self._desk.snapshot().server(self._server)
        self._fresh = row is not None and row.fresh
        self._ask()
        if row is None:
            self.table.set_rows([])
            return
        self.which.setVisible(bool(row.accelerators))
        holders_only = bool(row.accelerators) and self.which.current == HOLDERS
        rows = filtered(self._rows(row), self.field.text(), holders_only=holders_only)
        self.table.set_rows(rows)
        self._say(row)
        self._permit()

    def _look_again(self) -> None:
        self._asked = self._desk.clock.ticks - _LOOK_EVERY_BEATS
        self.refresh()

    def _rows(self, row: ServerRow) -> tuple[ServerProcess, ...]:
        """Of a server that is not heard only who and what: an old number is never shown as a new one."""
        rows = joined([each.sample for each in row.accelerators], self._found)
        if self._fresh:
            return rows
        return tuple(
            replace(each, accelerator_memory_bytes=None, cpu_percent=None, memory_bytes=None) for each in rows
        )

    def _say(self, row: ServerRow) -> None:
        if not self._fresh and row.age_s is not None:
            self.note.set_text(self.tr("last heard {age} ago").format(age=age_text(row.age_s)))
            return
        now_s = self._desk.context.clock.monotonic_s()
        age_s = None if self._found_s is None else now_s - self._found_s
        old = age_s is not None and age_s > _OLD_S
        self.note.set_text(self.tr("host seen {age} ago").format(age=age_text(age_s)) if old else "")

    def _ask(self) -> None:
        beat, name = self._desk.clock.ticks, self._server
        if beat - self._asked < _LOOK_EVERY_BEATS or not name:
            return
        link = self._desk.context.fleet.links().get(name)
        if link is None or link.state is not LinkState.UP:
            return  # looking is no reason to connect; the page says how the link stands
        self._asked = beat
        row = self._desk.snapshot().server(name)
        samples = [each.sample for each in row.accelerators] if row is not None else []
        pids = {process.pid for each in samples for process in each.processes or ()}
        remote = self._desk.context.processes.remote
        # Holders are named; all of the host's are asked for only while they are looked at.
        limit = 0 if samples and self.which.current == HOLDERS else MOST
        self._desk.worker.run(
            lambda: remote.list(name, limit=limit, pids=pids),
            lambda found: self._keep(name, found),
            failed=lambda problem: self._failed(name, problem),
            owner=self,
            key=f"processes {name}",
        )

    def _keep(self, name: str, found: tuple[RemoteProcess, ...]) -> None:
        if name == self._server:
            self._found, self._found_s = found, self._desk.context.clock.monotonic_s()
            self.problem.set_problem(None)
            self.refresh()

    def _failed(self, name: str, problem: Problem) -> None:
        # A link that is down is told by the page already.
        if name == self._server:
            self.problem.set_problem(problem if self._fresh else None)

    # Acts

    def acts(self) -> tuple[PageAct, ...]:
        """For menu and palette, while something is selected."""
        if self._chosen() is None:
            return ()
        return (
            PageAct(self.tr("End process…"), self.end, "Del"),
            PageAct(self.tr("Kill process…"), self.kill),
        )

    def _chosen(self) -> ServerProcess | None:
        """What is selected and may be ended."""
        row = self.table.chosen
        return row if row is not None and row.found is not None and self._fresh else None

    def _permit(self) -> None:
        possible = self._chosen() is not None
        permit(self.end_button, self._desk, "process.end", possible=possible)
        permit(self.kill_button, self._desk, "process.kill", possible=possible)

    def end(self) -> None:
        """Ask the selected process to end."""
        self._run("process.end")

    def kill(self) -> None:
        """End the selected process at once."""
        self._run("process.kill")

    def _run(self, command: str) -> None:
        row = self._chosen()
        if row is None or not self._desk.runner.allowed(command):
            return
        self._desk.runner.command(
            command, {"name": self._server, "process": row.found}, done=lambda ended: self._ended(row, ended)
        )

    def _adopt(self, row: ServerProcess) -> None:
        """Show the plan of watching it as a job: the very one that is shown here."""
        given = {"name": self._server, "pid": row.pid, "process": row.found}
        self._desk.runner.command("job.adopt", given)

    def _ended(self, row: ServerProcess, ended: object) -> None:
        self._look_again()
        if ended is not True:
            words = self.tr("Process {pid} was told to end and still runs.").format(pid=row.pid)
            self._desk.shell.tell(Notice(words, Level.WARNING, key=f"process {row.pid}"))

    def _menu(self, row: ServerProcess) -> QMenu:
        menu, possible = QMenu(self), row.found is not None and self._fresh
        entry(menu, self._desk, self.tr("End…"), self.end, command="process.end", possible=possible)
        entry(menu, self._desk, self.tr("Kill…"), self.kill, command="process.kill", possible=possible)
        entry(
            menu,
            self._desk,
            self.tr("Adopt as job…"),
            lambda: self._adopt(row),
            command="job.adopt",
            possible=possible,
        )
        menu.addSeparator()
        clipboard = QGuiApplication.clipboard()
        entry(menu, self._desk, self.tr("Copy PID"), lambda: clipboard.setText(str(row.pid)))
        entry(menu, self._desk, self.tr("Copy command"), lambda: clipboard.setText(row.command or ""))
        if row.user:
            only = self.tr("Only those of {user}").format(user=row.user)
            entry(menu, self._desk, only, lambda: self.field.setText(row.user or ""))
        return menu
