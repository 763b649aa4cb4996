"""Text of many rows for the clipboard, in slices; and the whole log into a file. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from console.core.files import write_through
from console.core.logs.index import BLOCK, LineIndex, LogSource
from console.core.logs.text import GAP, LogText
from console.core.text import MAX_LINE_CHARS
from console.jobs.reading import gap_line
from console.ui.logs.selection import Selection

MOST_COPIED_BYTES = 16 * 1024 * 1024
SLICE = 2000
_PIECE = 1024 * 1024


class Copying:
    """The text of some rows, brought together a slice at a time."""

    def __init__(
        self,
        text: LogText,
        places: range,
        row_at: Callable[[int], int] = lambda place: place,
        selection: Selection | None = None,
    ) -> None:
        self._text = text
        self._places = places
        self._row_at = row_at
        self._selection = selection
        self._next = places.start
        self._parts: list[str] = []

    def about_bytes(self, index: LineIndex) -> int:
        """About how many bytes of the log that is."""
        if len(self._places) < BLOCK // MAX_LINE_CHARS:
            return 0
        first, last = self._row_at(self._places[0]), self._row_at(self._places[-1])
        return (_block(index, last) - _block(index, first)) * BLOCK

    def step(self) -> bool:
        """Take one slice; whether all is there. Stops where bytes are missing: they are in `wanted` then."""
        stop = min(self._places.stop, self._next + SLICE)
        while self._next < stop:
            number = self._row_at(self._next)
            row = self._text.row(number)
            if row is None:
                return False
            shown = "" if row == GAP else row.text
            span = None if self._selection is None else self._selection.of_row(number, len(shown))
            self._parts.append(shown if span is None else shown[span[0] : span[1]])
            self._next += 1
        return self._next >= self._places.stop

    def result(self) -> str:
        """The text so far."""
        return "\n".join(self._parts)


def _block(index: LineIndex, row: int) -> int:
    first = index.edges(row)[0] if row != index.hole_row else index.edges(row + 1)[0]
    return first.byte // BLOCK if first.number < 0 else index.block_of(first.number)[0]


def save_log(source: LogSource, path: Path) -> int:
    """Write a log as it is now into a file, with a line where a part is gone; returns its bytes.

    Raises:
        Problem: the server cannot be asked, or `file.unwritable`.
    """
    with write_through(path) as file:
        offset = 0
        while True:
            begin, data = source.read(offset, _PIECE)
            if begin > offset:
                file.write(gap_line(begin - offset))
            if not data:
                return file.tell()
            file.write(data)
            offset = begin + len(data)
