"""Work off the Qt thread: a small pool, and a mailbox that brings results back to the Qt thread.

Nothing in console/ui waits for network, disk or database; it asks here.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from console.core.problems import Problem

T = TypeVar("T")


class Worker(QObject):
    """Runs callables on a pool of its own and delivers what they return on the Qt thread.

    Signals:
        woken: internal; a thread put something into an empty mailbox.
        failed: a Problem for which the caller gave no handler.
    """

    woken = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, threads: int = 6) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ui-worker")
        self._mailbox: deque[Callable[[], None]] = deque()
        self._flying: set[str] = set()
        self._closed = False
        self.woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        call: Callable[[], T],
        done: Callable[[T], None] | None = None,
        *,
        failed: Callable[[Problem], None] | None = None,
        owner: QObject | None = None,
        key: str = "",
    ) -> bool:
        """Run `call` on the pool, then `done(result)` or `failed(problem)` on the Qt thread.

        Args:
            owner: nothing is delivered once it has died.
            key: while a call with this key is under way, a further one is dropped, not queued.

        Returns:
            Whether it was taken.
        """
        if self._closed or (key and key in self._flying):
            return False
        if key:
            self._flying.add(key)

        def finish(deliver: Callable[[], None]) -> None:
            self._flying.discard(key)
            if not self._closed and (owner is None or shiboken6.isValid(owner)):
                deliver()

        def on_pool() -> None:
            try:
                result = call()
            except Problem as problem:
                handler = failed or self.failed.emit
                caught = problem
                self.post(lambda: finish(lambda: handler(caught)))
            except BaseException as error:  # noqa: BLE001 - handed on, not swallowed
                # A bug of ours: it goes to the crash hook, on the Qt thread, like any other.
                bug = error
                self.post(lambda: finish(lambda: sys.excepthook(type(bug), bug, bug.__traceback__)))
            else:
                self.post(lambda: finish(lambda: done(result) if done else None))

        self._pool.submit(on_pool)
        return True

    def post(self, call: Callable[[], None]) -> None:
        """From any thread: have `call` run on the Qt thread soon."""
        if self._closed:
            return
        self._mailbox.append(call)
        self.woken.emit()

    def busy(self) -> bool:
        """Whether something with a key is still under way; tests wait on this."""
        return bool(self._flying)

    def close(self) -> None:
        """Take nothing more and let the threads end; what is under way is not waited for by the window."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._mailbox.clear()

    def _drain(self) -> None:
        while self._mailbox and not self._closed:
            self._mailbox.popleft()()
