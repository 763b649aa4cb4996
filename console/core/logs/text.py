"""A log as rows of text: the index, and the bytes of the blocks that were looked at last. No I/O, no threads.

Whoever shows it asks for rows; what is not here yet stands in `wanted`, and `put` brings it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from console.core.logs.ansi import MOST_BYTES, Line, parse_line
from console.core.logs.index import BLOCK, Edge, LineIndex, News

MOST_BLOCKS = 96
MOST_LINES = 1024
GAP: Literal["gap"] = "gap"
Row = Line | Literal["gap"] | None


@dataclass(slots=True)
class _Block:
    """The beginning of a block, and where in it lines end."""

    data: bytes
    ends: npt.NDArray[np.intp]


class LogText:
    """Rows by number. Memory is bounded: `most_blocks` of 256 KiB, and a number for each block of the log.

    Attributes:
        wanted: offsets from which on blocks are missing for what was asked.
    """

    def __init__(self, most_blocks: int = MOST_BLOCKS) -> None:
        self.index = LineIndex()
        self.wanted: set[int] = set()
        self._most = most_blocks
        self._blocks: OrderedDict[int, _Block] = OrderedDict()
        self._lines: OrderedDict[tuple[int, int], Line] = OrderedDict()

    def clear(self) -> None:
        """Forget everything."""
        self.index.clear()
        self.wanted.clear()
        self._blocks.clear()
        self._lines.clear()

    def take(self, news: News) -> None:
        """Take what is new; bytes of the log's middle that were given back are forgotten."""
        if news.upto is not None and news.upto < self.index.size:
            self.clear()
        hole = self.index.hole
        self.index.take(news)
        now = self.index.hole
        if now is not None and now != hole:
            for block in [each for each in self._blocks if now.begin // BLOCK <= each <= now.end // BLOCK]:
                del self._blocks[block]
            self._lines.clear()

    def put(self, offset: int, data: bytes) -> None:
        """Bytes of the log from `offset` on; only what continues a block's beginning can be kept."""
        at = 0
        while at < len(data):
            block, inside = divmod(offset + at, BLOCK)
            piece = data[at : at + BLOCK - inside]
            at += len(piece)
            self._extend(block, inside, piece)
        while len(self._blocks) > self._most:
            self._blocks.popitem(last=False)

    def _extend(self, block: int, inside: int, piece: bytes) -> None:
        hole = self.index.hole
        known = self._blocks.get(block)
        have = b"" if known is None else known.data
        if hole is not None and len(have) < inside and hole.begin <= block * BLOCK + len(have) < hole.end:
            # What the gap took is read as nothing: no line ends in it.
            have += bytes(min(inside, hole.end - block * BLOCK) - len(have))
        if len(have) < inside or len(have) >= inside + len(piece):
            return
        whole = have + piece[len(have) - inside :]
        self._blocks[block] = _Block(whole, np.flatnonzero(np.frombuffer(whole, dtype=np.uint8) == 10))
        self._blocks.move_to_end(block)

    def row(self, number: int) -> Row:
        """One row: a line, the gap, or None where its bytes are not here (they are in `wanted` then)."""
        if not 0 <= number < self.index.rows:
            return None
        if number == self.index.hole_row:
            return GAP
        span = self.span(number)
        if span is None:
            return None
        known = self._lines.get(span)
        if known is not None:
            self._lines.move_to_end(span)
            return known
        return self._read(span)

    def span(self, number: int) -> tuple[int, int] | None:
        """First byte of a row and the byte after its last; None where that is not known yet."""
        first, last = self.index.edges(number)
        start, end = self._byte(first, after=True), self._byte(last, after=False)
        return None if start is None or end is None else (start, max(start, end))

    def _read(self, span: tuple[int, int]) -> Line | None:
        start, end = span
        length = end - start
        head = self._bytes(start, min(end, start + MOST_BYTES))
        tail: bytes | None = b""
        if length > MOST_BYTES:
            tail = self._bytes(max(start, end - MOST_BYTES), end)
        if head is None or tail is None:
            return None
        line = parse_line(head, length, tail)
        self._lines[span] = line
        if len(self._lines) > MOST_LINES:
            self._lines.popitem(last=False)
        return line

    def _byte(self, edge: Edge, *, after: bool) -> int | None:
        if edge.number < 0:
            return edge.byte
        block, nth = self.index.block_of(edge.number)
        known = self._touch(block)
        if known is None or nth >= len(known.ends):
            self._want(block)
            return None
        return block * BLOCK + int(known.ends[nth]) + (1 if after else 0)

    def _bytes(self, start: int, end: int) -> bytes | None:
        parts = []
        at = start
        while at < end:
            block, inside = divmod(at, BLOCK)
            upto = min(end, (block + 1) * BLOCK)
            known = self._touch(block)
            if known is None or len(known.data) < upto - block * BLOCK:
                self._want(block)
                return None
            parts.append(known.data[inside : upto - block * BLOCK])
            at = upto
        return b"".join(parts)

    def _touch(self, block: int) -> _Block | None:
        known = self._blocks.get(block)
        if known is not None:
            self._blocks.move_to_end(block)
        return known

    def _want(self, block: int) -> None:
        """Note from where on the block is to be read: behind what is here, and behind the gap."""
        known = self._blocks.get(block)
        offset = block * BLOCK + (0 if known is None else len(known.data))
        hole = self.index.hole
        if hole is not None and hole.begin <= offset < hole.end < (block + 1) * BLOCK:
            offset = hole.end
        self.wanted.add(offset)

    @property
    def kept_bytes(self) -> int:
        """Bytes of the log in memory."""
        return sum(len(each.data) for each in self._blocks.values())
