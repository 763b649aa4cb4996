"""Fetching a large file by what differs from the one that is here: the walk of delta.py, the other way round.

The blocks of the server's file are looked for in the old file here; only what was not found is asked for. The
SHA-256 of the whole, made on both sides, decides whether the result is right.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from console.agent.hashing import AHEAD
from console.core.problems import Problem
from console.fleet.copying.channel import DATA, CopyChannel, Message, hashing_s
from console.fleet.copying.delta import Sums, Walk, receive_sums
from console.fleet.copying.landing import LandingFile, unwritable
from console.fleet.copying.listing import shown
from console.fleet.copying.pace import Pace
from console.fleet.copying.sources import unreadable
from console.fleet.copying.tree import PIECE_BYTES, Entry

_WORTH = 0.5
"""More than this part of a file must be here already: else it is fetched whole."""

Part = tuple[int, int, int | None]
"""Start and size in the new file, and where that lies in the old one; None where it has to be fetched."""


class _Found(Walk):
    """Collects where the server's blocks lie here."""

    def __init__(self, sums: Sums, descriptor: int, path: Path, pace: Pace) -> None:
        super().__init__(sums, descriptor, path, pace)
        self.runs: list[tuple[int, int, int]] = []

    def _matched(self, at: int, start: int, data: memoryview) -> None:
        self._pace.check()
        self.runs.append((start, len(data), at))

    def _literal(self, start: int, end: int) -> None:
        """What is only here is of no use."""


def plan(runs: list[tuple[int, int, int]], size: int) -> list[Part]:
    """The new file from start to end: what was found (start, size, place here) and what is missing."""
    parts: list[Part] = []
    at = 0
    for start, count, place in sorted(runs):
        skip = max(0, at - start)
        if skip >= count:
            continue
        if start > at:
            parts.append((at, start - at, None))
        before = parts[-1] if parts else None
        if before is not None and before[2] is not None and before[2] + before[1] == place + skip:
            parts[-1] = before[0], before[1] + count - skip, before[2]
        else:
            parts.append((start + skip, count - skip, place + skip))
        at = start + count
    if at < size:
        parts.append((at, size - at, None))
    return parts


class PullDelta:
    """One file by its differences.

    Args:
        old: the file that is here.
    """

    def __init__(self, channel: CopyChannel, entry: Entry, old: Path, pace: Pace) -> None:
        self._channel = channel
        self._entry = entry
        self._old = old
        self._pace = pace
        try:
            self._descriptor = os.open(old, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise unreadable(old, error) from error

    def __enter__(self) -> PullDelta:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def plan(self) -> list[Part] | None:
        """What to take from where; None where it is no gain."""
        size = self._entry.size
        sums = receive_sums(self._channel, "offer", self._entry.path, size)
        if sums is None or sums.size != size:
            return None
        found = _Found(sums, self._descriptor, self._old, self._pace)
        found.run()
        parts = plan(found.runs, size)
        missing = [(start, count) for start, count, place in parts if place is None]
        in_place = all(place in (None, start) for start, _, place in parts)
        if in_place and sum(count for _, count in missing) < sums.block and self._is_as_long():
            return None  # most likely the same: its hash is cheaper than writing it again
        return parts if sum(count for _, count in missing) < _WORTH * size else None

    def _is_as_long(self) -> bool:
        return os.fstat(self._descriptor).st_size == self._entry.size

    def fetch(self, parts: list[Part], file: LandingFile) -> Message | None:
        """Put the new file together; the server's words on it, None where it is not what is there."""
        size = self._entry.size
        self._channel.send(
            "pieces", path=self._entry.path, list=[part[:2] for part in parts if part[2] is None]
        )
        head = self._channel.message(hashing_s(size))
        if head.get("size") != size:
            raise Problem("transfer.changed", server=self._channel.server, path=shown(self._entry.path))
        buffers = [memoryview(bytearray(PIECE_BYTES)) for _ in range(AHEAD + 1)]
        for _, count, place in parts:
            if place is None:
                if not self._receive(count, file):
                    return None
                continue
            for piece in self._here(place, count, buffers):
                file.write(piece)
                self._pace.add(len(piece), 0)
        end = self._channel.message(hashing_s(size))
        return {**head, **end} if end.get("sha256") == file.sha256() else None

    def _receive(self, count: int, file: LandingFile) -> bool:
        while count:
            kind, body = self._channel.receive()
            if kind != DATA:  # it has become shorter
                self._channel.parse(body)
                return False
            if len(body) > count or not body:
                raise Problem("agent.protocol", server=self._channel.server, reason="a piece of another size")
            file.write(body)
            self._pace.add(len(body))
            count -= len(body)
        return True

    def _here(self, place: int, count: int, buffers: list[memoryview]) -> Iterator[memoryview]:
        """A part of the old file; a piece stays as it is until `AHEAD` more were taken."""
        os.lseek(self._descriptor, place, os.SEEK_SET)
        while count:
            buffer = buffers.pop(0)
            buffers.append(buffer)
            try:
                got = os.readv(self._descriptor, [buffer[: min(len(buffer), count)]])
            except OSError as error:
                raise unreadable(self._old, error) from error
            if not got:
                raise unwritable(self._old, OSError(0, "it changed while it was replaced"))
            yield buffer[:got]
            count -= got
