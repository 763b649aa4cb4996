"""The card at the top of a deployment's page: state, endpoint, traffic, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.text import safe_line
from console.serving.deployment import Deployment
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import Pill
from console.ui.kit.buttons import Button
from console.ui.kit.cards import Plate
from console.ui.kit.labels import Elided, heading, label, set_text
from console.ui.pages.acting import permit
from console.ui.pages.deployment.forwards import OpenForward
from console.ui.pages.deployment.traffic_bar import TrafficBar, parts_of
from console.ui.pages.deployments import acts
from console.ui.state_words import deployment_tone, deployment_word
from console.ui.theme import fonts

_PROTOCOLS = {"oip-v2": "Open Inference Protocol v2", "openai": "OpenAI's API"}


def facts_line(deployment: Deployment) -> str:
    """Protocol, where it is, runtime."""
    protocol = _PROTOCOLS.get(deployment.protocol, deployment.protocol)
    parts = [
        safe_line(protocol),
        translate("Deployment", "{endpoint} on {server}, through SSH").format(
            endpoint=deployment.endpoint.removeprefix("http://"), server=deployment.server
        ),
        safe_line(deployment.runtime),
    ]
    if deployment.problem:
        parts.append(safe_line(deployment.problem))
    return "   ·   ".join(part for part in parts if part)


class DeploymentHeader(Plate):
    """Also holds the row of the forward that is open.

    Signals:
        open_wanted, close_wanted: the person wants the local forward, or no more.
    """

    open_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, parent=parent)
        self._desk = desk
        self._deployment: Deployment | None = None
        self._forward: OpenForward | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 16, 12)
        layout.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(6)
        line = QHBoxLayout()
        line.setSpacing(12)
        self._name = heading("", size=18)
        self._pill = Pill(desk.theme)
        line.addWidget(self._name)
        line.addWidget(self._pill)
        line.addStretch(1)
        self._facts = Elided("", role="dim", size=fonts.SMALL)
        words.addLayout(line)
        words.addWidget(self._facts)
        top.addLayout(words, 1)
        top.addLayout(self._make_buttons())
        layout.addLayout(top)
        layout.addWidget(self._make_forward_row())
        self.traffic = TrafficBar(desk.theme)
        layout.addWidget(self.traffic)

    def _make_buttons(self) -> QHBoxLayout:
        theme = self._desk.theme
        self.try_it = Button(theme, self.tr("Try it…"))
        self.try_it.clicked.connect(lambda: self._with(acts.try_it))
        self.open = Button(theme, self.tr("Open locally"))
        self.open.clicked.connect(self.open_wanted)
        self.switch = Button(theme, self.tr("Switch version…"), "primary")
        self.switch.clicked.connect(lambda: self._with(acts.switch))
        self.back = Button(theme, self.tr("Roll back…"))
        self.back.clicked.connect(lambda: self._with(acts.roll_back))
        self.remove = Button(theme, self.tr("Remove…"), "danger")
        self.remove.clicked.connect(lambda: self._with(acts.remove))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.switch, self.back, self.try_it, self.open, self.remove):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _make_forward_row(self) -> QWidget:
        theme = self._desk.theme
        self._forward_row = QWidget()
        row = QHBoxLayout(self._forward_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._forward_text = label(self.tr("Open on this machine:"), role="dim", size=fonts.SMALL)
        self.url = label("", fixed=True, selectable=True)
        self.copy = Button(theme, self.tr("Copy URL"), "ghost", icon="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.url.text()))
        self.close_forward = Button(theme, self.tr("Close forward"), "ghost", icon="close")
        self.close_forward.clicked.connect(self.close_wanted)
        for widget in (self._forward_text, self.url, self.copy, self.close_forward):
            row.addWidget(widget)
        row.addStretch(1)
        self._forward_row.hide()
        return self._forward_row

    def _with(self, act: object) -> None:
        if self._deployment is not None and callable(act):
            act(self._desk, self._deployment)

    @property
    def state_word(self) -> str:
        return self._pill.text

    def show_deployment(self, name: str, deployment: Deployment | None) -> None:
        """As it stands; only its name while nothing is known."""
        self._deployment = deployment
        set_text(self._name, safe_line(name))
        self._pill.setVisible(deployment is not None)
        if deployment is not None:
            self._pill.set(deployment_tone(deployment.state), deployment_word(deployment.state))
        self._facts.set_text(facts_line(deployment) if deployment else "")
        self.traffic.set_parts(parts_of(deployment) if deployment else [])
        self.refresh()

    def show_forward(self, forward: OpenForward | None) -> None:
        """The forward that is open for it, or none."""
        self._forward = forward
        set_text(self.url, forward.url if forward else "")
        self._forward_row.setVisible(forward is not None)
        self.refresh()

    def refresh(self) -> None:
        """The buttons follow the read-only switch and what there is."""
        known = self._deployment is not None
        permit(self.switch, self._desk, "deploy.update", possible=known)
        back = self._deployment is not None and acts.can_roll_back(self._deployment)
        permit(self.back, self._desk, "deploy.rollback", possible=back)
        permit(self.remove, self._desk, "deploy.remove", possible=known)
        permit(self.try_it, self._desk, "deploy.predict", possible=known)
        self.open.setEnabled(known and self._forward is None)
