"""A fleet of thousands on the page: all in sight, the sick one found; grouped, filtered, saved, offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.link_state import LinkState
from console.fleet.server import Role, Server
from console.telemetry.snapshot import Activity
from console.telemetry.views import View
from console.ui.pages.fleet.page import FleetPage
from console.ui.sheets.find_gpus import FindGpusSheet
from console.ui.sheets.save_view import SaveViewSheet
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, feed, link

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]
SICK = ("gpu-217", "GPU-gpu-217-0005-9a20")


def machines(count: int) -> list[Machine]:
    """Racks of sixteen servers; one accelerator of gpu-217 is lost, those of every tenth server are free."""
    made = []
    for number in range(count):
        labels = {"rack": f"r{number // 16}", "team": ("vision", "nlp")[number % 2]}
        server = Server(f"gpu-{number:03d}", "h", role=Role.TRAIN, labels=labels)
        free = number % 10 == 0
        machine = Machine(server, base=0.0 if free else 90.0, memory=0.01 if free else 0.8)
        machine.user = None if free else "ann"
        made.append(machine)
    if count > 217:
        made[217].lost = (5,)
    return made


def fleet_page(window: Window) -> FleetPage:
    page = window.page
    assert isinstance(page, FleetPage)
    return page


def test_all_of_3200_are_in_sight_and_the_sick_one_stands_out(make_window: Make, beat: Beat) -> None:
    window = make_window(machines(400), seconds=2)
    page = fleet_page(window)
    beat(window, 4)
    assert len(page.map.keys) == window.desk.snapshot().counts.accelerators == 3200
    viewport = page.map.parentWidget()
    assert viewport is not None
    assert page.map.height() <= viewport.height()
    box = page.map.tile_box(SICK)
    assert page.map.activity(SICK) is Activity.LOST
    # Larger than its tile and in the colour of nothing else: no other tile has it near.
    critical = window.desk.theme.color("critical")
    picture = page.map.grab().toImage()
    near = [
        (x, y)
        for x in range(picture.width())
        for y in range(max(0, box.y - 12), box.y + 24)
        if close_to(picture.pixelColor(x, y), critical)
    ]
    xs, ys = [x for x, _ in near], [y for _, y in near]
    assert box.x - 8 <= min(xs) < box.x
    assert box.x + box.width < max(xs) <= box.x + box.width + 8
    assert max(xs) - min(xs) >= 12
    assert max(ys) - min(ys) >= 12


def close_to(one: QColor, other: QColor) -> bool:
    return all(
        abs(a - b) < 25
        for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    )


def test_one_that_falls_silent_is_hatched_within_a_beat(
    make_window: Make, context: Context, beat: Beat
) -> None:
    made = machines(3)
    window = make_window(made, seconds=2)
    page = fleet_page(window)
    beat(window, 3)
    key = ("gpu-001", "GPU-gpu-001-0000-9a20")
    assert page.map.activity(key) is Activity.BUSY
    context.telemetry.on_link(link(replace(made[1], state=LinkState.LOST)))
    beat(window, 1)
    assert page.map.activity(key) is Activity.UNKNOWN


def test_the_map_is_grouped_by_rack_and_counts_agree(make_window: Make, beat: Beat) -> None:
    window = make_window(machines(40), seconds=2)
    page = fleet_page(window)
    beat(window, 3)
    choice = page.map_card.grouping
    assert [choice.itemData(index) for index in range(choice.count())] == ["role", "label.rack", "label.team"]
    choice.choose("label.rack")
    beat(window, 3)
    titles = page.map.titles()
    assert [title.split()[0] for title in titles] == ["r0", "r1", "r2"]
    assert sum(int(title.split("·")[2].split()[0]) for title in titles) == 320
    assert len(page.map.keys) == window.desk.snapshot().counts.accelerators == 320


def test_arrow_keys_reach_a_tile_of_the_dense_map(qtbot: QtBot, make_window: Make, beat: Beat) -> None:
    window = make_window(machines(400), seconds=2)
    page = fleet_page(window)
    beat(window, 3)
    box = page.map.tile_box(SICK)
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(box.x + 2, box.y + 2))
    assert page.map.chosen == SICK
    assert page.inspector.title == "gpu-217 · GPU 5"
    qtbot.keyClick(page.map, Qt.Key.Key_Left)
    assert page.map.chosen == ("gpu-217", "GPU-gpu-217-0004-9a20")
    assert "gpu-217" in page.map.accessibleDescription()


@pytest.mark.parametrize(
    ("text", "count"), [("label.rack=r1", 16), ("util<10 & free>40", 4), ("who=ann & label.team=nlp", 20)]
)
def test_the_filter_speaks_of_labels_and_people(make_window: Make, beat: Beat, text: str, count: int) -> None:
    window = make_window(machines(40), seconds=2)
    page = fleet_page(window)
    page.filter_field.setText(text)
    beat(window, 3)
    assert page.table.rows_model.rowCount() == count


def test_an_error_in_the_filter_names_its_column(make_window: Make, beat: Beat) -> None:
    window = make_window(machines(2), seconds=2)
    page = fleet_page(window)
    page.filter_field.setText("util<10 & speed>3")
    assert "column 11" in page.table_card.note.text()
    assert page.table.rows_model.rowCount() == 2


def test_a_view_is_saved_offered_and_shown(
    qtbot: QtBot, make_window: Make, context: Context, beat: Beat
) -> None:
    window = make_window(machines(40), seconds=2)
    page = fleet_page(window)
    beat(window, 3)
    page.map_card.grouping.choose("label.rack")
    page.map_card.metrics.chosen.emit("memory")
    page.table.sort_by("power", descending=True)
    page.filter_field.setText("util<10")
    window.open_sheet("save_view")
    sheet = window.sheets.sheet
    assert isinstance(sheet, SaveViewSheet)
    assert sheet.filter.text() == "util<10"
    sheet.name.setText("idle ones")
    sheet.submit()
    kept = View("idle ones", "util<10", "label.rack", "memory", "power", descending=True)
    qtbot.waitUntil(lambda: context.views.list() == (kept,), timeout=30_000)
    qtbot.waitUntil(lambda: window.sheets.sheet is None, timeout=30_000)
    qtbot.waitUntil(lambda: window.desk.remembered.text("fleet/filter") == "util<10", timeout=30_000)
    beat(window, 3)
    page.filter_field.setText("")
    page.map_card.choose("utilization", "role")
    page.table.sort_by("", descending=False)
    window.open_palette()
    qtbot.waitUntil(
        lambda: "idle ones" in [entry.title for entry in window.palette_box._entries], timeout=30_000
    )
    window.palette_box.put_away()
    window.go("fleet", "view:idle ones")
    qtbot.waitUntil(lambda: page.filter_field.text() == "util<10", timeout=30_000)
    beat(window, 3)
    assert page.view("idle ones") == kept
    assert page.table.rows_model.rowCount() == 4


def test_the_finder_offers_what_is_free(make_window: Make, beat: Beat) -> None:
    window = make_window(machines(40), seconds=2)
    beat(window, 2)
    window.open_sheet("find_gpus")
    sheet = window.sheets.sheet
    assert isinstance(sheet, FindGpusSheet)
    sheet.gpus.setText("4")
    sheet.memory.setText("40")
    assert sheet.offered == ["gpu-000", "gpu-010", "gpu-020", "gpu-030"]
    sheet.filter.setText("label.rack=r1")
    assert sheet.offered == ["gpu-020", "gpu-030"]
    sheet.gpus.setText("9")
    assert sheet.offered == []
    assert "No server" in sheet.answer.text()
    sheet.gpus.setText("many")
    assert sheet.answer.text() == ""


def test_a_table_formats_only_what_is_seen(make_window: Make, context: Context, beat: Beat) -> None:
    made = machines(400)
    window = make_window(made, seconds=2)
    page = fleet_page(window)
    feed(context, made, 1)
    beat(window, 3)
    page.table.viewport().repaint()
    columns = len(page.table.rows_model.columns)
    assert 0 < len(page.table.rows_model._cells) <= 40 * columns
