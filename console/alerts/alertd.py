"""What an alertd leaves on its host: the pointer by which agents find its board, and its systemd unit."""

from __future__ import annotations

import getpass
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import console
from console.core.files import write_atomically
from console.core.home import own_command
from console.core.problems import Problem

UNIT = "tandem-alertd.service"


def point_to(folder: Path) -> None:
    """Tell the agents of this account on this machine where the board lies.

    Raises:
        Problem: `file.unwritable`.
    """
    # They need POSIX, as every server does; a console on Windows is read by nobody else.
    if sys.platform == "win32":
        return
    from console.agent import alertboard, paths
    from console.agent.wire import AgentError

    place = Path(paths.tandem(alertboard.POINTER))
    try:
        paths.private_folder()
        paths.guarded(str(place), lambda: paths.write_json(str(place), {"v": 1, "folder": str(folder)}))
    except AgentError as error:
        reason = error.attrs.get("reason") or error.code
        raise Problem("file.unwritable", path=place, reason=reason) from error


@dataclass(frozen=True, slots=True)
class Installed:
    """A unit that was written, and what a person runs to use it."""

    path: Path
    enable: tuple[str, ...]
    linger: tuple[str, ...]
    status: tuple[str, ...]


def unit_folder(environment: Mapping[str, str]) -> Path:
    """Where systemd looks for a person's own units."""
    given = environment.get("XDG_CONFIG_HOME", "")
    base = Path(given) if given.startswith("/") else Path(environment.get("HOME") or Path.home()) / ".config"
    return base / "systemd" / "user"


def install(home: Path, environment: Mapping[str, str]) -> Installed:
    """Write the user unit; nothing is started or enabled.

    Raises:
        Problem: `alerts.no_user_units` where there is no systemd, `file.unwritable`.
    """
    if not sys.platform.startswith("linux") or shutil.which("systemctl") is None:
        raise Problem("alerts.no_user_units")
    path = unit_folder(environment) / UNIT
    write_atomically(path, unit_text(home).encode(), mode=0o644)
    return Installed(
        path,
        enable=("systemctl", "--user", "enable", "--now", UNIT),
        linger=("loginctl", "enable-linger", getpass.getuser()),
        status=("systemctl", "--user", "status", UNIT),
    )


def unit_text(home: Path) -> str:
    """The unit: started with the account's systemd, again half a minute after it failed."""
    words = [*own_command(), "--home", str(home), "alertd"]
    folder = "" if getattr(sys, "frozen", False) else f"WorkingDirectory={_quoted(str(_root()))}\n"
    return (
        "[Unit]\n"
        "Description=Tandem judges the rules of its alerts\n"
        "StartLimitIntervalSec=0\n\n"
        "[Service]\n"
        f"ExecStart={' '.join(_quoted(word) for word in words)}\n"
        f"{folder}"
        "Restart=on-failure\n"
        "RestartSec=30\n"
        "TimeoutStopSec=20\n"
        "UMask=0077\n\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )


def _root() -> Path:
    return Path(console.__file__).resolve().parent.parent


def _quoted(word: str) -> str:
    """A word of a unit: specifiers and variables are taken as they stand."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if plain != shlex.quote(word) or " " in plain else plain
