"""How far into a line an expression may be tried where nothing can stop it: on the window's thread. Pure."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found, unused-ignore]
from typing import Any

_UNBOUNDED = 16
# By how many repetitions stand beside each other: each makes the worst line one power slower.
_REACH = (8192, 2000, 250)


def reach_of(pattern: str) -> int:
    """Characters of a line that it takes some milliseconds to try an expression on, at worst; 0 for none.

    A repetition within a repetition may take for ever on a short line, so such a one is not tried at all.
    """
    try:
        count = _repeats(parser.parse(pattern), inside=False)
    except (_Nested, re.error, OverflowError, RecursionError):
        return 0
    return _REACH[count] if count < len(_REACH) else 0


class _Nested(Exception):
    """A repetition within a repetition, or a reference back to a group."""


def _repeats(items: Any, *, inside: bool) -> int:
    """How many repetitions without a bound an expression has, one after another."""
    count = 0
    for op, what in items:
        name = str(op)
        if name in ("GROUPREF", "GROUPREF_EXISTS"):
            raise _Nested
        if name.endswith("REPEAT"):
            low, high, inner = what
            many = high > _UNBOUNDED
            if inside and high > low:
                raise _Nested
            count += many + _repeats(inner, inside=inside or high > 1)
        elif name == "BRANCH":
            if inside and len(what[1]) > 1:
                raise _Nested
            count += max(_repeats(each, inside=inside) for each in what[1])
        elif name in ("SUBPATTERN", "ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"):
            count += _repeats(what if name == "ATOMIC_GROUP" else what[-1], inside=inside)
    return count
