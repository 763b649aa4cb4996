"""The list of deployments of all servers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.serving.deployment import Deployment
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.empty import EmptyState
from console.ui.kit.fields import SearchField
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.table import DataTable
from console.ui.pages.acting import permit
from console.ui.pages.deployments import acts
from console.ui.pages.deployments.columns import deployment_columns, in_order, live_text
from console.ui.pages.pace import Pace
from console.ui.pages.page import Page

READ_EVERY_S = 1.0
ASK_EVERY_S = 4.0


class DeploymentsPage(Page):
    """Shows what the store knows and has the servers asked in the background."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._deployments: list[Deployment] = []
        self._known = False
        self._read = Pace(desk.context.clock, READ_EVERY_S)
        self._ask = Pace(desk.context.clock, ASK_EVERY_S)
        self.problem = ProblemView(desk.theme)
        self.column.addWidget(self.problem)
        self.table: DataTable[Deployment] = DataTable(
            desk.theme,
            self.tr("Deployments"),
            deployment_columns(),
            lambda each: each.name,
            remembered=desk.remembered,
            placeholder=self.tr("No deployment fits the search."),
        )
        self.table.remember_as("deployments")
        self.table.menu_by(lambda each: acts.menu_of(desk, each, self.table))
        self.table.opened.connect(lambda each: desk.shell.go("deployment", each.name))
        self._card = self._make_card()
        self.first_button = Button(desk.theme, self.tr("Deploy…"), "primary", icon="deployments")
        self.first_button.clicked.connect(lambda: acts.deploy(desk))
        self.models_button = Button(desk.theme, self.tr("Open models"))
        self.models_button.clicked.connect(lambda: desk.shell.go("models"))
        self.empty = EmptyState(
            desk.theme,
            "deployments",
            self.tr("No deployments yet"),
            self.tr(
                "A deployment is a stable endpoint for a model: versions change behind it without a failed "
                "request. Its traffic, latency and replicas will be shown here."
            ),
            (self.first_button, self.models_button),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._card)
        self._stack.addWidget(self.empty)
        self.column.addWidget(self._stack, 1)

    def _make_card(self) -> Card:
        theme = self.desk.theme
        card = Card(theme, self.tr("Deployments"), flush=True)
        self.search = SearchField(
            theme,
            self.tr("Search in deployments"),
            placeholder=self.tr("Name, model, server"),
            icon="search",
        )
        self.search.setMinimumWidth(100)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(lambda _text: self._show())
        self.deploy_button = Button(theme, self.tr("Deploy…"), "primary", icon="deployments")
        self.deploy_button.clicked.connect(lambda: acts.deploy(self.desk))
        card.header.addStretch(1)
        card.header.addWidget(self.search)
        card.header.addWidget(self.deploy_button)
        card.body.addWidget(self.table)
        return card

    def refresh(self) -> None:
        service, worker = self.desk.context.deployments, self.desk.worker
        if self._read.due():
            worker.run(
                service.list,
                self._take,
                failed=self.problem.set_problem,
                owner=self,
                key="deployments.list",
            )
        if self._ask.due():
            worker.run(
                service.refresh,
                self._take,
                failed=self.problem.set_problem,
                owner=self,
                key="deployments.refresh",
            )
        permit(self.deploy_button, self.desk, "deploy.create")
        permit(self.first_button, self.desk, "deploy.create")

    def _take(self, deployments: list[Deployment]) -> None:
        self._deployments = in_order(deployments)
        self._known = True
        self.problem.set_problem(None)
        self._show()

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        shown = [each for each in self._deployments if all(word in _text(each) for word in words)]
        self.table.set_rows(shown)
        self._stack.setCurrentWidget(self.empty if self._known and not self._deployments else self._card)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _text(each: Deployment) -> str:
    return f"{each.name} {each.server} {live_text(each)} {each.runtime} {each.state}".casefold()
