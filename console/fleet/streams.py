"""What waits for answers of an agent: one answer, a stream of events with a bound, or a callback.

A full stream never blocks the reader of a shared agent: it ends with `agent.overrun`. Only a stream that
has an agent of its own holds its reader back, so that the command on the server waits for us.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from console.core.problems import Problem

MAX_WAITING_BYTES = 8 * 1024 * 1024
Answer = dict[str, object]


class Receiver(Protocol):
    """Takes what comes for one request. Called by the reader, who may be reading all links: nothing here may
    wait, but for a stream whose agent is pumped for it alone."""

    method: str

    def on_event(self, event: Answer, size: int) -> None: ...

    def on_result(self, result: Answer) -> None: ...

    def on_problem(self, problem: Problem) -> None: ...


class OneAnswer:
    """A request that has one answer."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._done = threading.Event()
        self._result: Answer | None = None
        self._problem: Problem | None = None

    def on_event(self, event: Answer, size: int) -> None:
        """Progress of a plain call is not asked for."""

    def on_result(self, result: Answer) -> None:
        self._result = result
        self._done.set()

    def on_problem(self, problem: Problem) -> None:
        self._problem = problem
        self._done.set()

    @property
    def is_done(self) -> bool:
        """Whether the answer is there."""
        return self._done.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Whether the answer came in time."""
        return self._done.wait(timeout_s)

    def take(self) -> Answer:
        """The answer; raises the Problem that came instead."""
        if self._problem is not None:
            raise self._problem
        return self._result if self._result is not None else {}


class Callbacks:
    """A request whose events go to a function on the reader's thread: telemetry."""

    def __init__(self, method: str, on_event: Callable[[Answer], None]) -> None:
        self.method = method
        self._on_event = on_event
        self.problem: Problem | None = None
        self.ended = False

    def on_event(self, event: Answer, size: int) -> None:  # noqa: ARG002 the protocol's
        self._on_event(event)

    def on_result(self, result: Answer) -> None:  # noqa: ARG002 the protocol's
        self.ended = True

    def on_problem(self, problem: Problem) -> None:
        self.problem = problem
        self.ended = True


class Stream:
    """Events of one request (an AgentStream). After the iteration call `result`: it tells how it ended.

    Args:
        server, method: for Problems.
        end: tells the agent to stop; called outside the reader, at most once.
        holds_back: block the reader while too much waits (its agent serves this stream alone).
    """

    def __init__(
        self,
        server: str,
        method: str,
        end: Callable[[], None],
        *,
        holds_back: bool = False,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        self.method = method
        self._server = server
        self._end = end
        self._holds_back = holds_back
        self._max = max_waiting_bytes
        self._changed = threading.Condition()
        self._events: deque[tuple[Answer, int]] = deque()
        self._waiting = 0
        self._result: Answer | None = None
        self._problem: Problem | None = None
        self._overrun = False
        self._discards = False
        self._ended_by_us = False
        self.last_taken_s = time.monotonic()

    # --- reader's side

    def on_event(self, event: Answer, size: int) -> None:
        with self._changed:
            if self._discards or self._overrun:
                return
            if self._waiting and self._waiting + size > self._max:
                if not self._holds_back:
                    self._overrun = True
                    self._changed.notify_all()
                    return
                while self._waiting and self._waiting + size > self._max and not self._is_dropped:
                    self._changed.wait()
            self._events.append((event, size))
            self._waiting += size
            self._changed.notify_all()

    def on_result(self, result: Answer) -> None:
        with self._changed:
            self._result = result
            self._changed.notify_all()

    def on_problem(self, problem: Problem) -> None:
        with self._changed:
            if self._result is None and self._problem is None:
                self._problem = problem
            self._changed.notify_all()

    @property
    def _is_dropped(self) -> bool:
        return self._discards or self._problem is not None

    # --- consumer's side

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._result is not None or self._problem is not None or self._overrun

    @property
    def was_overrun(self) -> bool:
        """Whether events were dropped because too much waited."""
        return self._overrun

    def __iter__(self) -> Iterator[Answer]:
        while (event := self._next()) is not None:
            yield event

    def _next(self) -> Answer | None:
        with self._changed:
            while not self._events and not self.is_over and not self._discards:
                self._changed.wait()
            if self._events:
                event, size = self._events.popleft()
                self._waiting -= size
                self.last_taken_s = time.monotonic()
                self._changed.notify_all()
                return event
        if self._overrun:
            self._stop()
        return None

    def close(self) -> None:
        """End it from any thread; what waits is dropped."""
        with self._changed:
            self._discards = True
            self._events.clear()
            self._waiting = 0
            if not self.is_over:
                self._result = {"cancelled": True}
            self._changed.notify_all()
        self._stop()

    def _stop(self) -> None:
        with self._changed:
            if self._ended_by_us:
                return
            self._ended_by_us = True
        self._end()

    def result(self) -> Answer:
        """The final answer; drops events nobody took. Raises the Problem that ended the stream."""
        with self._changed:
            self._discards = True
            self._changed.notify_all()
            while not self.is_over:
                self._changed.wait()
        self._stop()
        if self._problem is not None:
            raise self._problem
        if self._overrun:
            raise Problem("agent.overrun", server=self._server, method=self.method)
        return self._result if self._result is not None else {}


class FollowedLog:
    """The events of `job.follow` (an AgentStream): what a slow reader missed is read again by its offset.

    Args:
        open_at: starts the stream at an offset.
    """

    def __init__(self, open_at: Callable[[int], Stream], offset: int) -> None:
        self._open_at = open_at
        self._offset = offset
        self._lock = threading.Lock()
        self._closed = False
        self._stream = open_at(offset)

    def __iter__(self) -> Iterator[Answer]:
        while True:
            for event in self._stream:
                offset, data = event.get("offset"), event.get("data_b64")
                if isinstance(offset, int) and isinstance(data, str):
                    self._offset = offset + len(data) * 3 // 4 - data[-2:].count("=")
                yield event
            with self._lock:
                if self._closed or not self._stream.was_overrun:
                    return
                self._stream = self._open_at(self._offset)

    def close(self) -> None:
        """End it from any thread."""
        with self._lock:
            self._closed = True
            stream = self._stream
        stream.close()

    def result(self) -> Answer:
        """The final answer."""
        return self._stream.result()
