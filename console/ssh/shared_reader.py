"""One thread that reads all connections on which little comes: each thread keeps memory, each wake-up costs.

Whose socket is read by whom, and that none holds up the others, is here; what is read is reading.py's.
"""

from __future__ import annotations

import logging
import select
import selectors
import socket
import threading
import time
from typing import Any, Protocol

MOMENT_S = 0.025
"""What comes within it is read in one go, unless somebody waits for an answer."""

HURRY_S = 0.05
"""So long after something was sent an answer is waited for."""

HELD_UP_S = 2.0

_IS_ABLE = hasattr(select, "epoll") or hasattr(select, "kqueue")
"""Elsewhere a selector takes no change while it waits, and few sockets."""

_LOG = logging.getLogger(__name__)


class Seat(Protocol):
    """A connection, as this thread sees it."""

    sock: Any
    active: bool

    def turn(self) -> bool:
        """Read once what is here and deal with it, without waiting; False where it wants its own thread."""

    def read_alone(self) -> None:
        """Go on with a thread of its own; comes back at once."""

    def read_here(self) -> None:
        """Go on with the calling thread, to the end of the connection or until it is quiet again."""

    def end_by(self, error: Exception) -> None:
        """It cannot go on: end it, and tell its channels."""


class SharedReader:
    """Reads connections until they are lively or end; has a thread while there are any.

    What they hand on is handed on by this thread, so nobody may wait in there: who does (longer than
    HELD_UP_S, as `look` finds) keeps the thread for the one connection, and a new one reads the others. What
    is not read waits in the kernel and on the server, which sends no more than its window: here nothing
    piles up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seated: set[Seat] = set()
        self._selector: selectors.BaseSelector | None = None
        self._bell: tuple[socket.socket, socket.socket] | None = None
        self._thread: threading.Thread | None = None
        self._turn: tuple[float, Seat] | None = None
        self._hurried = threading.Event()
        self._hurry_until_s = 0.0
        self._closed = False

    def take(self, seat: Seat) -> bool:
        """Read it from now on; False where it must go on by itself. Its own thread may do nothing with it
        after True."""
        with self._lock:
            if self._closed or not _IS_ABLE or not seat.active:
                return False
            if self._selector is None:
                self._begin()
            assert self._selector is not None
            self._seated.add(seat)
            try:
                self._selector.register(seat.sock, selectors.EVENT_READ, seat)
            except (ValueError, OSError) as error:
                _LOG.debug("a connection went before it was shared: %s", error)
                self._seated.discard(seat)
                self._ring()
                return False
            return True

    def forget(self, seat: Seat) -> bool:
        """Read it no more; whether it was read here, and is the caller's now. Before its socket is closed."""
        with self._lock:
            return self._drop(seat)

    def hurry(self) -> None:
        """Somebody waits for an answer: for a while what comes is read at once."""
        self._hurry_until_s = time.monotonic() + HURRY_S
        self._hurried.set()

    def look(self) -> None:
        """For a watchdog, now and then: if one connection holds up all, the others get a new thread."""
        with self._lock:
            if self._turn is None or self._closed:
                return
            since_s, seat = self._turn
            if time.monotonic() - since_s > HELD_UP_S and self._drop(seat):
                self._turn = None
                self._start_thread()

    def close(self) -> None:
        """Read nothing any more; connections that are still up go on by themselves."""
        with self._lock:
            self._closed = True
            left = list(self._seated)
            for seat in left:
                self._drop(seat)
            self._ring()
            thread = self._thread
        self._hurried.set()
        for seat in left:
            self._let_alone(seat)
        if thread is not None and thread is not threading.current_thread():
            thread.join(5.0)

    # --- inside; with the lock held

    def _begin(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell = socket.socketpair()
        for end in self._bell:
            end.setblocking(False)
        self._selector.register(self._bell[0], selectors.EVENT_READ, None)
        self._start_thread()

    def _start_thread(self) -> None:
        self._thread = threading.Thread(target=self._run, name="ssh-reader", daemon=True)
        self._thread.start()

    def _drop(self, seat: Seat) -> bool:
        if seat not in self._seated:
            return False
        self._seated.discard(seat)
        if self._selector is not None:
            self._selector.unregister(seat.sock)
        if not self._seated:
            self._ring()
        return True

    def _ring(self) -> None:
        """Wake the thread: it may have to end."""
        if self._bell is not None:
            self._bell[1].send(b"!")

    def _ends(self) -> bool:
        """Whether the calling thread has nothing more to do; what it waited with is closed then."""
        if self._thread is not threading.current_thread():
            return True
        if self._seated:
            return False
        self._thread = None
        if self._selector is not None and self._bell is not None:
            self._selector.close()
            for end in self._bell:
                end.close()
        self._selector = self._bell = None
        return True

    # --- its thread

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._ends():
                    return
                selector, bell = self._selector, self._bell
            assert selector is not None
            assert bell is not None
            for key, _ in selector.select():
                if key.data is None:
                    bell[0].recv(64)
                elif not self._give_turn(key.data):
                    return
            self._gather()

    def _give_turn(self, seat: Seat) -> bool:
        """False where the connection held this thread for so long that it stayed with it, to its end."""
        with self._lock:
            if seat not in self._seated:
                return True
            self._turn = (time.monotonic(), seat)
        error: Exception | None = None
        stays = False
        try:
            stays = seat.turn()
        except Exception as raised:  # noqa: BLE001 whatever it is, it is the end of this connection only
            error = raised
        with self._lock:
            replaced = self._thread is not threading.current_thread()
            if not replaced:
                self._turn = None
            ours = replaced or (not stays and self._drop(seat))
        if not ours:
            return True
        if error is not None:
            seat.end_by(error)
        elif replaced:
            seat.read_here()
        else:
            self._let_alone(seat)
        return not replaced

    @staticmethod
    def _let_alone(seat: Seat) -> None:
        try:
            seat.read_alone()
        except RuntimeError as error:  # no thread can be started
            seat.end_by(error)

    def _gather(self) -> None:
        """Let what comes gather for a moment, if nobody is in a hurry."""
        if time.monotonic() >= self._hurry_until_s:
            self._hurried.clear()
            self._hurried.wait(MOMENT_S)
