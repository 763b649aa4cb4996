"""Sends one request to a deployment and shows the answer as it came, with how long it took."""

from __future__ import annotations

import json

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.problems import Problem
from console.core.text import decode, safe_text
from console.core.units import format_bytes, format_milliseconds
from console.serving.deployment import Answer, Deployment
from console.ui.desk import Desk
from console.ui.kit.badges import StateBadge
from console.ui.kit.buttons import Button
from console.ui.kit.fields import FieldPlate, TextArea
from console.ui.kit.labels import label, set_text
from console.ui.kit.tones import Tone
from console.ui.sheets.example_request import example_for, fallback
from console.ui.sheets.form_sheet import Arguments, FormSheet
from console.ui.theme import fonts

_MOST_SHOWN = 200_000


class TryDeploymentSheet(FormSheet):
    """Stays open for the next request; what was answered last is remembered."""

    def __init__(self, desk: Desk, deployment: Deployment, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Try {name}").format(name=deployment.name),
            self.tr("One request through an encrypted forward to {endpoint} on {server}.").format(
                endpoint=deployment.endpoint.removeprefix("http://"), server=deployment.server
            ),
            "deploy.predict",
            self.tr("Send"),
            parent=parent,
        )
        self._deployment = deployment
        self.dismiss.setText(self.tr("Close"))
        theme = desk.theme
        self.request = TextArea(theme, lines=9)
        kept = desk.remembered.text(f"request/{deployment.name}")
        self.request.setPlainText(kept or fallback(deployment))
        if not kept:
            self._offer_example()
        self.form.row(
            self.tr("Request"),
            self.request,
            self.tr("JSON of {protocol}.").format(protocol=deployment.protocol),
        )
        self.badge = StateBadge(theme, Tone.QUIET, "")
        self.badge.hide()
        self._note = label("", role="dim", size=fonts.SMALL)
        self.answer = TextArea(theme, self.tr("Answer"), lines=12)
        self.answer.setReadOnly(True)
        self._answer_plate = FieldPlate(theme, self.answer)
        self._answer_plate.hide()
        row = QHBoxLayout()
        row.addWidget(self.badge)
        row.addWidget(self._note, 1)
        self.copy = Button(theme, self.tr("Copy"), "ghost", icon="copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.answer.toPlainText()))
        self.copy.hide()
        row.addWidget(self.copy)
        self.body.insertLayout(1, row)
        self.body.insertWidget(2, self._answer_plate)

    def _offer_example(self) -> None:
        """The endpoint is asked what it takes; what the person typed meanwhile stays."""
        service, deployment = self._desk.context.deployments, self._deployment
        before = self.request.toPlainText()

        def offer(text: str) -> None:
            if self.request.toPlainText() == before:
                self.request.setPlainText(text)

        self._desk.worker.run(
            lambda: example_for(service, deployment), offer, failed=self.problem.set_problem, owner=self
        )

    def arguments(self) -> Arguments | None:
        text = self.request.toPlainText()
        try:
            json.loads(text)
        except ValueError as error:
            self.form.fault(self.request, self.tr("That is no JSON: {reason}").format(reason=error))
            return None
        self.form.fault(self.request, "")
        return {"name": self._deployment.name, "body": text.encode()}

    def submit(self) -> None:
        """Send it; the sheet stays."""
        if self._busy:
            return
        given = self.arguments()
        if given is None:
            return
        self.problem.set_problem(None)
        self._busy = True
        self.refresh()
        context, name, body = self._desk.context, self._deployment.name, given["body"]
        assert isinstance(body, bytes)
        self._desk.worker.run(
            lambda: context.deployments.predict(name, body), self._show, failed=self.refused, owner=self
        )

    def refused(self, problem: Problem) -> None:
        super().refused(problem)
        self.badge.hide()
        self.copy.hide()
        self._answer_plate.hide()
        set_text(self._note, "")

    def _show(self, answer: Answer) -> None:
        self._busy = False
        self.refresh()
        good = 200 <= answer.status < 300
        self.badge.set(Tone.OK if good else Tone.CRITICAL, str(answer.status))
        size = format_bytes(len(answer.body))
        set_text(self._note, f"{format_milliseconds(answer.latency_ms)}  ·  {size}")
        self.answer.setPlainText(pretty(answer.body))
        if good:
            text = self.request.toPlainText()
            self._desk.remembered.keep(f"request/{self._deployment.name}", text)
        for widget in (self.badge, self.copy, self._answer_plate):
            widget.show()


def pretty(body: bytes) -> str:
    """JSON laid out where it is JSON, else the text as it came; bounded."""
    text = decode(body[:_MOST_SHOWN])
    try:
        text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    except (ValueError, RecursionError):
        return safe_text(text)
    return safe_text(text)
