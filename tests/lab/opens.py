"""Counts how often each file of a folder is opened, by the kernel's own telling (inotify)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections import Counter
from pathlib import Path
from typing import Self

_OPEN, _OVERFLOW = 0x20, 0x4000
_HEAD = struct.Struct("iIII")


class Opens:
    """Used by `with`; `counted` is complete after it.

    Attributes:
        counted: openings by name.
    """

    def __init__(self, folder: Path) -> None:
        self.counted: Counter[str] = Counter()
        self._folder = folder
        self._libc = ctypes.CDLL(None, use_errno=True)

    def __enter__(self) -> Self:
        self._descriptor = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._libc.inotify_add_watch(self._descriptor, os.fsencode(self._folder), _OPEN) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        return self

    def __exit__(self, *_: object) -> None:
        try:
            while True:
                self._take(os.read(self._descriptor, 1 << 20))
        except BlockingIOError:
            return
        finally:
            os.close(self._descriptor)

    def _take(self, events: bytes) -> None:
        at = 0
        while at < len(events):
            _, mask, _, size = _HEAD.unpack_from(events, at)
            name = events[at + _HEAD.size : at + _HEAD.size + size].rstrip(b"\0").decode()
            at += _HEAD.size + size
            assert not mask & _OVERFLOW, "more was opened than the kernel keeps"
            if name:
                self.counted[name] += 1
