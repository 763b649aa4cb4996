"""Add or edit a server: the fields of `tandem server add`."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from console.core.problems import Problem
from console.fleet.server import Role, Server
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Choice, Field, Form
from console.ui.kit.sheet import Sheet
from console.ui.state_words import role_word


class ServerSheet(Sheet):
    """Without a server it adds one, with one it edits it."""

    def __init__(self, desk: Desk, server: Server | None = None, parent: QWidget | None = None) -> None:
        self._before = server
        super().__init__(desk.theme, _title(server), parent=parent)
        self._desk = desk
        theme = desk.theme
        form = Form(theme)
        self.name = Field(theme, placeholder="gpu-01")
        self.host = Field(theme, placeholder="gpu-01.example.org")
        self.port = Field(theme, placeholder="22")
        self.user = Field(theme, placeholder=self.tr("as ssh would choose"))
        self.identity = Field(theme, placeholder=self.tr("ssh agent and the usual keys"))
        others = [
            row.server.name
            for row in desk.snapshot().servers
            if server is None or row.server.name != server.name
        ]
        self.jump = Choice(theme, [("", self.tr("none")), *[(name, name) for name in others]])
        self.alias = Field(theme)
        self.role = Choice(
            theme, [(role.value, role_word(role)) for role in (Role.BOTH, Role.TRAIN, Role.INFER)]
        )
        self.labels = Field(theme, placeholder="rack=a7 team=vision")
        self.python = Field(theme, placeholder=self.tr("found on the server"))
        self.cost = Field(theme, placeholder="12.50")
        form.row(self.tr("Name"), self.name)
        form.row(self.tr("Host name or address"), self.host, self.tr("The name itself where left out."))
        form.row(self.tr("Role"), self.role)
        form.row(self.tr("User"), self.user)
        form.row(self.tr("Port"), self.port)
        form.row(self.tr("Private key"), self.identity)
        form.row(self.tr("Jump server"), self.jump, self.tr("A server of this list to go through."))
        form.row(self.tr("Alias of ssh_config"), self.alias, self.tr("It then settles the rest."))
        form.row(self.tr("Labels"), self.labels)
        form.row(
            self.tr("Python on the server"), self.python, self.tr("For the agent, and for jobs by default.")
        )
        form.row(self.tr("Cost per hour"), self.cost)
        self.form = form
        self.body.addWidget(form)
        self.body.addStretch(1)
        cancel = Button(theme, self.tr("Cancel"))
        cancel.clicked.connect(self.close_sheet)
        self.save = Button(theme, self.tr("Add") if server is None else self.tr("Save"), "primary")
        self.save.clicked.connect(self._on_save)
        self.footer.addWidget(cancel)
        self.footer.addWidget(self.save)
        for field in (self.name, self.host, self.port, self.user):
            field.returnPressed.connect(self._on_save)
        if server is not None:
            self._fill(server)

    def _fill(self, server: Server) -> None:
        self.name.setText(server.name)
        self.name.setEnabled(False)
        self.host.setText(server.host)
        self.port.setText("" if server.port is None else str(server.port))
        self.user.setText(server.user or "")
        self.identity.setText(server.identity or "")
        self.jump.choose(server.jump or "")
        self.alias.setText(server.ssh_alias or "")
        self.role.choose(server.role.value)
        self.labels.setText(" ".join(f"{key}={value}" for key, value in server.labels.items()))
        self.python.setText(server.python or "")
        self.cost.setText("" if server.cost_per_hour is None else f"{server.cost_per_hour:g}")

    def _read(self) -> Server | None:
        """What is entered; None where a field was marked as wrong."""
        for field in (self.name, self.port, self.labels, self.cost):
            self.form.fault(field, "")
        name = self.name.text().strip()
        if not name:
            self.form.fault(self.name, self.tr("A server needs a name."))
            return None
        port, cost = self.port.text().strip(), self.cost.text().strip().replace(",", ".")
        if port and not port.isdigit():
            self.form.fault(self.port, self.tr("A port is a number."))
            return None
        if cost and not _is_number(cost):
            self.form.fault(self.cost, self.tr("A cost is a number."))
            return None
        pairs = self.labels.text().split()
        if any("=" not in pair for pair in pairs):
            self.form.fault(self.labels, self.tr("Write labels as key=value, with spaces between."))
            return None
        base = self._before or Server(name, name)
        alias = self.alias.text().strip()
        return replace(
            base,
            name=name,
            host=self.host.text().strip() or alias or name,
            port=int(port) if port else None,
            user=self.user.text().strip() or None,
            identity=self.identity.text().strip() or None,
            jump=self.jump.key or None,
            ssh_alias=alias or None,
            role=Role(self.role.key),
            labels=dict(pair.split("=", 1) for pair in pairs),
            python=self.python.text().strip() or None,
            cost_per_hour=float(cost) if cost else None,
        )

    def _on_save(self) -> None:
        server = self._read()
        if server is None:
            return
        self.save.setEnabled(False)
        self._desk.runner.command(
            "server.add",
            {"server": server, "replace": self._before is not None},
            done=lambda _server: self._done(server),
            failed=self._failed,
        )

    def _failed(self, problem: Problem) -> None:
        self.save.setEnabled(True)
        self.problem.set_problem(problem)

    def _done(self, server: Server) -> None:
        fleet = self._desk.context.fleet
        self._desk.worker.run(lambda: fleet.watch([server.name]))
        self.close_sheet()
        self._desk.shell.go("server", server.name)


def _title(server: Server | None) -> str:
    from console.ui.i18n import translate

    if server is None:
        return translate("ServerSheet", "Add server")
    return translate("ServerSheet", "Edit {name}").format(name=server.name)


def _is_number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False
