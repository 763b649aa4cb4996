"""The acts that need root, as data: what each runs, in full, and the sudoers lines for it. Nothing runs here.

The agent holds the same commands (agent/privileged.py); a test keeps the two alike.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from console.core.problems import Problem


@dataclass(frozen=True, slots=True)
class Privilege:
    """One act.

    Attributes:
        command: what runs after `sudo -n`; UUID, WATTS and DEVICE stand for what the act is given.
        sudoers: the same by full path, its changing parts as regular expressions.
        look: what runs before it, reading only: it is shown and allowed together with the act.
        destructive: whether the person must repeat the name of its object.
    """

    id: str
    title: str
    summary: str
    command: tuple[str, ...]
    sudoers: tuple[str, ...]
    destructive: bool = False
    look: tuple[str, ...] = ()


_SMI = "/usr/bin/nvidia-smi"
# A regular expression (sudo 1.9.10 and newer): sudo's wildcards would match blanks and so further options.
_UUID = "GPU-[0-9a-f-]+"

PRIVILEGES: tuple[Privilege, ...] = (
    Privilege(
        "kernel_log",
        "Read the kernel log",
        "See XIDs where the account itself may not read the kernel's log.",
        ("dmesg",),
        ('/usr/bin/dmesg ""',),
    ),
    Privilege(
        "persistence",
        "Set persistence mode",
        "Keep the driver loaded while nothing uses a GPU.",
        ("nvidia-smi", "-i", "UUID", "-pm", "0|1"),
        (f"{_SMI} ^-i {_UUID} -pm [01]$",),
    ),
    Privilege(
        "power_limit",
        "Set power limit",
        "Change how much power a GPU may draw.",
        ("nvidia-smi", "-i", "UUID", "-pl", "WATTS"),
        (f"{_SMI} ^-i {_UUID} -pl [0-9]+$",),
    ),
    Privilege(
        "gpu_reset",
        "Reset GPU",
        "Reset a GPU that nothing holds.",
        ("nvidia-smi", "-i", "UUID", "--gpu-reset"),
        (
            f"{_SMI} ^-i {_UUID} --gpu-reset$",
            "/usr/bin/find ^/proc -mindepth 3 -maxdepth 3 -path /proc/[*]/fd/[*] -lname /dev/nvidia[0-9]+$",
        ),
        destructive=True,
        look=(
            *("find", "/proc", "-mindepth", "3", "-maxdepth", "3"),
            *("-path", "/proc/*/fd/*", "-lname", "DEVICE"),
        ),
    ),
    Privilege(
        "reboot",
        "Restart server",
        "Restart the whole server; everything that runs there ends.",
        ("systemctl", "reboot"),
        ("/usr/bin/systemctl reboot",),
        destructive=True,
    ),
)

_BY_ID = {each.id: each for each in PRIVILEGES}


def privilege(act: str) -> Privilege:
    """The act of that name.

    Raises:
        Problem: `input.invalid`.
    """
    found = _BY_ID.get(act)
    if found is None:
        raise Problem(
            "input.invalid", what=f"privileged act '{act}'", reason=f"it is one of {', '.join(_BY_ID)}"
        )
    return found


def command_line(act: Privilege) -> str:
    """What runs, as one line for people."""
    return "sudo -n " + " ".join(part if part == "0|1" else shlex.quote(part) for part in act.command)


def look_line(act: Privilege) -> str | None:
    """What is looked at by sudo before the act, as one line; None where nothing is."""
    return "sudo -n " + shlex.join(act.look) if act.look else None


def sudoers_lines(account: str, acts: Iterable[str]) -> tuple[str, ...]:
    """The lines that let an account do these without a password, for `visudo`."""
    return tuple(f"{account} ALL=(root) NOPASSWD: {line}" for act in acts for line in privilege(act).sudoers)
