"""One thread that watches all connections: asks each for a sign of life and ends those that are silent.

With it comes the thread that reads those on which little comes (shared_reader.py): it is looked after here.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

import paramiko

from console.ssh.shared_reader import SharedReader
from console.ssh.transport import Transport

_LOG = logging.getLogger(__name__)


class Watchdog:
    """Ends a connection when nothing was heard for `interval_s * misses`.

    Owned by whoever opens connections; its thread runs while there is something to watch.

    Args:
        interval_s: seconds between two requests to each server; their answers give the latency.
        misses: so many intervals of silence are the end.
    """

    def __init__(self, *, interval_s: float = 5.0, misses: int = 3) -> None:
        self.interval_s = interval_s
        self.misses = misses
        self._reader = SharedReader()
        self._lock = threading.Lock()
        self._watched: dict[Transport, _Watched] = {}
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def watch(
        self, transport: Transport, *, interval_s: float | None = None, misses: int | None = None
    ) -> None:
        """Watch from now on, until the connection ends; at a pace of its own where one is given. It may be
        read by the thread that all share."""
        transport.shared = self._reader
        with self._lock:
            self._watched[transport] = _Watched(interval_s or self.interval_s, misses or self.misses)
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="ssh-watchdog", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop watching; connections stay as they are."""
        self._stop.set()
        thread = self._thread
        if thread is not None:
            thread.join(5.0)
        self._reader.close()

    def _run(self) -> None:
        tick_s = self.interval_s / 5
        last_tick = not_before = time.monotonic()
        while not self._stop.wait(tick_s):
            now = time.monotonic()
            if now - last_tick > tick_s + self.interval_s:
                # This machine slept: what was not heard meanwhile says nothing about the servers.
                not_before = now
            last_tick = now
            with self._lock:
                self._watched = {t: pace for t, pace in self._watched.items() if t.is_active()}
                watched = list(self._watched.items())
                if not watched:
                    self._thread = None
                    return
            self._reader.look()
            for transport, pace in watched:
                _look_at(transport, pace, now, not_before)


@dataclass(slots=True)
class _Watched:
    interval_s: float
    misses: int
    asked: float = 0.0


def _look_at(transport: Transport, pace: _Watched, now: float, not_before: float) -> None:
    silent_s = now - max(transport.last_heard, not_before)
    if silent_s > pace.interval_s * pace.misses:
        transport.give_up(f"nothing was heard for {silent_s:.0f} s")
    elif now - pace.asked >= pace.interval_s:
        pace.asked = now
        try:
            transport.ask_for_life()
        except (OSError, EOFError, paramiko.SSHException) as error:
            # It went just now, which whoever reads it tells; the others are watched on.
            _LOG.debug("the connection went before it was asked for life: %s", error)
