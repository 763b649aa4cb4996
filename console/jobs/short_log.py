"""A log that is kept here, in memory: what a command printed. Its beginning and its newest part, bounded."""

from __future__ import annotations

from threading import Lock

from console.agent.logscan import Scan, Wanted, ends_in
from console.core.logs.ansi import ESCAPES
from console.core.logs.index import BLOCK, Found, Hole, News, Search, Take
from console.jobs import local_search

MOST_BYTES = 32 * 1024 * 1024
HEAD_BYTES = 8 * 1024 * 1024
_NO_HOLE = (0, 0)


class ShortLog:
    """Bytes that are added at the end; the middle is given up where they are many. Any thread may call."""

    slow = False

    def __init__(self, *, most_bytes: int = MOST_BYTES, head_bytes: int = HEAD_BYTES) -> None:
        self._most = most_bytes
        self._head = head_bytes // BLOCK
        self._lock = Lock()
        self._blocks: dict[int, bytearray] = {}
        self._size = 0
        self._hole = _NO_HOLE
        self._ended = False

    def append(self, data: bytes) -> None:
        """Add bytes."""
        with self._lock:
            at = 0
            while at < len(data):
                block, inside = divmod(self._size, BLOCK)
                piece = data[at : at + BLOCK - inside]
                self._blocks.setdefault(block, bytearray()).extend(piece)
                at += len(piece)
                self._size += len(piece)
            if len(self._blocks) * BLOCK > self._most:
                self._give_up()

    def _give_up(self) -> None:
        # A quarter at once, as the agent does with a job's log.
        last = self._size // BLOCK - (self._most // BLOCK - self._head) * 3 // 4
        if last <= self._head:
            return
        self._hole = (self._head * BLOCK, last * BLOCK)
        for block in [each for each in self._blocks if self._head <= each < last]:
            del self._blocks[block]

    def end(self) -> None:
        """Nothing more will come."""
        with self._lock:
            self._ended = True

    def news(self, first: int, size: int, hole: Hole | None) -> News:
        """See LogSource."""
        with self._lock:
            known = _NO_HOLE if hole is None else (hole.begin, hole.end)
            if (size, known) == (self._size, self._hole):
                return News(self._size, ended=self._ended)
            count = -(-self._size // BLOCK)
            counts = tuple(
                ends_in(self._blocks.get(block, b""), block * BLOCK, _NO_HOLE)
                for block in range(first, count)
            )
            last = self._blocks.get((self._size - 1) // BLOCK) if self._size else None
            opened = last is not None and not last.endswith(b"\n")
            gap = None if self._hole == _NO_HOLE else Hole(*self._hole, 0)
            return News(self._size, first, counts, self._size, opened, gap, self._ended)

    def read(self, offset: int, length: int) -> tuple[int, bytes]:
        """See LogSource; to the end of its block at most."""
        with self._lock:
            if self._hole[0] <= offset < self._hole[1]:
                offset = self._hole[1]
            block, inside = divmod(offset, BLOCK)
            return offset, bytes(self._blocks.get(block, b"")[inside : inside + length])

    def _parts(self, offset: int) -> list[tuple[int, bytes]]:
        """All bytes from an offset on, in pieces without a gap."""
        found: list[tuple[int, bytearray]] = []
        for block in sorted(each for each in self._blocks if each >= offset // BLOCK):
            if found and found[-1][0] + len(found[-1][1]) == block * BLOCK:
                found[-1][1].extend(self._blocks[block])
            else:
                found.append((block * BLOCK, bytearray(self._blocks[block])))
        return [(at, bytes(data)) for at, data in found]

    def search(self, wish: Search, take: Take) -> None:
        """See LogSource.

        Raises:
            Problem: `log.pattern`, `log.pattern_slow`.
        """
        if wish.regex and not wish.needles:
            # A person's expression may never end, and holds up every thread of this process meanwhile.
            with self._lock:
                parts, size, hole = self._parts(wish.offset), self._size, self._hole
            local_search.search(wish, parts, size, hole, take)
            return
        wanted = Wanted(wish.pattern, wish.regex, wish.ignore_case, ESCAPES, wish.needles)
        with self._lock:
            size = self._size
        scan = Scan(wanted, lambda at, length: self.read(at, length)[1], wish.offset, wish.nth)
        count = 0
        while scan.at < size and count < wish.most:
            found = scan.step(size, self._hole)
            count += len(found)
            if not take(Found(tuple(found), scan.at, size)):
                return
        rest = scan.rest() if scan.at >= size else []
        take(Found(tuple(rest), scan.at, size, scan.at < size, scan.line, scan.nth))
