"""Acts: the plan is shown, destruction asks for the name, steps are followed, the end is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.problems import Problem
from console.fleet.server import Server
from console.operations.operation import State
from console.operations.plan import Action, Step, StepContext, Work, work
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine
from tests.ui.walk import nameless

Make = Callable[..., Window]
Beat = Callable[[Window, int], None]


def _work(run: Callable[[StepContext], None], *, destructive: bool = False) -> Work[object]:
    return work(
        action="test.act",
        title="Do it to a",
        target="a",
        servers=("a",),
        actions=(Action(Step("First", "as planned"), run),),
        result=lambda: "result",
        destructive=destructive,
    )


def _sheet(window: Window) -> OperationSheet:
    sheet = window.sheets.sheet
    assert isinstance(sheet, OperationSheet)
    return sheet


def _until_done(qtbot: QtBot, window: Window, holds: Callable[[], bool]) -> None:
    def beat() -> bool:
        window.clock.tick()
        return holds()

    qtbot.waitUntil(beat, timeout=10_000)


def test_a_plan_is_shown_started_and_followed(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    go, results = threading.Event(), []

    def run(step: StepContext) -> None:
        step.progress(1, 4, "a quarter")
        go.wait(5)
        step.note("found 3")

    window.desk.runner.work(_work(run), done=results.append)
    sheet = _sheet(window)
    assert [line.name for line in sheet.steps.lines] == ["First"]
    assert context.operations.views() == ()
    assert nameless(sheet) == []
    sheet._start.click()
    _until_done(qtbot, window, lambda: sheet.steps.lines[0].share == 0.25)
    assert sheet._cancel.text() == "Cancel operation"
    go.set()
    _until_done(qtbot, window, lambda: results == ["result"])
    _until_done(qtbot, window, lambda: sheet._cancel.text() == "Close")
    assert sheet.steps.lines[0].detail == "found 3"
    assert any("Do it to a: done" in notice.text for notice in window.toasts.shown)


def test_destruction_asks_for_the_name(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    window.desk.runner.work(_work(lambda step: None, destructive=True), ask=False)
    sheet = _sheet(window)
    assert not sheet._start.isEnabled()
    assert sheet._confirm is not None
    qtbot.keyClicks(sheet._confirm, "b")
    qtbot.keyClick(sheet._confirm, Qt.Key.Key_Return)
    assert not sheet._start.isEnabled()
    assert context.operations.views() == ()
    sheet._confirm.setText("a")
    qtbot.keyClick(sheet._confirm, Qt.Key.Key_Return)
    _until_done(qtbot, window, lambda: bool(context.operations.views()))
    _until_done(qtbot, window, lambda: context.operations.views()[0].state is State.DONE)
    _until_done(qtbot, window, lambda: not window._runner.busy)


def test_a_failure_is_said_where_it_happened(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])

    def run(step: StepContext) -> None:
        raise Problem("server.in_use", name="a", what="a guest")

    failures: list[Problem] = []
    window.desk.runner.work(_work(run), ask=False, failed=failures.append)
    sheet = _sheet(window)
    _until_done(qtbot, window, lambda: [each.code for each in failures] == ["server.in_use"])
    sheet.refresh()
    assert sheet.problem.isVisible()
    assert sheet.problem.problem is not None
    assert any("a guest" in notice.text for notice in window.toasts.shown)


def test_cancel_ends_it(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    window.desk.runner.work(_work(lambda step: step.wait_s(30)), ask=False)
    sheet = _sheet(window)
    _until_done(qtbot, window, lambda: bool(context.operations.views()))
    _until_done(qtbot, window, lambda: sheet._cancel.text() == "Cancel operation")
    sheet._cancel.click()
    _until_done(qtbot, window, lambda: context.operations.views()[0].state is State.CANCELLED)
    _until_done(qtbot, window, lambda: not window._runner.busy)


def test_read_only_refuses_what_changes(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    context.options.set("safety.read_only", True)
    problems: list[Problem] = []
    window.desk.runner.command("server.remove", {"name": "a"}, failed=problems.append)
    qtbot.waitUntil(lambda: [each.code for each in problems] == ["mode.read_only"], timeout=30_000)
    assert window.sheets.sheet is None


def test_a_server_is_removed_by_its_command(qtbot: QtBot, make_window: Make, context: Context) -> None:
    window = make_window([Machine(Server("a", "a"))])
    window.desk.runner.command("server.remove", {"name": "a"})
    qtbot.waitUntil(lambda: window.sheets.sheet is not None, timeout=30_000)
    sheet = _sheet(window)
    assert sheet._confirm is not None
    sheet._confirm.setText("a")
    sheet._start.click()
    _until_done(qtbot, window, lambda: context.servers.list() == ())
    _until_done(qtbot, window, lambda: not window._runner.busy)
