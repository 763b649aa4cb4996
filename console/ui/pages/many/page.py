"""One command line on every server that a filter hits: the form above, equal outcomes grouped below."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.many import Group, Ran, RanState, as_csv
from console.operations.operation import FINAL, State
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.splitter import Splitter
from console.ui.kit.steps import tone_of_state
from console.ui.kit.table import DataTable
from console.ui.kit.tones import Tone
from console.ui.logs.view import LogView
from console.ui.pages.acting import entry
from console.ui.pages.many.form import ManyForm
from console.ui.pages.many.outcomes import as_filter, columns, in_order, key_of, outcome_word, with_the_rest
from console.ui.pages.page import Page
from console.ui.sheets.files import choose_new_file
from console.ui.state_words import operation_word
from console.ui.theme import fonts


class ManyPage(Page):
    """See the module. A run goes on when the page is left; Activity keeps it too."""

    uses_range = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lock = threading.Lock()
        self._came: list[Ran] = []
        self._shown_count = -1
        self._servers: tuple[str, ...] = ()
        self._worst: Hashable | None = None
        self._operation = ""
        self._run = 0
        self._shown_key: object = None
        self._state = State.WAITING
        self.problem = ProblemView(desk.theme)
        self.form = ManyForm(desk)
        self.form.run_wanted.connect(self.run)
        self.form.cancel_wanted.connect(self.cancel)
        self.column.addWidget(self.problem)
        self.column.addWidget(self.form)
        self.results = self._results()
        self.empty = EmptyState(
            desk.theme,
            "servers",
            self.tr("Nothing has run yet"),
            self.tr(
                "Equal outputs will stand here once, with the names of the servers that said them. A plan is "
                "shown before anything runs on more than one server."
            ),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.results)
        self.column.addWidget(self.stack, 1)

    def _results(self) -> Card:
        desk = self.desk
        card = Card(desk.theme, self.tr("Outcomes"), flush=True)
        self.badge = StateBadge(desk.theme, Tone.QUIET, "")
        self.note = label("", role="dim", size=fonts.SMALL)
        self.export_button = Button(desk.theme, self.tr("Export CSV…"), icon="download")
        self.export_button.clicked.connect(self._on_export)
        card.header.addSpacing(8)
        card.header.addWidget(self.badge)
        card.header.addWidget(self.note)
        card.header.addStretch(1)
        card.header.addWidget(self.export_button)
        self.table: DataTable[Group] = DataTable(
            desk.theme, self.tr("Outcomes"), columns(), key_of, remembered=desk.remembered
        )
        self.table.remember_as("many")
        self.table.picked.connect(self._on_picked)
        self.table.menu_by(self._menu)
        split = Splitter(desk.theme, Qt.Orientation.Vertical, desk.remembered, "many")
        split.addWidget(self.table)
        split.addWidget(self._detail())
        split.take_sizes(260, 320)
        card.body.addWidget(split, 1)
        return card

    def _detail(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(15, 8, 15, 12)
        column.setSpacing(6)
        row = QHBoxLayout()
        self.chosen = heading("")
        row.addWidget(self.chosen)
        row.addStretch(1)
        self.names = label("", role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        self.output = LogView(self.desk, self.tr("Output"))
        self.output.follow.setChecked(False)
        column.addLayout(row)
        column.addWidget(self.names)
        column.addWidget(self.output, 1)
        return whole

    # The page

    def open(self, argument: str) -> None:
        if argument:
            self.form.filter.setText(argument)
        self.form.refresh()

    def focus_search(self) -> None:
        self.form.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        self.form.refresh()
        running = self._is_running()
        if self.form.running and not running:
            self._shown_count = -1
        self.form.running = running
        with self._lock:
            came = tuple(self._came)
        self.stack.setCurrentWidget(self.results if self._operation else self.empty)
        self.export_button.setEnabled(bool(came) and not running)
        if len(came) != self._shown_count:
            self._shown_count = len(came)
            self._show(came, running=running)

    def _is_running(self) -> bool:
        if not self._operation:
            return False
        view = next(
            (each for each in self.desk.context.operations.views() if each.id == self._operation), None
        )
        if view is None:
            return False
        self._state = view.state
        if view.state in FINAL and view.problem is not None:
            self.problem.set_problem(view.problem)
        return view.state not in FINAL

    def _show(self, came: tuple[Ran, ...], *, running: bool) -> None:
        runs = with_the_rest(self._servers, came, running=running)
        groups = in_order(runs)
        good = sum(ran.state is RanState.DONE for ran in runs)
        text = self.tr("{came} of {count} ended, {good} of them with 0").format(
            came=len(came), count=len(self._servers), good=good
        )
        set_text(self.note, text)
        bad = sum(ran.state not in (RanState.DONE, RanState.CANCELLED, RanState.NOT_STARTED) for ran in runs)
        if self._state is State.DONE and bad:
            self.badge.set(Tone.CRITICAL, self.tr("{count} failed").format(count=bad))
        else:
            self.badge.set(tone_of_state(self._state), operation_word(self._state))
        self.table.set_rows(groups)
        if groups and self.table.chosen_key in (None, self._worst):
            # The worst is shown until the person picks another.
            self._worst = key_of(groups[0])
            self.table.select_key(self._worst)
        self._on_picked(self.table.chosen)

    def _on_picked(self, group: Group | None) -> None:
        if group is None:
            set_text(self.chosen, "")
            set_text(self.names, "")
            self.output.clear()
            self._shown_key = None
            return
        ran = group.example
        one = len(group.servers) == 1
        text = self.tr("{outcome} on {name}") if one else self.tr("{outcome} on {count} servers")
        outcome = outcome_word(ran)
        set_text(self.chosen, text.format(outcome=outcome, name=group.servers[0], count=len(group.servers)))
        set_text(self.names, "" if one else ", ".join(group.servers))
        self.names.setVisible(not one)
        key = (self._run, key_of(group))
        if key == self._shown_key:
            return
        self._shown_key = key
        self.output.clear()
        if ran.problem is not None:
            self.output.append((ran.problem.sentence + "\n" + ran.problem.remedy + "\n").encode())
        self.output.append(ran.stdout)
        if ran.stderr:
            before = b"" if not ran.stdout or ran.stdout.endswith(b"\n") else b"\n"
            title = self.tr("standard error:")
            self.output.append(before + f"{title}\n".encode() if ran.stdout else b"")
            self.output.append(ran.stderr)
        self.output.end()
        self.output.set_note(self.tr("the rest is left out") if ran.truncated else "")

    # Acts

    def run(self) -> None:
        """Show the plan where it is more than one server, then run."""
        if self.form.running:
            return
        given = self.form.arguments()
        if given is None:
            return
        self.problem.set_problem(None)
        came: list[Ran] = []
        servers = self.form.wanted.servers

        def on_ran(ran: Ran) -> None:
            """Called on the run's threads."""
            with self._lock:
                came.append(ran)

        def begun(operation: str) -> None:
            with self._lock:
                self._came = came
            self._operation, self._servers = operation, servers
            self._run += 1
            self._shown_count = -1
            self.table.set_rows(())
            self._worst = None
            self.refresh()

        self.desk.runner.command(
            "exec.many",
            {**given, "servers": servers, "on_ran": on_ran},
            ask=len(servers) > 1,
            begun=begun,
            failed=self._failed,
        )

    def _failed(self, problem: Problem) -> None:
        self.problem.set_problem(problem)

    def cancel(self) -> None:
        """End it on every server; what waits does not start."""
        operation = self._operation
        operations = self.desk.context.operations
        self.desk.worker.run(
            lambda: operations.cancel(operation), failed=self.problem.set_problem, owner=self
        )

    def _menu(self, group: Group) -> QMenu:
        menu, desk = QMenu(self), self.desk
        names = group.servers
        entry(
            menu, desk, self.tr("Use these servers as the filter"),
            lambda: self.form.filter.setText(as_filter(names)),
        )  # fmt: skip
        entry(
            menu, desk, self.tr("Copy names"), lambda: QGuiApplication.clipboard().setText("\n".join(names))
        )
        if len(names) == 1:
            entry(menu, desk, self.tr("Open server"), lambda: desk.shell.go("server", names[0]))
        return menu

    def _on_export(self) -> None:
        start = Path.home() / "tandem-exec.csv"
        choose_new_file(self, self.tr("Export exit codes"), start, "csv", self.export)

    def export(self, path: Path) -> None:
        """Write every server's outcome into a file here."""
        from console.core.files import write_atomically

        with self._lock:
            came = tuple(self._came)
        runs = with_the_rest(self._servers, came, running=False)
        told = Notice(
            self.tr("{path} is written.").format(path=safe_line(str(path))), Level.INFO, key="many.csv"
        )
        self.desk.worker.run(
            lambda: write_atomically(path, as_csv(runs).encode(), mode=0o644),
            lambda _none: self.desk.shell.tell(told),
            failed=self.problem.set_problem,
            owner=self,
        )
