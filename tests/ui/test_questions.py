"""Passwords and questions of a real server reach the person as a sheet, and the answers reach the server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import paramiko
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.commands.catalogue import find
from console.commands.command import invoke
from console.context import Context
from console.core.prompt import Field, Kind, Question, Reply
from console.fleet.link_state import LinkState
from console.fleet.server import Server
from console.ssh.target import Target
from console.ui.sheets.check_sheet import CheckSheet
from console.ui.sheets.command_sheet import CommandSheet
from console.ui.sheets.question_sheet import QuestionSheet
from console.ui.sheets.secrets_sheet import SecretsSheet
from console.ui.shell.window import Window
from tests.lab.odd_server import ANSWERS, PASSWORD, USER, OddServer
from tests.ui.walk import nameless
from tests.unit.fleet.test_r60d_secrets import Memory

Make = Callable[..., Window]


@pytest.fixture(autouse=True)
def _no_keys_of_this_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "empty"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


class Machine(OddServer):
    """Lets in with a password or answers, and then runs commands as any server does."""

    def __init__(self, home: Path, **arguments: object) -> None:
        super().__init__(on_exec=self._run, **arguments)  # type: ignore[arg-type]
        self._home = home

    def _run(self, channel: paramiko.Channel) -> None:
        process = subprocess.Popen(
            ["/bin/sh", "-c", self.commands[channel.get_id()].decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"HOME": str(self._home), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        )
        threading.Thread(target=_feed, args=(channel, process), daemon=True).start()
        assert process.stdout is not None
        with process.stdout as out:
            while data := out.read1(32_000):  # type: ignore[attr-defined]
                try:
                    channel.sendall(data)
                except OSError:
                    break
        process.kill()
        status = process.wait()
        try:
            channel.send_exit_status(status)
            channel.close()
        except (OSError, EOFError, paramiko.SSHException):
            return  # the client went first


def _feed(channel: paramiko.Channel, process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    try:
        while data := channel.recv(32_000):
            process.stdin.write(data)
            process.stdin.flush()
        process.stdin.close()
    except OSError:
        process.kill()


def _enter(context: Context, server: OddServer) -> None:
    context.servers.add(Server("odd", "127.0.0.1", port=server.port, user=USER))
    context.fleet.trust("odd", context.fleet.scan_key("odd"))


def _asked(qtbot: QtBot, window: Window) -> QuestionSheet:
    def shown() -> bool:
        window.clock.tick()
        return window.asking.sheet is not None

    qtbot.waitUntil(shown, timeout=10_000)
    sheet = window.asking.sheet
    assert sheet is not None
    return sheet


def _check(window: Window) -> CheckSheet:
    window.open_sheet("check", {"server": "odd"})
    sheet = window.sheets.sheet
    assert isinstance(sheet, CheckSheet)
    return sheet


def test_a_server_with_a_password_gets_up(
    qtbot: QtBot, make_window: Make, context: Context, tmp_path: Path
) -> None:
    with Machine(tmp_path) as server:
        _enter(context, server)
        window = make_window([])
        context.fleet.watch(["odd"])
        sheet = _asked(qtbot, window)
        assert nameless(sheet) == []
        assert sheet.accessibleName() == "Password for odd"
        (field,) = sheet.fields
        assert field.echoMode() is QLineEdit.EchoMode.Password
        assert window.focusWidget() is field
        sheet.submit()
        assert sheet.asked.is_open, "an empty password is not sent"
        qtbot.keyClicks(field, PASSWORD)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: context.fleet.links()["odd"].state is LinkState.UP, timeout=20_000)
        assert server.passwords == [PASSWORD]
        check = _check(window)
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=20_000)
        assert check.state.text == "reached", check.problem.problem
        assert server.passwords[-1] == PASSWORD
        assert window.asking.sheet is None, "it is asked for once in a run"
        context.fleet.unwatch(["odd"])
        context.fleet.close()


def test_cancel_is_a_clear_problem_and_nothing_is_tried(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    with OddServer() as server:
        _enter(context, server)
        window = make_window([])
        check = _check(window)
        sheet = _asked(qtbot, window)
        assert window.sheets.sheet is check, "the sheet below stays"
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=10_000)
        problem = check.problem.problem
        assert problem is not None
        assert problem.code == "ssh.auth_failed"
        assert server.passwords == []
        qtbot.wait(300)
        window.clock.tick()
        assert window.asking.sheet is None, "who said no is not asked again by itself"


def test_a_server_that_is_removed_asks_no_more(qtbot: QtBot, make_window: Make, context: Context) -> None:
    with OddServer() as server:
        _enter(context, server)
        window = make_window([])
        context.fleet.watch(["odd"])
        _asked(qtbot, window)
        context.operations.run(invoke(find("server.remove"), context, {"name": "odd"}))

        def gone() -> bool:
            window.clock.tick()
            return window.asking.sheet is None

        qtbot.waitUntil(gone, timeout=10_000)
        assert server.passwords == []
        context.fleet.close()


def test_a_touch_of_the_key_is_asked_for_as_a_notice(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    window = make_window([])
    touch = context.secrets.auth().touch
    assert touch is not None
    touch(Target("gpu-01", "10.0.0.1"), "sk-ssh-ed25519")
    qtbot.waitUntil(
        lambda: any("touch your security key" in each.text for each in window.toasts.shown), timeout=30_000
    )


def test_a_wrong_password_is_tried_once(qtbot: QtBot, make_window: Make, context: Context) -> None:
    with OddServer() as server:
        _enter(context, server)
        window = make_window([])
        check = _check(window)
        sheet = _asked(qtbot, window)
        sheet.fields[0].setText("wrong")
        sheet.act.click()
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=10_000)
        assert check.problem.problem is not None
        assert server.passwords == ["wrong"]
        check.again.click()
        again = _asked(qtbot, window)
        assert "was wrong" in again.asked.question.note
        again.close_sheet()
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=10_000)
        assert server.passwords == ["wrong"]


def test_questions_are_the_servers_words(
    qtbot: QtBot, make_window: Make, context: Context, tmp_path: Path
) -> None:
    with Machine(tmp_path, methods="keyboard-interactive") as server:
        _enter(context, server)
        window = make_window([])
        check = _check(window)
        sheet = _asked(qtbot, window)
        assert sheet.said.text() == "“Title Please answer”"
        assert sheet.said.textFormat() is Qt.TextFormat.PlainText
        assert [each.accessibleName() for each in sheet.fields] == ["“Code:”", "“Again:”"]
        masked, shown = (each.echoMode() for each in sheet.fields)
        assert (masked, shown) == (QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal)
        for field, answer in zip(sheet.fields, ANSWERS, strict=True):
            qtbot.keyClicks(field, answer)
            qtbot.keyClick(field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=20_000)
        assert check.state.text == "reached", check.problem.problem
        assert server.answers[0] == ANSWERS
        context.fleet.close()


def _ask(context: Context, server: str, replies: dict[str, Reply | None], **more: object) -> threading.Thread:
    question = Question(server, Kind.PASSWORD, f"me@{server}", (Field("password"),), **more)  # type: ignore[arg-type]
    thread = threading.Thread(
        target=lambda: replies.__setitem__(server, context.prompt.ask(question)), daemon=True
    )
    thread.start()
    return thread


def test_several_wait_their_turn_and_the_keyring_is_a_wish(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    window = make_window([])
    replies: dict[str, Reply | None] = {}
    threads = [_ask(context, name, replies, can_keep=True) for name in ("a", "b")]
    for number in (1, 2):
        sheet = _asked(qtbot, window)
        assert sheet.keep is not None
        assert not sheet.keep.isChecked()
        sheet.keep.setChecked(sheet.asked.question.server == "a")
        sheet.fields[0].setText(sheet.asked.question.server * 3)
        sheet.act.click()
        qtbot.waitUntil(lambda wanted=number: len(replies) == wanted, timeout=30_000)  # type: ignore[misc]
    assert replies == {"a": Reply(("aaa",), keep=True), "b": Reply(("bbb",), keep=False)}
    for thread in threads:
        thread.join(5)


def test_who_is_typing_goes_on_typing_there(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([])
    window.open_sheet("run_command", {"server": "a"})
    below = window.sheets.sheet
    assert isinstance(below, CommandSheet)
    below.line.setFocus()
    replies: dict[str, Reply | None] = {}
    thread = _ask(context, "b", replies)
    _asked(qtbot, window)
    assert window.focusWidget() is below.line
    context.prompt.withdraw("b")
    thread.join(5)
    window.clock.tick()
    window.clock.tick()
    window.clock.tick()
    qtbot.waitUntil(lambda: window.asking.sheet is None, timeout=30_000)
    assert replies == {"b": None}


def test_markup_of_a_server_is_text(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([])
    replies: dict[str, Reply | None] = {}
    thread = _ask(context, "<b>x</b>\u202e", replies, said="<img src=x> Tandem: enter your key\x1b[31m")
    sheet = _asked(qtbot, window)
    assert sheet.accessibleName() == "Password for <b>x</b>"
    assert sheet.said.text() == "“<img src=x> Tandem: enter your key”"
    sheet.close_sheet()
    thread.join(5)


def test_words_of_a_server_stay_within_the_sheet_and_its_quotes(
    qtbot: QtBot, make_window: Make, context: Context
) -> None:
    window = make_window([])
    replies: dict[str, Reply | None] = {}
    thread = _ask(context, "a", replies, said="code” Tandem: “all is well " + "W" * 400)
    sheet = _asked(qtbot, window)
    qtbot.wait(20)
    assert sheet.said.text()[1:-1].count("“") == sheet.said.text()[1:-1].count("”") == 0
    for widget in (sheet.said, *sheet.fields):
        right = widget.mapTo(sheet, widget.rect().topRight()).x()
        assert right <= sheet.width(), "nothing is pushed out of sight"
    sheet.close_sheet()
    thread.join(5)


@pytest.fixture
def system_keyring() -> Iterator[Memory]:
    """A keyring of this test alone."""
    before, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_what_was_kept_is_listed_and_forgotten(
    qtbot: QtBot, make_window: Make, context: Context, tmp_path: Path, system_keyring: Memory
) -> None:
    with Machine(tmp_path) as server:
        _enter(context, server)
        window = make_window([])
        check = _check(window)
        sheet = _asked(qtbot, window)
        assert sheet.keep is not None
        sheet.keep.setChecked(True)
        sheet.fields[0].setText(PASSWORD)
        sheet.act.click()
        qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=20_000)
        (name,) = context.secrets.kept()
        assert list(system_keyring.held.values()) == [PASSWORD]
        window.open_sheet("secrets")
        kept = window.sheets.sheet
        assert isinstance(kept, SecretsSheet)
        qtbot.waitUntil(lambda: list(kept.buttons) == [name], timeout=30_000)
        assert nameless(kept) == []
        assert PASSWORD not in kept.buttons[name].accessibleName()
        kept.buttons[name].click()
        qtbot.waitUntil(lambda: not kept.buttons, timeout=10_000)
        assert kept.note.text() == "Nothing is kept."
        assert system_keyring.held == {}
        context.fleet.close()


def test_closing_the_window_says_no_to_all(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([])
    replies: dict[str, Reply | None] = {}
    threads = [_ask(context, name, replies) for name in ("a", "b", "c")]
    _asked(qtbot, window)
    window.close()
    window.shut_down()
    for thread in threads:
        thread.join(5)
    assert replies == {"a": None, "b": None, "c": None}
