"""Fake vendor tools that print recorded answers, hang, or fail; each folder's SOURCE.md names its source.

    tool = FakeTool(folder / "bin", "amd-smi", "amd/rocm7")
    server = LabServer(folder, environment=tool.environment)

An answer's file is named by the arguments. Values are ours, fields and quirks the captures'.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

_CAPTURES = Path(__file__).parent
_SCRIPT = """#!/bin/sh
# What it does now stands in the file beside it, so that a test can change it while it is asked.
mode=$(cat {mode})
echo "$$ $*" >> {calls}
case $mode in
  hang) while :; do sleep 5; done ;;
  fail) echo "the driver is not loaded" >&2; exit 3 ;;
  flood) exec cat /dev/zero ;;
esac
if [ -f {answers}/"$*" ]; then exec cat {answers}/"$*"; fi
if [ -f {answers}/"$1" ]; then exec cat {answers}/"$1"; fi
echo "unknown command: $*" >&2
exit 2
"""


class FakeTool:
    """A command of a vendor on PATH.

    Args:
        folder: where the command is put; goes to the front of PATH.
        capture: a folder of answers here, such as "amd/rocm7".
    """

    def __init__(self, folder: Path, name: str, capture: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._mode = folder / f".{name}.mode"
        self._calls = folder / f".{name}.calls"
        self._link = folder / f".{name}.answers"
        self.show(capture)
        self.behave("answer")
        self._calls.touch()
        script = _SCRIPT.format(
            mode=shlex.quote(str(self._mode)),
            calls=shlex.quote(str(self._calls)),
            answers=shlex.quote(str(self._link)),
        )
        path = folder / name
        path.write_text(script)
        path.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        """What a server's sessions need to find it."""
        return {"PATH": f"{self.folder}:{os.environ['PATH']}"}

    def show(self, capture: str) -> None:
        """Answer from another capture from now on."""
        answers = _CAPTURES / capture
        assert (answers / "SOURCE.md").is_file(), f"{answers} names no source"
        part = self._link.with_suffix(".part")
        part.symlink_to(answers)
        part.rename(self._link)

    def behave(self, mode: str) -> None:
        """ "answer", "hang", "fail" or "flood"."""
        part = self._mode.with_suffix(".part")
        part.write_text(mode)
        part.rename(self._mode)

    def calls(self) -> list[tuple[int, str]]:
        """Pid and arguments of each call so far."""
        rows = [line.partition(" ") for line in self._calls.read_text().splitlines()]
        return [(int(pid), arguments) for pid, _, arguments in rows]
