"""Compiles the fake NVML and writes the file that steers it. It is for tests; nothing of it ships."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("fake_nvml.c")


def build_fake_nvml(folder: Path) -> Path:
    """Compile libnvidia-ml.so.1 into a folder; the folder is for LD_LIBRARY_PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "libnvidia-ml.so.1"
    if not library.exists():
        part = folder / "libnvidia-ml.part"
        subprocess.run(
            ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(part), str(_SOURCE)], check=True
        )
        part.rename(library)
    return folder


class FakeNvml:
    """The world that the library shows; every change is seen by the very next call."""

    def __init__(self, library_folder: Path, world: Path, count: int = 2) -> None:
        self._library_folder = library_folder
        self._world = world
        self._lines: dict[str, str] = {"count": str(count)}
        self._write()

    @property
    def env(self) -> dict[str, str]:
        """What an agent needs to meet this library."""
        return {"LD_LIBRARY_PATH": str(self._library_folder), "FAKE_NVML": str(self._world)}

    def set(self, key: str, value: object) -> None:
        """One setting, such as `gpu 1 state` = `lost`, `proc 0 4711` = bytes, `hang` = seconds."""
        self._lines[key] = str(value)
        self._write()

    def _write(self) -> None:
        part = self._world.with_suffix(".part")
        part.write_text("".join(f"{key} {value}\n" for key, value in self._lines.items()))
        part.rename(self._world)
