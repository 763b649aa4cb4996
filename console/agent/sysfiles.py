"""Small files of /proc and /sys, kept open between readings: opening costs more than reading.

What cannot be read is None, and is looked for again only now and then.
"""

import os
import time
from typing import Dict, List, Optional

_LOOK_AGAIN_S = 60.0
_LIMIT = 1 << 20


def at(path: str) -> str:
    """Where a file of the system is: the one seam through which tests show another machine."""
    return os.environ.get("TANDEM_TEST_ROOT", "") + path


def read(path: str, limit: int = 4096) -> Optional[str]:
    """A file of the system, opened for once."""
    try:
        with open(at(path), "rb") as stream:
            return stream.read(limit).decode("utf-8", "replace")
    except OSError:
        return None


def line(path: str) -> Optional[str]:
    """Its one line, None where it is missing or empty."""
    return (read(path) or "").strip() or None


def number(path: str) -> Optional[int]:
    """The whole number that a file holds."""
    try:
        return int(line(path) or "")
    except ValueError:
        return None


def names(path: str) -> List[str]:
    """What a folder of the system holds, sorted; nothing where it is missing."""
    try:
        return sorted(os.listdir(at(path)))
    except OSError:
        return []


def exists(path: str) -> bool:
    """Whether the system has it."""
    return os.path.exists(at(path))


class KeptFiles:
    """Files that are read every second. For one thread at a time."""

    def __init__(self) -> None:
        self._open: Dict[str, int] = {}
        self._missing: Dict[str, float] = {}

    def read(self, path: str) -> Optional[str]:
        """The file's content now."""
        missing_since = self._missing.get(path)
        if missing_since is not None and time.monotonic() - missing_since < _LOOK_AGAIN_S:
            return None
        try:
            descriptor = self._open.get(path)
            if descriptor is None:
                descriptor = self._open[path] = os.open(at(path), os.O_RDONLY | os.O_CLOEXEC)
            return self._whole(descriptor)
        except OSError:
            self._missing[path] = time.monotonic()
            self.forget(path)
            return None

    @staticmethod
    def _whole(descriptor: int) -> str:
        data = os.pread(descriptor, 16384, 0)
        # A file of the kernel is longer than one read only on machines with many cores or devices.
        while data and len(data) % 16384 == 0 and len(data) < _LIMIT:
            more = os.pread(descriptor, 16384, len(data))
            if not more:
                break
            data += more
        return data.decode("utf-8", "replace")

    def forget(self, path: str) -> None:
        """Close a file that is not wanted any more, or that stopped answering."""
        descriptor = self._open.pop(path, None)
        if descriptor is not None:
            os.close(descriptor)

    def close(self) -> None:
        """Close all of them."""
        for path in list(self._open):
            self.forget(path)
