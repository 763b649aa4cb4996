"""How many attempts to connect run at the same time, so that a fleet's start floods no bastion and no CPU."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class ConnectSlots:
    """A counter with two classes: attempts after a failure leave room for the others.

    Dead servers hold a slot until their timeout, so they may never hold all of them.

    Args:
        limit: asked anew each time, because it is an option.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._changed = threading.Condition()
        self._first = 0
        self._again = 0
        self._mine = threading.local()
        self.most = 0

    @contextmanager
    def hold(self, *, again: bool, given_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a slot; yields False where `given_up` became true while waiting."""
        taken = self._take(again, given_up)
        self._mine.again = again if taken else None
        try:
            yield taken
        finally:
            self._mine.again = None
            if taken:
                self._release(again)

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Give this thread's slot to others while a person is asked, and take it back at once after."""
        again = getattr(self._mine, "again", None)
        if again is None:
            yield
            return
        self._release(again)
        try:
            yield
        finally:
            with self._changed:  # one too many for a moment: its connection is open already
                if again:
                    self._again += 1
                else:
                    self._first += 1

    def wake(self) -> None:
        """Let those who wait look again whether they still want to."""
        with self._changed:
            self._changed.notify_all()

    def _take(self, again: bool, given_up: Callable[[], bool]) -> bool:
        with self._changed:
            while not self._is_free(again):
                if given_up():
                    return False
                self._changed.wait(1.0)
            if again:
                self._again += 1
            else:
                self._first += 1
            self.most = max(self.most, self._first + self._again)
            return True

    def _is_free(self, again: bool) -> bool:
        limit = max(1, self._limit())
        if self._first + self._again >= limit:
            return False
        return not again or self._again < max(1, limit - 2)

    def _release(self, again: bool) -> None:
        with self._changed:
            if again:
                self._again -= 1
            else:
                self._first -= 1
            self._changed.notify_all()
