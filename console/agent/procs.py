"""Processes by their identity, never by a bare pid: (boot id, pid, start time). Signals go only to those.

The supervisor is started with few modules and must start fast: only os-level imports here.
"""

import os
import signal
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Tuple

    # pid and start time in clock ticks since boot
    Identity = Tuple[int, int]


def boot_id() -> str:
    """This boot's id; the one seam through which tests restart a machine."""
    given = os.environ.get("TANDEM_TEST_BOOT_ID")
    if given:
        return given
    try:
        with open("/proc/sys/kernel/random/boot_id") as stream:
            return stream.read().strip()
    except OSError:
        return ""


def name_process(name: str) -> None:
    """What `ps -o comm` shows an administrator who wonders what this is; a courtesy that may fail."""
    try:
        with open("/proc/self/comm", "w") as stream:
            stream.write(name)
    except OSError:
        return


def now() -> float:
    """Wall time in seconds since 1970: the one seam for the clock."""
    return time.time()


def in_a_while(seconds: float) -> "Dict[str, Any]":
    """A moment to come, by the wall clock and, for as long as the machine runs, by one that nobody sets."""
    moment = {"not_before": now() + seconds, "boot_id": boot_id(), "monotonic": time.monotonic() + seconds}
    return {"not_before": moment["not_before"], "after": moment}


def left_until(ticket: "Dict[str, Any]") -> float:
    """Seconds until the moment that a ticket waits for; a clock that was set does not move it."""
    after = ticket.get("after")
    try:
        if isinstance(after, dict) and after.get("boot_id") == boot_id():
            return float(after["monotonic"]) - time.monotonic()
        return float(ticket.get("not_before") or 0.0) - now()
    except (KeyError, TypeError, ValueError):
        return 0.0


def iso(seconds: float) -> str:
    """UTC ISO 8601 with milliseconds and a Z."""
    whole = int(seconds)
    return "%s.%03dZ" % (
        time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)),
        int((seconds - whole) * 1000),
    )


def resident_bytes() -> "Optional[int]":
    """What this process holds in memory now."""
    try:
        with open("/proc/self/statm", "rb") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def start_time(pid: int) -> "Optional[int]":
    """Field 22 of /proc/PID/stat, None for a pid that is gone or a zombie."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as stream:
            text = stream.read()
    except OSError:
        return None
    # The name may hold spaces and brackets: what counts begins after the last one.
    fields = text[text.rfind(b")") + 2 :].split()
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):
        return None
    return int(fields[19])


def is_alive(pid: int, started: int) -> bool:
    """Whether the very process still runs."""
    return start_time(pid) == started


def pids() -> "List[int]":
    """All process ids of this machine."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def with_mark(marks: "Iterable[bytes]") -> "List[Identity]":
    """Processes of ours whose environment holds every `NAME=value`, but for this one and its parents."""
    wanted = [mark + b"\0" for mark in marks]
    own = os.getpid()
    found = []
    for pid in pids():
        if pid == own:
            continue
        try:
            with open("/proc/%d/environ" % pid, "rb") as stream:
                environment = stream.read()
        except OSError:  # not ours to read, or gone
            continue
        if all(mark in environment for mark in wanted):
            started = start_time(pid)
            if started is not None:
                found.append((pid, started))
    return found


def in_group(group: int) -> "List[Identity]":
    """Live members of a process group."""
    found = []
    for pid in pids():
        try:
            if os.getpgid(pid) != group:
                continue
        except OSError:
            continue
        started = start_time(pid)
        if started is not None:
            found.append((pid, started))
    return found


def in_session(session: int) -> "List[int]":
    """Live processes of a session."""
    found = []
    for pid in pids():
        try:
            if os.getsid(pid) == session:
                found.append(pid)
        except OSError:
            continue
    return found


def signal_all(identities: "Iterable[Identity]", number: int) -> int:
    """Signal each process that still is the one meant; how many were reached."""
    reached = 0
    for pid, started in identities:
        if is_alive(pid, started):
            try:
                os.kill(pid, number)
                reached += 1
            except OSError:  # ended in between, or not ours
                continue
    return reached


def signal_group(group: int, number: int) -> bool:
    """Signal a process group; False where it has no member any more."""
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True


def sweep(marks: "Iterable[bytes]", group: int, grace_s: float, nudge_s: float = 0.02) -> int:
    """End what carries the marks or is in the group: TERM, a grace, then KILL until none is left.

    Returns how many there were. A process that the kernel cannot end (dead disk) is left after ten seconds.
    """
    marks = list(marks)

    def living() -> "List[Identity]":
        return list(set(with_mark(marks) + in_group(group)))

    found = living()
    count = len(found)
    signal_all(found, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while found and time.monotonic() < deadline:
        time.sleep(nudge_s)
        found = living()
    deadline = time.monotonic() + 10.0
    while found and time.monotonic() < deadline:
        signal_all(found, signal.SIGKILL)
        time.sleep(nudge_s)
        found = living()
    return count


def oom_kills() -> int:
    """How often the kernel killed for want of memory here or in our control group, as far as told."""
    total = 0
    for path, key in _oom_files().items():
        try:
            with open(path, "rb") as stream:
                for line in stream.read(65536).splitlines():
                    words = line.split()
                    if len(words) == 2 and words[0] == key:
                        total += int(words[1])
        except (OSError, ValueError):
            continue
    return total


def _oom_files() -> "Dict[str, bytes]":
    files = {"/proc/vmstat": b"oom_kill"}
    try:
        with open("/proc/self/cgroup") as stream:
            for line in stream:
                number, controllers, path = line.rstrip("\n").split(":", 2)
                if number == "0":
                    files["/sys/fs/cgroup%s/memory.events" % path.rstrip("/")] = b"oom_kill"
                elif "memory" in controllers.split(","):
                    files["/sys/fs/cgroup/memory%s/memory.oom_control" % path.rstrip("/")] = b"oom_kill"
    except (OSError, ValueError):
        return files
    return files
