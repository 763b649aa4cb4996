"""The machine on its page: cores, pressure, disks, interfaces, sensors, limits; "–" for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from console.core.units import UNKNOWN
from console.fleet.server import Server
from console.telemetry.host_sample import Limits
from console.ui.pages.server.core_strip import CoreStrip
from console.ui.pages.server.host import HostPanel, limits_lines
from console.ui.shell.window import Window
from console.ui.theme.theme import Theme
from tests.ui.fleet_samples import Machine

Make = Callable[..., Window]
Beat = Callable[..., None]


def panel_of(make_window: Make, beat: Beat, **extra: Any) -> HostPanel:
    window = make_window([Machine(Server("gpu-27", "10.0.0.27"), extra=extra)])
    window.go("server", "gpu-27")
    beat(window, 6)
    panel = window.findChild(HostPanel)
    assert panel is not None
    return panel


def cells(table: Any) -> list[list[str]]:
    model = table.rows_model
    return [
        [
            str(model.data(model.index(row, column), Qt.ItemDataRole.DisplayRole))
            for column in range(model.columnCount())
        ]
        for row in range(model.rowCount())
    ]


def test_the_machine_is_shown_with_units(make_window: Make, beat: Beat) -> None:
    panel = panel_of(make_window, beat)
    assert panel.cores.accessibleDescription().startswith("96 cores")
    disks = {row[0]: row[1:] for row in cells(panel.disks)}
    assert disks["/scratch"][1] == "23 %"
    assert disks["/scratch"][2].endswith("B/s")
    assert disks["/datasets"][1:] == [UNKNOWN] * 4, "a network disk has no traffic of its own"
    assert [row[0] for row in cells(panel.interfaces)] == ["eth0", "eth1"]
    assert [row[3] for row in cells(panel.interfaces)] == ["100 Gbit/s", "down"]
    assert ["nvme Composite", "79 °C", "85 °C"] in cells(panel.temperatures)
    assert panel.pressures["io"].value.startswith("some ")
    assert panel.limits_card.isHidden()


def test_what_the_machine_does_not_tell_is_a_dash_and_never_a_zero(make_window: Make, beat: Beat) -> None:
    unknown = dict.fromkeys(
        ("cpu_cores_percent", "pressure", "temperatures", "limits", "cpu_iowait_percent", "load5"), None
    )
    panel = panel_of(make_window, beat, **unknown, interfaces=[], disks=[])
    assert panel.cores.accessibleDescription() == "not known"
    assert {chart.value for chart in panel.pressures.values()} == {UNKNOWN}
    assert (cells(panel.disks), cells(panel.interfaces), cells(panel.temperatures)) == ([], [], [])


def test_in_a_container_it_is_said_whose_figures_these_are(make_window: Make, beat: Beat) -> None:
    limits = {
        "runtime": "docker",
        "cpu_limit_cores": 4.0,
        "cpu_used_cores": 1.25,
        "memory_limit_bytes": 16 << 30,
        "memory_used_bytes": 3 << 30,
        "machine_figures": ["cpu", "memory", "load"],
    }
    panel = panel_of(make_window, beat, limits=limits)
    assert not panel.limits_card.isHidden()
    assert panel.limits_card.title.text() == "Inside a container (docker)"


def test_limits_in_words() -> None:
    assert limits_lines(Limits(None, None, None, None, None, None)) == [
        "CPU – cores, no limit  ·  memory –, no limit"
    ]
    lines = limits_lines(Limits("lxc", 4.0, 1.25, 16 << 30, 3 << 30, ("cpu", "load")))
    assert lines == [
        "CPU 1.25 of 4 cores  ·  memory 3 / 16 GiB",
        "On this page these are the whole machine's: CPU, load.",
    ]


def test_cores_lie_in_rows_and_each_tells_its_share(qapp: QApplication, theme: Theme) -> None:
    strip = CoreStrip(theme)
    strip.resize(400, 40)
    strip.set_cores((*(float(n % 100) for n in range(255)), None))
    rows = {round(strip.cell(index).top()) for index in range(256)}
    assert len(rows) == 8
    assert all(strip.cell(index).right() <= 400.5 for index in range(256))
    at = strip.cell(130).center()
    assert strip.core_at(at) == 130
    assert strip.text_of(130) == "Core 130: 30 % busy"
    assert strip.text_of(255) == "Core 255: – busy"
    assert strip.core_at(QPointF(-5, -5)) is None
    before = strip.height()
    strip.set_cores((1.0, 2.0))
    assert strip.height() < before
    strip.deleteLater()
