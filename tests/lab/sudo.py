"""A lab server with two GPUs of the C fake, and a sudo that allows all of it and writes down its words.

The tools stand on the *server's* PATH: what runs there is the real agent with the real `sudo -n` line.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.lab.nvml.build import FakeNvml
from tests.lab.sshd import LabServer

# As sudo does: -l asks, a command runs only where the rules allow it, and nothing is ever asked for.
_SUDO = """#!/bin/sh
printf '%s\\n' "$*" >>"$SUDO_SAID"
[ "$1" = -n ] || exit 9
shift
if [ -f "$SUDO_SAID.closed" ]; then echo "sudo: a password is required" >&2; exit 1; fi
[ "$1" = -l ] && exit 0
exec "$@"
"""
_TOOL = '#!/bin/sh\necho "done: $0 $*"\n'


class SudoServer:
    """See the module; to be used in a `with`."""

    def __init__(self, folder: Path, library: Path, name: str = "gpu-1") -> None:
        self.nvml = FakeNvml(library, folder / "world.txt", count=2)
        tools = folder / "tools"
        tools.mkdir()
        for tool, text in {"sudo": _SUDO, "nvidia-smi": _TOOL, "systemctl": _TOOL, "dmesg": _TOOL}.items():
            (tools / tool).write_text(text)
            (tools / tool).chmod(0o755)
        self._said = folder / "said"
        path = f"{tools}:{os.environ['PATH']}"
        environment = {**self.nvml.env, "PATH": path, "SUDO_SAID": str(self._said)}
        self.lab = LabServer(folder / "gpu", name=name, environment=environment)

    def __enter__(self) -> SudoServer:
        self.lab.__enter__()
        return self

    def __exit__(self, *about: object) -> None:
        self.lab.__exit__(*about)

    def said(self) -> list[str]:
        """What changes something; looks are left out, and how often the log is read."""
        lines = self._said.read_text().splitlines() if self._said.exists() else []
        return [line for line in lines if "dmesg" not in line and " find " not in line]

    def close_sudo(self) -> None:
        """From now on it wants a password."""
        self._said.with_name(self._said.name + ".closed").touch()
