"""A wall clock that can jump while programs run, by libfaketime; clocks that nobody sets go on as ever."""

from __future__ import annotations

from pathlib import Path


class Stepped:
    """A wall clock for programs that start with its environment."""

    def __init__(self, folder: Path) -> None:
        (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
        self._file = folder / "clock"
        self.jump("+0")
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, seconds: str) -> None:
        """So many seconds from the true time, from now on."""
        self._file.write_text(f"{seconds}\n")
