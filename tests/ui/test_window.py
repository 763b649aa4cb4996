"""The frame: pages, palette, read-only switch, keyboard areas, narrow windows, what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.commands.catalogue import COMMANDS
from console.commands.command import Danger
from console.context import Context
from console.core.notify import Level, Notice
from console.fleet.server import Server
from console.ui.pages.catalogue import PAGES
from console.ui.pages.fleet.page import FleetPage
from console.ui.shell.palette import Entry, found
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, large_fleet
from tests.ui.walk import nameless, sheet_titles

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]


def test_every_page_of_the_rail_opens(make_window: Make, beat: Beat) -> None:
    window = make_window([Machine(Server("a", "a"))])
    for name in window.rail.buttons:
        window.rail.buttons[name].click()
        beat(window, 4)
        assert window.page is not None
        assert window.page.isVisible()
        assert window.top.place
        assert nameless(window.page) == [], name
    assert set(window.rail.buttons) == {spec.id for spec in PAGES if not spec.under}


def test_back_returns(make_window: Make) -> None:
    window = make_window([Machine(Server("a", "a"))])
    window.go("server", "a")
    assert window.top.place == "Fleet › a"
    window._back()
    assert window.top.place == "Fleet"


def test_the_palette_goes_to_servers_and_runs_commands(qtbot: QtBot, make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    beat(window, 2)
    window.open_palette()
    qtbot.keyClicks(window.palette_box.field, "inf09")
    assert window.palette_box.titles[0] == "inf-09"
    qtbot.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    assert window.top.place == "Fleet › inf-09"
    window.open_palette()
    qtbot.keyClicks(window.palette_box.field, "add ser")
    qtbot.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    assert sheet_titles(window) == "Add server"
    qtbot.keyClick(window.sheets.sheet, Qt.Key.Key_Escape)
    assert window.sheets.sheet is None
    qtbot.waitUntil(lambda: not window.worker.busy(), timeout=30_000)


def test_escape_closes_the_palette(qtbot: QtBot, make_window: Make) -> None:
    window = make_window([])
    window.open_palette()
    assert window.palette_box.isVisible()
    qtbot.keyClick(window.palette_box.field, Qt.Key.Key_Escape)
    assert not window.palette_box.isVisible()
    qtbot.waitUntil(lambda: not window.worker.busy(), timeout=30_000)


def test_what_the_palette_finds() -> None:
    ran: list[str] = []
    entries = [
        Entry(title, "", "page", "page", lambda title=title: ran.append(title))  # type: ignore[misc]
        for title in ("Fleet", "Jobs", "Deployments", "Settings")
    ]
    assert [entry.title for entry in found(entries, "dep")] == ["Deployments"]
    assert [entry.title for entry in found(entries, "")] == ["Fleet", "Jobs", "Deployments", "Settings"]
    assert found(entries, "zzz") == []


def test_every_command_without_a_selection_is_in_menu_palette_and_keyboard(make_window: Make) -> None:
    window = make_window([])
    there = {command.id: action for command, action in window._command_actions}
    wanted = {
        command.id for command in COMMANDS if command.scope == "app" and window_can(window, command.opens)
    }
    assert set(there) == wanted
    in_menu = [action.text() for action in window._menu.actions()]
    for action in there.values():
        assert action.text() in in_menu
        assert action in window.actions()


def window_can(window: Window, opens: str) -> bool:
    own = {"", "palette", "read_only", "quit", *(spec.id for spec in PAGES if spec.alone)}
    return opens in own or window.can_open(opens)


def test_no_two_actions_share_a_key(make_window: Make) -> None:
    window = make_window([], round_work=lambda: None)
    keys = [action.shortcut().toString() for action in window.actions() if not action.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_read_only_is_seen_kept_and_disables(
    qtbot: QtBot, make_window: Make, context: Context, beat: Beat
) -> None:
    window = make_window([Machine(Server("a", "a"))])
    assert window.rail.switch.text() == "Changes allowed"
    window.rail.switch.click()
    qtbot.waitUntil(lambda: window.rail.switch.text() == "Read-only", timeout=30_000)
    assert context.options.flag("safety.read_only")
    changing = {command.id for command in COMMANDS if command.danger >= Danger.CHANGES}
    for command, action in window._command_actions:
        assert action.isEnabled() is (command.id not in changing)
    window.go("server", "a")
    beat(window, 2)
    assert not window.page.clean_button.isEnabled()  # type: ignore[union-attr]
    assert window.page.check_button.isEnabled()  # type: ignore[union-attr]


def test_a_console_started_read_only_cannot_be_switched(make_window: Make, context: Context) -> None:
    window = make_window([], context=replace(context, read_only=True))
    assert window.rail.switch.text() == "Read-only"
    assert not window.rail.switch.isEnabled()
    window.toggle_read_only()
    assert not context.options.flag("safety.read_only")


def test_f6_cycles_the_areas(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    window.activateWindow()
    beat(window, 2)
    areas = []
    for _ in range(3):
        window._cycle(1)
        focus = window.focusWidget()
        areas.append(next(a for a in (window.rail, window.top, window.stack) if a.isAncestorOf(focus)))
    assert areas == [window.rail, window.top, window.stack]


def test_a_narrow_window_makes_the_inspector_a_drawer(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    page = window.page
    assert isinstance(page, FleetPage)
    assert page.inspector.isVisible()
    window.resize(1000, 700)
    beat(window, 3)
    assert page.split.narrow
    assert not page.inspector.isVisible()
    page.map.picked.emit(page.map.keys[0])
    assert page.inspector.isVisible()
    assert page.inspector.geometry().right() >= page.split.width() - 2
    page.inspector.closed.emit()
    assert not page.inspector.isVisible()
    window.resize(1600, 1000)
    beat(window, 3)
    assert page.inspector.isVisible()


def test_the_smallest_promised_size_fits(make_window: Make, beat: Beat) -> None:
    window = make_window(large_fleet())
    window.resize(1280, 720)
    beat(window, 3)
    assert (window.width(), window.height()) == (1280, 720)
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 720


def test_size_range_and_columns_are_remembered(make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    page = window.page
    assert isinstance(page, FleetPage)
    window.resize(1410, 830)
    window.range.choose("24h")
    page.table.horizontalHeader().resizeSection(0, 187)
    window.close()
    assert (context.home.root / "window.ini").is_file()
    again = make_window([])
    assert again.range.key == "24h"
    assert (again.width(), again.height()) != (0, 0)
    page = again.page
    assert isinstance(page, FleetPage)
    assert page.table.columnWidth(0) == 187


def test_notices_become_toasts_and_replace_each_other(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    window = make_window([])
    context.notifier.tell(Notice("one", Level.WARNING, key="k"))
    qtbot.waitUntil(lambda: [each.text for each in window.toasts.shown] == ["one"], timeout=30_000)
    context.notifier.tell(Notice("two", Level.WARNING, key="k"))
    qtbot.waitUntil(lambda: [each.text for each in window.toasts.shown] == ["two"], timeout=30_000)
    for _ in range(12):
        window.toasts.age()
    assert window.toasts.shown == ()


def test_theme_changes_while_it_runs(make_window: Make, context: Context, qtbot: QtBot) -> None:
    window = make_window(large_fleet())
    window.go("server", "inf-04")
    before = window.grab().toImage().pixelColor(4, 500)
    window._switch_theme()
    after = window.grab().toImage().pixelColor(4, 500)
    assert before != after
    qtbot.waitUntil(lambda: context.options.get("ui.theme") == "light", timeout=30_000)


def test_the_round_is_offered_in_the_demo_only(make_window: Make) -> None:
    plain = make_window([])
    assert "Run the round" not in [action.text() for action in plain.actions()]
