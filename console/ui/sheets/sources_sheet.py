"""The site's Prometheus and the like: which are read, how each stands, and the form that adds one."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import safe_line
from console.telemetry.sources.entries import Login, SourceEntry
from console.telemetry.sources.polling import SourceView
from console.ui import clock
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Choice, Field
from console.ui.kit.labels import Elided, label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.problem_texts import texts_of
from console.ui.sheets.form_sheet import Arguments, FormSheet, such_as


class SourcesSheet(Sheet):
    """One row for each source."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk.theme,
            self.tr("Sources"),
            self.tr("A site's Prometheus is read for servers that are not polled over SSH."),
            parent,
        )
        self._desk = desk
        self.note = label(self.tr("looking…"), role="dim", wrap=True)
        self.body.addWidget(self.note)
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.states: dict[str, QLabel] = {}
        self.buttons: dict[str, Button] = {}
        self._rows: dict[str, QWidget] = {}
        close = Button(desk.theme, self.tr("Close"))
        close.clicked.connect(self.close_sheet)
        self.add = Button(desk.theme, self.tr("Add source…"), "primary")
        self.add.clicked.connect(lambda: desk.shell.open_sheet("add_source"))
        self.footer.addWidget(close)
        self.footer.addWidget(self.add)
        desk.clock.every(clock.TABLES, self, self._look)
        self._look()

    def _look(self) -> None:
        self._desk.worker.run(
            self._desk.context.sources.views, self._show, failed=self._failed, key="sources.views"
        )

    def _failed(self, problem: Problem) -> None:
        if shiboken6.isValid(self):
            self.problem.set_problem(problem)

    def _show(self, views: tuple[SourceView, ...]) -> None:
        if not shiboken6.isValid(self):
            return
        set_text(self.note, self.tr("There are none yet."))
        self.note.setVisible(not views)
        names = [view.entry.name for view in views]
        for name in [each for each in self._rows if each not in names]:
            row = self._rows.pop(name)
            self.buttons.pop(name)
            self.states.pop(name)
            row.hide()
            row.deleteLater()
        for view in views:
            if view.entry.name not in self._rows:
                self._add_row(view.entry)
            set_text(self.states[view.entry.name], self._state(view))

    def _add_row(self, entry: SourceEntry) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Elided(f"{entry.name} · {safe_line(entry.url)}"))
        state = label("", role="dim", wrap=True)
        words.addWidget(state)
        line.addLayout(words, 1)
        button = Button(self._desk.theme, self.tr("Remove"), icon="trash")
        button.setAccessibleName(self.tr("Remove source {name}").format(name=entry.name))
        button.clicked.connect(lambda: self._remove(entry.name))
        line.addWidget(button)
        self._list.addWidget(row)
        self._rows[entry.name], self.states[entry.name], self.buttons[entry.name] = row, state, button
        row.show()

    def _state(self, view: SourceView) -> str:
        if view.problem is not None:
            return " ".join(texts_of(view.problem))
        if view.read_s is None:
            return self.tr("not read yet")
        text = self.tr("{servers} servers, {accelerators} accelerators; read in {seconds} s")
        told = text.format(servers=view.hosts, accelerators=view.accelerators, seconds=f"{view.read_s:.2f}")
        return " ".join([told, *map(safe_line, view.notes)])

    def _remove(self, name: str) -> None:
        self.problem.set_problem(None)
        self._desk.runner.command(
            "source.remove", {"source": name}, done=lambda _name: self._look(), failed=self._failed
        )


class AddSourceSheet(FormSheet):
    """The form for one source."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Add source"),
            self.tr("Reads a Prometheus that scrapes DCGM-exporter and node_exporter."),
            "source.add",
            self.tr("Add"),
            after=lambda _entry: desk.shell.open_sheet("sources"),
            parent=parent,
        )
        theme = desk.theme
        self.name = Field(theme, placeholder=such_as("site"))
        self.form.row(self.tr("Name"), self.name)
        self.url = Field(theme, placeholder=such_as("https://prometheus.example.org"), fixed=True)
        self.form.row(self.tr("Address"), self.url)
        servers = [row.server.name for row in desk.snapshot().servers if row.server.source is None]
        self.through = Choice(theme, [("", self.tr("directly")), *((each, each) for each in servers)])
        self.form.row(self.tr("Reached"), self.through, self.tr("A server goes between by a forward."))
        self.login = Choice(
            theme,
            [
                (Login.NONE.value, self.tr("without a login")),
                (Login.BEARER.value, self.tr("with a token")),
                (Login.BASIC.value, self.tr("with user and password")),
            ],
        )
        self.form.row(self.tr("Login"), self.login)
        self.user = Field(theme)
        self.form.row(self.tr("User"), self.user)
        self.secret = Field(theme)
        self.secret.setEchoMode(Field.EchoMode.Password)
        self.form.row(
            self.tr("Token or password"), self.secret, self.tr("Kept in the keyring of this system.")
        )
        self.ca_file = Field(theme, fixed=True)
        self.form.row(self.tr("Certificates"), self.ca_file, self.tr("A file (PEM) of authorities to trust."))
        self.host_label = Field(theme, placeholder=such_as("node"), fixed=True)
        self.form.row(self.tr("Label of servers"), self.host_label)
        self.filter = Field(theme, placeholder=such_as('cluster="a"'), fixed=True)
        self.form.row(self.tr("Filter"), self.filter)

    def arguments(self) -> Arguments | None:
        name, url = self.name.text().strip(), self.url.text().strip()
        self.form.fault(self.name, "" if name else self.tr("Enter a name."))
        self.form.fault(self.url, "" if url else self.tr("Enter an address."))
        if not name or not url:
            return None
        settings = {"host_label": self.host_label.text().strip(), "filter": self.filter.text().strip()}
        entry = SourceEntry(
            name,
            url,
            through=self.through.key or None,
            login=Login(self.login.key),
            user=self.user.text().strip(),
            ca_file=self.ca_file.text().strip(),
            settings={key: value for key, value in settings.items() if value},
        )
        return {"entry": entry, "secret": self.secret.text() or None}
