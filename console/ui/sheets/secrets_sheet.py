"""What is kept in the system keyring, by name, and a way to forget it. The secrets are never shown."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.sheet import Sheet


class SecretsSheet(Sheet):
    """One row for each."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("SecretsSheet", "Kept secrets"),
            translate(
                "SecretsSheet",
                "Passwords, passphrases and secrets of jobs that you chose to keep in the keyring of this "
                "system.",
            ),
            parent,
        )
        self._desk = desk
        self.note = label(self.tr("looking…"), role="dim", wrap=True)
        self.body.addWidget(self.note)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.rows: dict[str, QWidget] = {}
        self.buttons: dict[str, Button] = {}
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.footer.addWidget(close)
        self._look()

    def _look(self) -> None:
        self._desk.runner.command("secret.list", done=self._show, failed=self._failed)

    def _failed(self, problem: Problem) -> None:
        if shiboken6.isValid(self):
            self.problem.set_problem(problem)
            for button in self.buttons.values():
                button.setEnabled(True)

    def _show(self, found: object) -> None:
        if not shiboken6.isValid(self):
            return
        names = [str(each) for each in found] if isinstance(found, tuple) else []
        set_text(self.note, self.tr("Nothing is kept."))
        self.note.setVisible(not names)
        for name in [each for each in self.rows if each not in names]:
            self.buttons.pop(name)
            row = self.rows.pop(name)
            row.hide()
            row.deleteLater()
        for name in names:
            if name not in self.rows:
                self._add(name)

    def _add(self, name: str) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(Elided(_words(name)), 1)
        button = Button(self._desk.theme, self.tr("Forget"), icon="trash")
        button.setAccessibleName(self.tr("Forget {name}").format(name=_words(name)))
        button.clicked.connect(lambda: self._forget(name))
        line.addWidget(button)
        self._list.addWidget(row)
        self.rows[name], self.buttons[name] = row, button
        row.show()

    def _forget(self, name: str) -> None:
        self.problem.set_problem(None)
        self.buttons[name].setEnabled(False)
        self._desk.runner.command(
            "secret.forget", {"secret": name}, done=lambda _name: self._look(), failed=self._failed
        )


def _words(name: str) -> str:
    kind, _space, about = safe_line(name).partition(" ")
    if kind == "password":
        return translate("SecretsSheet", "Password of {place}").format(place=about)
    if kind == "passphrase":
        return translate("SecretsSheet", "Passphrase of {path}").format(path=about)
    if kind == "secret":
        return translate("SecretsSheet", "Secret {name} of jobs").format(name=about)
    return safe_line(name)
