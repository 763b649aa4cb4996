"""Starts, shows, cancels and records operations. What their steps do belongs to the features."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from console.core.audit import AuditEntry, AuditSink, Outcome
from console.core.clock import Clock
from console.core.problems import Problem
from console.operations import records
from console.operations.operation import OperationView, State
from console.operations.plan import Work
from console.operations.running import Running
from console.store.store import Store

T = TypeVar("T")
Listener = Callable[[OperationView], None]

_log = logging.getLogger(__name__)
_SHOWN = 200
_OUTCOMES = {State.DONE: Outcome.DONE, State.CANCELLED: Outcome.CANCELLED}


class Handle(Generic[T]):
    """One started operation."""

    def __init__(self, running: Running[T]) -> None:
        self._running = running

    @property
    def id(self) -> str:
        """Its id."""
        return self._running.view.id

    def view(self) -> OperationView:
        """How it stands now."""
        return self._running.view

    def cancel(self) -> None:
        """Ask it to stop and to undo what it did; returns at once."""
        self._running.cancel()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until it has ended; whether it did."""
        return self._running.wait(timeout_s)

    def result(self) -> T:
        """Wait, then what the work returned.

        Raises:
            Problem: why it failed, `operation.cancelled`, `operation.undo_failed`.
        """
        return self._running.result()


class Operations:
    """All operations of this console; any thread may call, nothing but `refresh` touches the disk.

    Args:
        account: who acts, "user@machine".
        store: where operations are kept; None keeps them in memory alone.
    """

    def __init__(self, audit: AuditSink, clock: Clock, account: str, store: Store | None = None) -> None:
        self._audit = audit
        self._clock = clock
        self._account = account
        self._store = store
        self._owner = records.this_process()
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._running: dict[str, Running[object]] = {}
        self._past: dict[str, OperationView] = {}
        self._closed = False
        self.refresh()

    def start(
        self, work: Work[T], on_change: Listener | None = None, *, again: OperationView | None = None
    ) -> Handle[T]:
        """Begin on a thread of its own. An audit log that cannot be written fails it before any step.

        Args:
            again: an operation of an earlier run, unknown since, that `work` goes on with under its id.
        """
        running: Running[T] = Running(
            work,
            self._clock,
            self._account,
            before=self._begin,
            entered=self._keep_step,
            after=self._record_end,
            tell=lambda view: self._tell(view, on_change),
            again=again,
        )
        identity = running.view.id
        with self._lock:
            if self._closed:
                raise RuntimeError("operations were closed")
            self._running[identity] = running  # type: ignore[assignment]  # only viewed and cancelled here

        def execute() -> None:
            try:
                running.execute()
            finally:
                with self._lock:
                    self._past[identity] = running.view
                    del self._running[identity]
                    self._forget_oldest()

        # A daemon: when a step hangs, the console can still end, and shows it as unknown next time.
        threading.Thread(target=execute, name=f"operation {identity} {work.plan.action}", daemon=True).start()
        return Handle(running)

    def run(self, work: Work[T], on_change: Listener | None = None) -> T:
        """Start, wait and return what the work returned. An interrupt (Ctrl-C) cancels it and undoes;
        a second one leaves at once.

        Raises:
            Problem: as Handle.result.
        """
        handle = self.start(work, on_change)
        try:
            while not handle.wait(0.5):
                pass
        except KeyboardInterrupt:
            handle.cancel()
            while not handle.wait(0.5):
                pass
        return handle.result()

    def views(self) -> tuple[OperationView, ...]:
        """What runs and what ran lately, newest first."""
        with self._lock:
            views = {**self._past, **{key: running.view for key, running in self._running.items()}}
        return tuple(sorted(views.values(), key=lambda view: (view.started, view.id), reverse=True))

    def view(self, identity: str) -> OperationView:
        """One operation.

        Raises:
            Problem: `operation.unknown`.
        """
        with self._lock:
            running = self._running.get(identity)
            past = self._past.get(identity)
        if running is not None:
            return running.view
        if past is None:
            raise Problem("operation.unknown", id=identity)
        return past

    def cancel(self, identity: str) -> None:
        """Ask one to stop; without effect on one that has ended or that another console runs.

        Raises:
            Problem: `operation.unknown`.
        """
        self.view(identity)
        with self._lock:
            running = self._running.get(identity)
        if running is not None:
            running.cancel()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear every change, on worker threads: only enqueue. Returns what ends it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def refresh(self) -> None:
        """Read again what is kept, with what other consoles on the file did.

        Raises:
            Problem: the store's.
        """
        if self._store is None:
            return
        kept = records.load(self._store, _SHOWN)
        with self._lock:
            for view in kept:
                if view.id not in self._running:
                    self._past[view.id] = view
            self._forget_oldest()

    def close(self, timeout_s: float = 5.0) -> bool:
        """Cancel what runs, or leave what goes on without us, and wait; whether all of it ended in time."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        for each in running:
            each.leave()
        deadline = self._clock.monotonic_s() + timeout_s
        return all(each.wait(max(0.0, deadline - self._clock.monotonic_s())) for each in running)

    def _forget_oldest(self) -> None:
        for view in sorted(self._past.values(), key=lambda view: (view.started, view.id))[:-_SHOWN]:
            del self._past[view.id]

    def _tell(self, view: OperationView, on_change: Listener | None) -> None:
        with self._lock:
            listeners = list(self._listeners)
        if on_change is not None:
            listeners.append(on_change)
        for listener in listeners:
            try:
                listener(view)
            except Exception:  # noqa: BLE001 - a face's fault must not stop what runs on a server
                _log.exception("a listener of operations failed")

    def _begin(self, view: OperationView) -> None:
        self._record(view, Outcome.INTENT, {"title": view.plan.title, **view.plan.detail})
        if self._store is None:
            return
        try:
            records.save(self._store, view, self._owner)
        except Problem as problem:
            self._record_end(replace(view, state=State.FAILED, problem=problem))
            raise

    def _keep_step(self, view: OperationView) -> None:
        try:
            if self._store is not None:
                records.save(self._store, view, self._owner)
        except Problem as problem:  # the begin is kept; the step is only for whoever looks after a crash
            _log.warning("a step of operation %s was not kept: %s", view.id, problem)

    def _record_end(self, view: OperationView) -> None:
        """Record what happened; that it cannot be recorded does not undo that it happened."""
        outcome = _OUTCOMES.get(view.state, Outcome.FAILED)
        detail: dict[str, object] = {"steps": {step.name: step.state.value for step in view.steps}}
        if view.problem is not None:
            detail["problem"] = view.problem.as_dict()
        try:
            if self._store is not None:
                records.save(self._store, view, self._owner)
            self._record(view, outcome, detail)
        except Problem as problem:
            _log.warning("the end of operation %s (%s) was not recorded: %s", view.id, outcome.value, problem)

    def _record(self, view: OperationView, outcome: Outcome, detail: dict[str, object]) -> None:
        plan = view.plan
        for server in plan.servers or ("",):
            self._audit.record(
                AuditEntry(
                    plan.action,
                    target=plan.target,
                    server=server,
                    detail=detail,
                    outcome=outcome,
                    changes=True,
                    operation_id=view.id,
                )
            )
