"""Sending a large file by what differs from the one that is there: pieces of the old one by their place.

The server sends sums of its file's blocks; they are looked for in the file here, at the places where they are
expected first and then, by numpy, at every place. No loop here goes over bytes. pull_delta.py walks likewise.
"""

from __future__ import annotations

import bisect
import os
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import numpy as np
from zlib_ng.zlib_ng import crc32

from console.agent.hashing import AHEAD, Hasher
from console.core.problems import Problem
from console.fleet.copying.ahead import Ahead
from console.fleet.copying.channel import COPY, DATA, HEAD, CopyChannel, hashing_s
from console.fleet.copying.pace import Pace
from console.fleet.copying.sources import unreadable
from console.fleet.copying.tree import Entry

MIN_DELTA_BYTES = 1024 * 1024
SAMPLE = 24
RECORD = struct.Struct(f">Q{SAMPLE}sI")
_RANGE = struct.Struct(">BIQQ")
_MAX_BLOCKS = 65536
_LOOK_AHEAD = 4096
"""How many blocks behind a change are looked for at their old distance."""
_WINDOW_BYTES = 256 * 1024
_SEARCH_BYTES = 96 * 1024 * 1024
"""How much is searched at every place with nothing found, before a different file is taken for one."""
_FIRST_COPY_BYTES = 1024 * 1024
"""So much is told at first, so that the server begins; twice as much each time."""
_READ_BYTES = 1024 * 1024
_COPY_BYTES = 16 * 1024 * 1024


class Sums:
    """The blocks of the old file, in the order of their places, which need not be next to each other."""

    def __init__(self, block: int, size: int) -> None:
        self.block = block
        self.size = size
        self.places: list[int] = []
        self.samples: list[bytes] = []
        self.checks: list[int] = []
        self._by_sample: dict[bytes, list[int]] = {}
        self._starts: np.ndarray | None = None

    def take(self, data: bytes) -> None:
        """Add a frame of records.

        Raises:
            ValueError: the blocks are not in order, or not in the file.
        """
        for place, sample, crc in RECORD.iter_unpack(data):
            if not (self.places[-1] + self.block if self.places else 0) <= place <= self.size - self.block:
                raise ValueError("a block lies where none can")
            self.places.append(place)
            self.samples.append(sample)
            self.checks.append(crc)

    def end_of(self, block: int) -> int:
        """Where the block of that number ends; the file's start for the one before the first."""
        return self.places[block] + self.block if block >= 0 else 0

    def run_from(self, block: int) -> int:
        """How many blocks from that one on lie one behind the other: those behind a gap are further off."""
        if block >= len(self.places):
            return 0
        first = self.places[block]
        behind = range(block + 1, len(self.places))
        return 1 + bisect.bisect_left(
            behind, True, key=lambda number: self.places[number] != first + (number - block) * self.block
        )

    @property
    def by_sample(self) -> dict[bytes, list[int]]:
        """The blocks that begin with the same bytes; made when something is searched for."""
        if not self._by_sample:
            for number, sample in enumerate(self.samples):
                self._by_sample.setdefault(sample, []).append(number)
        return self._by_sample

    @property
    def starts(self) -> np.ndarray:
        """Whether a block begins with three bytes of that value."""
        if self._starts is None:
            table = np.zeros(1 << 24, dtype=np.bool_)
            heads = np.frombuffer(b"".join(s[:3] for s in self.by_sample), dtype=np.uint8).reshape(-1, 3)
            table[_values(heads[:, 0], heads[:, 1], heads[:, 2])] = True
            self._starts = table
        return self._starts


def _values(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> np.ndarray:
    """Three bytes as one number."""
    joined: np.ndarray = (first.astype(np.uint32) << 16) | (second.astype(np.uint32) << 8) | third
    return joined


def receive_sums(channel: CopyChannel, op: str, path: str, size: int) -> Sums | None:
    """Ask for the sums of the file that is there; None where there is none to be read."""
    head = channel.ask(op, hashing_s(size), path=path)
    if head.get("none"):
        return None
    block, old_size, count = head.get("block"), head.get("size"), head.get("count")
    if not (
        isinstance(block, int) and isinstance(count, int) and isinstance(old_size, int)
        and 4096 <= block <= 2**40 and 0 <= count <= _MAX_BLOCKS
    ):  # fmt: skip
        raise Problem("agent.protocol", server=channel.server, reason="sums that make no sense")
    sums = Sums(block, old_size)
    while len(sums.samples) < count:
        kind, data = channel.receive(hashing_s(old_size))
        if kind != DATA and channel.parse(data).get("none"):
            return None
        try:
            if kind != DATA or not data:
                raise ValueError("no sums")
            sums.take(data)
        except (ValueError, struct.error) as error:
            raise Problem(
                "agent.protocol", server=channel.server, reason="sums that make no sense"
            ) from error
    return sums


def send_difference(
    channel: CopyChannel, begin: Callable[[], None], entry: Entry, path: Path, pace: Pace, ahead: Ahead
) -> str:
    """Send a file as pieces of the old one and what is new; the hex SHA-256 of all.

    Args:
        begin: asks the server to take the file.
        ahead: has perhaps hashed some of it.
    """
    sums = receive_sums(channel, "sums", entry.path, entry.size) or Sums(MIN_DELTA_BYTES, 0)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        begin()
        difference = _Difference(channel, sums, descriptor, path, pace, ahead)
        try:
            difference.run()
            return difference.hasher.hexdigest()
        finally:
            difference.hasher.close()
    finally:
        os.close(descriptor)


class Walk(ABC):
    """Goes through a local file and finds the blocks of a server's file in it."""

    def __init__(self, sums: Sums, descriptor: int, path: Path, pace: Pace) -> None:
        self._sums = sums
        self._descriptor = descriptor
        self._path = path
        self._pace = pace
        self._size = os.fstat(descriptor).st_size
        self._search_left = _SEARCH_BYTES
        self._buffers = [memoryview(bytearray(max(_READ_BYTES, sums.block))) for _ in range(AHEAD + 1)]

    @abstractmethod
    def _matched(self, at: int, start: int, data: memoryview) -> None:
        """What lies at `at` here lies at `start` there."""

    @abstractmethod
    def _literal(self, start: int, end: int) -> None:
        """What lies here from `start` to `end` is not known there."""

    def run(self) -> None:
        """From the file's start to its end: blocks where they are expected, else a search for the next."""
        at, block = 0, 0
        while at < self._size:
            done = self._blocks(at, block)
            at += done * self._sums.block
            block += done
            if at >= self._size:
                break
            new, block = self._next_known(at, block)
            self._literal(at, new)
            at = new

    # --- what is known

    def _blocks(self, at: int, block: int) -> int:
        """How many blocks from `block` on lie at `at` and behind."""
        size, done = self._sums.block, 0
        per_read = max(1, _READ_BYTES // size)
        count = min(self._sums.run_from(block), (self._size - at) // size)
        while True:
            wanted = min(per_read, count - done)
            if wanted <= 0:
                return done
            data = self._read(at + done * size, wanted * size)
            good = 0
            while good < wanted and self._is(data[good * size : (good + 1) * size], block + good + done):
                good += 1
            if good:
                self._matched(at + done * size, self._sums.places[block + done], data[: good * size])
            done += good
            if good < wanted:
                return done

    def _is(self, data: memoryview, block: int) -> bool:
        return data[:SAMPLE] == self._sums.samples[block] and crc32(data) == self._sums.checks[block]

    def _next_known(self, at: int, block: int) -> tuple[int, int]:
        """Where a known block begins at `at` or behind, and which; the end of the file where none does."""
        size, sums = self._sums.block, self._sums
        distance = at - sums.end_of(block - 1)
        for number in range(block, min(block + _LOOK_AHEAD, len(sums.places))):
            place = distance + sums.places[number]
            if place + size > self._size:
                break
            if place == at:  # it was compared, or there is no room for it
                continue
            if os.pread(self._descriptor, SAMPLE, place) == sums.samples[number] and self._is(
                self._read(place, size), number
            ):
                return place, number
        place = at
        while sums.by_sample and self._search_left > 0 and place + size <= self._size:
            found = self._search(place, block)
            if found is not None:
                self._search_left = _SEARCH_BYTES
                return found
            self._pace.check()
            place += _WINDOW_BYTES
        return self._size, len(sums.checks)

    def _search(self, start: int, block: int) -> tuple[int, int] | None:
        """The first place in one piece of the file where a block of the old one begins."""
        self._search_left -= _WINDOW_BYTES
        data = os.pread(self._descriptor, _WINDOW_BYTES + SAMPLE, start)
        view = np.frombuffer(data, dtype=np.uint8)
        if len(view) < SAMPLE:
            return None
        hits = np.flatnonzero(self._sums.starts[_values(view[:-2], view[1:-1], view[2:])])
        tried = 0
        for hit in hits.tolist():
            blocks = self._sums.by_sample.get(data[hit : hit + SAMPLE])
            if blocks is None or hit >= _WINDOW_BYTES:
                continue
            tried += 1
            if tried > 64:  # the same bytes again and again: nothing can be told by them
                return None
            place = start + hit
            if place + self._sums.block > self._size:
                continue
            candidate = next((each for each in blocks if each >= block), blocks[0])
            if self._is(self._read(place, self._sums.block), candidate):
                return place, candidate
        return None

    def _read(self, at: int, size: int) -> memoryview:
        buffer, done = self._buffers[0], 0
        while done < size:
            count = os.preadv(self._descriptor, [buffer[done:size]], at + done)
            if not count:
                raise Problem("file.unreadable", path=self._path, reason="it became shorter meanwhile")
            done += count
        return buffer[:size]


class _Difference(Walk):
    """Tells the server what of its file lies where in the new one, and sends what is new."""

    def __init__(
        self, channel: CopyChannel, sums: Sums, descriptor: int, path: Path, pace: Pace, ahead: Ahead
    ) -> None:
        super().__init__(sums, descriptor, path, pace)
        self._channel = channel
        digest, self._hashed = ahead.take(path)
        self._copy_at = 0
        self._copy_size = 0
        self._copy_most = _FIRST_COPY_BYTES
        self.hasher = Hasher(digest)

    def run(self) -> None:
        super().run()
        self._flush()

    def _matched(self, at: int, start: int, data: memoryview) -> None:
        self._hash(at, data)
        self._copy(start, len(data))

    def _hash(self, at: int, data: memoryview) -> None:
        """Hash what lies in the first buffer, which is not used again before that is done."""
        new = data[max(0, self._hashed - at) :]
        if new:
            self.hasher.update(new)
            self._buffers.append(self._buffers.pop(0))

    def _copy(self, start: int, size: int) -> None:
        if self._copy_at + self._copy_size != start or self._copy_size >= self._copy_most:
            self._flush()
            self._copy_at = start
        self._copy_size += size
        self._pace.add(size, 0)

    def _flush(self) -> None:
        if self._copy_size:
            self._channel.send_raw(_RANGE.pack(COPY, 16, self._copy_at, self._copy_size))
            self._copy_most = min(_COPY_BYTES, 2 * self._copy_most)
        self._copy_at, self._copy_size = 0, 0

    def _literal(self, start: int, end: int) -> None:
        self._flush()
        while start < end:
            data = self._read(start, min(_READ_BYTES, end - start))
            self._channel.send_raw(HEAD.pack(DATA, len(data)))
            self._channel.send_raw(data)
            self._hash(start, data)
            self._pace.add(len(data))
            start += len(data)
