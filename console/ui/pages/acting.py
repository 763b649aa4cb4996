"""Buttons and menu entries of commands: off where read-only forbids them, and saying so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMenu

from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.labels import tip


def permit(button: QAbstractButton | QAction, desk: Desk, command: str, *, possible: bool = True) -> None:
    """Enable where the command may run and there is something to run it on."""
    allowed = desk.runner.allowed(command)
    button.setEnabled(allowed and possible)
    hint = "" if allowed else tip(translate("Acting", "Read-only is on: nothing can be changed"))
    if button.toolTip() != hint:
        button.setToolTip(hint)


def entry(
    menu: QMenu,
    desk: Desk,
    text: str,
    call: Callable[[], object],
    *,
    command: str | None = None,
    possible: bool = True,
) -> QAction:
    """Add an entry to a context menu; with a command it is off in read-only mode."""
    action = menu.addAction(text)
    action.triggered.connect(lambda _checked=False: call())
    if command is None:
        action.setEnabled(possible)
    else:
        permit(action, desk, command, possible=possible)
    return action
