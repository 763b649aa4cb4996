"""Fuzzy matching for the palette: letters in order, with a liking for word starts and runs. No Qt here."""

from __future__ import annotations

_GAP = -0.3
_START = 3.0
_RUN = 2.0
_LETTER = 1.0


def score(query: str, text: str) -> float | None:
    """How well a text fits; None where its letters do not occur in order. An empty query fits everything."""
    wanted = query.casefold().replace(" ", "")
    if not wanted:
        return 0.0
    low = text.casefold()
    direct = low.find(query.casefold().strip())
    if direct >= 0:
        at_start = direct == 0 or not low[direct - 1].isalnum()
        return 100.0 + (20.0 if at_start else 0.0) - 0.1 * direct - 0.05 * len(text)
    total, at, before = 0.0, 0, -2
    for letter in wanted:
        found = _next(low, letter, at)
        if found < 0:
            return None
        total += _LETTER
        if found == before + 1:
            total += _RUN
        elif found == 0 or not low[found - 1].isalnum() or low[found - 1] == "0":
            total += _START  # "gpu5" means gpu-05
        else:
            total += _GAP * min(5, found - at)
        before, at = found, found + 1
    return total - 0.05 * len(text)


def _next(text: str, letter: str, start: int) -> int:
    """The next place of a letter; a word's start is taken before the middle of a word that comes first."""
    first = text.find(letter, start)
    if first < 0 or first == start:
        return first
    for place in range(first, len(text)):
        if text[place] == letter and not text[place - 1].isalnum():
            return place
    return first
