"""One operation while it runs: its steps, its cancellation and its undoing. Knows no store, no audit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar, cast

from console.core.clock import Clock
from console.core.ids import new_id
from console.core.problems import Problem
from console.core.text import safe_line
from console.operations.operation import OperationView, State, StepView
from console.operations.plan import Work

T = TypeVar("T")

_log = logging.getLogger(__name__)
_TELL_EVERY_S = 0.1
_UNSET = object()


class Cancelled(BaseException):
    """Leaves a step when the person cancels; not an Exception, so that no step catches it by accident."""


class Left(Cancelled):
    """Leaves a step when the console closes and what was started goes on without it: nothing is undone."""


class Running(Generic[T]):
    """Runs a Work and holds the view of it.

    Args:
        before: called before the first step; a Problem from it ends the operation with nothing done.
        entered: called when a step has begun.
        after: called with the final view before anyone sees it, if `before` succeeded.
        tell: called with every new view, on the operation's thread.
        again: the operation of an earlier run that this one goes on with, under its id.
    """

    def __init__(
        self,
        work: Work[T],
        clock: Clock,
        account: str,
        *,
        before: Callable[[OperationView], None],
        entered: Callable[[OperationView], None],
        after: Callable[[OperationView], None],
        tell: Callable[[OperationView], None],
        again: OperationView | None = None,
    ) -> None:
        self._work = work
        self._clock = clock
        self._before = before
        self._entered = entered
        self._after = after
        self._begun = False
        self._tell = tell
        self._told_s = 0.0
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self._left = False
        self._ended = threading.Event()
        self._result: object = _UNSET
        self._fault: Exception | None = None
        steps = tuple(StepView(step.name, step.detail, State.WAITING) for step in work.plan.steps)
        identity, started = (again.id, again.started) if again else (new_id(), clock.now())
        self._view = OperationView(
            identity, work.plan, State.RUNNING, steps, started=started, account=account
        )

    @property
    def view(self) -> OperationView:
        """How it stands now."""
        with self._lock:
            return self._view

    def cancel(self) -> None:
        """Ask it to stop; it does so at the next look of its step, or not at all once that was the last."""
        self._cancel.set()

    def leave(self) -> None:
        """The console closes: stop watching what goes on by itself, cancel what does not."""
        self._left = self._work.outlives
        self._cancel.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended and that is recorded."""
        return self._ended.wait(timeout_s)

    def result(self) -> T:
        """What the work returns; raises the Problem, or the fault of ours, that ended it."""
        self._ended.wait()
        if self._fault is not None:
            raise self._fault
        problem = self.view.problem
        if problem is not None:
            raise problem
        if self._result is _UNSET:
            raise RuntimeError("an operation ended without a result")
        return cast(T, self._result)

    def execute(self) -> None:
        """Run all steps; on its own thread."""
        done: list[int] = []
        try:
            self._before(self.view)
            self._begun = True
            self._announce()
            for index, action in enumerate(self._work.actions):
                self._enter(index)
                action.run(_Context(self, index))
                self._leave(index, State.DONE)
                done.append(index)
            self._result = self._work.result()
        except Left:
            self._give_up(State.UNKNOWN, Problem("operation.left", title=self._title), [])
        except Cancelled:
            problem = Problem("operation.cancelled", title=self._title, step=self._step_name())
            self._give_up(State.CANCELLED, problem, done)
        except Problem as problem:
            self._give_up(State.FAILED, problem, done)
        except Exception as error:  # noqa: BLE001 - a fault of ours: kept, logged, told
            _log.exception("operation %s stopped by a fault", self.view.id)
            self._fault = error
            reason = safe_line(f"{type(error).__name__}: {error}")
            self._give_up(
                State.FAILED,
                Problem("operation.bug", title=self._title, step=self._step_name(), reason=reason),
                done,
            )
        else:
            self._end(State.DONE, None)
        finally:
            self._ended.set()

    @property
    def _title(self) -> str:
        return self._work.plan.title

    def _step_name(self) -> str:
        current = self.view.current
        return current.name if current else "start"

    def _enter(self, index: int) -> None:
        self.check_cancelled()
        self._change(index, state=State.RUNNING, started=self._clock.now())
        self._entered(self.view)
        self._announce()

    def _leave(self, index: int, state: State) -> None:
        self._change(index, state=state, ended=self._clock.now())
        self._announce()

    def _change(self, index: int, **changes: object) -> None:
        with self._lock:
            steps = list(self._view.steps)
            steps[index] = replace(steps[index], **changes)  # type: ignore[arg-type]  # our own field names
            self._view = replace(self._view, steps=tuple(steps))

    def _announce(self) -> None:
        self._told_s = self._clock.monotonic_s()
        self._tell(self.view)

    def _give_up(self, state: State, problem: Problem, done: list[int]) -> None:
        """Mark the step that it stopped at, undo what was done in reverse, end."""
        stopped_at = self._step_name()
        for index, step in enumerate(self.view.steps):
            if step.state is State.RUNNING:
                self._leave(index, state)
        for index in reversed(done):
            action = self._work.actions[index]
            if action.undo is None:
                continue
            try:
                action.undo()
            except Exception as error:  # noqa: BLE001 - a fault of ours: kept, logged, told
                if not isinstance(error, Problem):
                    _log.exception("undoing '%s' stopped by a fault", action.step.name)
                state, problem = State.FAILED, self._undo_failed(problem, stopped_at, action.step.name, error)
                self._leave(index, State.FAILED)
            else:
                self._leave(index, State.UNDONE)
        self._end(state, problem)

    def _undo_failed(self, problem: Problem, stopped_at: str, undone: str, error: Exception) -> Problem:
        if problem.code == "operation.undo_failed":  # the first one stands
            return problem
        why = error.sentence if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        return Problem(
            "operation.undo_failed",
            title=self._title,
            step=stopped_at,
            reason=problem.sentence.rstrip("."),
            undone=undone,
            undo_reason=safe_line(why).rstrip("."),
        )

    def _end(self, state: State, problem: Problem | None) -> None:
        final = replace(self.view, state=state, problem=problem, ended=self._clock.now())
        if self._begun:
            try:
                self._after(final)
            except Exception:  # noqa: BLE001 - what happened on the server stays true
                _log.exception("the end of operation %s could not be recorded", final.id)
        with self._lock:
            self._view = final
        self._announce()

    def check_cancelled(self) -> None:
        """Leave the step where the person asked for it."""
        if self._cancel.is_set():
            raise Left if self._left else Cancelled

    def wait_s(self, seconds: float) -> None:
        """Sleep that a cancellation ends at once."""
        if self._cancel.wait(max(0.0, seconds)):
            self.check_cancelled()

    def progress(self, index: int, done: float, total: float, text: str) -> None:
        """Take over a step's progress; told at most ten times a second."""
        if text:
            self._change(index, done=done, total=total, detail=safe_line(text))
        else:
            self._change(index, done=done, total=total)
        if self._clock.monotonic_s() - self._told_s >= _TELL_EVERY_S:
            self._announce()

    def note(self, index: int, text: str) -> None:
        """Replace a step's detail."""
        self._change(index, detail=safe_line(text))
        self._announce()


class _Context:
    """What a step gets: implements plan.StepContext."""

    def __init__(self, running: Running[T], index: int) -> None:
        self._running = running
        self._index = index

    def progress(self, done: float, total: float, text: str = "") -> None:
        self._running.progress(self._index, done, total, text)

    def note(self, text: str) -> None:
        self._running.note(self._index, text)

    def check_cancelled(self) -> None:
        self._running.check_cancelled()

    def wait_s(self, seconds: float) -> None:
        self._running.wait_s(seconds)
