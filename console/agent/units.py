"""Where an account's systemd lingers, jobs get a transient unit: their memory bounded by the kernel, and not
ended with the session that started them. Elsewhere a session of their own (setsid) has to do, and it is said.

A scope takes processes that run already, so no start waits for it. Only os-level imports at start.
"""

import os
import time

from . import paths, procs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    Property = Tuple[str, str, str]

_BUSCTL = "/usr/bin/busctl"
_LINGER = "/var/lib/systemd/linger"
_MANAGER = ("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager")
# A process that forks while it is taken leaves a child behind, which is taken then.
_LOOKS = 6
_LOOK_S = 0.05


def bus() -> "Tuple[Optional[str], str]":
    """(the folder of this account's bus, why there is none to use)."""
    folder = os.environ.get("XDG_RUNTIME_DIR") or "/run/user/%d" % os.geteuid()
    if not os.path.exists(os.path.join(folder, "bus")) or not os.path.exists(_BUSCTL):
        return None, "no systemd user manager runs for this account"
    import pwd

    try:
        name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        name = str(os.geteuid())
    if not os.path.exists(os.path.join(_LINGER, name)):
        # It goes with the last session of the account, and everything in its units with it.
        return None, "this account's systemd does not linger; 'loginctl enable-linger' would let it"
    return folder, ""


def properties(memory_limit: "Optional[int]") -> "List[Property]":
    """What the unit holds its processes to: name, D-Bus type, value."""
    # Only a delegated unit takes processes later, and one that forks while it is taken leaves some for later.
    found = [("CollectMode", "s", "inactive-or-failed"), ("Delegate", "b", "true")]
    if memory_limit:
        found += [("MemoryMax", "t", "%d" % memory_limit), ("MemorySwapMax", "t", "0")]
    return found


def start_words(unit: str, pids: "List[int]", given: "List[Property]") -> "List[str]":
    """The command that makes a transient scope of processes that run."""
    words = [_BUSCTL, "--user", "--quiet", "call", *_MANAGER, "StartTransientUnit", "ssa(sv)a(sa(sv))"]
    words += [unit, "fail", "%d" % (len(given) + 1), "PIDs", "au", "%d" % len(pids)]
    words += ["%d" % pid for pid in pids]
    for each in given:
        words += each
    return words + ["0"]


def attach_words(unit: str, pids: "List[int]") -> "List[str]":
    """The command that adds processes to a unit."""
    words = [_BUSCTL, "--user", "--quiet", "call", *_MANAGER, "AttachProcessesToUnit", "ssau", unit, ""]
    return words + ["%d" % len(pids)] + ["%d" % pid for pid in pids]


def is_in(pid: int, unit: str) -> bool:
    """Whether the kernel counts a process to a unit; one that has ended needs none."""
    try:
        with open("/proc/%d/cgroup" % pid, "rb") as stream:
            return ("/%s\n" % unit).encode("ascii") in stream.read() + b"\n"
    except OSError:
        return True


def take(unit: str, told: "Optional[str]", session: int, memory_limit: "Optional[int]") -> "Dict[str, Any]":
    """Put this process and a session's into a unit, in the background; what can be said of it at once.

    Args:
        told: the file that gets the reason where systemd refuses; None where nobody would read it.
    """
    folder, why = bus()
    if folder is None:
        return {"unit": None, "unit_reason": why}
    own = os.getpid()
    middle = os.fork()
    if middle == 0:
        try:
            if os.fork() == 0:
                _work(folder, unit, told, [own], session, memory_limit)
        finally:
            os._exit(0)
    os.waitpid(middle, 0)
    return {"unit": unit, "unit_reason": None}


def _work(
    folder: str, unit: str, told: "Optional[str]", own: "List[int]", session: int, limit: "Optional[int]"
) -> None:
    procs.name_process("tandem-unit")
    # Neither the job's lock nor its leases may live as long as this looks.
    os.closerange(3, 4096)
    os.environ["XDG_RUNTIME_DIR"] = folder
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    # This process first, which is there for sure; one of the job's may end while it is named.
    reason = _run(start_words(unit, own, properties(limit)))
    for _ in range(_LOOKS if reason is None else 0):
        left = [pid for pid in own + procs.in_session(session) if not is_in(pid, unit)]
        reason = _run(attach_words(unit, left)) if left else None
        time.sleep(_LOOK_S)
    if reason is not None and told is not None:
        paths.write_json(told, {"reason": "systemd has not taken it into a unit: " + reason}, durable=False)


def _run(words: "List[str]") -> "Optional[str]":
    """Why a command failed, None where it did not."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(write, 1)
            os.dup2(write, 2)
            os.execv(words[0], words)
        finally:
            os._exit(127)
    os.close(write)
    said = b""
    while True:
        part = os.read(read, 4096)
        if not part:
            break
        said = (said + part)[:2000]
    os.close(read)
    _, status = os.waitpid(pid, 0)
    return None if status == 0 else said.decode("utf-8", "replace").strip()[:300] or "no word"
