"""A third-party plugin is approved in the window; backup and restore open from menu and palette."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from console.core.home import Home
from console.plugin.approval import read_approvals
from console.ui.shell.window import Window

Make = Callable[..., Window]
Beat = Callable[..., None]


@pytest.fixture
def plugin(tandem_home: Home) -> Path:
    """A plugin that nobody approved; made before the context looks for plugins."""
    folder = tandem_home.plugins / "mine"
    folder.mkdir()
    (folder / "plugin.toml").write_text(
        'name = "mine"\nversion = "1.0"\napi = 1\ntitle = "Mine"\ndescription = "A test."\n'
        'module = "plugin.py"\nprovides = ["recipes"]\n'
    )
    (folder / "plugin.py").write_text("def tandem_recipes():\n    return []\n")
    return folder


def buttons(window: Window, text: str) -> list[QPushButton]:
    """The buttons of the open sheet whose text holds this."""
    sheet = window.sheets.sheet
    assert sheet is not None
    return [button for button in sheet.findChildren(QPushButton) if text in button.text()]


def test_a_plugin_is_approved_by_a_button(
    plugin: Path, tandem_home: Home, make_window: Make, qtbot: QtBot
) -> None:
    window = make_window([])
    window.open_sheet("plugins")

    def beaten(look: Callable[[], bool]) -> None:
        def once() -> bool:
            window.clock.tick()
            return look()

        qtbot.waitUntil(once, timeout=5000)

    beaten(lambda: bool(buttons(window, "Approve mine")))
    buttons(window, "Approve mine")[0].click()
    beaten(lambda: bool(buttons(window, "next start")))
    assert plugin.name in str(read_approvals(tandem_home))


def test_backup_and_restore_open_without_the_settings_page(make_window: Make) -> None:
    window = make_window([])
    window.open_sheet("backup")
    assert buttons(window, "Back up")
    assert buttons(window, "Restore")


def test_a_plugin_that_saw_no_hardware_says_so(make_window: Make, qtbot: QtBot, beat: Beat) -> None:
    window = make_window([])
    window.open_sheet("plugins")

    def texts() -> list[str]:
        window.clock.tick()
        sheet = window.sheets.sheet
        return [] if sheet is None else [label.text() for label in sheet.findChildren(QLabel)]

    said = "checked against captures, not on hardware"
    qtbot.waitUntil(lambda: sum(said in text for text in texts()) == 3, timeout=5000)
    window.sheets.drop()
    window.go("settings")
    beat(window, 2)
    labels = [label.text() for label in window.findChildren(QLabel)]
    assert labels.count(said) == 3
