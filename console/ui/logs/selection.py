"""What is selected of a log: from a column of a row to a column of another. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Spot(NamedTuple):
    """Before which character of which row."""

    row: int
    column: int


START = Spot(0, 0)


@dataclass(frozen=True, slots=True)
class Selection:
    """From where it was begun to where it is now; nothing where both are one."""

    anchor: Spot = START
    end: Spot = START

    @property
    def first(self) -> Spot:
        return min(self.anchor, self.end)

    @property
    def last(self) -> Spot:
        return max(self.anchor, self.end)

    @property
    def empty(self) -> bool:
        return self.anchor == self.end

    def of_row(self, row: int, length: int) -> tuple[int, int] | None:
        """From which to which column of a row, one beyond it with its line end; None where nothing of it."""
        if self.empty or not self.first.row <= row <= self.last.row:
            return None
        begin = self.first.column if row == self.first.row else 0
        end = self.last.column if row == self.last.row else length + 1
        return (min(begin, length), min(end, length + 1)) if begin < end else None


def word_around(text: str, column: int) -> tuple[int, int]:
    """The word that a column is in: what has no space, bracket or quote in it."""
    ends = " \t()[]{}<>\"'`,;|"
    begin = end = min(column, len(text))
    while begin > 0 and text[begin - 1] not in ends:
        begin -= 1
    while end < len(text) and text[end] not in ends:
        end += 1
    return begin, max(end, min(begin + 1, len(text)))
