"""What can be done with one accelerator by sudo, as a menu; each is off until the operator switched it on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from console.telemetry.snapshot import AcceleratorRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.pages.page import PageAct


def may(desk: Desk, row: AcceleratorRow, act: str, command: str) -> bool:
    """Whether an act is switched on for the server and nothing forbids it now."""
    return act in row.server.privileges and desk.runner.allowed(command)


def set_persistence(desk: Desk, row: AcceleratorRow, *, on: bool) -> None:
    """Plan it and ask."""
    desk.runner.command("gpu.persistence", {"name": row.server.name, "gpu": row.sample.uuid, "on": on})


def set_power_limit(desk: Desk, row: AcceleratorRow) -> None:
    """Ask for the watts."""
    from console.ui.sheets.power_limit_sheet import PowerLimitSheet

    desk.shell.show_sheet(PowerLimitSheet(desk, row))


def reset(desk: Desk, row: AcceleratorRow) -> None:
    """Plan it and ask for the name."""
    desk.runner.command("gpu.reset", {"name": row.server.name, "gpu": row.sample.uuid})


def gpu_menu(desk: Desk, row: AcceleratorRow, parent: QWidget) -> QMenu:
    """The menu; it deletes itself when it closes."""
    menu = QMenu(parent)
    health = row.sample.health
    on = health is not None and health.persistence is True
    word = (
        translate("GpuMenu", "Switch persistence mode off")
        if on
        else translate("GpuMenu", "Switch persistence mode on")
    )
    entries: tuple[tuple[str, str, str, Callable[[], None]], ...] = (
        (word, "persistence", "gpu.persistence", lambda: set_persistence(desk, row, on=not on)),
        (
            translate("GpuMenu", "Set power limit…"),
            "power_limit",
            "gpu.power_limit",
            lambda: set_power_limit(desk, row),
        ),
        (translate("GpuMenu", "Reset GPU…"), "gpu_reset", "gpu.reset", lambda: reset(desk, row)),
    )
    for text, act, command, call in entries:
        action = menu.addAction(text)
        action.triggered.connect(lambda _checked=False, run=call: run())
        action.setEnabled(may(desk, row, act, command))
        if act not in row.server.privileges:
            action.setText(translate("GpuMenu", "{act} (not switched on)").format(act=text))
    menu.addSeparator()
    given = {"server": row.server.name}
    allowed = menu.addAction(translate("GpuMenu", "Privileges…"))
    allowed.triggered.connect(lambda _checked=False: desk.shell.open_sheet("privileges", given))
    copied = menu.addAction(translate("GpuMenu", "Copy UUID"))
    copied.triggered.connect(lambda _checked=False: QGuiApplication.clipboard().setText(row.sample.uuid))
    return menu


def server_page_acts(desk: Desk, server: str, row: AcceleratorRow | None) -> tuple[PageAct, ...]:
    """The same for palette and menu, about the accelerator that the page shows; only what may be done now."""
    given = {"server": server}
    acts = [
        PageAct(translate("GpuMenu", "Privileges…"), lambda: desk.shell.open_sheet("privileges", given)),
    ]
    if row is None:
        return tuple(acts)
    if may(desk, row, "power_limit", "gpu.power_limit"):
        acts.append(PageAct(translate("GpuMenu", "Set power limit…"), lambda: set_power_limit(desk, row)))
    if may(desk, row, "persistence", "gpu.persistence"):
        words = translate("GpuMenu", "Switch persistence mode on")
        acts.append(PageAct(words, lambda: set_persistence(desk, row, on=True)))
        words = translate("GpuMenu", "Switch persistence mode off")
        acts.append(PageAct(words, lambda: set_persistence(desk, row, on=False)))
    if may(desk, row, "gpu_reset", "gpu.reset"):
        acts.append(PageAct(translate("GpuMenu", "Reset GPU…"), lambda: reset(desk, row)))
    if "reboot" in row.server.privileges and desk.runner.allowed("server.reboot"):
        reboot = lambda: desk.runner.command("server.reboot", {"name": server})  # noqa: E731
        acts.append(PageAct(translate("ServerMenu", "Restart server…"), reboot))
    return tuple(acts)
