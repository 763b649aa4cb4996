"""Running the real `tandem` command in a home of its own, as a script would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.sshd import LabServer


@dataclass(frozen=True)
class Ran:
    """What one run came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """stdout as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Tandem:
    """The command with one home; `HOME` is a folder of its own too, so that nobody's ~/.ssh matters."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "tandem-home"
        self.user_home = folder / "user-home"
        self.user_home.mkdir(parents=True, exist_ok=True)
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in ("SSH_AUTH_SOCK", "TANDEM_HOME")
            },
            "HOME": str(self.user_home),
            "TANDEM_HOME": str(self.home),
        }

    def command(self, *words: str) -> list[str]:
        """The command line for Popen."""
        return [sys.executable, "-m", "console", *words]

    def run(self, *words: str, timeout: float = 60, stdin: str | None = None) -> Ran:
        """Run to its end; a traceback or an internal error is a failure whatever the test expects."""
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        shown = f"tandem {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, shown
        assert "an error of Tandem itself" not in done.stderr, shown
        return Ran(done.returncode, done.stdout, done.stderr)

    def ok(self, *words: str, timeout: float = 60) -> Ran:
        """As `run`, for what must succeed."""
        ran = self.run(*words, timeout=timeout)
        assert ran.code == 0, f"tandem {' '.join(words)} exited {ran.code}\n{ran.out}\n{ran.err}"
        return ran

    def add(self, server: LabServer, *more: str, trust: bool = True) -> None:
        """Enter a lab server and trust its key."""
        self.ok(
            *("server", "add", server.name, "--host", server.host, "--port", str(server.port)),
            *("--user", server.user, "--identity", str(server.client_key), *more),
        )
        if trust:
            self.ok("server", "trust", server.name, "--fingerprint", server.fingerprint())
