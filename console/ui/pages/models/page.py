"""The registry of models: every version, what it is worth, where it serves, and Deploy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from console.models.model import Model, ModelVersion
from console.serving.deployment import Deployment
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import SearchField
from console.ui.kit.inspector import WithInspector
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.pages.acting import entry, permit
from console.ui.pages.models.columns import VersionRow, rows_of, serves_text, version_columns
from console.ui.pages.models.inspector import ModelInspector
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page
from console.ui.times import zone_of

READ_EVERY_S = 2.0


class ModelsPage(Page):
    """Opened with a ref ("digits@2") it selects that version."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        context = desk.context
        self._rows: list[VersionRow] = []
        self._known = False
        self._wanted = ""
        self._pace = Pace(context.clock, READ_EVERY_S)
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[VersionRow] = DataTable(
            desk.theme,
            self.tr("Versions of models"),
            version_columns(context.clock.now, lambda: zone_of(context.options)),
            lambda row: row.version.ref,
            remembered=desk.remembered,
            placeholder=self.tr("No version fits the search."),
        )
        self.table.remember_as("models")
        self.table.menu_by(self._menu)
        self.table.picked.connect(self._on_picked)
        self.table.opened.connect(lambda row: self.deploy(row.version))
        self.inspector = ModelInspector(desk)
        self.inspector.deploy_wanted.connect(self.deploy)
        self.inspector.alias_wanted.connect(self.set_alias)
        self._split = WithInspector(self._card(), self.inspector, desk.remembered, "models")
        self.first_button = Button(desk.theme, self.tr("Register model…"), "primary", icon="add")
        self.first_button.clicked.connect(self.register)
        self.empty = EmptyState(
            desk.theme,
            "models",
            self.tr("No models yet"),
            self.tr(
                "Every version of a model with its metrics, the job that made it and where it serves will be "
                "listed here. Register a file, or an output of a job."
            ),
            (self.first_button,),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self.empty)
        self.column.addWidget(self._stack, 1)

    def _card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Versions"), flush=True)
        self.search = SearchField(
            theme,
            self.tr("Search in models"),
            placeholder=self.tr("Name, alias, deployment, job"),
            icon="search",
        )
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(lambda _text: self._show())
        self.add_button = Button(theme, self.tr("Register model…"), icon="add")
        self.add_button.clicked.connect(self.register)
        self.deploy_button = Button(theme, self.tr("Deploy…"), "primary", icon="deployments")
        self.deploy_button.clicked.connect(lambda: self.deploy(None))
        card.header.addStretch(1)
        card.header.addWidget(self.search)
        card.header.addWidget(self.add_button)
        card.header.addWidget(self.deploy_button)
        card.body.addWidget(self.table)
        return card

    def open(self, argument: str) -> None:
        self._wanted = argument
        self._pace.hurry()
        if argument:
            self.search.clear()

    def refresh(self) -> None:
        context = self.desk.context
        if self._pace.due():

            def read() -> tuple[list[Model], list[Deployment]]:
                return context.models.list(), context.deployments.list()

            self.desk.worker.run(
                read, self._take, failed=self.problem.set_problem, owner=self, key="models.list"
            )
        permit(self.add_button, self.desk, "model.add")
        permit(self.first_button, self.desk, "model.add")
        permit(self.deploy_button, self.desk, "deploy.create", possible=bool(self._rows))
        self.inspector.refresh()

    def _take(self, found: tuple[list[Model], list[Deployment]]) -> None:
        self._rows = rows_of(*found)
        self._known = True
        self.problem.set_problem(None)
        self._show()

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        shown = [row for row in self._rows if all(word in _text(row) for word in words)]
        self.table.set_rows(shown)
        if self._wanted and any(row.version.ref == self._wanted for row in shown):
            self.table.select_key(self._wanted)
            self._wanted = ""
        self.inspector.show_row(self.table.chosen, self._rows)
        self._stack.setCurrentWidget(self.empty if self._known and not self._rows else self._split)

    def _on_picked(self, row: VersionRow | None) -> None:
        self.inspector.show_row(row, self._rows)
        if row is not None:
            self._split.show_drawer()

    def _menu(self, row: VersionRow) -> QMenu:
        menu, desk, version = QMenu(self.table), self.desk, row.version
        entry(menu, desk, self.tr("Deploy…"), lambda: self.deploy(version), command="deploy.create")
        entry(menu, desk, self.tr("Set alias…"), lambda: self.set_alias(version), command="model.alias")
        menu.addSeparator()
        job = version.job
        entry(
            menu, desk, self.tr("Open its job"), lambda: desk.shell.go("job", job or ""), possible=bool(job)
        )
        for name in (*row.serves, *row.kept):
            entry(
                menu,
                desk,
                self.tr("Open deployment {name}").format(name=name),
                lambda name=name: desk.shell.go("deployment", name),  # type: ignore[misc]
            )
        menu.addSeparator()
        entry(menu, desk, self.tr("Copy ref"), lambda: QGuiApplication.clipboard().setText(version.ref))
        return menu

    def register(self) -> None:
        """The form for a new version."""
        from console.ui.sheets.add_model import AddModelSheet

        self.desk.shell.show_sheet(AddModelSheet(self.desk))

    def deploy(self, version: ModelVersion | None) -> None:
        """The form that serves a version, the selected one where none is given."""
        from console.ui.sheets.deploy import DeploySheet

        chosen = self.table.chosen
        ref = version.ref if version else (chosen.version.ref if chosen else "")
        self.desk.shell.show_sheet(DeploySheet(self.desk, ref))

    def set_alias(self, version: ModelVersion) -> None:
        """The form for an alias."""
        from console.ui.sheets.set_alias import SetAliasSheet

        self.desk.shell.show_sheet(SetAliasSheet(self.desk, version))

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _text(row: VersionRow) -> str:
    version = row.version
    parts = [version.ref, *version.aliases, serves_text(row), version.format, version.job or ""]
    return " ".join(parts).casefold()
