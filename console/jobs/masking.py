"""Secrets that a job printed, taken out of what Tandem shows of its log. Reads only through what it is given.

The bytes keep their number, so that offsets into the log stay true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from console.jobs.job import LogPart

SHORTEST = 6
"""Shorter values would be found everywhere."""
_DOT = "•".encode()


class Mask:
    """Hides these values where they stand as they are; encoded, split or shortened ones are not known."""

    def __init__(self, values: Sequence[str]) -> None:
        lines = {
            line.strip()
            for value in values
            for line in (value, *value.splitlines())
            if len(line.strip().encode("utf-8", "surrogateescape")) >= SHORTEST
        }
        coded = [line.encode("utf-8", "surrogateescape") for line in lines]
        # The longest first: one may be the beginning of another.
        self._values = sorted(coded, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._values)

    @property
    def reach(self) -> int:
        """How many bytes before and after a piece may belong to a value in it."""
        return len(self._values[0]) - 1 if self._values else 0

    def hide(self, data: bytes) -> bytes:
        """The same number of bytes, without the values."""
        for value in self._values:
            if value in data:
                data = data.replace(value, covered(len(value)))
        return data

    def stream(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Pieces as they come; what may be the beginning of a value waits for the next."""
        held = b""
        for piece in pieces:
            data = held + piece
            cut = self._cut(data)
            held = data[cut:]
            if cut:
                yield self.hide(data[:cut])
        if held:
            yield self.hide(held)

    def _cut(self, data: bytes) -> int:
        """Up to where it is known what belongs to a value: no value begins before and ends behind it."""
        cut = len(data) - self._begun(data)
        moved = True
        while moved and cut:
            moved = False
            for value in self._values:
                start = max(0, cut - len(value) + 1)
                at = data.find(value, start, cut + len(value) - 1)
                if 0 <= at < cut:
                    cut, moved = at, True
        return cut

    def _begun(self, data: bytes) -> int:
        """How many of the last bytes are the beginning of a value."""
        for count in range(min(self.reach, len(data)), 0, -1):
            if any(value.startswith(data[-count:]) for value in self._values if len(value) > count):
                return count
        return 0


def covered(count: int) -> bytes:
    """As many bytes, of dots and at most two stars."""
    return _DOT * (count // len(_DOT)) + b"*" * (count % len(_DOT))


def masked_part(read: Callable[[int, int], LogPart], mask: Mask, offset: int, limit: int) -> LogPart:
    """A piece of a log without the values, also without those that only begin or end in it.

    Args:
        read: a piece of the log at an offset, negative from its end, of so many bytes at most.
    """
    part = read(offset, limit)
    if not part.data:
        return part
    start = max(0, part.offset - mask.reach)
    end = part.offset + len(part.data)
    around = read(start, end - start + mask.reach)
    if around.skipped or around.offset != start or len(around.data) < end - start:
        # The log's middle was given back beside it: what is whole in the piece is hidden.
        return replace(part, data=mask.hide(part.data))
    hidden = mask.hide(around.data)[part.offset - start : end - start]
    return replace(part, data=hidden)
