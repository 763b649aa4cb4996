"""The form that moves a deployment's traffic to another version."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.models.model import Model
from console.serving.deployment import Deployment
from console.ui.desk import Desk
from console.ui.kit.fields import Choice
from console.ui.sheets.deploy import version_text
from console.ui.sheets.form_sheet import Arguments, FormSheet


class UpdateDeploymentSheet(FormSheet):
    """Offers the versions of the model that it serves, the newest first."""

    def __init__(self, desk: Desk, deployment: Deployment, parent: QWidget | None = None) -> None:
        live = deployment.live
        super().__init__(
            desk,
            self.tr("Switch version"),
            self.tr(
                "The new version starts beside {now}; the traffic moves when it is ready, and no request "
                "is lost. The old one is kept for a rollback."
            ).format(now=live.model if live else deployment.model),
            "deploy.update",
            self.tr("Switch"),
            after=lambda _deployment: desk.shell.go("deployment", deployment.name),
            parent=parent,
        )
        self._deployment = deployment
        self._now = live.model if live else ""
        self.version = Choice(desk.theme, [], self.tr("Version"))
        self.form.row(self.tr("Version"), self.version)
        context = desk.context
        desk.worker.run(context.models.list, self._offer, failed=self.problem.set_problem, owner=self)

    def _offer(self, models: list[Model]) -> None:
        base = self._deployment.model.split("@")[0]
        versions = [each for model in models if model.name == base for each in model.versions]
        others = [each for each in versions if each.ref != self._now]
        self.version.set_choices([(each.ref, version_text(each)) for each in others])
        if not others:
            text = self.tr("{model} has no other version yet; register one first.").format(model=base)
            self.form.fault(self.version, text)

    @property
    def ready(self) -> bool:
        return bool(self.version.key)

    def arguments(self) -> Arguments | None:
        return {"name": self._deployment.name, "model": self.version.key} if self.version.key else None
