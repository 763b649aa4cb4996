"""What glibc's malloc keeps for itself, kept small: a console is many threads that are seldom busy.

On other systems and C libraries nothing is done. No state lives here.
"""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8


def use_one_arena() -> bool:
    """Let all threads allocate from one heap, from now on; whether that could be asked for.

    By default glibc makes up to eight heaps per core, each with its own holes: 50 KiB more for every link.
    Python's own lock has one thread allocate at a time anyway.
    """
    mallopt = _function("mallopt")
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, 1))


def give_back() -> bool:
    """Return whole free pages to the system, which takes milliseconds; whether there were any."""
    trim = _function("malloc_trim")
    return trim is not None and bool(trim(ctypes.c_size_t(0)))


def _function(name: str) -> ctypes._CFunctionType | None:
    if sys.platform != "linux":
        return None
    found: ctypes._CFunctionType | None = getattr(ctypes.CDLL(None), name, None)
    return found
