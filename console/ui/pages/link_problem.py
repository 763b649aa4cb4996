"""Why a link is not up, with the button that helps. Used by the fleet and the server page."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.fleet.link_state import LinkState
from console.telemetry.snapshot import ServerRow
from console.ui.desk import Desk
from console.ui.kit.buttons import Button
from console.ui.kit.problem_view import ProblemView


class LinkProblem(QWidget):
    """Hidden while the link is well."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._server = ""
        self.view = ProblemView(desk.theme)
        self.trust_button = Button(desk.theme, self.tr("Trust key…"), "primary", icon="key")
        self.trust_button.clicked.connect(self._on_trust)
        self.retry_button = Button(desk.theme, self.tr("Retry"), icon="retry")
        self.retry_button.clicked.connect(self._on_retry)
        self.view.add_action(self.retry_button)
        self.view.add_action(self.trust_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)

    def show_link(self, row: ServerRow) -> None:
        """How the link of a server stands now."""
        self._server = row.server.name
        problem = row.link.problem if row.link.state is not LinkState.UP else None
        self.view.set_problem(problem)
        self.setVisible(problem is not None)
        self.trust_button.setVisible(problem is not None and problem.code == "ssh.host_key_unknown")

    def _on_trust(self) -> None:
        self._desk.shell.open_sheet("trust", {"server": self._server})

    def _on_retry(self) -> None:
        name = self._server
        self._desk.worker.run(
            lambda: self._desk.context.fleet.retry(name),
            failed=self.view.set_problem,
            owner=self,
            key=f"retry {name}",
        )
