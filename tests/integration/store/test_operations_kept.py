"""Operations in the store: seen after a restart, unknown where their console was killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.home import Home
from console.core.problems import Problem
from console.operations.operation import State
from console.operations.plan import Action, Step, StepContext, work
from console.operations.service import Operations
from console.store.audit_log import AuditLog
from console.store.store import Store


@pytest.fixture
def operations(store: Store) -> Iterator[Operations]:
    made = open_on(store)
    yield made
    assert made.close()


def open_on(store: Store) -> Operations:
    clock = SystemClock()
    return Operations(AuditLog(store, clock, "me@here"), clock, "me@here", store)


def run(operations: Operations, *actions: Action) -> object:
    return operations.run(
        work(
            action="deploy.create",
            title="Deploy digits@2",
            target="digits",
            servers=("s1",),
            actions=actions,
            result=lambda: 7,
            detail={"model": "digits@2"},
        )
    )


def fail(context: StepContext) -> None:
    context.progress(1, 2, "half")
    raise Problem("deploy.port_taken", server="s1", port=8000)


def test_views_come_back_after_a_restart(operations: Operations, store: Store) -> None:
    run(operations, Action(Step("push", "1.9 GB"), lambda context: context.progress(3, 4, "3 of 4")))
    with pytest.raises(Problem):
        run(operations, Action(Step("push"), fail))
    before = operations.views()
    later = open_on(store)
    kept = later.views()
    later.close()
    assert [view.state for view in kept] == [State.FAILED, State.DONE]
    for old, new in zip(before, kept, strict=True):
        assert (new.id, new.plan, new.account) == (old.id, old.plan, old.account)
        assert [(s.name, s.detail, s.state, s.done, s.total) for s in new.steps] == [
            (s.name, s.detail, s.state, s.done, s.total) for s in old.steps
        ]
    problem = kept[0].problem
    assert problem is not None
    assert (problem.code, problem.attrs["port"]) == ("deploy.port_taken", 8000)
    assert problem.sentence == "s1: port 8000 is taken there."


def test_the_audit_log_ties_intent_and_outcome(operations: Operations, store: Store) -> None:
    run(operations, Action(Step("push"), lambda context: None))
    log = AuditLog(store, SystemClock(), "me@here")
    rows = log.entries()
    assert [(row.outcome.value, row.open) for row in rows] == [("done", False), ("intent", False)]
    assert {row.operation_id for row in rows} == {operations.views()[0].id}
    assert rows[1].detail == {"model": "digits@2", "title": "Deploy digits@2"}


def test_a_problem_of_another_release_keeps_its_sentence(operations: Operations, store: Store) -> None:
    with pytest.raises(Problem):
        run(operations, Action(Step("push"), fail))
    store.write(
        lambda c: c.execute(
            "UPDATE operations SET problem = replace(problem, 'deploy.port_taken', 'old.code')"
        )
    )
    later = open_on(store)
    problem = later.views()[0].problem
    later.close()
    assert problem is not None
    assert problem.code == "operation.earlier"
    assert problem.sentence == "s1: port 8000 is taken there."


KILLED = """
import sys, threading
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.operations.plan import *
from console.operations.service import Operations
from console.store.audit_log import AuditLog
from console.store.store import Store
clock = SystemClock()
store = Store(Path({path!r}), clock)
operations = Operations(AuditLog(store, clock, "me@there"), clock, "me@there", store)
def wait(context):
    print("waiting", flush=True)
    context.wait_s(60)
operations.start(work(action="deploy.create", title="Deploy", target="d", servers=("s1",), result=lambda: 1,
    actions=(Action(Step("push"), lambda c: None), Action(Step("route"), wait), Action(Step("last"), wait))))
sys.stdin.readline()
"""


def test_a_killed_console_leaves_an_unknown_operation_not_a_guess(tandem_home: Home) -> None:
    store = Store(tandem_home.database, SystemClock())
    code = KILLED.format(root=str(Path(__file__).resolve().parents[3]), path=str(store.path))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"waiting\n"
        operations = open_on(store)
        running = operations.views()[0]
        other.send_signal(signal.SIGKILL)
        other.wait(10)
    assert running.state is State.RUNNING
    assert running.current is not None
    assert running.current.name == "route"
    operations.cancel(running.id)  # another console's: without effect
    operations.refresh()
    view = operations.views()[0]
    assert view.state is State.UNKNOWN
    assert [step.state for step in view.steps] == [State.DONE, State.UNKNOWN, State.WAITING]
    assert [row.open for row in AuditLog(store, SystemClock(), "me").entries()] == [True]
    operations.close()
    store.close()


def test_old_operations_are_forgotten(
    operations: Operations, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.operations.records._KEPT", 5)
    for _ in range(9):
        run(operations)
    assert store.rows("SELECT count(*) FROM operations")[0][0] <= 6
