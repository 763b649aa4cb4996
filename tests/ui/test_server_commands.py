"""Commands about a server from the palette, and that every name which a command opens leads somewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.commands.catalogue import COMMANDS
from console.context import Context
from console.fleet.server import Server
from console.ui.pages.catalogue import PAGES
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine
from tests.ui.walk import sheet_titles

Make = Callable[..., Window]
OWN = {"palette", "read_only", "quit"}
# Made from the thing itself (a job, a version, a deployment) by the pages that show it.
OF_THINGS = {
    "fetch_outputs",
    "fetch_code",
    "set_alias",
    "update_deployment",
    "try_deployment",
    "annotate_job",
}


def _window(make_window: Make, context: Context, *names: str) -> Window:
    for name in names:
        context.servers.add(Server(name, "127.0.0.1", port=9))
    return make_window([Machine(Server(name, "127.0.0.1", port=9)) for name in names])


def _choose(window: Window, text: str) -> None:
    window.open_palette()
    window.palette_box.field.setText(text)
    QTest.keyClick(window.palette_box.field, Qt.Key.Key_Return)


def test_every_name_that_a_command_opens_leads_somewhere(make_window: Make) -> None:
    window = make_window([])
    pages = {spec.id for spec in PAGES}
    names = {command.opens for command in COMMANDS if command.opens}
    assert {name for name in names if name not in pages and not window.can_open(name)} == OWN | OF_THINGS
    assert {command.scope for command in COMMANDS if command.opens in OF_THINGS} == {
        "job",
        "model",
        "deployment",
    }


def test_every_command_about_a_server_is_in_the_palette(make_window: Make, context: Context) -> None:
    window = _window(make_window, context, "a", "b")
    window.open_palette()
    offered = {entry.words: entry for entry in window.palette_box._entries}
    for command in COMMANDS:
        if command.scope == "server":
            assert command.id in offered
    context.options.set("safety.read_only", True)
    window.open_palette()
    offered = {entry.words: entry for entry in window.palette_box._entries}
    assert not offered["terminal"].enabled
    assert not offered["push"].enabled
    assert offered["terminal.command"].enabled
    window.palette_box.put_away()


def test_the_palette_asks_which_server_and_copies_its_ssh_command(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    window = _window(make_window, context, "alpha", "beta")
    QGuiApplication.clipboard().clear()
    _choose(window, "Copy ssh")
    assert window.palette_box.isVisible()
    assert window.palette_box.titles == ["alpha", "beta"]
    assert window.palette_box.field.placeholderText() == "Copy ssh command: which server?"
    window.palette_box.field.setText("bet")
    QTest.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("ssh "), timeout=30_000)
    assert not window.palette_box.isVisible()


def test_on_a_page_about_a_server_the_palette_means_that_one(make_window: Make, context: Context) -> None:
    window = _window(make_window, context, "alpha", "beta")
    window.go("server", "beta")
    _choose(window, "Forward")
    assert sheet_titles(window) == "Forwards to beta"
    _choose(window, "Browse files")
    assert window.top.place == "Files › beta"
    _choose(window, "Run a command on many")
    assert window.top.place == "Run on many servers"
