"""Adding, importing, checking and trusting servers in the window, against the real services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.server import Role, Server
from console.ui.sheets.check_sheet import CheckSheet
from console.ui.sheets.command_sheet import CommandSheet
from console.ui.sheets.import_sheet import ImportSheet
from console.ui.sheets.server_sheet import ServerSheet
from console.ui.sheets.trust_sheet import TrustSheet
from console.ui.shell.window import Window
from tests.lab.sshd import LabServer
from tests.ui.fleet_samples import Machine
from tests.ui.walk import nameless

Make = Callable[..., Window]


def _open(window: Window, name: str, kind: type, **arguments: str) -> object:
    window.open_sheet(name, arguments)
    sheet = window.sheets.sheet
    assert isinstance(sheet, kind)
    assert nameless(sheet) == []
    return sheet


def test_a_server_is_added_by_hand(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([])
    sheet = _open(window, "add_server", ServerSheet)
    assert isinstance(sheet, ServerSheet)
    sheet.save.click()
    assert "needs a name" in sheet.form._hints[sheet.name][0].text()
    sheet.name.setText("gpu-01")
    sheet.host.setText("192.0.2.1")
    sheet.port.setText("x")
    sheet.save.click()
    assert "number" in sheet.form._hints[sheet.port][0].text()
    sheet.port.setText("2222")
    sheet.role.choose("train")
    sheet.labels.setText("rack=a7 team=nlp")
    sheet.cost.setText("12,5")
    sheet.save.click()
    qtbot.waitUntil(lambda: len(context.servers.list()) == 1, timeout=30_000)
    added = context.servers.list()[0]
    assert (added.name, added.host, added.port, added.role) == ("gpu-01", "192.0.2.1", 2222, Role.TRAIN)
    assert added.labels == {"rack": "a7", "team": "nlp"}
    assert added.cost_per_hour == 12.5
    qtbot.waitUntil(lambda: window.top.place == "Fleet › gpu-01", timeout=30_000)
    qtbot.waitUntil(lambda: not window.worker.busy(), timeout=30_000)
    context.fleet.unwatch(["gpu-01"])


def test_a_name_that_is_taken_is_said_in_the_sheet(qtbot: QtBot, make_window: Make) -> None:
    window = make_window([Machine(Server("a", "a"))])
    sheet = _open(window, "add_server", ServerSheet)
    assert isinstance(sheet, ServerSheet)
    sheet.name.setText("a")
    sheet.save.click()
    qtbot.waitUntil(lambda: sheet.problem.problem is not None, timeout=30_000)
    assert sheet.save.isEnabled()


def test_hosts_of_ssh_config_are_offered_and_entered(
    qtbot: QtBot, make_window: Make, context: Context, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "Host gpu-1 gpu-2\n  HostName 192.0.2.7\nHost old-*\n  User x\nHost web\n  HostName w\n"
    )
    window = make_window([Machine(Server("gpu-2", "x"))])
    sheet = _open(window, "import_servers", ImportSheet)
    assert isinstance(sheet, ImportSheet)
    qtbot.waitUntil(lambda: not window.worker.busy(), timeout=30_000)
    sheet.file.setText(str(config))
    sheet.pattern.setText("gpu-*")
    sheet._look()
    qtbot.waitUntil(lambda: sheet.offered == ["gpu-1", "gpu-2"], timeout=30_000)
    sheet.bring.click()
    qtbot.waitUntil(
        lambda: {each.name for each in context.servers.list()} == {"gpu-1", "gpu-2"}, timeout=30_000
    )
    qtbot.waitUntil(lambda: window.sheets.sheet is None, timeout=30_000)
    context.fleet.unwatch(["gpu-1"])


def _lab(context: Context, lab: LabServer) -> Server:
    server = Server("lab", "127.0.0.1", port=lab.port, user=lab.user, identity=str(lab.client_key))
    context.servers.add(server)
    return server


def test_an_unknown_key_is_shown_and_trusted_then_the_server_checked(
    qtbot: QtBot, make_window: Make, context: Context, lab_server: LabServer
) -> None:
    _lab(context, lab_server)
    window = make_window([])
    sheet = _open(window, "trust", TrustSheet, server="lab")
    assert isinstance(sheet, TrustSheet)
    qtbot.waitUntil(lambda: sheet.trust.isEnabled(), timeout=10_000)
    shown = sheet.fingerprint.text()
    assert shown == context.fleet.scan_key("lab").fingerprint
    sheet.trust.click()
    qtbot.waitUntil(lambda: window.sheets.sheet is None, timeout=10_000)
    check = _open(window, "check", CheckSheet, server="lab")
    assert isinstance(check, CheckSheet)
    qtbot.waitUntil(lambda: check.again.isEnabled(), timeout=20_000)
    assert check.state.text == "reached", check.problem.problem
    assert check.facts.values["Python"].startswith("3.")


def test_a_command_runs_and_its_output_is_plain(
    qtbot: QtBot, make_window: Make, context: Context, lab_server: LabServer
) -> None:
    _lab(context, lab_server)
    context.fleet.trust("lab", context.fleet.scan_key("lab"))
    window = make_window([])
    sheet = _open(window, "run_command", CommandSheet, server="lab")
    assert isinstance(sheet, CommandSheet)
    sheet.line.setText("echo 'open")
    sheet.run_button.click()
    assert "not closed" in sheet.form._hints[sheet.line][0].text()
    sheet.line.setText("printf '<b>x</b>\\033[31m\\n'")
    sheet.run_button.click()
    qtbot.waitUntil(lambda: sheet.run_button.isEnabled(), timeout=20_000)
    assert sheet.problem.problem is None
    assert sheet.output.text.strip() == "<b>x</b>"
    assert sheet.output.above.note.text() == "exit code 0"
