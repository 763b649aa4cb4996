"""Where the lines of a log are: line ends counted by block, so that any row of millions is found at once.

Rows are what a person sees: the log's lines, and one row where its middle was given back. A block is
`BLOCK` bytes; only the counts are kept here, bytes are kept by text.py for the blocks that are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

BLOCK = 256 * 1024
Integers = npt.NDArray[np.int64]


class Hole(NamedTuple):
    """Bytes that are gone; `before`: lines that end in the block of `begin` before it."""

    begin: int
    end: int
    before: int


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a log's size and lines.

    Attributes:
        size: bytes of the log, counted or not.
        first, counts: how many lines end in the blocks from `first` on.
        upto: bytes that were counted so far; what is beyond comes with the next news.
        open: whether the last of them is no line end.
        ended: whether nothing will be written any more.
    """

    size: int
    first: int = 0
    counts: tuple[int, ...] = ()
    upto: int | None = None
    open: bool = False
    hole: Hole | None = None
    ended: bool = False


class Found(NamedTuple):
    """Matching lines as (first byte, lines that ended before it in its block), and how far was looked."""

    lines: tuple[tuple[int, int], ...]
    upto: int
    size: int
    capped: bool = False
    line: int | None = None
    nth: int = 0


class Edge(NamedTuple):
    """An end of a row: the line end number `number`, or a byte known without one."""

    number: int = -1
    byte: int = -1


class LineIndex:
    """Counts of line ends by block, and the arithmetic between rows, line ends and bytes."""

    def __init__(self) -> None:
        self.size = 0
        self.open = False
        self.hole: Hole | None = None
        self._counts: Integers = np.zeros(0, dtype=np.int64)
        self._sums: Integers = np.zeros(1, dtype=np.int64)
        self.clear()

    def clear(self) -> None:
        """Nothing is known."""
        self.size, self.open, self.hole = 0, False, None
        self._counts = np.zeros(0, dtype=np.int64)
        self._sums = np.zeros(1, dtype=np.int64)

    @property
    def blocks(self) -> int:
        """Blocks that were counted."""
        return len(self._counts)

    @property
    def next(self) -> int:
        """The block from which on to count further: the last may have grown."""
        return self.size // BLOCK

    def take(self, news: News) -> None:
        """Add counts; those of blocks that were counted before are replaced."""
        if news.upto is None:
            return
        if news.upto < self.size or news.first > self.blocks:
            self.clear()
            if news.first:
                return
        counts = self._counts[: news.first]
        hole = news.hole
        if hole is not None and hole != self.hole:
            # Whole blocks in the hole have no lines any more; the counts of its edges come with the news.
            low, high = -(-hole.begin // BLOCK), hole.end // BLOCK
            counts = counts.copy()
            counts[low:high] = 0
        self._counts = np.concatenate([counts, np.array(news.counts, dtype=np.int64)])
        self._sums = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self._counts)])
        self.size, self.open, self.hole = news.upto, news.open, hole

    @property
    def ends(self) -> int:
        """Line ends in all."""
        return int(self._sums[-1])

    @property
    def _before_hole(self) -> int:
        hole = self.hole
        return 0 if hole is None else int(self._sums[min(hole.begin // BLOCK, self.blocks)]) + hole.before

    @property
    def hole_row(self) -> int | None:
        """The row that tells of the gap."""
        return None if self.hole is None else self._before_hole + 1

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.ends + int(self.open) + (0 if self.hole is None else 2)

    def edges(self, row: int) -> tuple[Edge, Edge]:
        """Where a row begins (behind a line end, or at a byte) and where it ends; not for the gap's row."""
        hole = self.hole
        if hole is None or row <= self._before_hole:
            first = Edge(byte=0) if row == 0 else Edge(number=row - 1)
            if hole is not None and row == self._before_hole:
                return first, Edge(byte=hole.begin)
            return first, self._end(row)
        number = row - 2
        first = Edge(byte=hole.end) if row == self._before_hole + 2 else Edge(number=number - 1)
        return first, self._end(number)

    def _end(self, number: int) -> Edge:
        return Edge(number=number) if number < self.ends else Edge(byte=self.size)

    def block_of(self, number: int) -> tuple[int, int]:
        """The block that holds a line end, and which of its line ends it is."""
        block = int(np.searchsorted(self._sums, number, side="right")) - 1
        return block, number - int(self._sums[block])

    def name_of(self, row: int) -> tuple[int, bool]:
        """The number that a person calls a line by, from 1 on; and whether it counts from the gap on."""
        before = self._before_hole
        return (row + 1, False) if self.hole is None or row <= before else (row - before - 1, True)

    def row_named(self, number: int, *, after_gap: bool = False) -> int:
        """The row of a line's number; the nearest there is."""
        row = number - 1 + (self._before_hole + 2 if after_gap and self.hole is not None else 0)
        return max(0, min(row, self.rows - 1))

    def rows_of(self, offsets: Integers, nths: Integers) -> Integers:
        """The rows of lines that a search named; -1 where a line is not there (any more)."""
        blocks = offsets // BLOCK
        known = (blocks < self.blocks) & (offsets < self.size)
        rows = np.where(known, self._sums[np.minimum(blocks, self.blocks)] + nths, -1)
        if self.hole is not None:
            inside = (offsets >= self.hole.begin) & (offsets < self.hole.end)
            rows = np.where(offsets >= self.hole.end, rows + 2, rows)
            rows = np.where(inside | ~known, -1, rows)
        return rows.astype(np.int64)

    def row_at(self, offset: int) -> int:
        """About which row a byte is in: the first of its block."""
        block = min(max(0, offset) // BLOCK, max(0, self.blocks - 1))
        after = self.hole is not None and block * BLOCK >= self.hole.end
        return min(int(self._sums[block]) + (2 if after else 0), max(0, self.rows - 1))


class LogSource(Protocol):
    """A log, wherever it is. Every method may wait for a server; any thread may call."""

    slow: bool
    """Whether it has to be asked off the window's thread."""

    def news(self, first: int, size: int, hole: Hole | None) -> News:
        """What has come since `size`; counts from block `first` on. Raises Problems."""

    def read(self, offset: int, length: int) -> tuple[int, bytes]:
        """Bytes from `offset` on and where they begin: later than asked for where a gap lies between."""

    def search(self, wish: Search, take: Take) -> None:
        """Go through the log and hand over what is found; ends early where `take` returns False."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for.

    Attributes:
        needles: see trouble.py; only for expressions of ours.
        offset, nth: a line to begin at, as an earlier search left it.
        most: how many matches at most.
    """

    pattern: str
    regex: bool = False
    ignore_case: bool = True
    needles: tuple[str, ...] = ()
    offset: int = 0
    nth: int = 0
    most: int = 100_000


class Take(Protocol):
    """Takes what a search found; whether it is to go on."""

    def __call__(self, found: Found) -> bool: ...
