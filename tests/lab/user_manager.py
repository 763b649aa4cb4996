"""A real `systemd --user` with a bus of its own, on a machine that was not booted with systemd.

Used by `with`. `within` starts a lab server that sees it as lingering, `environment` is of its sessions.
Needs root, Debian's systemd and dbus-daemon, and control groups that may be written to.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.lab import processes

_START_S = 15.0
_LINGER = "/var/lib/systemd/linger"


class UserManager:
    """One user manager.

    Args:
        folder: holds its runtime folder, its configuration home and its log.
        lingers: whether logind would say so.
    """

    def __init__(self, folder: Path, *, lingers: bool = True) -> None:
        self.folder = folder
        self.runtime = folder / "runtime"
        self._lingers = lingers
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def environment(self) -> dict[str, str]:
        """What pam_systemd would set."""
        return {"XDG_RUNTIME_DIR": str(self.runtime)}

    @property
    def within(self) -> tuple[str, ...]:
        """The words before sshd's own (LabServer's `within`)."""
        mark = f"touch {_LINGER}/{getpass.getuser()};" if self._lingers else ""
        line = f'mkdir -p {_LINGER}; mount -t tmpfs tmpfs {_LINGER}; {mark} exec "$0" "$@"'
        return ("unshare", "--mount", "sh", "-ec", line)

    def __enter__(self) -> Self:
        self.runtime.mkdir(parents=True)
        self.runtime.chmod(0o700)
        bus = f"unix:path={self.runtime}/bus"
        environment = {
            **os.environ,
            **self.environment,
            "HOME": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": bus,
        }
        # It starts only where the system looks booted with systemd, which no other process here shall see.
        booted = 'mount -t tmpfs tmpfs /run/systemd; mkdir /run/systemd/system; exec "$0" "$@"'
        manager = ("/usr/lib/systemd/systemd", "--user", "--log-target=console")
        commands = (
            ("dbus-daemon", "--session", f"--address={bus}", "--nofork", "--nopidfile"),
            ("unshare", "--mount", "sh", "-ec", f"mkdir -p /run/systemd; {booted}", *manager),
        )
        try:
            for words in commands:
                with (self.folder / "log").open("ab") as log:
                    self._running.append(
                        subprocess.Popen(
                            words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                        )
                    )
                self._wait_for(self.runtime / "bus")
            self._wait_for(self.runtime / "systemd" / "private")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the manager with all its units, then its bus."""
        running, self._running = self._running, []
        for process in reversed(running):
            processes.end_family(process)

    def _wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + _START_S
        while not path.exists():
            if time.monotonic() > deadline or any(each.poll() is not None for each in self._running):
                raise RuntimeError(
                    f"no {path}: {(self.folder / 'log').read_text('utf-8', 'replace')[-2000:]}"
                )
            time.sleep(0.01)
