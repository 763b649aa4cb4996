"""An unknown host key: its fingerprint, large, to be compared before it is trusted."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.problems import Problem
from console.fleet.fleet import HostKey
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.theme import fonts


class TrustSheet(Sheet):
    """Asks the server for its key, shows it, and trusts exactly that one."""

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            translate("TrustSheet", "Trust the host key of {server}?").format(server=server),
            translate(
                "TrustSheet",
                "Compare the fingerprint with the server's owner. Who trusts a wrong key talks to whoever is "
                "in between.",
            ),
            parent,
        )
        self._desk = desk
        self._server = server
        self._key: HostKey | None = None
        theme = desk.theme
        self.body.addWidget(label(self.tr("Fingerprint"), role="dim", size=fonts.SMALL))
        row = QHBoxLayout()
        self.fingerprint = label(
            self.tr("asking the server…"), fixed=True, size=14, wrap=True, selectable=True
        )
        row.addWidget(self.fingerprint, 1)
        self.copy = Button(theme, self.tr("Copy"), "ghost", icon="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.fingerprint.text()))
        row.addWidget(self.copy)
        self.body.addLayout(row)
        self.facts = Facts(theme)
        self.body.addWidget(self.facts)
        self.body.addWidget(
            label(
                self.tr("On the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"),
                role="dim",
                size=fonts.SMALL,
                wrap=True,
                selectable=True,
            )
        )
        self.body.addStretch(1)
        cancel = Button(theme, self.tr("Cancel"))
        cancel.clicked.connect(self.close_sheet)
        self.trust = Button(theme, self.tr("Trust this key"), "primary", icon="key")
        self.trust.setEnabled(False)
        self.trust.clicked.connect(self._on_trust)
        self.footer.addWidget(cancel)
        self.footer.addWidget(self.trust)
        desk.worker.run(
            lambda: desk.context.fleet.scan_key(server), self._show, failed=self._failed, owner=self
        )

    def _failed(self, problem: Problem) -> None:
        self.problem.set_problem(problem)
        if self._key is None:
            set_text(self.fingerprint, "–")
        self.trust.setEnabled(self._key is not None)

    def _show(self, key: HostKey) -> None:
        self._key = key
        set_text(self.fingerprint, key.fingerprint)
        self.facts.set([(self.tr("Type"), key.key_type), (self.tr("Host"), f"{key.host}:{key.port}")])
        self.trust.setEnabled(True)
        self.trust.setFocus()

    def _on_trust(self) -> None:
        if self._key is None:
            return
        self.trust.setEnabled(False)
        arguments = {"name": self._server, "key": self._key, "fingerprint": self._key.fingerprint}
        self._desk.runner.command(
            "server.trust", arguments, done=lambda _key: self.close_sheet(), failed=self._failed
        )
