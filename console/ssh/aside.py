"""Exchanges of keys on threads that end with them.

OpenSSL keeps generators of random numbers for every thread that made a key, 14 KiB of them, and the C library
what that thread freed. A connection's own thread lives as long as the connection; these live a moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from paramiko.message import Message


class KexAside:
    """paramiko's exchange of keys, whose steps run on a thread of their own while the caller waits."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange

    @property
    def hash_algo(self) -> Any:
        """The exchange's hash; paramiko makes the session's keys by it."""
        return self._exchange.hash_algo

    def start_kex(self) -> None:
        """Make our key and send it."""
        aside(self._exchange.start_kex)

    def parse_next(self, kind: int, message: Message) -> None:
        """Take the server's answer, check what it signed, change to the new keys."""
        aside(lambda: self._exchange.parse_next(kind, message))


def aside(act: Callable[[], object]) -> None:
    """Do it on a thread that ends with it, and wait; what it raises is raised here."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 it is raised again by who waits
            raised.append(error)

    thread = threading.Thread(target=run, name="ssh-kex", daemon=True)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
