"""What goes on for long but is seldom busy: a generator that has a thread only while it has something to do.

One minder, with one thread, looks after all that rest. What a life does is its owner's: link.py.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

TICK_S = 0.5
_MANY = 8
_QUIET_TICKS = 4
_SLEPT_S = 3.0

Steps = Generator[bool, None, None]
"""Yields True where it needs no thread until there is work again."""


class Minder:
    """Calls every look twice a second until it returns False; its thread runs while there are any.

    A look may not wait for anything: all share this thread.

    Args:
        when_settled: called on that thread once many came and no other followed: what bringing them up
            needed is needed no more.
    """

    def __init__(self, when_settled: Callable[[], object] | None = None) -> None:
        self._when_settled = when_settled
        self._came = 0
        self._quiet_ticks = 0
        self._ticked_s = self._awake_s = time.monotonic()
        self._lock = threading.Lock()
        self._looks: dict[str, Callable[[], bool]] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def mind(self, name: str, look: Callable[[], bool]) -> None:
        """Call it from now on; it takes the place of another of that name."""
        with self._lock:
            self._looks[name] = look
            self._came += 1
            self._quiet_ticks = 0
            if self._thread is None and not self._stop.is_set():
                thread = threading.Thread(target=self._run, name="minder", daemon=True)
                thread.start()
                self._thread = thread

    def silence_s(self, heard_s: float) -> float:
        """Seconds since something was heard at that monotonic time. Where this process slept meanwhile, as on
        a laptop, since it woke: what waits in the socket has to be read before silence tells anything."""
        now = time.monotonic()
        return now - max(heard_s, now if now - self._ticked_s > _SLEPT_S else self._awake_s)

    def close(self) -> None:
        """Look no more."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join(5.0)

    def _run(self) -> None:
        while not self._stop.wait(TICK_S):
            now = time.monotonic()
            if now - self._ticked_s > _SLEPT_S:
                self._awake_s = now
            self._ticked_s = now
            with self._lock:
                looks = list(self._looks.items())
                if not looks:
                    self._thread = None
                    return
                self._quiet_ticks += 1
                settled = self._came >= _MANY and self._quiet_ticks >= _QUIET_TICKS
                if settled:
                    self._came = 0
            for name, look in looks:
                if not look():
                    with self._lock:
                        if self._looks.get(name) is look:
                            del self._looks[name]
            if settled and self._when_settled is not None:
                self._when_settled()


class Life:
    """One generator after the other, each in pieces on threads that end where it rests.

    Args:
        name: of its threads.
        changed: its owner's; guards all that is here and is told of every change.
        begin: makes the generator.
        has_work: whether one that rests should go on; called with the lock held, never waits.
    """

    def __init__(
        self,
        name: str,
        changed: threading.Condition,
        minder: Minder,
        begin: Callable[[], Steps],
        has_work: Callable[[], bool],
    ) -> None:
        self._name = name
        self._changed = changed
        self._minder = minder
        self._begin = begin
        self._has_work = has_work
        self._thread: threading.Thread | None = None
        self._resting: Steps | None = None

    def start_if_needed(self, *, may_begin: bool) -> None:
        """Wake one that rests and has work, or begin a new one. With the lock held."""
        if self._thread is None and (may_begin if self._resting is None else self._has_work()):
            steps, self._resting = self._resting or self._begin(), None
            thread = threading.Thread(target=self._run, args=(steps,), name=self._name, daemon=True)
            # Known once it runs: `join` waits for no lock, and one that has not begun cannot be waited for.
            thread.start()
            self._thread = thread
        self._changed.notify_all()

    def wake(self) -> None:
        """Look now whether one that rests has work; on any thread."""
        with self._changed:
            self.start_if_needed(may_begin=False)

    def let_go(self) -> None:
        """The generator that runs will end: whoever comes now begins another. With the lock held."""
        self._thread = None
        self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Whether its thread has ended in time."""
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(max(0.0, timeout_s))
        return not thread.is_alive()

    def _run(self, steps: Steps) -> None:
        rests = False
        try:
            rests = next(steps, False)
        finally:
            with self._changed:
                if self._thread is threading.current_thread():
                    self._thread = None
                    self._resting = steps if rests else None
                    self.start_if_needed(may_begin=False)  # for what happened since it looked
        if rests:
            self._minder.mind(self._name, self._look)

    def _look(self) -> bool:
        with self._changed:
            if self._resting is not None:
                self.start_if_needed(may_begin=False)
            return self._resting is not None
