"""The fleet page: every place shows the same counts, a lost accelerator shows no utilization, hostile text is
plain, the keyboard reaches everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.link_state import LinkState
from console.fleet.server import Role, Server
from console.telemetry.snapshot import Activity
from console.ui.pages.fleet.page import FleetPage, sick_first
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, feed, large_fleet
from tests.ui.walk import labels, nameless

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]
HOSTILE = "<h1>big</h1><img src=x onerror=alert(1)>"


def fleet_page(window: Window) -> FleetPage:
    page = window.page
    assert isinstance(page, FleetPage)
    return page


def test_all_places_agree(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    beat(window, 3)
    page, snapshot = fleet_page(window), window.desk.snapshot()
    counts = snapshot.counts
    keys = {row.key for row in snapshot.accelerators()}
    assert counts.accelerators == len(keys) == len(page.map.keys) == int(page.cards.accelerators.value)
    assert counts.busy + counts.idle + counts.lost + counts.unknown == counts.accelerators
    assert str(counts.lost) in page.cards.accelerators.note
    assert page.cards.servers.value == f"{counts.links_up} / {counts.servers}"
    assert window.strip.links_text == f"{counts.links_up} of {counts.servers} links up"
    assert page.table.rows_model.rowCount() == counts.servers
    titled = sum(int(title.split("·")[2].split()[0]) for title in page.map.titles())
    assert titled == counts.accelerators
    badge = window.rail.buttons["fleet"].badge
    assert badge[0] == counts.critical
    in_table = [row.server.name for row in page.table.rows_model.rows]
    assert in_table == [row.server.name for row in sick_first(list(snapshot.servers))]


def test_the_strip_names_the_oldest(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet(), seconds=300)
    beat(window, 10)
    oldest = window.desk.snapshot().oldest
    assert oldest is not None
    assert oldest[0] == "gpu-17"
    assert window.strip.oldest_text.endswith("gpu-17")


def test_a_lost_accelerator_never_shows_a_utilization(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    page = fleet_page(window)
    lost = next(row for row in window.desk.snapshot().accelerators() if row.activity is Activity.LOST)
    page.map.picked.emit(lost.key)
    beat(window, 4)
    assert page.inspector.title.endswith("GPU 2")
    assert page.inspector.accelerator.utilization.value == "–"
    assert page.inspector.accelerator.state.text == "lost"
    assert "%" not in page.map.accessibleDescription()


def test_the_inspector_shows_what_the_snapshot_says(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    page = fleet_page(window)
    row = next(row for row in window.desk.snapshot().accelerators() if row.server.name == "inf-04")
    page.map.picked.emit(row.key)
    beat(window, 4)
    assert page.inspector.accelerator.utilization.value == f"{row.utilization_percent:.0f} %"
    assert page.table.chosen_key == "inf-04"


def test_the_filter_narrows_table_and_says_what_it_does_not_understand(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    page = fleet_page(window)
    page.filter_field.setText("gpu-05")
    beat(window, 3)
    assert [row.server.name for row in page.table.rows_model.rows] == ["gpu-05"]
    page.filter_field.setText("speed>3")
    assert any("no value 'speed'" in label.text() for label in labels(page))
    page.filter_field.setText("lost")
    beat(window, 3)
    assert [row.server.name for row in page.table.rows_model.rows] == ["gpu-05"]


def test_arrow_keys_and_enter_on_the_map(qtbot: QtBot, make_window: Make) -> None:
    window = make_window(large_fleet())
    page = fleet_page(window)
    page.map.setFocus()
    first = page.map.chosen
    qtbot.keyClick(page.map, Qt.Key.Key_Right)
    assert page.map.chosen is not None
    assert page.map.chosen != first
    chosen = page.map.chosen
    qtbot.keyClick(page.map, Qt.Key.Key_Return)
    assert window.top.place == f"Fleet › {chosen[0]}"


def test_a_click_on_a_tile_selects_it(qtbot: QtBot, make_window: Make) -> None:
    window = make_window(large_fleet())
    page = fleet_page(window)
    key = ("inf-09", "GPU-inf-09-0003-9a20")
    box = page.map.tile_box(key)
    qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=QPoint(box.x + 3, box.y + 3))
    assert page.map.chosen == key
    assert page.inspector.title == "inf-09 · GPU 3"


def test_an_empty_fleet_offers_the_first_step(make_window: Make, beat: Beat) -> None:
    window = make_window([])
    beat(window, 3)
    texts = [label.text() for label in labels(window) if label.isVisible()]
    assert "No servers yet" in texts
    assert window.strip.links_text == "no servers yet"


def test_cost_is_unknown_until_a_price_is_known(make_window: Make, context: Context, beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"))])
    beat(window, 3)
    page = fleet_page(window)
    assert page.cards.cost.value == "–"
    context.servers.add(replace(Server("b", "b"), cost_per_hour=2.5))
    feed(context, [Machine(Server("b", "b", cost_per_hour=2.5))], 3)
    context.telemetry._servers_read_s = None
    beat(window, 4)
    assert page.cards.cost.value.startswith("2.50")


@pytest.mark.parametrize("page_name", ["fleet", "server"])
def test_r52_hostile_text_stays_text(make_window: Make, beat: Beat, page_name: str) -> None:
    machine = Machine(
        Server("gpu-01", "h", role=Role.TRAIN),
        gpus=2,
        user=HOSTILE,
        command=HOSTILE,
        extra={"problems": [HOSTILE]},
    )
    window = make_window([machine])
    window.go(page_name, "gpu-01")
    beat(window, 4)
    shown = [label for label in labels(window) if "<h1>" in label.text()]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels(window))
    assert shown or page_name == "server"
    for widget in [window, *labels(window)]:
        assert "<h1>" not in widget.toolTip()
    fleet = window._pages["fleet"]
    assert isinstance(fleet, FleetPage)
    tips = [
        fleet.table.rows_model.data(fleet.table.rows_model.index(0, column), Qt.ItemDataRole.ToolTipRole)
        for column in range(len(fleet.table.rows_model.columns))
    ]
    assert not any("<h1>" in tip or "<img" in tip for tip in tips)


def test_a_link_that_waits_for_the_person_says_why_and_what_helps(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    window.go("server", "gpu-27")
    beat(window, 3)
    texts = [label.text() for label in labels(window) if label.isVisible()]
    assert any("is not known yet" in text for text in texts)
    buttons = [
        button.text() for button in window.findChildren(type(window.page.check_button)) if button.isVisible()
    ]  # type: ignore[union-attr]
    assert "Trust key…" in buttons
    assert "Retry" in buttons


def test_simulated_is_said(make_window: Make, beat: Beat) -> None:
    machine = Machine(Server("train-1", "127.0.0.1"), gpus=4, simulated=True)
    window = make_window([machine])
    beat(window, 10)
    texts = [label.text() for label in labels(window) if label.isVisible()]
    assert "4 of 4 are simulated" in texts
    assert "4 accelerators simulated" in texts


def test_focusable_widgets_have_names(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    beat(window, 2)
    window.go("server", "inf-04")
    beat(window, 2)
    assert nameless(window) == []


def test_a_removed_server_leaves_no_dead_page(make_window: Make, beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"))])
    window.go("server", "gone")
    beat(window, 3)
    assert any(
        label.text() == "This server is not in the list" for label in labels(window) if label.isVisible()
    )


def test_r21_stale_values_are_not_shown_as_current(make_window: Make, beat: Beat) -> None:
    machine = Machine(Server("a", "a"), gpus=2, state=LinkState.WAITING)
    window = make_window([machine])
    beat(window, 3)
    page = fleet_page(window)
    assert page.cards.accelerators.note.endswith("2 unknown")
    assert page.table.rows_model.cell(0, 3).text == "–"
