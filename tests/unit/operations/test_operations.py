"""How operations run, fail, are cancelled, undo and are recorded; no store, no server."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from console.core.audit import AuditEntry, Outcome
from console.core.clock import SystemClock
from console.core.problems import Problem
from console.operations.operation import OperationView, State
from console.operations.plan import Action, Step, StepContext, Work, work
from console.operations.service import Operations


class Sink:
    """An audit log in memory that can be full."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.full = False

    def record(self, entry: AuditEntry) -> None:
        if self.full:
            raise Problem("audit.unwritable", reason="the disk is full")
        self.entries.append(entry)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def operations(sink: Sink) -> Iterator[Operations]:
    made = Operations(sink, SystemClock(), "me@here")
    yield made
    assert made.close(5.0)


def nothing(context: StepContext) -> None:
    """A step that does nothing."""


def step(
    name: str, run: Callable[[StepContext], None] = nothing, undo: Callable[[], None] | None = None
) -> Action:
    return Action(Step(name, undoable=undo is not None), run, undo)


def of(
    *actions: Action, result: Callable[[], int] = lambda: 7, servers: tuple[str, ...] = ("s1",)
) -> Work[int]:
    return work(
        action="deploy.create",
        title="Deploy digits@2",
        target="digits",
        servers=servers,
        actions=actions,
        result=result,
    )


def states(view: OperationView) -> list[str]:
    return [each.state.value for each in view.steps]


def test_steps_run_in_order_and_the_result_comes_back(operations: Operations, sink: Sink) -> None:
    ran: list[str] = []
    seen: list[OperationView] = []
    value = operations.run(
        of(step("one", lambda c: ran.append("one")), step("two", lambda c: ran.append("two"))), seen.append
    )
    assert (value, ran) == (7, ["one", "two"])
    view = operations.views()[0]
    assert view.state is State.DONE
    assert view.ended is not None
    assert view.problem is None
    assert states(view) == ["done", "done"]
    assert [entry.outcome for entry in sink.entries] == [Outcome.INTENT, Outcome.DONE]
    assert {entry.operation_id for entry in sink.entries} == {view.id}
    assert all(entry.changes and entry.server == "s1" for entry in sink.entries)
    assert seen[-1] == view
    assert [states(each) for each in seen if each.state is State.RUNNING][:2] == [
        ["waiting", "waiting"],
        ["running", "waiting"],
    ]


def test_every_server_of_the_plan_is_in_the_audit_log(operations: Operations, sink: Sink) -> None:
    operations.run(of(step("one"), servers=("a", "b")))
    assert [(entry.server, entry.outcome.value) for entry in sink.entries] == [
        ("a", "intent"),
        ("b", "intent"),
        ("a", "done"),
        ("b", "done"),
    ]


def test_a_failure_undoes_what_was_done_in_reverse(operations: Operations, sink: Sink) -> None:
    undone: list[str] = []

    def fail(context: StepContext) -> None:
        raise Problem("deploy.port_taken", server="s1", port=8000)

    handle = operations.start(
        of(
            step("push", undo=lambda: undone.append("push")),
            step("look"),
            step("start", undo=lambda: undone.append("start")),
            step("route", fail, undo=lambda: undone.append("route")),
            step("never"),
        )
    )
    with pytest.raises(Problem) as caught:
        handle.result()
    assert caught.value.code == "deploy.port_taken"
    assert undone == ["start", "push"]
    assert states(handle.view()) == ["undone", "done", "undone", "failed", "waiting"]
    assert handle.view().state is State.FAILED
    assert sink.entries[-1].outcome is Outcome.FAILED
    assert sink.entries[-1].detail["problem"]["code"] == "deploy.port_taken"  # type: ignore[index]


def test_cancelling_is_prompt_and_undoes(operations: Operations, sink: Sink) -> None:
    undone: list[str] = []
    waiting = threading.Event()

    def long(context: StepContext) -> None:
        waiting.set()
        context.wait_s(60)

    handle = operations.start(of(step("push", undo=lambda: undone.append("push")), step("wait", long)))
    assert waiting.wait(5)
    began = time.monotonic()
    operations.cancel(handle.id)
    with pytest.raises(Problem) as caught:
        handle.result()
    assert time.monotonic() - began < 0.5
    assert caught.value.code == "operation.cancelled"
    assert "wait" in caught.value.sentence
    assert undone == ["push"]
    assert states(handle.view()) == ["undone", "cancelled"]
    assert handle.view().state is State.CANCELLED
    assert sink.entries[-1].outcome is Outcome.CANCELLED


def test_a_step_that_loops_sees_the_cancellation(operations: Operations) -> None:
    looping = threading.Event()

    def loop(context: StepContext) -> None:
        while True:
            context.check_cancelled()
            looping.set()
            time.sleep(0.001)

    handle = operations.start(of(step("loop", loop)))
    assert looping.wait(5)
    handle.cancel()
    assert handle.wait(5)
    assert handle.view().state is State.CANCELLED


def test_cancelling_after_the_last_step_is_too_late(operations: Operations) -> None:
    handle = operations.start(of(step("one")))
    assert handle.wait(5)
    operations.cancel(handle.id)
    assert handle.result() == 7
    assert handle.view().state is State.DONE


def test_undoing_that_fails_is_told_and_the_rest_is_undone(operations: Operations) -> None:
    undone: list[str] = []

    def fail(context: StepContext) -> None:
        raise Problem("agent.timeout", server="s1", method="x", timeout_s=3)

    def stuck() -> None:
        raise Problem("remote.disk_full", server="s1", path="/data")

    handle = operations.start(
        of(step("push", undo=lambda: undone.append("push")), step("start", undo=stuck), step("route", fail))
    )
    with pytest.raises(Problem) as caught:
        handle.result()
    assert caught.value.code == "operation.undo_failed"
    assert caught.value.attrs["undone"] == "start"
    assert caught.value.attrs["step"] == "route"
    assert "disk that holds /data is full" in caught.value.sentence
    assert undone == ["push"]
    assert states(handle.view()) == ["undone", "failed", "failed"]


@pytest.mark.expected_logs("stopped by a fault")
def test_a_fault_of_ours_reaches_the_caller_and_undoes(operations: Operations) -> None:
    undone: list[str] = []

    def bug(context: StepContext) -> None:
        raise ZeroDivisionError("one by zero")

    handle = operations.start(of(step("push", undo=lambda: undone.append("push")), step("count", bug)))
    with pytest.raises(ZeroDivisionError):
        handle.result()
    view = handle.view()
    assert undone == ["push"]
    assert view.state is State.FAILED
    assert view.problem is not None
    assert view.problem.code == "operation.bug"


def test_a_result_that_cannot_be_made_fails_and_undoes(operations: Operations) -> None:
    undone: list[str] = []

    def no_result() -> int:
        raise Problem("deploy.unknown", name="digits")

    handle = operations.start(of(step("push", undo=lambda: undone.append("push")), result=no_result))
    with pytest.raises(Problem, match="no deployment"):
        handle.result()
    assert undone == ["push"]


def test_nothing_starts_when_the_audit_log_cannot_be_written(operations: Operations, sink: Sink) -> None:
    sink.full = True
    ran: list[str] = []
    with pytest.raises(Problem) as caught:
        operations.run(of(step("one", lambda c: ran.append("one"))))
    assert caught.value.code == "audit.unwritable"
    assert ran == []
    assert operations.views()[0].state is State.FAILED
    assert states(operations.views()[0]) == ["waiting"]


@pytest.mark.expected_logs("was not recorded")
def test_an_end_that_cannot_be_recorded_is_still_the_end(operations: Operations, sink: Sink) -> None:
    def fill(context: StepContext) -> None:
        sink.full = True

    assert operations.run(of(step("one", fill))) == 7
    assert operations.views()[0].state is State.DONE


def test_progress_and_notes_are_shown_safely_and_not_too_often(operations: Operations) -> None:
    seen: list[OperationView] = []

    def push(context: StepContext) -> None:
        for done in range(10_000):
            context.progress(done, 10_000, f"{done} of \x1b[31m10000")
        context.note("ready in 6.2 s\u202e")

    handle = operations.start(of(step("push", push)), seen.append)
    assert handle.result() == 7
    last = handle.view().steps[0]
    assert (last.done, last.total, last.detail) == (9_999, 10_000, "ready in 6.2 s")
    assert len(seen) < 100
    assert all("\x1b" not in view.steps[0].detail for view in seen)


def test_listeners_hear_every_change_until_they_leave(operations: Operations) -> None:
    seen: list[OperationView] = []
    leave = operations.subscribe(seen.append)
    operations.run(of(step("one")))
    heard = len(seen)
    assert seen[-1].state is State.DONE
    leave()
    leave()
    operations.run(of(step("one")))
    assert len(seen) == heard


@pytest.mark.expected_logs("a listener of operations failed")
def test_a_listener_that_fails_does_not_stop_the_operation(operations: Operations) -> None:
    def broken(view: OperationView) -> None:
        raise LookupError("gone")

    operations.subscribe(broken)
    assert operations.run(of(step("one"))) == 7


def test_an_interrupt_cancels_and_undoes(operations: Operations, monkeypatch: pytest.MonkeyPatch) -> None:
    undone: list[str] = []
    waiting = threading.Event()

    def long(context: StepContext) -> None:
        waiting.set()
        context.wait_s(60)

    struck = threading.Event()

    def interrupt(view: OperationView) -> None:
        # Once: a second interrupt leaves at once, and the cancelling is a change of the view too.
        if view.state is State.RUNNING and states(view) == ["done", "running"] and not struck.is_set():
            struck.set()
            threading.Thread(target=strike, name="strike").start()

    def strike() -> None:
        import _thread

        assert waiting.wait(5)
        deadline = time.monotonic() + 30
        while not waits_in_run():
            assert time.monotonic() < deadline
        _thread.interrupt_main()

    def waits_in_run() -> bool:
        """Whether the main thread is where a person's Ctrl-C finds it: waiting for the operation's end."""
        main = threading.main_thread().ident
        frame = sys._current_frames().get(main) if main is not None else None
        names = []
        while frame is not None:
            names.append(frame.f_code.co_qualname)
            frame = frame.f_back
        return "Operations.run" in names and "Handle.wait" in names

    with pytest.raises(Problem) as caught:
        operations.run(of(step("push", undo=lambda: undone.append("push")), step("wait", long)), interrupt)
    assert caught.value.code == "operation.cancelled"
    assert undone == ["push"]


def test_threads_are_named_after_what_they_do(operations: Operations) -> None:
    names: list[str] = []
    operations.run(of(step("one", lambda c: names.append(threading.current_thread().name))))
    assert names == [f"operation {operations.views()[0].id} deploy.create"]


def test_views_are_newest_first_and_bounded(operations: Operations) -> None:
    for _ in range(230):
        operations.run(of())
    views = operations.views()
    assert len(views) in (200, 201)  # the last may still be on its way from running to past
    started = [view.started for view in views]
    assert started == sorted(started, reverse=True)


def test_unknown_operations_are_a_problem(operations: Operations) -> None:
    for ask in (operations.view, operations.cancel):
        with pytest.raises(Problem) as caught:
            ask("nope")
        assert caught.value.code == "operation.unknown"


def test_closing_cancels_what_runs_and_takes_no_more(sink: Sink) -> None:
    operations = Operations(sink, SystemClock(), "me@here")
    handle = operations.start(of(step("wait", lambda c: c.wait_s(60))))
    assert operations.close(5.0)
    assert handle.view().state is State.CANCELLED
    with pytest.raises(RuntimeError):
        operations.start(of(step("one")))


def test_many_run_at_once(operations: Operations) -> None:
    meeting = threading.Barrier(8)
    handles = [operations.start(of(step("meet", lambda c: meeting.wait(5) and None))) for _ in range(8)]
    assert [handle.result() for handle in handles] == [7] * 8
