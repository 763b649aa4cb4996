"""Activity: operations with steps, Cancel and problems; the audit log with its filters and its chain."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from console.context import Context
from console.core.audit import AuditEntry
from console.core.problems import Problem
from console.operations.operation import FINAL, State
from console.operations.plan import Action, Step, StepContext, work
from console.store.store import Connection
from console.ui.kit.tones import Tone
from console.ui.pages.activity.page import ActivityPage
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]


def _start(context: Context, run: Callable[[StepContext], None], title: str = "Do it") -> str:
    made = work(
        action="test.do",
        title=title,
        target="thing",
        servers=("a", "b"),
        actions=(Action(Step("First", "<b>detail</b>"), run), Action(Step("Second"), lambda step: None)),
        result=lambda: None,
    )
    return context.operations.start(made).id


def _page(window: Window) -> ActivityPage:
    window.go("activity")
    assert isinstance(window.page, ActivityPage)
    return window.page


def test_a_running_operation_shows_how_far_and_is_cancelled(
    make_window: Make, until: Until, context: Context
) -> None:
    def run(step: StepContext) -> None:
        step.progress(1, 4)
        step.wait_s(60)

    window = make_window()
    identity = _start(context, run)
    page = _page(window)
    until(window, lambda: page.table.rows_model.rowCount() == 1)
    page.table.selectRow(0)
    until(window, lambda: page.inspector.bar._share == 0.125)
    assert not page.inspector.cancel.isHidden()
    assert page.inspector.steps.lines[0].detail == "<b>detail</b>"
    assert nameless(page) == []
    window._each_second()
    assert window.rail.buttons["activity"].badge[0] == 1
    page.inspector.cancel.click()
    until(window, lambda: context.operations.view(identity).state is State.CANCELLED)
    until(window, lambda: page.inspector.cancel.isHidden())
    window._each_second()
    assert window.rail.buttons["activity"].badge[0] == 0


def test_what_failed_says_why_and_is_copied(make_window: Make, until: Until, context: Context) -> None:
    def run(step: StepContext) -> None:
        raise Problem("server.unknown", name="nowhere")

    window = make_window()
    identity = _start(context, run)
    page = _page(window)
    until(window, lambda: context.operations.view(identity).state in FINAL)
    window.go("activity", identity)
    until(window, lambda: page.inspector.problem.problem is not None)
    assert page.inspector.problem.isVisible()
    page.inspector.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "Do it" in copied
    assert "nowhere" in copied
    assert "Second: waiting" in copied


def test_the_audit_log_is_filtered(make_window: Make, until: Until, context: Context) -> None:
    context.audit.record(AuditEntry("agent.call", "a", "a", {"method": "job.list"}))
    context.audit.record(AuditEntry("server.trust", "<b>x</b>", "a", {"key": "\x1b[31m"}, changes=True))
    window = make_window()
    page = _page(window)
    table = page.audit.table
    until(window, lambda: table.rows_model.rowCount() == 2)
    assert [row.action for row in table.rows_model.rows] == ["server.trust", "agent.call"]
    texts = [table.rows_model.cell(0, column).text for column in range(len(table.rows_model.columns))]
    assert "<b>x</b>" in texts
    assert not any("\x1b" in text for text in texts)
    page.audit.changes.setChecked(True)
    assert [row.action for row in table.rows_model.rows] == ["server.trust"]
    page.audit.changes.setChecked(False)
    page.focus_search()
    page.audit.search.setText("job.list")
    assert [row.action for row in table.rows_model.rows] == ["agent.call"]


def test_a_changed_entry_breaks_the_chain_in_sight(make_window: Make, until: Until, context: Context) -> None:
    context.audit.record(AuditEntry("server.trust", "a", "a", changes=True))
    window = make_window()
    page = _page(window)
    page.audit.verify.click()
    until(window, lambda: page.audit.verdict.tone is Tone.OK)

    def forge(connection: Connection) -> None:
        connection.execute("DROP TRIGGER IF EXISTS audit_no_update")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET target = 'b'")

    context.store.write(forge)
    page.audit.verify.click()
    until(window, lambda: page.audit.verdict.tone is Tone.CRITICAL)
    assert page.audit.verdict.text == "1 faults"
