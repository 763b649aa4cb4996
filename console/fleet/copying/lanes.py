"""Several channels at once for one large file on a long way: each has a window of its own.

OpenSSH lets 2 MiB be under way in a channel, 20 MB/s at 100 ms; the connection carries more.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from console.core.problems import Problem
from console.fleet.copying.channel import DATA_AT, CopyChannel
from console.fleet.copying.pace import Pace
from console.fleet.copying.sources import unreadable
from console.fleet.copying.tree import Entry, Reader

OpenLane = Callable[[], AbstractContextManager[CopyChannel]]
"""One more started channel of the connection."""

LONG_WAY_MS = 30.0
MIN_BYTES = 16 * 1024 * 1024
MAX_LANES = 8
_BYTES_A_LANE = 16 * 1024 * 1024
_PIECE = 256 * 1024
_AT = struct.Struct(">BIQ")
_OWED = 24
_MARK_EVERY = 16
_AHEAD_PIECES = 512


def wants_lanes(latency_ms: float | None, left_bytes: int) -> bool:
    """Whether several channels are worth their start."""
    return (latency_ms or 0.0) >= LONG_WAY_MS and left_bytes >= MIN_BYTES


def lanes_for(left_bytes: int) -> int:
    """How many: each costs the server the start of a program."""
    return min(MAX_LANES, max(2, left_bytes // _BYTES_A_LANE))


class LanePool:
    """Channels that are being opened, so that they are there when the file's turn comes; `close` it.

    Args:
        count: how many to open, at once.
    """

    def __init__(self, open_lane: OpenLane, count: int) -> None:
        self.count = count
        self._open_lane = open_lane
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._opened: list[CopyChannel | BaseException] = []
        self._threads = [
            threading.Thread(target=self._open, name=f"copy lane opens {n}", daemon=True)
            for n in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _open(self) -> None:
        found: CopyChannel | BaseException
        try:
            found = self._open_lane().__enter__()
        except BaseException as error:  # noqa: BLE001 it is raised by whoever takes it
            found = error
        with self._changed:
            self._opened.append(found)
            self._changed.notify_all()

    def take(self) -> CopyChannel:
        """The next one that is open; not more often than there are.

        Raises:
            Problem: why one could not be opened.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._opened)
            found = self._opened.pop(0)
        if isinstance(found, BaseException):
            raise found
        return found

    def close(self) -> None:
        """Hang up those that nobody took."""
        for thread in self._threads:
            thread.join()
        for found in self._opened:
            if isinstance(found, CopyChannel):
                found.close()
        self._opened = []


class Lanes:
    """Sends the rest of a file by pieces, whichever channel is free takes the next."""

    def __init__(
        self,
        channel: CopyChannel,
        pool: LanePool,
        root: str,
        entry: Entry,
        key: str,
        path: Path,
        pace: Pace,
    ) -> None:
        self._channel = channel
        self._pool = pool
        self._root, self._entry, self._key = root, entry, key
        self._path = path
        self._pace = pace
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._next = 0
        self._first = 0
        self._whole = 0
        self._arrived: set[int] = set()
        self._failed: BaseException | None = None
        self._running = 0
        self._descriptor = -1
        self._opened = 0

    def run(self, reader: Reader, offset: int) -> str:
        """Send what is behind `offset`; the hash of the file, which the reader stands at the same place of.

        Raises:
            Problem: as a push.
        """
        self._channel.message()  # the part file is there
        self._first = offset
        threads = [
            threading.Thread(target=self._guarded, name=f"copy lane {n}", daemon=True)
            for n in range(self._pool.count)
        ]
        self._running = len(threads)
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except OSError as error:
            raise unreadable(self._path, error) from error
        self._descriptor = descriptor
        try:
            for thread in threads:
                thread.start()
            try:
                while reader.read():
                    self._pace.check()
                self._watch()
            except BaseException as error:
                self._fail(error)
                raise
        finally:
            for thread in threads:
                thread.join()
            os.close(descriptor)
        return reader.sha256()

    def _watch(self) -> None:
        """Tell the server from time to time how much is whole, until all lanes are done."""
        told = 0
        while True:
            with self._changed:
                due = told + _MARK_EVERY
                self._changed.wait_for(lambda: self._wants_look(due), 0.5)  # noqa: B023
                if self._failed is not None:
                    raise self._failed
                running, whole = self._running, self._whole
            self._pace.check()
            if whole - told >= _MARK_EVERY:
                told = whole
                self._channel.send("mark", upto=self._first + whole * _PIECE)
            if not running:
                return

    def _wants_look(self, due: int) -> bool:
        return bool(self._failed) or not self._running or self._whole >= due

    def _guarded(self) -> None:
        try:
            self._lane()
        except BaseException as error:  # noqa: BLE001 it is raised by the thread that waits
            self._fail(error)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            self._failed = self._failed or error
            self._changed.notify_all()

    def _lane(self) -> None:
        try:
            opened = self._pool.take()
        except Problem as problem:
            # The server allows no more sessions on one connection: the others do it.
            if problem.code == "ssh.channel_refused" and self._other_lanes():
                return
            raise
        with opened as lane:
            with self._lock:
                self._opened += 1
            lane.post("begin", root=self._root, name="", kind="lane")
            lane.send("lane", path=self._entry.path, key=self._key)
            buffer = memoryview(bytearray(_AT.size + _PIECE))
            owed: list[int] = []
            while (index := self._take()) is not None:
                at = self._first + index * _PIECE
                size = self._fill(buffer[_AT.size :], at)
                _AT.pack_into(buffer, 0, DATA_AT, size + 8, at)
                lane.send_raw(buffer[: _AT.size + size])
                owed.append(index)
                self._pace.add(size)
                while owed and (len(owed) > _OWED or lane.has_data):
                    self._acknowledged(lane, owed)
            while owed:
                self._acknowledged(lane, owed)

    def _other_lanes(self) -> bool:
        """Whether one more of us may still be at work; waits until that is known."""
        with self._changed:
            self._changed.wait_for(lambda: self._failed or self._opened or self._running == 1, 30.0)
            return self._opened > 0

    def _fill(self, space: memoryview, at: int) -> int:
        size = min(len(space), self._entry.size - at)
        done = 0
        while done < size:
            count = os.preadv(self._descriptor, [space[done:size]], at + done)
            if not count:
                raise Problem("file.unreadable", path=self._path, reason="it became shorter meanwhile")
            done += count
        return size

    def _take(self) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._failed or self._next < self._whole + _AHEAD_PIECES)
            if self._failed is not None or self._first + self._next * _PIECE >= self._entry.size:
                return None
            self._next += 1
            return self._next - 1

    def _acknowledged(self, lane: CopyChannel, owed: list[int]) -> None:
        lane.collect()  # of its begin, which nobody waited for
        lane.message()
        with self._changed:
            self._arrived.add(owed.pop(0))
            while self._whole in self._arrived:
                self._arrived.discard(self._whole)
                self._whole += 1
            self._changed.notify_all()
