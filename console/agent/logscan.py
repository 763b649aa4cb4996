"""Lines of a log by blocks: how many end in each, and which of them match. Pure but for reading the file.

A block is `BLOCK` bytes of the file; a line is named by its first byte and by how many lines ended in that
byte's block before it. The console's own short logs are scanned by the very same code.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator, List, Sequence, Tuple, Union

    Hole = Tuple[int, int]
    Read = Callable[[int, int], bytes]

BLOCK = 256 * 1024
# What is looked at of one line: its beginning and, of a bar that was drawn over and over, its end.
_MOST_OF_LINE = 64 * 1024
_FOLDED = re.compile(r"^[^\n]*\r(?=[^\r\n])", re.MULTILINE)
_RETURNS = re.compile(r"\r+")
_IDLE_RETURN = re.compile(r"\r$", re.MULTILINE)
_ENDS = re.compile(b"\n")


def ends_in(data: "Union[bytes, bytearray]", begin: int, hole: "Hole") -> int:
    """How many lines end in a piece of the log; in its hole there are none, whatever is read there."""
    low, high = max(0, hole[0] - begin), max(0, hole[1] - begin)
    if low >= len(data) or high <= low:
        return data.count(b"\n")
    return data.count(b"\n", 0, low) + data.count(b"\n", high)


class Wanted:
    """What a line must have to match.

    Args:
        pattern: a regular expression, or plain text where not `regex`.
        drop: a regular expression for what nobody sees of a line: escape sequences.
        needles: a line without any of them cannot match, which spares it the regular expression.
    """

    def __init__(
        self, pattern: str, regex: bool, ignore_case: bool, drop: str = "", needles: "Sequence[str]" = ()
    ) -> None:
        self._plain = "" if regex else pattern
        self._lower = ignore_case and not regex
        if self._lower:
            self._plain = self._plain.lower()
        flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
        self._regex = re.compile(pattern, flags) if regex else None
        self._drop = re.compile(drop) if drop else None
        self._needles = tuple(needles)

    def lines(self, raw: bytes) -> "Iterator[int]":
        """Numbers of the matching lines of a piece that holds whole lines."""
        text = raw.decode("utf-8", "replace")
        if self._drop is not None and "\x1b" in text:
            text = self._drop.sub("", text)
        if "\r" in text:
            text = _FOLDED.sub("", _IDLE_RETURN.sub("", _RETURNS.sub("\r", text)))
        if self._lower:
            text = text.lower()
        number = at = 0
        for start in self._starts(text):
            if start < at:
                continue
            number += text.count("\n", at, start)
            yield number
            at = text.find("\n", start)
            if at < 0:
                return

    def _starts(self, text: str) -> "Iterator[int]":
        if self._regex is None:
            at = text.find(self._plain)
            while at >= 0:
                yield at
                after = text.find("\n", at)
                at = text.find(self._plain, after) if after >= 0 else -1
        elif self._needles:
            for low, high in _holding(text, self._needles):
                if self._regex.search(text, low, high):
                    yield low
        else:
            for found in self._regex.finditer(text):
                # An empty match after the last line's end is no line.
                if found.start() < len(text):
                    yield found.start()


def _holding(text: str, needles: "Sequence[str]") -> "List[Tuple[int, int]]":
    """From where to where the lines stand that hold one of the needles, in their order."""
    found = set()
    for needle in needles:
        at = text.find(needle)
        while at >= 0:
            low = text.rfind("\n", 0, at) + 1
            high = text.find("\n", at)
            high = len(text) if high < 0 else high
            found.add((low, high))
            at = text.find(needle, high)
    return sorted(found)


class Scan:
    """One way through a log from the start of a line on.

    Attributes:
        at: the first byte that was not read yet.
        line, nth: the line that is not over yet: a later scan goes on there.
    """

    def __init__(self, wanted: Wanted, read: "Read", offset: int = 0, nth: int = 0) -> None:
        self._wanted = wanted
        self._read = read
        self._carried = b""
        self.at = self.line = offset
        self.nth = nth

    def step(self, size: int, hole: "Hole") -> "List[Tuple[int, int]]":
        """Read to a block's end at most; (first byte, lines ended before it in its block) of matches."""
        found: "List[Tuple[int, int]]" = []
        if hole[0] <= self.at < hole[1]:
            before = self.nth if self.line // BLOCK == hole[1] // BLOCK else 0
            found = self.rest()
            self._carried, self.at, self.line = b"", hole[1], hole[1]
            self.nth = before
        block = self.at // BLOCK
        end = min(size, (block + 1) * BLOCK)
        if self.at < hole[0]:
            end = min(end, hole[0])
        if end <= self.at:
            return found
        data = self._read(self.at, end - self.at)
        if not data:
            self.at = end
            return found
        begin, self.at = self.at, self.at + len(data)
        # How many lines ended in this block before what was read now.
        before = self.nth if self.line // BLOCK == block else 0
        last = data.rfind(b"\n")
        if last < 0:
            self._carry(data)
            return found
        text = self._carried + data[: last + 1]
        numbers = list(self._wanted.lines(text))
        ends = [match.start() for match in _ENDS.finditer(data)] if numbers else []
        for number in numbers:
            if number == 0:
                found.append((self.line, self.nth))
            else:
                found.append((begin + ends[number - 1] + 1, before + number))
        self._carried = b""
        self.line, self.nth = begin + last + 1, before + data.count(b"\n")
        if self.line % BLOCK == 0:
            self.nth = 0
        self._carry(data[last + 1 :])
        return found

    def rest(self) -> "List[Tuple[int, int]]":
        """The line that is not over yet, where it matches so far."""
        matches = bool(self._carried) and any(True for _ in self._wanted.lines(self._carried))
        return [(self.line, self.nth)] if matches else []

    def _carry(self, data: bytes) -> None:
        self._carried += data
        if len(self._carried) > 2 * _MOST_OF_LINE:
            self._carried = self._carried[:_MOST_OF_LINE] + self._carried[-_MOST_OF_LINE:]
