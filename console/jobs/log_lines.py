"""Lines of a log for who waits for them: the last ones, and those that a search found, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from console.core.logs.ansi import MOST_BYTES
from console.core.logs.cleaning import shown_line
from console.core.logs.index import BLOCK, Found, LogSource, Search
from console.core.logs.text import LogText

_PIECE = 64 * 1024


class LogLines:
    """A log as it stands now. Every method blocks; raises the Problems of its source."""

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self._text = LogText()
        self._at, self._piece = 0, b""

    def count(self) -> int:
        """Count its lines; how many rows there are."""
        index = self._text.index
        while True:
            news = self._source.news(index.next, index.size, index.hole)
            self._text.take(news)
            if news.upto is None or index.size >= news.size:
                return index.rows

    def start_of_last(self, lines: int) -> int:
        """The first byte of the last so many lines."""
        rows = self.count()
        if not lines or not rows:
            return self._text.index.size
        row = max(0, rows - lines)
        if row == self._text.index.hole_row:
            row += 1
        span = self._text.span(row)
        while span is None:
            wanted = sorted(self._text.wanted)
            self._text.wanted.clear()
            for offset in wanted:
                self._text.put(*self._source.read(offset, BLOCK - offset % BLOCK))
            span = self._text.span(row)
        return span[0]

    def matching(self, wish: Search) -> Iterator[tuple[str, str]]:
        """Numbers ("12", or "+12" behind the gap) and texts of the lines that match."""
        lines: list[tuple[int, int]] = []

        def take(found: Found) -> bool:
            lines.extend(found.lines)
            return True

        self._source.search(wish, take)
        self.count()
        index = self._text.index
        pairs = np.array(lines, dtype=np.int64).reshape(-1, 2)
        for (offset, _), row in zip(lines, index.rows_of(pairs[:, 0], pairs[:, 1]).tolist(), strict=True):
            if row >= 0:
                number, after_gap = index.name_of(row)
                yield f"+{number}" if after_gap else f"{number}", self._line(offset)

    def _line(self, offset: int) -> str:
        if not self._at <= offset < self._at + len(self._piece) or self._end(offset) < 0:
            self._at, self._piece = self._source.read(offset, _PIECE)
        end = self._end(offset)
        stop = end if end >= 0 else len(self._piece)
        return shown_line(self._piece[offset - self._at : stop][:MOST_BYTES])

    def _end(self, offset: int) -> int:
        return self._piece.find(b"\n", max(0, offset - self._at))
