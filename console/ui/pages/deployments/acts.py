"""What one can do with a deployment, for the list's menu and its own page alike."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.serving.deployment import Deployment, ReleaseState
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.acting import entry


def deploy(desk: Desk, ref: str = "") -> None:
    """The form for a new one."""
    from console.ui.sheets.deploy import DeploySheet

    desk.shell.show_sheet(DeploySheet(desk, ref))


def switch(desk: Desk, deployment: Deployment) -> None:
    """The form that chooses another version."""
    from console.ui.sheets.update_deployment import UpdateDeploymentSheet

    desk.shell.show_sheet(UpdateDeploymentSheet(desk, deployment))


def try_it(desk: Desk, deployment: Deployment) -> None:
    """Send it a request."""
    from console.ui.sheets.try_deployment import TryDeploymentSheet

    desk.shell.show_sheet(TryDeploymentSheet(desk, deployment))


def roll_back(desk: Desk, deployment: Deployment) -> None:
    """Show the plan of going back."""
    desk.runner.command("deploy.rollback", {"name": deployment.name})


def remove(desk: Desk, deployment: Deployment) -> None:
    """Show the plan of removing it; the list comes after."""
    desk.runner.command(
        "deploy.remove", {"name": deployment.name}, done=lambda _name: desk.shell.go("deployments")
    )


def can_roll_back(deployment: Deployment) -> bool:
    """Whether a release is kept or at least known to go back to."""
    back = (ReleaseState.KEPT, ReleaseState.STOPPED)
    return any(each.weight == 0 and each.state in back for each in deployment.releases)


def menu_of(desk: Desk, deployment: Deployment, parent: QWidget) -> QMenu:
    """The right click."""
    menu = QMenu(parent)
    entry(
        menu,
        desk,
        translate("Deployments", "Open"),
        lambda: desk.shell.go("deployment", deployment.name),
    )
    entry(menu, desk, translate("Deployments", "Try it…"), lambda: try_it(desk, deployment))
    menu.addSeparator()
    entry(
        menu,
        desk,
        translate("Deployments", "Switch version…"),
        lambda: switch(desk, deployment),
        command="deploy.update",
    )
    entry(
        menu,
        desk,
        translate("Deployments", "Roll back…"),
        lambda: roll_back(desk, deployment),
        command="deploy.rollback",
        possible=can_roll_back(deployment),
    )
    entry(
        menu,
        desk,
        translate("Deployments", "Remove…"),
        lambda: remove(desk, deployment),
        command="deploy.remove",
    )
    menu.addSeparator()
    entry(
        menu,
        desk,
        translate("Deployments", "Open its server"),
        lambda: desk.shell.go("server", deployment.server),
    )
    entry(
        menu,
        desk,
        translate("Deployments", "Copy endpoint"),
        lambda: QGuiApplication.clipboard().setText(deployment.endpoint),
    )
    return menu
