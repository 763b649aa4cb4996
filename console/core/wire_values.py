"""Reads single values of what a server sent: bounded, finite, cleaned; nonsense becomes None. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from console.core.clock import from_epoch, parse_iso
from console.core.text import safe_line

_MAX_BYTES = 1 << 60
_MAX_EPOCH_S = 1e12
_MAX_MOMENT_CHARS = 64
MAX_COUNTER = 1 << 62

Wire = Mapping[object, object]
_NUMBER = (int, float)
_LIST = (list, tuple)


@lru_cache(maxsize=8192)
def _cleaned(text: str, max_chars: int) -> str:
    return safe_line(text, max_chars=max_chars)


def text_of(value: object, max_chars: int = 200) -> str | None:
    """One harmless line; the same few names come every second, so the work is remembered."""
    if not isinstance(value, str):
        return None
    return _cleaned(value[: 4 * max_chars], max_chars) or None


def number_of(value: object, low: float, high: float) -> float | None:
    """A number in that range, else None; NaN and the infinities are none."""
    if isinstance(value, bool) or not isinstance(value, _NUMBER):
        return None
    if not low <= value <= high:  # NaN and the infinities fail this as well
        return None
    return float(value)


def whole_of(value: object, low: int, high: int) -> int | None:
    """A whole number in that range, else None."""
    if isinstance(value, bool) or not isinstance(value, _NUMBER) or not low <= value <= high:
        return None
    return int(value) if math.isfinite(value) else None


def bytes_of(value: object) -> int | None:
    """A size in bytes, else None."""
    return whole_of(value, 0, _MAX_BYTES)


def moment_of(value: object) -> datetime | None:
    """A moment told in ISO 8601 or in seconds since 1970, else None."""
    try:
        if isinstance(value, str):
            return parse_iso(value) if len(value) <= _MAX_MOMENT_CHARS else None
        seconds = number_of(value, -_MAX_EPOCH_S, _MAX_EPOCH_S)
        return from_epoch(seconds) if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def object_of(value: object) -> Wire:
    """An object, empty where it is none."""
    return value if isinstance(value, Mapping) else {}


def objects_of(value: object, most: int) -> list[Wire]:
    """The objects of a list, at most so many."""
    if not isinstance(value, _LIST):
        return []
    return [each for each in value[:most] if isinstance(each, Mapping)]


def texts_of(value: object, most: int) -> tuple[str, ...]:
    """The texts of a list, at most so many; empty ones are left out."""
    if not isinstance(value, _LIST):
        return ()
    found = (text_of(each) for each in value[:most])
    return tuple(each for each in found if each)


def flag_of(value: object) -> bool | None:
    """True or False, else None."""
    return value if isinstance(value, bool) else None
