"""Run one command line on a server and see what it prints. It is split here; no shell reads it there."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field, Form
from console.ui.kit.sheet import Sheet
from console.ui.logs.view import LogView

TIMEOUT_S = 600.0


class CommandSheet(Sheet):
    """A line, Run, and the output as it comes."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("CommandSheet", "Run a command on {server}").format(server=server),
            parent=parent,
        )
        self._desk = desk
        self._server = server
        form = Form(desk.theme)
        self.line = Field(desk.theme, placeholder="nvidia-smi -q -d ECC", fixed=True)
        self.line.returnPressed.connect(self._on_run)
        form.row(
            self.tr("Command line"),
            self.line,
            self.tr("Words and quotes as in a shell, but no shell: for pipes write sh -c '…'."),
        )
        self.form = form
        self.body.addWidget(form)
        self.output = LogView(desk, self.tr("Output"))
        self.output.setMinimumHeight(320)
        self.body.addWidget(self.output, 1)
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.run_button = Button(desk.theme, self.tr("Run"), "primary", icon="play")
        self.run_button.clicked.connect(self._on_run)
        self.footer.addWidget(close)
        self.footer.addWidget(self.run_button)

    def _on_run(self) -> None:
        if not self.run_button.isEnabled():
            return
        try:
            argv = tuple(shlex.split(self.line.text()))
        except ValueError:
            self.form.fault(self.line, self.tr("A quote is not closed."))
            return
        if not argv:
            self.form.fault(self.line, self.tr("Enter a command."))
            return
        self.form.fault(self.line, "")
        self.problem.set_problem(None)
        self.output.clear()
        self.output.set_note(self.tr("running…"))
        self.run_button.setEnabled(False)
        self._desk.runner.command(
            "exec",
            {"name": self._server, "argv": argv, "sink": self._sink, "timeout_s": TIMEOUT_S},
            done=self._done,
            failed=self._failed,
        )

    def _sink(self, _kind: str, data: bytes) -> None:
        """Called on a worker's thread, so it only enqueues."""
        self._desk.worker.post(lambda: self._append(data))

    def _append(self, data: bytes) -> None:
        import shiboken6

        if shiboken6.isValid(self):
            self.output.append(data)

    def _done(self, result: object) -> None:
        self.run_button.setEnabled(True)
        self.output.end()
        answer = result if isinstance(result, dict) else {}
        if answer.get("timed_out"):
            self.output.set_note(self.tr("stopped after {seconds} s").format(seconds=f"{TIMEOUT_S:.0f}"))
        elif answer.get("signal"):
            self.output.set_note(self.tr("ended by signal {number}").format(number=answer["signal"]))
        else:
            self.output.set_note(self.tr("exit code {code}").format(code=answer.get("exit_code")))
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, problem: Problem) -> None:
        self.run_button.setEnabled(True)
        self.output.set_note("")
        self.problem.set_problem(problem)
