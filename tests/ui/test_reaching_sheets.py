"""Pushing, pulling, copying, forwards and the terminal in the window, over a real sshd."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.server import Server
from console.operations.operation import State
from console.ui.pages.server_acts import server_menu
from console.ui.sheets.copy_sheets import PullSheet, PushSheet
from console.ui.sheets.forwards_sheet import ForwardsSheet
from console.ui.shell.window import Window
from tests.lab.sshd import LabServer
from tests.ui.walk import nameless

Make = Callable[..., Window]


@pytest.fixture
def lab(context: Context, lab_server: LabServer) -> str:
    key = str(lab_server.client_key)
    context.servers.add(Server("lab", "127.0.0.1", port=lab_server.port, user=lab_server.user, identity=key))
    context.fleet.trust("lab", context.fleet.scan_key("lab"))
    return "lab"


def _open(window: Window, name: str, kind: type, **arguments: str) -> object:
    window.open_sheet(name, arguments)
    sheet = window.sheets.sheet
    assert isinstance(sheet, kind)
    assert nameless(sheet) == []
    return sheet


def _until_done(qtbot: QtBot, window: Window, context: Context) -> None:
    def ended() -> bool:
        window.clock.tick()
        views = context.operations.views()
        return bool(views) and views[0].state is not State.RUNNING and not window._runner.busy

    qtbot.waitUntil(ended, timeout=30_000)
    assert context.operations.views()[0].state is State.DONE, context.operations.views()[0].problem


def test_a_folder_goes_there_and_back(
    qtbot: QtBot, make_window: Make, context: Context, lab: str, tmp_path: Path
) -> None:
    here, there, back = tmp_path / "here", tmp_path / "there", tmp_path / "back"
    here.mkdir()
    back.mkdir()
    (here / "a b.txt").write_text("one")
    window = make_window([])
    push = _open(window, "push", PushSheet, server=lab)
    assert isinstance(push, PushSheet)
    push.act.click()
    assert "Enter a path" in push.form._hints[push.local][0].text()
    push.local.field.setText(str(here))
    push.remote.setText(str(there))
    push.act.click()
    _until_done(qtbot, window, context)
    assert (there / "a b.txt").read_text() == "one"
    pull = _open(window, "pull", PullSheet, server=lab)
    assert isinstance(pull, PullSheet)
    pull.remote.setText(str(there) + "/")
    pull.local.field.setText(str(back))
    pull.act.click()
    qtbot.waitUntil(lambda: len(context.operations.views()) == 2, timeout=10_000)
    _until_done(qtbot, window, context)
    assert (back / "there" / "a b.txt").read_text() == "one"


def test_a_path_with_control_characters_is_refused_in_the_form(
    qtbot: QtBot, make_window: Make, lab: str, tmp_path: Path
) -> None:
    window = make_window([])
    push = _open(window, "push", PushSheet, server=lab)
    assert isinstance(push, PushSheet)
    push.local.field.setText(str(tmp_path))
    push.remote.setText("a\u0007b")
    push.act.click()
    qtbot.waitUntil(lambda: push.problem.problem is not None, timeout=30_000)
    assert push.act.isEnabled()


@pytest.fixture
def echo() -> Iterator[int]:
    """A port that answers with what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer:
                peer.sendall(peer.recv(100))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_a_forward_is_opened_copied_and_closed(
    qtbot: QtBot, make_window: Make, context: Context, lab: str, echo: int
) -> None:
    window = make_window([])
    sheet = _open(window, "forwards", ForwardsSheet, server=lab)
    assert isinstance(sheet, ForwardsSheet)
    sheet.port.setText("0")
    sheet.act.click()
    assert "between 1 and 65535" in sheet.form._hints[sheet.port][0].text()
    sheet.port.setText(str(echo))
    sheet.act.click()
    qtbot.waitUntil(lambda: bool(sheet.rows), timeout=10_000)
    qtbot.waitUntil(lambda: sheet.port.text() == "", timeout=10_000)
    (row,) = sheet.rows.values()
    assert row.badge.text == "open"
    assert nameless(sheet) == []
    row.copy.click()
    assert QGuiApplication.clipboard().text() == f"http://127.0.0.1:{row.view.local_port}"
    with socket.create_connection(("127.0.0.1", row.view.local_port), 5) as peer:
        peer.settimeout(5)
        peer.sendall(b"hello")
        assert peer.recv(100) == b"hello"
    row.close_it.click()
    qtbot.waitUntil(lambda: not sheet.rows, timeout=10_000)
    assert context.fleet.forwards.views() == ()


def test_a_port_that_is_taken_is_said_in_the_sheet(
    qtbot: QtBot, make_window: Make, context: Context, lab: str, echo: int
) -> None:
    window = make_window([])
    sheet = _open(window, "forward", ForwardsSheet, server=lab)
    assert isinstance(sheet, ForwardsSheet)
    sheet.port.setText(str(echo))
    sheet.local_port.setText(str(echo))
    sheet.act.click()
    qtbot.waitUntil(lambda: sheet.problem.problem is not None, timeout=10_000)
    assert sheet.problem.problem is not None
    assert sheet.problem.problem.code == "forward.port_taken"
    assert sheet.port.text() == str(echo)


def test_the_terminal_is_opened_and_its_command_copied(
    qtbot: QtBot,
    make_window: Make,
    context: Context,
    lab: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrote = tmp_path / "wrote"
    terminal = tmp_path / "x-terminal-emulator"
    terminal.write_text(f'#!/bin/sh\necho "$@" > {wrote}.part && mv {wrote}.part {wrote}\n')
    terminal.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    window = make_window([])
    menu = server_menu(window.desk, lab, window)
    entries = {action.text(): action for action in menu.actions()}
    entries["Copy ssh command"].trigger()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().startswith("ssh "), timeout=5_000)
    entries["Open terminal"].trigger()
    qtbot.waitUntil(wrote.exists, timeout=10_000)
    running = lambda: [each for each in threading.enumerate() if each.name == "terminal lab"]  # noqa: E731
    qtbot.waitUntil(lambda: not running(), timeout=10_000)
    assert wrote.read_text().startswith("-e ")
    for words in ("Push files…", "Pull files…", "Forwards…"):
        entries[words].trigger()
        assert window.sheets.sheet is not None
    menu.deleteLater()
