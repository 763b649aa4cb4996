"""What came over a channel and was not read yet: packets as they came, copied once, when they are read.

Takes the place of paramiko's BufferedPipe, which shifts all that it holds at every read.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from paramiko.buffered_pipe import PipeTimeout

_SMALL_BYTES = 2048
"""Pieces smaller than this are joined as they come: a peer that sends single bytes must not cost more."""


class ByteQueue:
    """Fed by the thread that reads the transport, read by one other; or handed on by the one that feeds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._pieces: deque[memoryview | bytearray] = deque()
        self._size = 0
        self._wanted = 1
        self._closed = False
        self._taker: Callable[[bytes | memoryview], None] | None = None
        self._handing = False
        self._told_end = False

    def hand_to(self, taker: Callable[[bytes | memoryview], None]) -> None:
        """From now on pieces are not kept but handed on, by the thread that feeds; what waits goes first,
        by this one."""
        with self._lock:
            self._taker, self._handing = taker, True
        while True:
            with self._lock:
                waiting = self._take(self._size)
                if not waiting:
                    self._handing = False
                    return
            taker(waiting)

    def has_just_ended(self) -> bool:
        """True once: when all that came was handed on and nothing more will come."""
        with self._lock:
            ended = self._closed and self._taker is not None and not (self._handing or self._told_end)
            self._told_end = self._told_end or ended
            return ended

    def feed(self, *pieces: bytes | memoryview) -> None:
        """Put bytes at the end; the caller leaves them as they are."""
        with self._lock:
            taker = None if self._handing else self._taker
            if taker is None:
                for data in pieces:
                    self._add(data)
                if self._size >= self._wanted:
                    self._changed.notify_all()
        if taker is not None:  # without the lock: it may close the channel
            for data in pieces:
                taker(data)

    def _add(self, data: bytes | memoryview) -> None:
        if len(data) >= _SMALL_BYTES:
            self._pieces.append(memoryview(data))
        elif self._pieces and isinstance(self._pieces[-1], bytearray) and len(self._pieces[-1]) < 65536:
            self._pieces[-1] += data
        elif data:
            self._pieces.append(bytearray(data))
        self._size += len(data)

    def read(self, nbytes: int, timeout: float | None = None, *, at_least: int = 1) -> bytes:
        """At most `nbytes`; waits until `at_least` are there or the end, which empty bytes tell.

        Raises:
            PipeTimeout: what is there was not enough in time.
        """
        until = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            while self._size < at_least and not self._closed:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise PipeTimeout
                self._wanted = at_least
                self._changed.wait(left)
                self._wanted = 1
            return self._take(nbytes)

    def _take(self, limit: int) -> bytes:
        taken: list[memoryview | bytearray] = []
        room = min(limit, self._size)
        self._size -= room
        while room:
            piece = self._pieces.popleft()
            if len(piece) > room:
                self._pieces.appendleft(memoryview(piece)[room:])
                piece = memoryview(piece)[:room]
            taken.append(piece)
            room -= len(piece)
        return bytes(taken[0]) if len(taken) == 1 else b"".join(taken)

    def empty(self) -> bytes:
        """All that is there."""
        with self._lock:
            return self._take(self._size)

    def read_ready(self) -> bool:
        """Whether something is there."""
        return self._size > 0

    def close(self) -> None:
        """Nothing more will come."""
        with self._lock:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        return self._size
