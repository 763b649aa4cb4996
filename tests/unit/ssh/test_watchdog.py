"""The watchdog watches on whatever becomes of one of its connections."""

from __future__ import annotations

import time
from typing import Any

from console.ssh.watchdog import Watchdog


class Peer:
    """A transport that always was heard just now."""

    def __init__(self, *, goes: bool = False) -> None:
        self.asked = 0
        self._goes = goes

    @property
    def last_heard(self) -> float:
        return time.monotonic()

    def is_active(self) -> bool:
        return self.asked < 4

    def ask_for_life(self) -> None:
        self.asked += 1
        if self._goes:
            raise EOFError


def test_a_connection_that_goes_while_it_is_asked_does_not_end_the_watch() -> None:
    watchdog = Watchdog(interval_s=0.02)
    going: Any = Peer(goes=True)
    staying: Any = Peer()
    watchdog.watch(going)
    watchdog.watch(staying)
    deadline = time.monotonic() + 30
    while staying.asked < 4 or going.asked < 4:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    watchdog.close()
