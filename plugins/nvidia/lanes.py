"""Reads GPU after GPU on one worker. One whose call hangs keeps that worker; the others go on with another.

NVML's calls wait for one another inside the driver, so one worker asks them all. Nothing of NVML is here.
"""

import threading
import time
import traceback
from typing import Any, Callable, List, Optional, Sequence


class Item:
    """What a lane reads in turn: a GPU, or the list of them."""

    def __init__(self) -> None:
        self.busy_since: Optional[float] = None

    def stuck_s(self) -> float:
        """For how long its present call has not returned; 0 where none is under way."""
        since = self.busy_since
        return 0.0 if since is None else time.monotonic() - since


class Lane:
    """A round over items; the one who asks for it never waits for a hung call."""

    def __init__(self, name: str, read: Callable[[Any], None], patience_s: float) -> None:
        self._name = name
        self._read = read
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._waiting: List[Any] = []
        self._current: Optional[Any] = None
        self._worker = 0
        self._busy_since = 0.0

    def round(self, items: Sequence[Any], wait_s: float) -> None:
        """Read those items that are not stuck; come back when that is done, or after `wait_s`.

        To be called at every tick, with no items too: this is where a hung call is noticed.
        """
        deadline = time.monotonic() + wait_s
        with self._changed:
            for item in items:
                if item.busy_since is None and item not in self._waiting:
                    self._waiting.append(item)
            if self._waiting and self._worker == 0:
                self._hire()
            self._changed.notify_all()
            while self._waiting or self._current is not None:
                now = time.monotonic()
                left = deadline - now
                if self._current is not None:
                    patience_s = self._busy_since + self._patience_s - now
                    if patience_s <= 0:
                        # Its worker may never come back; if it does, it finds itself replaced and ends.
                        self._current = None
                        self._hire()
                        continue
                    left = min(left, patience_s)
                if now >= deadline:
                    return
                self._changed.wait(max(0.001, left))

    def close(self) -> None:
        """Let the worker end when it is free."""
        with self._changed:
            self._waiting = []
            self._worker += 1
            self._changed.notify_all()

    def _hire(self) -> None:
        self._worker += 1
        thread = threading.Thread(target=self._run, args=(self._worker,), name="nvml-" + self._name)
        thread.daemon = True
        thread.start()

    def _run(self, number: int) -> None:
        while True:
            with self._changed:
                while number == self._worker and not self._waiting:
                    self._changed.wait()
                if number != self._worker:
                    return
                # Set here and read there under the lock: a round never asks for what is being read.
                item = self._waiting.pop(0)
                self._current, self._busy_since = item, time.monotonic()
                item.busy_since = self._busy_since
            try:
                self._read(item)
            except Exception:
                traceback.print_exc()
            with self._changed:
                item.busy_since = None
                if number == self._worker:
                    self._current = None
                    if not self._waiting:
                        self._changed.notify_all()
