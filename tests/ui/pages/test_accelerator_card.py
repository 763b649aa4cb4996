"""The server page's side: one accelerator in full, equipment with marks, acts that must be switched on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.server import Server
from console.telemetry.equipment import Reading
from console.ui.pages.gpu_acts import gpu_menu
from console.ui.pages.server.page import ServerPage
from console.ui.sheets.privileges_sheet import PrivilegesSheet
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, accelerator

Beat = Callable[..., None]
Make = Callable[..., Window]

HEALTH = {
    "persistence": True,
    "compute_mode": "default",
    "ecc_corrected_volatile": 4,
    "ecc_uncorrected_volatile": 0,
    "ecc_corrected_aggregate": 9,
    "ecc_uncorrected_aggregate": 1,
    "remapped_rows_corrected": 0,
    "remapped_rows_uncorrected": 2,
    "remapped_rows_pending": True,
    "remapped_rows_failed": False,
    "pcie_generation": 5,
    "pcie_generation_max": 5,
    "pcie_width": 8,
    "pcie_width_max": 16,
    "recovery_action": "gpu_reset",
    "kernel_log": "ok",
}


def sick_machine(**server: Any) -> Machine:
    """Two accelerators, the first with troubles; times in the samples are of this very moment."""
    machine = Machine(Server("gpu-01", "gpu-01.lab", **server), gpus=2)
    rows = [accelerator(machine, index, 1) for index in range(2)]
    rows[0] |= {
        "health": HEALTH | {"faults": []},
        "throttle": ["sw_power_cap"],
        "means": {
            "over_s": 1.0,
            "utilization_percent": 55.0,
            "utilization_max_percent": 100,
            "power_w": 512.0,
            "throttle": {"sw_power_cap": 40.0},
        },
    }
    rows[1] |= {"health": {"kernel_log": "denied"}}
    machine.extra = {"accelerators": rows}
    return machine


def opened(window: Window, beat: Beat) -> ServerPage:
    window.go("server", "gpu-01")
    beat(window, 3)
    page = window.page
    assert isinstance(page, ServerPage)
    return page


def test_an_accelerator_is_told_in_full_with_its_troubles_first(make_window: Make, beat: Beat) -> None:
    page = opened(make_window([sick_machine()]), beat)
    card = page.accelerator
    assert any("The driver recommends: reset the GPU" in line for line in card.trouble_lines)
    assert any("waits to be remapped. Reset the GPU" in line for line in card.trouble_lines)
    assert "55 % mean, 100 % top" in card.now.values.values()
    assert "power limit reached (40 %)" in card.now.values.values()
    assert card.health.values["ECC corrected"] == "4 since load, 9 ever"
    assert card.health.values["PCIe"] == "gen 5 of 5, × 8 of 16"
    assert card.health.values["Retired pages"] == "–"
    card.choice.setCurrentIndex(1)
    assert card.health.values["XIDs"] == "no permission to read the kernel log"
    assert any("kernel log" in line for line in card.trouble_lines)


def test_a_lost_one_shows_no_values(make_window: Make, beat: Beat) -> None:
    machine = Machine(Server("gpu-01", "gpu-01.lab"), gpus=1, lost=(0,))
    page = opened(make_window([machine]), beat)
    assert page.accelerator.now.values == {"Last word": "XID 79: GPU has fallen off the bus"}
    assert page.accelerator.health.values == {}


def test_what_differs_from_most_is_marked(
    make_window: Make, beat: Beat, context: Context, qtbot: QtBot
) -> None:
    for name, driver in (("gpu-01", "535.1"), ("gpu-02", "570.1"), ("gpu-03", "570.1"), ("gpu-04", "570.1")):
        context.equipment.record(name, Reading({("", "driver"): driver, ("G", "serial"): "77"}, True))
    machines = [sick_machine(labels={"group": "h"})]
    machines += [Machine(Server(f"gpu-0{n}", "x", labels={"group": "h"}), gpus=1) for n in (2, 3, 4)]
    window = make_window(machines)
    page = opened(window, beat)
    card = page.equipment

    def told() -> None:
        beat(window, 1)
        assert card.facts.values.get("Driver") == "≠ 535.1"

    qtbot.waitUntil(told_as_bool(told), timeout=20_000)
    assert "most of group=h have 570.1" in card.marks.text()
    assert card.facts.values["CUDA"] == "–"


def told_as_bool(check: Callable[[], None]) -> Callable[[], bool]:
    """An assertion as a question for waitUntil."""

    def ask() -> bool:
        try:
            check()
        except AssertionError:
            return False
        return True

    return ask


def test_acts_are_off_until_switched_on(make_window: Make, beat: Beat, context: Context) -> None:
    window = make_window([sick_machine()])
    page = opened(window, beat)
    row = page.accelerator.chosen
    assert row is not None
    menu = gpu_menu(window.desk, row, page)
    assert [a.isEnabled() for a in menu.actions() if not a.isSeparator()] == [False, False, False, True, True]
    menu.deleteLater()
    titles = [each.title for each in page.acts()]
    assert "Privileges…" in titles
    assert "Reset GPU…" not in titles


def test_the_sheet_shows_every_command_and_switches(
    make_window: Make, beat: Beat, context: Context, qtbot: QtBot
) -> None:
    window = make_window([sick_machine(user="ops")])
    opened(window, beat)
    window.open_sheet("privileges", {"server": "gpu-01"})
    sheet = window.findChild(PrivilegesSheet)
    assert sheet is not None
    assert set(sheet.ticks) == {"kernel_log", "persistence", "power_limit", "gpu_reset", "reboot"}
    assert not any(tick.isChecked() for tick in sheet.ticks.values())
    sheet.ticks["gpu_reset"].click()

    def shown() -> bool:
        beat(window, 1)
        return "--gpu-reset" in sheet.lines.toPlainText()

    qtbot.waitUntil(shown, timeout=20_000)
    assert context.servers.get("gpu-01").privileges == ("gpu_reset",)
    assert sheet.lines.toPlainText().startswith("ops ALL=(root) NOPASSWD:")
    sheet.ticks["gpu_reset"].click()

    def off() -> bool:
        beat(window, 1)
        return context.servers.get("gpu-01").privileges == () and not shown()

    qtbot.waitUntil(off, timeout=20_000)
