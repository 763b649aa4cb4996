"""A log as harmless lines while it comes, for a terminal or a pipe. Memory is bounded by one line's ends."""

from __future__ import annotations

from console.core.logs.ansi import MOST_BYTES, parse_line
from console.core.units import format_bytes


def shown_line(head: bytes, length: int | None = None, tail: bytes = b"") -> str:
    """One line as plain text; what is left out of a long one is said."""
    line = parse_line(head, length, tail)
    more = f" … {format_bytes(line.left_out)} more in this line" if line.left_out else ""
    return line.text + more


class Cleaner:
    """Bytes in, whole lines out."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self._length = 0

    def feed(self, data: bytes) -> list[str]:
        """The lines that ended."""
        lines = []
        *ended, rest = data.split(b"\n")
        for part in ended:
            self._add(part)
            lines.append(self._take())
        self._add(rest)
        return lines

    def finish(self) -> list[str]:
        """What is left of a last line without an end."""
        return [self._take()] if self._length else []

    def _add(self, part: bytes) -> None:
        self._length += len(part)
        room = MOST_BYTES - len(self._head)
        if room > 0:
            self._head += part[:room]
        self._tail = (self._tail + part)[-MOST_BYTES:] if self._length > MOST_BYTES else part
        if self._length <= MOST_BYTES:
            self._tail = self._head

    def _take(self) -> str:
        long = self._length > MOST_BYTES
        line = shown_line(self._head, self._length if long else None, self._tail if long else b"")
        self._head, self._tail, self._length = b"", b"", 0
        return line
