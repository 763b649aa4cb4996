"""Identifiers that sort by the time they were made, and finding one by an unambiguous prefix."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable

from console.core.problems import Problem

# Crockford's base 32 in lower case: no i, l, o, u to misread.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        digits.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(digits))


def new_id() -> str:
    """Sixteen characters: eight of time (milliseconds, wraps after 34 years) and eight of chance."""
    milliseconds = time.time_ns() // 1_000_000
    return _base32(milliseconds & (1 << 40) - 1, 8) + _base32(secrets.randbits(40), 8)


def resolve_prefix(given: str, known: Iterable[str], *, kind: str, listing: str) -> str:
    """The one id that begins with `given`.

    Raises:
        Problem: `id.unknown` where none fits, `id.ambiguous` where several do.
    """
    matches = sorted({each for each in known if each.startswith(given)}) if given else []
    if given in matches:
        return given
    if not matches:
        raise Problem("id.unknown", kind=kind, given=given, listing=listing)
    if len(matches) > 1:
        shown = ", ".join(matches[:5])
        raise Problem("id.ambiguous", kind=kind, given=given, count=len(matches), matches=shown)
    return matches[0]
