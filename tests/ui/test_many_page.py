"""One command on many servers in the window, over real sshds: what it hits, what runs, equal ones once."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.context import Context
from console.fleet.link_state import LinkState, LinkView
from console.fleet.many import Ran, RanState
from console.fleet.server import Role, Server
from console.operations.operation import FINAL, State
from console.telemetry.snapshot import ServerRow
from console.ui.pages.many.outcomes import as_filter, in_order, read_form, shown_argv, with_the_rest
from console.ui.pages.many.page import ManyPage
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.lab.fleet import LabFleet
from tests.ui.walk import nameless

Make = Callable[..., Window]
SERVERS = [
    ServerRow(each, LinkView(each.name, LinkState.UP), None, None, False, ())
    for each in (
        Server("gpu-1", "a", role=Role.TRAIN),
        Server("gpu-2", "b", role=Role.TRAIN),
        Server("web", "c"),
    )
]


def test_the_form_says_what_it_hits_and_which_words_run() -> None:
    wanted = read_form("name~gpu", "nvidia-smi -q 'a b'", SERVERS, by_shell=False)
    assert (wanted.servers, wanted.argv, wanted.doubt) == (
        ("gpu-1", "gpu-2"),
        ("nvidia-smi", "-q", "a b"),
        "",
    )
    assert shown_argv(wanted.argv) == "[nvidia-smi]  [-q]  [a b]"
    assert read_form("all", "ls | wc", SERVERS, by_shell=False).doubt == "|"
    assert read_form("all", "echo $HOME", SERVERS, by_shell=False).doubt == "$"
    assert read_form("all", "echo '$HOME' \"*\"", SERVERS, by_shell=False).doubt == ""
    assert read_form("all", "ls ~/x", SERVERS, by_shell=False).doubt == "~"
    assert read_form("all", "ls | wc", SERVERS, by_shell=True).argv == ("sh", "-c", "ls | wc")
    assert "closed" in read_form("all", "echo 'a", SERVERS, by_shell=False).line_fault
    assert read_form("role=what", "ls", SERVERS, by_shell=False).filter_fault
    assert read_form("", "", SERVERS, by_shell=False).servers == ()


def test_what_failed_is_first_and_who_never_ran_is_told() -> None:
    came = [Ran("b", RanState.DONE, 0), Ran("a", RanState.DONE, 0), Ran("c", RanState.FAILED, 3)]
    assert [group.servers for group in in_order(came)] == [("c",), ("b", "a")]
    names = ("a", "b", "c", "d")
    assert [ran.server for ran in with_the_rest(names, came, running=True)] == ["a", "b", "c"]
    assert with_the_rest(names, came, running=False)[3].state is RanState.CANCELLED
    assert as_filter(("a", "b")) == "name=a | name=b"


@pytest.fixture
def fleet(context: Context, lab_fleet: Callable[[int], LabFleet]) -> LabFleet:
    """lab-1 to lab-3, entered and trusted."""
    fleet = lab_fleet(3)
    for server in fleet:
        key = str(fleet.client_key)
        context.servers.add(
            Server(server.name, "127.0.0.1", port=server.port, user=server.user, identity=key)
        )
        context.fleet.trust(server.name, context.fleet.scan_key(server.name))
    return fleet


def _until(qtbot: QtBot, window: Window, holds: Callable[[], bool]) -> None:
    def beat() -> bool:
        window.clock.tick()
        return holds()

    qtbot.waitUntil(beat, timeout=30_000)


def _page(window: Window) -> ManyPage:
    window.go("run_on_many")
    assert isinstance(window.page, ManyPage)
    return window.page


def _confirm(qtbot: QtBot, window: Window) -> list[str]:
    """Say yes to the plan; returns what its steps told."""
    _until(qtbot, window, lambda: isinstance(window.sheets.sheet, OperationSheet))
    sheet = window.sheets.sheet
    assert isinstance(sheet, OperationSheet)
    sheet._start.click()
    return [step.detail for step in sheet._plan.steps]


def test_equal_outcomes_are_shown_once_after_the_plan_was_confirmed(
    qtbot: QtBot, make_window: Make, context: Context, fleet: LabFleet, tmp_path: Path
) -> None:
    (fleet[1].home / "odd").touch()
    window = make_window([])
    page = _page(window)
    assert nameless(page) == []
    page.form.run_button.click()
    assert window.sheets.sheet is None
    page.form.filter.setText("name~lab")
    page.form.line.setText("ls | cat; test ! -e odd")
    assert "| is passed on" in page.form.words.text()
    page.form.shell.click()
    assert page.form.hits.text() == "3 of 3: lab-1, lab-2, lab-3"
    assert page.form.run_button.text() == "Run…"
    page.form.run_button.click()
    told = _confirm(qtbot, window)
    assert told == ["sh -c 'ls | cat; test ! -e odd' on lab-1, lab-2, lab-3"]
    _until(qtbot, window, lambda: "3 of 3 ended, 2 of them with 0" in page.note.text())
    _until(qtbot, window, lambda: not page.form.running)
    assert window.sheets.sheet is None
    rows = page.table.rows_model.rows
    assert [group.servers for group in rows] == [("lab-2",), ("lab-1", "lab-3")]
    assert [page.table.rows_model.cell(row, 0).text for row in (0, 1)] == ["exit 1", "exit 0"]
    assert page.chosen.text() == "exit 1 on lab-2"
    assert page.output.text == "odd\n"
    assert page.badge.text == "1 failed"
    entry = context.operations.views()[0]
    assert (entry.plan.action, entry.state, entry.plan.servers) == (
        "exec.many",
        State.DONE,
        ("lab-1", "lab-2", "lab-3"),
    )
    page.export(tmp_path / "out.csv")
    _until(qtbot, window, (tmp_path / "out.csv").exists)
    found = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [(row["server"], row["exit_code"], row["group"]) for row in found] == [
        ("lab-1", "0", "0"),
        ("lab-2", "1", "1"),
        ("lab-3", "0", "0"),
    ]
    menu = page._menu(rows[0])
    menu.actions()[0].trigger()
    menu.deleteLater()
    assert page.form.filter.text() == "name=lab-2"
    assert page.form.run_button.text() == "Run"


def test_one_server_runs_at_once_and_a_run_is_cancelled_everywhere(
    qtbot: QtBot, make_window: Make, context: Context, fleet: LabFleet
) -> None:
    window = make_window([])
    page = _page(window)
    page.form.filter.setText("name=lab-1")
    page.form.line.setText("echo hello")
    QTest.keyClick(page.form.line, Qt.Key.Key_Return)
    _until(qtbot, window, lambda: page.output.text == "hello\n")
    _until(qtbot, window, lambda: not page.form.running)
    assert window.sheets.sheet is None
    page.form.filter.setText("all")
    page.form.line.setText("sleep 600")
    page.form.parallel.setText("2")
    page.form.run_button.click()
    _confirm(qtbot, window)
    _until(qtbot, window, lambda: page.form.running and page.form.cancel_button.isVisible())
    page.form.cancel_button.click()
    _until(qtbot, window, lambda: context.operations.views()[0].state in FINAL)
    assert context.operations.views()[0].state is State.CANCELLED
    _until(qtbot, window, lambda: sum(len(each.servers) for each in page.table.rows_model.rows) == 3)
    assert {group.example.state for group in page.table.rows_model.rows} <= {
        RanState.CANCELLED,
        RanState.NOT_STARTED,
    }


def test_read_only_mode_runs_nothing(make_window: Make, context: Context, fleet: LabFleet) -> None:
    context.options.set("safety.read_only", True)
    page = _page(make_window([]))
    page.form.filter.setText("all")
    page.form.line.setText("touch x")
    assert not page.form.run_button.isEnabled()
    page.form.parallel.setText("0")
    assert page.form.arguments() is None
