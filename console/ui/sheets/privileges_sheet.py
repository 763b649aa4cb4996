"""Which acts by sudo are switched on for a server: each with the very command that it would run."""

from __future__ import annotations

import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.privileges import PRIVILEGES, Privilege, command_line, look_line, sudoers_lines
from console.fleet.server import Server
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Plate
from console.ui.kit.fields import FieldPlate, TextArea, Tick
from console.ui.kit.labels import label
from console.ui.kit.sheet import Sheet
from console.ui.pages.acting import permit
from console.ui.theme import fonts


def privilege_words(act: Privilege) -> tuple[str, str]:
    """Title and summary in the person's language."""
    words = {
        "kernel_log": (
            translate("Privileges", "Read the kernel log"),
            translate("Privileges", "See XIDs where the account itself may not read the kernel's log."),
        ),
        "persistence": (
            translate("Privileges", "Set persistence mode"),
            translate("Privileges", "Keep the driver loaded while nothing uses a GPU."),
        ),
        "power_limit": (
            translate("Privileges", "Set power limit"),
            translate("Privileges", "Change how much power a GPU may draw."),
        ),
        "gpu_reset": (
            translate("Privileges", "Reset GPU"),
            translate("Privileges", "Reset a GPU that nothing holds."),
        ),
        "reboot": (
            translate("Privileges", "Restart server"),
            translate("Privileges", "Restart the whole server; everything that runs there ends."),
        ),
    }
    return words[act.id]


class PrivilegesSheet(Sheet):
    """A tick for each act; what is ticked is in force at once."""

    def __init__(self, desk: Desk, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("Privileges", "Privileges on {server}").format(server=safe_line(name)),
            translate(
                "Privileges",
                "Acts that need root. Each is off until you switch it on, and runs exactly the command that "
                "is shown, by sudo without a password.",
            ),
            parent,
        )
        self._desk = desk
        self._name = name
        self.ticks: dict[str, Tick] = {}
        for act in PRIVILEGES:
            self.body.addWidget(self._plate(act))
        self.body.addWidget(label(self.tr("For visudo on the server:"), role="dim", size=fonts.SMALL))
        self.lines = TextArea(desk.theme, self.tr("Lines for sudoers"), lines=5)
        self.lines.setReadOnly(True)
        self.body.addWidget(FieldPlate(desk.theme, self.lines))
        self.body.addStretch(1)
        self.copy = Button(desk.theme, self.tr("Copy lines"), icon="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.lines.toPlainText()))
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(self.copy)
        self.footer.addWidget(close)
        row = desk.snapshot().server(name)
        if row is not None:
            self._show(row.server)

    def _plate(self, act: Privilege) -> Plate:
        plate = Plate(self._desk.theme, token="raised")
        column = QVBoxLayout(plate)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(2)
        title, summary = privilege_words(act)
        tick = Tick(self._desk.theme, title)
        name = act.id
        tick.clicked.connect(lambda on: self._switch(name, on))
        permit(tick, self._desk, "server.privileges")
        self.ticks[act.id] = tick
        lines = [each for each in (look_line(act), command_line(act)) if each is not None]
        command = label("\n".join(lines), size=fonts.SMALL, wrap=True, fixed=True, selectable=True)
        column.addWidget(tick)
        column.addWidget(label(summary, role="dim", size=fonts.SMALL, wrap=True))
        column.addWidget(command)
        return plate

    def _switch(self, act: str, on: bool) -> None:
        key = "allow" if on else "revoke"
        given = {"name": self._name, key: (act,)}
        self.problem.set_problem(None)
        self._desk.runner.command("server.privileges", given, done=self._show, failed=self._failed)

    def _failed(self, problem: Problem) -> None:
        if not shiboken6.isValid(self):
            return
        self.problem.set_problem(problem)
        row = self._desk.snapshot().server(self._name)
        if row is not None:
            self._show(row.server)

    def _show(self, found: object) -> None:
        if not shiboken6.isValid(self) or not isinstance(found, Server):
            return
        for act, tick in self.ticks.items():
            tick.setChecked(act in found.privileges)
        lines = sudoers_lines(found.user or "ACCOUNT", found.privileges)
        self.lines.setPlainText("\n".join(lines) or self.tr("nothing is switched on"))
        self.copy.setEnabled(bool(lines))
