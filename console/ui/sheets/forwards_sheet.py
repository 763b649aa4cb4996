"""Forwards to a server: what is open, and a form for one more. They stay open while the window does."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.forwards import ForwardState, ForwardView
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import IconButton
from console.ui.kit.cards import Plate
from console.ui.kit.fields import Field
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.tones import Tone
from console.ui.problem_texts import texts_of
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as
from console.ui.theme import fonts

_TONES = {
    ForwardState.CONNECTING: Tone.ACTIVE,
    ForwardState.OPEN: Tone.OK,
    ForwardState.WAITING: Tone.WARNING,
    ForwardState.REFUSED: Tone.CRITICAL,
    ForwardState.CLOSED: Tone.QUIET,
}


def forward_word(state: ForwardState) -> str:
    """How a forward stands."""
    words = {
        ForwardState.CONNECTING: translate("States", "connecting"),
        ForwardState.OPEN: translate("States", "open"),
        ForwardState.WAITING: translate("States", "reconnecting"),
        ForwardState.REFUSED: translate("States", "refused"),
        ForwardState.CLOSED: translate("States", "closed"),
    }
    return words[state]


class ForwardRow(Plate):
    """One forward with its acts."""

    def __init__(self, desk: Desk, sheet: ForwardsSheet, view: ForwardView) -> None:
        super().__init__(desk.theme, token="raised")
        self.view = view
        self.badge = StateBadge(desk.theme, Tone.QUIET, "")
        self.where = Elided("", role="dim", size=fonts.SMALL)
        self._trouble = label("", role="critical", size=fonts.SMALL, wrap=True)
        name = safe_line(view.name)
        self.copy = IconButton(desk.theme, "copy", self.tr("Copy the address of {name}").format(name=name))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.url))
        self.retry = IconButton(desk.theme, "retry", self.tr("Retry {name}").format(name=name))
        self.retry.clicked.connect(lambda: sheet.retry(view.name))
        self.close_it = IconButton(desk.theme, "close", self.tr("Close {name}").format(name=name))
        self.close_it.clicked.connect(lambda: sheet.close_forward(view.name))
        first = QHBoxLayout()
        first.addWidget(Elided(name), 1)
        first.addWidget(self.badge)
        for button in (self.copy, self.retry, self.close_it):
            first.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 6, 8)
        column.setSpacing(2)
        column.addLayout(first)
        column.addWidget(self.where)
        column.addWidget(self._trouble)
        self.show_view(view)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.view.local_port}"

    def show_view(self, view: ForwardView) -> None:
        """How it stands now."""
        self.view = view
        self.badge.set(_TONES[view.state], forward_word(view.state))
        self.where.set_text(f"127.0.0.1:{view.local_port}  →  {safe_line(view.host)}:{view.port}")
        self.retry.setVisible(view.state in (ForwardState.WAITING, ForwardState.REFUSED))
        set_text(self._trouble, texts_of(view.problem)[0] if view.problem else "")
        self._trouble.setVisible(view.problem is not None)


class ForwardsSheet(FormSheet):
    """Stays open for the next one."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            translate("ForwardsSheet", "Forwards to {server}").format(server=safe_line(server)),
            translate(
                "ForwardsSheet",
                "A port of this machine that leads, encrypted, to a port that the server reaches. It comes "
                "back by itself, and ends with the window.",
            ),
            "forward.open",
            translate("ForwardsSheet", "Open forward"),
            parent=parent,
        )
        self._server = server
        self.rows: dict[str, ForwardRow] = {}
        self.dismiss.setText(self.tr("Close"))
        self.port = Field(desk.theme, placeholder=such_as("8888"))
        self.host = Field(desk.theme, placeholder="127.0.0.1", fixed=True)
        self.local_port = Field(desk.theme, placeholder=self.tr("a free one"))
        self.form.row(self.tr("Port on the server"), self.port)
        self.form.row(self.tr("Host as the server sees it"), self.host)
        self.form.row(self.tr("Port here"), self.local_port)
        for field in (self.port, self.host, self.local_port):
            field.returnPressed.connect(self.submit)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.body.insertLayout(0, self._list)
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        views = [each for each in self._desk.context.fleet.forwards.views() if each.server == self._server]
        names = {each.name for each in views}
        for name in [each for each in self.rows if each not in names]:
            row = self.rows.pop(name)
            row.hide()
            row.deleteLater()
        for view in views:
            if view.name in self.rows:
                self.rows[view.name].show_view(view)
                continue
            self.rows[view.name] = row = ForwardRow(self._desk, self, view)
            self._list.addWidget(row)
            row.show()

    def arguments(self) -> Arguments | None:
        from console.commands.reaching import ForwardRequest

        port = self.whole_number(self.port, 1, 65535)
        local = 0
        if self.local_port.text().strip():
            found = self.whole_number(self.local_port, 1, 65535)
            if found is None:
                return None
            local = found
        if port is None:
            return None
        host = self.host.text().strip() or "127.0.0.1"
        return {"forward": ForwardRequest(self._server, port, host, local)}

    def submit(self) -> None:
        """Open it off-thread; the sheet stays."""
        if self._busy or not self._desk.runner.allowed(self._command):
            return
        given = self.arguments()
        if given is None:
            return
        self.problem.set_problem(None)
        self._busy = True
        self.refresh()
        self._act("forward.open", given, after=self._opened)

    def _opened(self) -> None:
        self._busy = False
        for field in (self.port, self.local_port):
            field.clear()

    def close_forward(self, name: str) -> None:
        """Free its port."""
        self._act("forward.close", {"forward_name": name})

    def retry(self, name: str) -> None:
        """Try again at once."""
        forwards = self._desk.context.fleet.forwards
        self._desk.worker.run(
            lambda: forwards.retry(name), failed=self.problem.set_problem, owner=self, key=f"forward {name}"
        )

    def _act(self, command: str, given: Arguments, after: Callable[[], None] = lambda: None) -> None:
        def done(_result: object) -> None:
            if shiboken6.isValid(self):
                after()
                self.refresh()

        def failed(problem: Problem) -> None:
            if shiboken6.isValid(self):
                self.refused(problem)
            else:
                self._desk.shell.tell_problem(problem)

        self._desk.runner.command(command, given, done=done, failed=failed)
