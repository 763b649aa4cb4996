"""How far a copy is, in words that come at a human pace: bytes, rate, time left. Only arithmetic here."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from console.core.ports import Progress
from console.core.units import format_bytes, format_duration, format_rate

_EVERY_S = 0.1
_SPAN_S = 5.0


class Pace:
    """Counts bytes of one or more threads and tells at most ten times a second.

    Args:
        told: gets bytes done, bytes in all and words.
        check: raises where the person wants no more; called with every count.
    """

    def __init__(
        self, total: int, told: Callable[[float, float, str], None], check: Callable[[], None]
    ) -> None:
        self.total = total
        self.done = 0
        self.sent = 0
        self._told = told
        self._check = check
        self._lock = threading.Lock()
        self._last = 0.0
        self._marks: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def add(self, count: int, sent: int | None = None) -> None:
        """So many bytes more are where they belong, of which so many crossed the wire."""
        self._check()
        with self._lock:
            self.done += count
            self.sent += count if sent is None else sent
            now = time.monotonic()
            if now - self._last < _EVERY_S:
                return
            self._last = now
            self._marks.append((now, self.done))
            while len(self._marks) > 2 and now - self._marks[0][0] > _SPAN_S:
                self._marks.popleft()
            words = self._words(now)
        self._told(self.done, max(self.total, self.done), words)

    def finish(self) -> None:
        """Tell the last state, however soon after the one before."""
        self._told(self.done, max(self.total, self.done), self._words(time.monotonic()))

    def check(self) -> None:
        """Raise where the person wants no more."""
        self._check()

    def _words(self, now: float) -> str:
        since, before = self._marks[0]
        text = f"{format_bytes(self.done)} of {format_bytes(self.total)}"
        if now - since < 0.5:
            return text
        rate = (self.done - before) / (now - since)
        text += f", {format_rate(rate)}"
        left = self.total - self.done
        return text + (f", {format_duration(left / rate)} left" if rate > 0 and left > 0 else "")


def quiet(progress: Progress | None, total: int) -> Pace:
    """A pace for callers that only count bytes."""

    def told(done: float, of: float, _: str) -> None:
        if progress is not None:
            progress(int(done), int(of))

    return Pace(total, told, lambda: None)
