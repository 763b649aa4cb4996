"""A lock between processes on a file beside the one that is written."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Self

from console.core.problems import Problem

if sys.platform != "win32":
    import fcntl
else:
    import msvcrt

_WAIT_S = 10.0


class FileLock:
    """Held within `with`. The kernel frees it when the process dies; the file itself stays.

    Raises:
        Problem: `file.unwritable` where it cannot be had.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = self._opened()
        deadline = time.monotonic() + _WAIT_S
        while not _try_lock(descriptor):
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise Problem("file.unwritable", path=self._path, reason="another process holds it")
            time.sleep(0.005)
        self._descriptor = descriptor
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    @classmethod
    def at_once(cls, path: Path) -> Self | None:
        """The lock, held until `free`; None where another process holds it now.

        Raises:
            Problem: `file.unwritable` where the file cannot be had.
        """
        lock = cls(path)
        descriptor = lock._opened()
        if not _try_lock(descriptor):
            os.close(descriptor)
            return None
        lock._descriptor = descriptor
        return lock

    def free(self) -> None:
        """Let go of it; what is not held is no error."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Problem("file.unwritable", path=self._path, reason=error.strerror or error) from error


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
