"""Import from ssh_config: what it would enter, ticked or not. Reads only; nothing connects before Import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.core.notify import Level, Notice
from console.core.problems import Problem
from console.fleet.importing import candidates
from console.fleet.server import Server
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.fields import Field, Form, Tick
from console.ui.kit.labels import label, set_text
from console.ui.kit.sheet import Sheet
from console.ui.theme import fonts


class ImportSheet(Sheet):
    """The aliases of the file, each with a tick."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        from console.ui.i18n import translate

        super().__init__(
            desk.theme,
            translate("ImportSheet", "Import from ssh_config"),
            translate("ImportSheet", "Hosts stay as ssh_config says; importing and watching only read."),
            parent,
        )
        self._desk = desk
        theme = desk.theme
        form = Form(theme)
        self.file = Field(theme, placeholder="~/.ssh/config")
        self.file.editingFinished.connect(self._look)
        self.pattern = Field(theme, placeholder="gpu-*")
        self.pattern.editingFinished.connect(self._look)
        form.row(self.tr("File"), self.file)
        form.row(
            self.tr("Only names like"), self.pattern, self.tr("Patterns with * and ?, spaces between them.")
        )
        self.body.addWidget(form)
        self._note = label("", role="dim", size=fonts.SMALL)
        self.body.addWidget(self._note)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self._ticks: list[tuple[Tick, Server]] = []
        cancel = Button(theme, self.tr("Cancel"))
        cancel.clicked.connect(self.close_sheet)
        self.bring = Button(theme, self.tr("Import"), "primary", icon="import")
        self.bring.setEnabled(False)
        self.bring.clicked.connect(self._on_import)
        self.footer.addWidget(cancel)
        self.footer.addWidget(self.bring)
        self._look()

    @property
    def offered(self) -> list[str]:
        """Names that can be ticked, for tests."""
        return [server.name for _, server in self._ticks]

    def _look(self) -> None:
        text = self.file.text().strip()
        config = Path(text).expanduser() if text else None
        patterns = self.pattern.text().split()
        self._desk.worker.run(
            lambda: candidates(config, patterns), self._show, failed=self._failed, owner=self, key="import"
        )

    def _failed(self, problem: Problem) -> None:
        self.problem.set_problem(problem)
        self._show([])

    def _show(self, servers: list[Server]) -> None:
        known = {row.server.name for row in self._desk.snapshot().servers}
        for tick, _ in self._ticks:
            self._list.removeWidget(tick)
            tick.deleteLater()
        self._ticks = []
        for server in servers:
            tick = Tick(self._desk.theme, server.name)
            tick.setChecked(server.name not in known)
            tick.setEnabled(server.name not in known)
            tick.toggled.connect(self._count)
            self._list.addWidget(tick)
            self._ticks.append((tick, server))
        if servers:
            self.problem.set_problem(None)
        self._count()

    def _count(self) -> None:
        wanted = [server for tick, server in self._ticks if tick.isChecked() and tick.isEnabled()]
        here = sum(not tick.isEnabled() for tick, _ in self._ticks)
        text = self.tr("{count} to import, {known} already here").format(count=len(wanted), known=here)
        set_text(self._note, text if self._ticks else self.tr("No host fits."))
        self.bring.setEnabled(bool(wanted))

    def _on_import(self) -> None:
        wanted = [server for tick, server in self._ticks if tick.isChecked() and tick.isEnabled()]
        self.bring.setEnabled(False)
        self._desk.runner.command(
            "server.import", {"servers": wanted}, done=lambda _added: self._done(wanted), failed=self._failed
        )

    def _done(self, servers: list[Server]) -> None:
        names = [server.name for server in servers]
        self._desk.worker.run(lambda: self._desk.context.fleet.watch(names))
        text = self.tr("{count} servers imported; they are being connected.").format(count=len(names))
        self._desk.shell.tell(Notice(text, Level.INFO))
        self.close_sheet()
