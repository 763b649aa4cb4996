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
            ["gcc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-pthread", "-o", str(part), str(_SOURCE)],
            check=True,
        )
        part.rename(library)
    return folder


class FakeNvml:
    """The world that the library shows; every change is seen by the very next call."""

    def __init__(self, library_folder: Path, world: Path, count: int = 2) -> None:
        self._library_folder = library_folder
        self._world = world
        self._lines: dict[str, str] = {"count": str(count)}
        self.kernel_log.touch()
        self._write()

    @property
    def env(self) -> dict[str, str]:
        """What an agent needs to meet this library."""
        return {
            "LD_LIBRARY_PATH": str(self._library_folder),
            "FAKE_NVML": str(self._world),
            "TANDEM_TEST_KMSG": str(self.kernel_log),
        }

    @property
    def kernel_log(self) -> Path:
        """What stands for /dev/kmsg; tests write its records."""
        return self._world.with_suffix(".kmsg")

    def log(self, message: str, *, seconds: float = 1.0, facility: str = "3,100") -> None:
        """One record of the kernel's log, so many seconds after boot."""
        with self.kernel_log.open("a") as stream:
            stream.write(f"{facility},{int(seconds * 1e6)},-;{message}\n")

    def set(self, key: str, value: object) -> None:
        """One setting, such as `gpu 1 state` = `lost`, `proc 0 4711` = bytes, `hangcall 0 *` = seconds."""
        self._lines[key] = str(value)
        self._write()

    def clear(self, key: str) -> None:
        """One setting as if it had never been made."""
        self._lines.pop(key, None)
        self._write()

    def _write(self) -> None:
        part = self._world.with_suffix(".part")
        part.write_text("".join(f"{key} {value}\n" for key, value in self._lines.items()))
        part.rename(self._world)
