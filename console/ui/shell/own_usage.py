"""What the console itself costs: CPU and resident memory, from the process's own counters. No Qt here."""

from __future__ import annotations

import os
import time
from pathlib import Path

_STATM = Path("/proc/self/statm")


class OwnUsage:
    """Asked once a second."""

    def __init__(self) -> None:
        self._cpu_s = time.process_time()
        self._at_s = time.monotonic()

    def read(self) -> tuple[float | None, int | None]:
        """CPU in percent of one core since the last call, and resident bytes; None where unknown."""
        cpu_s, at_s = time.process_time(), time.monotonic()
        elapsed = at_s - self._at_s
        percent = (cpu_s - self._cpu_s) / elapsed * 100 if elapsed > 0.05 else None
        self._cpu_s, self._at_s = cpu_s, at_s
        return percent, _resident_bytes()


def _resident_bytes() -> int | None:
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # no procfs here
        return None
