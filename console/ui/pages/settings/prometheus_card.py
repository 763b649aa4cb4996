"""How the Prometheus endpoint of this window stands, and the way to the sources. Options switch it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.telemetry.exposition.endpoint import EndpointView
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Card
from console.ui.kit.labels import label, set_text
from console.ui.kit.problem_view import ProblemView
from console.ui.theme import fonts


class PrometheusCard(Card):
    """The address, and whether it is served now."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Prometheus"), parent=parent)
        self._desk = desk
        self.state = label("", role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        self.problem = ProblemView(desk.theme)
        self.body.addWidget(self.state)
        self.body.addWidget(self.problem)
        self.sources = Button(desk.theme, self.tr("Sources…"))
        self.sources.clicked.connect(lambda: desk.shell.open_sheet("sources"))
        row = QHBoxLayout()
        row.addWidget(self.sources)
        row.addStretch(1)
        self.body.addLayout(row)
        self._show(desk.context.endpoint.view())

    def follow(self) -> None:
        """An option changed: serve, move or stop."""
        self._desk.worker.run(self._desk.context.endpoint.follow, self._show)

    def _show(self, view: EndpointView) -> None:
        self.problem.set_problem(view.problem)
        if view.serving:
            text = self.tr("The fleet's numbers are at {url}, on this machine only.")
        elif view.problem is not None:
            text = self.tr("Not served at {url}.")
        else:
            text = self.tr("The endpoint is off. On, it serves the fleet's numbers at {url}.")
        set_text(self.state, text.format(url=view.url))
