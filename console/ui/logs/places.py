"""What a person means by "1200", "+50" or "50%" in a log. Pure."""

from __future__ import annotations

import re

from console.core.logs.index import LineIndex

_PLACE = re.compile(r"\s*(\+)?\s*([\d,. ]{1,20})\s*(%)?\s*\Z")


def row_meant(text: str, index: LineIndex) -> int | None:
    """The row of a line's number, of one behind the gap, or of a share of the log; None for anything else."""
    found = _PLACE.match(text)
    digits = "" if found is None else re.sub(r"\D", "", found.group(2))
    if found is None or not digits or not index.rows:
        return None
    if found.group(3):
        return min(index.rows - 1, index.rows * min(int(digits), 100) // 100)
    return index.row_named(max(1, int(digits)), after_gap=found.group(1) is not None)
