"""One deployment: its traffic, its numbers drawn live, its replicas and releases, and its rollout."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.problems import Problem
from console.serving.deployment import Deployment, Release
from console.ui.desk import Desk
from console.ui.kit.cards import Card
from console.ui.kit.problem_view import ProblemView
from console.ui.kit.scroll import Scroll
from console.ui.kit.table import DataTable
from console.ui.pages.deployment.charts import DeploymentCharts
from console.ui.pages.deployment.forwards import OpenForward, open_forward
from console.ui.pages.deployment.header import DeploymentHeader
from console.ui.pages.deployment.ring import DeploymentRing
from console.ui.pages.deployment.rollout_card import RolloutCard
from console.ui.pages.deployment.tables import (
    ReplicaRow,
    release_columns,
    replica_columns,
    replica_rows,
)
from console.ui.pages.pace import Pace
from console.ui.pages.page import GAP, MARGIN, Page
from console.ui.times import zone_of

LOOK_EVERY_S = 2.0
SIDE = 340
_ROW = 32
_MOST_RINGS = 50


class DeploymentPage(Page):
    """Asks every two seconds while it is looked at; the points of each deployment are kept meanwhile."""

    uses_range = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._name = ""
        self._deployment: Deployment | None = None
        self._rings: dict[str, DeploymentRing] = {}
        self._forwards: dict[str, OpenForward] = {}
        self._pace = Pace(desk.context.clock, LOOK_EVERY_S)
        self.header = DeploymentHeader(desk)
        self.header.open_wanted.connect(self.open_locally)
        self.header.close_wanted.connect(self.close_locally)
        self.problem = ProblemView(desk.theme)
        self.charts = DeploymentCharts(desk)
        self.rollout = RolloutCard(desk)
        self.rollout.setFixedWidth(SIDE)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.header)
        inner.addWidget(self.problem)
        left = QVBoxLayout()
        left.setSpacing(GAP)
        left.addWidget(self.charts, 3)
        left.addLayout(self._tables(), 1)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addLayout(left, 1)
        row.addWidget(self.rollout)
        inner.addLayout(row, 1)
        self.column.setContentsMargins(MARGIN, 8, MARGIN - 8, MARGIN)
        self.column.addWidget(Scroll(desk.theme, content))

    def _tables(self) -> QHBoxLayout:
        desk = self.desk
        now, options = desk.context.clock.now, desk.context.options
        self.replicas: DataTable[ReplicaRow] = DataTable(
            desk.theme,
            self.tr("Replicas"),
            replica_columns(now, self._accelerators),
            lambda row: row.replica.id,
            remembered=desk.remembered,
            row_height=_ROW,
            placeholder=self.tr("No replicas are known."),
        )
        self.replicas.remember_as("replicas")
        self.releases: DataTable[Release] = DataTable(
            desk.theme,
            self.tr("Releases"),
            release_columns(now, lambda: zone_of(options)),
            lambda each: f"{each.model} {each.created.isoformat()}",
            remembered=desk.remembered,
            row_height=_ROW,
            placeholder=self.tr("No releases are known."),
        )
        self.releases.remember_as("releases")
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for title, table in ((self.tr("Replicas"), self.replicas), (self.tr("Releases"), self.releases)):
            card = Card(desk.theme, title, flush=True)
            table.setMinimumHeight(4 * _ROW)
            card.body.addWidget(table)
            row.addWidget(card, 1)
        return row

    def open(self, argument: str) -> None:
        if argument == self._name:
            return
        self._name, self._deployment = argument, None
        self.problem.set_problem(None)
        self.header.show_deployment(argument, None)
        self.header.show_forward(self._forwards.get(argument))
        self.charts.begin()
        self.replicas.set_rows([])
        self.releases.set_rows([])
        self._pace.hurry()

    def crumb(self) -> str:
        return self._name

    def refresh(self) -> None:
        self.header.refresh()
        self.rollout.refresh(self._name)
        if self._deployment is not None:
            # How long it is up grows without asking.
            self.replicas.set_rows(replica_rows(self._deployment))
        if not self._name or not self._pace.due():
            return
        name, service = self._name, self.desk.context.deployments
        self.desk.worker.run(
            lambda: service.show(name),
            self._take,
            failed=lambda problem: self._failed(name, problem),
            owner=self,
            key=f"deployment.show {name}",
        )

    def refresh_charts(self) -> None:
        if self._name:
            self.charts.show_ring(self._ring(self._name), self._deployment)

    def _ring(self, name: str) -> DeploymentRing:
        if name not in self._rings:
            while len(self._rings) >= _MOST_RINGS:
                del self._rings[next(iter(self._rings))]
            self._rings[name] = DeploymentRing()
        return self._rings[name]

    def _take(self, seen: Deployment) -> None:
        self._ring(seen.name).add(self.desk.context.clock.now().timestamp(), seen)
        if seen.name != self._name:
            return
        self._deployment = seen
        self.problem.set_problem(None)
        self.header.show_deployment(seen.name, seen)
        self.replicas.set_rows(replica_rows(seen))
        self.releases.set_rows(seen.releases)

    def _failed(self, name: str, problem: Problem) -> None:
        self._ring(name).add(self.desk.context.clock.now().timestamp(), None)
        if name != self._name:
            return
        self.problem.set_problem(problem)
        if problem.code == "deploy.unknown":
            self._deployment = None
            self.header.show_deployment(name, None)
            self.replicas.set_rows([])
            self.releases.set_rows([])

    def _accelerators(self) -> dict[str, str]:
        """Accelerators by UUID as the fleet shows them."""
        return {
            row.sample.uuid: f"GPU {row.sample.index}"
            for server in self.desk.snapshot().servers
            for row in server.accelerators
        }

    # --- the local forward

    def open_locally(self) -> None:
        """Keep a forward open and show its URL."""
        name, service = self._name, self.desk.context.deployments

        def opened(forward: OpenForward) -> None:
            self._forwards[name] = forward
            if name == self._name:
                self.header.show_forward(forward)

        self.desk.worker.run(
            lambda: open_forward(service, name),
            opened,
            failed=self.problem.set_problem,
            owner=self,
            key=f"deployment.open {name}",
        )

    def close_locally(self) -> None:
        """Close the forward again."""
        forward = self._forwards.pop(self._name, None)
        self.header.show_forward(None)
        if forward is not None:
            self.desk.worker.run(forward.close, owner=self)
