"""Finding and ending processes by what they are: children of a process, or holders of a HOME.

Works on /proc alone. Never matches by name, so that a stranger's process is never touched.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

_PROC = Path("/proc")


def parents() -> dict[int, int]:
    """Every process and its parent."""
    found: dict[int, int] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        found[int(entry.name)] = int(fields[1])
    return found


def descendants(root: int) -> list[int]:
    """Children of a process, their children and so on, parents first."""
    by_parent: dict[int, list[int]] = {}
    for pid, parent in parents().items():
        by_parent.setdefault(parent, []).append(pid)
    found: list[int] = []
    queue = [root]
    while queue:
        children = by_parent.get(queue.pop(0), [])
        found += children
        queue += children
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def environment_of(pid: int) -> dict[str, str]:
    """The environment a process was started with; empty where it cannot be read."""
    try:
        raw = (_PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    pairs = (item.partition("=") for item in raw.decode("utf-8", "replace").split("\0") if "=" in item)
    return {name: value for name, _, value in pairs}


def with_home(home: Path) -> list[int]:
    """Processes that were started with HOME set to this folder: agents, supervisors, jobs."""
    wanted = str(home)
    return [pid for pid in parents() if pid != os.getpid() and environment_of(pid).get("HOME") == wanted]


def end(pids: list[int], *, within_s: float = 30.0) -> None:
    """Kill these processes and wait until none of them runs.

    Raises:
        TimeoutError: one of them survived.
    """
    for pid in pids:
        send(pid, signal.SIGKILL)
    deadline = time.monotonic() + within_s
    while alive := [pid for pid in pids if is_running(pid)]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes {alive} are still there")
        time.sleep(0.005)


def end_family(process: subprocess.Popen[bytes], *, within_s: float = 10.0) -> None:
    """Ask a program to end, kill it where it does not, and what it had started with it."""
    below = descendants(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    end(below)


def end_with_home(home: Path) -> list[int]:
    """Kill what runs with this HOME, also what it starts meanwhile; returns the pids that were there.

    At once, as a power cut does: all are stopped before the first is killed, so none sees another one end.
    """
    ended: list[int] = []
    while found := [pid for pid in with_home(home) if is_running(pid)]:
        for pid in found:
            send(pid, signal.SIGSTOP)
        end(found)
        ended += found
    return ended


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; False where the process is gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
