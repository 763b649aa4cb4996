"""What an editor needs to know of a text before it may change it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_LINE = 20_000
"""Longer ones would stop the window while they are laid out."""

_HIDDEN = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF}


@dataclass(frozen=True, slots=True)
class Fit:
    """A text as an editor holds it.

    Attributes:
        shown: with "\\n" at the ends of lines.
        ending: what stands there in the file.
        even: whether every line of the file ends alike; else saving would change lines nobody touched.
        hidden: how many characters in it cannot be seen and may make it look different from what it is.
        longest: characters in its longest line.
    """

    shown: str
    ending: str
    even: bool
    hidden: int
    longest: int

    @property
    def too_long(self) -> bool:
        """Whether a line is too long to be edited here."""
        return self.longest > LONGEST_LINE


def fit(text: str) -> Fit:
    """Look at a text."""
    windows = "\r\n" in text
    shown = text.replace("\r\n", "\n") if windows else text
    even = "\r" not in shown and (not windows or text.count("\n") == text.count("\r\n"))
    hidden = 0 if text.isascii() else sum(ord(char) in _HIDDEN for char in text)
    longest = max(map(len, shown.split("\n")))
    return Fit(shown, "\r\n" if windows else "\n", even, hidden, longest)
