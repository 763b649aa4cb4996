"""What the machine says of itself under /proc and /etc: facts for hello, counters for the sampler, processes.

Reading only; every value that cannot be read is None.
"""

import os
import platform
import pwd
import re
import socket
import time
from typing import Any, Container, Dict, List, Optional, Tuple

from . import gauges, procs

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# File systems that hold people's data; the rest are the kernel's own views or would count a disk twice.
_DISK_TYPES = frozenset(
    "ext2 ext3 ext4 xfs btrfs zfs f2fs jfs reiserfs overlay nfs nfs4 lustre gpfs ceph cifs beegfs "
    "fuse.juicefs bcachefs wekafs".split()
)
_MAX_DISKS = 24
_MAX_COMMAND = 400
# As Docker, containerd, CRI-O, Podman and Kubernetes name a container's control group; LXC has names.
_CONTAINER = re.compile(r"(?:(docker|cri-containerd|crio|libpod|containerd|podman)[-/:])?([0-9a-f]{64})\b")
_LXC = re.compile(r"/lxc(?:\.payload)?[./]([A-Za-z0-9][A-Za-z0-9_-]{0,60})")


def read_text(path: str, limit: int = 1 << 20) -> Optional[str]:
    """The start of a small file, None where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.read(limit).decode("utf-8", "replace")
    except OSError:
        return None


def os_name() -> str:
    """The distribution's own name for itself."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        for line in (read_text(path) or "").splitlines():
            if line.startswith("PRETTY_NAME="):
                return line.split("=", 1)[1].strip().strip('"')[:100]
    return platform.system()


def user_name(uid: int, cache: Optional[Dict[int, str]] = None) -> str:
    """An account's name; a directory service may be slow, so callers keep a cache."""
    if cache is not None and uid in cache:
        return cache[uid]
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    if cache is not None:
        cache[uid] = name
    return name


def uptime_s() -> Optional[float]:
    """Seconds since boot."""
    words = (read_text("/proc/uptime") or "").split()
    return float(words[0]) if words else None


def disks() -> List[Dict[str, Any]]:
    """Usage of each mounted disk once. May hang on a dead network disk: only for a thread that may."""
    seen = set()
    found: List[Dict[str, Any]] = []
    for line in (read_text("/proc/self/mounts") or "").splitlines():
        words = line.split()
        if len(words) < 3 or words[2] not in _DISK_TYPES or words[0] in seen:
            continue
        mount = words[1]
        for code, character in (("\\040", " "), ("\\011", "\t"), ("\\134", "\\")):
            mount = mount.replace(code, character)
        try:
            state = os.statvfs(mount)
            is_folder = os.path.isdir(mount)
            number = _device_number(words[0], mount)
        except OSError:
            continue
        # A file mounted over a file (containers do) is the same disk again.
        if not state.f_blocks or not is_folder:
            continue
        seen.add(words[0])
        total = state.f_blocks * state.f_frsize
        free = state.f_bfree * state.f_frsize
        found.append(
            {
                "mount": mount[:200],
                "device": words[0][:200],
                "number": number,
                "used_bytes": total - free,
                "total_bytes": total,
                # Some file systems have no fixed number of them and say 0.
                "inodes_total": state.f_files or None,
                "inodes_used": state.f_files - state.f_ffree if state.f_files else None,
            }
        )
        if len(found) >= _MAX_DISKS:
            break
    return found


def _device_number(source: str, mount: str) -> str:
    """The block device below a mount as "major:minor", where the kernel counts what it does."""
    number = os.stat(mount).st_dev
    # btrfs, overlay and the like have a number of their own; the device is the one that is mounted.
    if os.major(number) == 0 and source.startswith("/dev/"):
        number = os.stat(source).st_rdev
    return "%d:%d" % (os.major(number), os.minor(number))


def hello_facts() -> Dict[str, Any]:
    """Who and what this machine is."""
    name = os.uname()
    return {
        "python": platform.python_version(),
        "os": os_name(),
        "kernel": name.release,
        "hostname": socket.gethostname(),
        "user": user_name(os.geteuid()),
        "home": os.environ.get("HOME", ""),
        "boot_id": procs.boot_id(),
        "time": procs.now(),
        "monotonic": time.monotonic(),
        "cpu_count": os.cpu_count(),
        "memory_total_bytes": gauges.memory(read_text("/proc/meminfo"))["memory_total_bytes"],
        "pid": os.getpid(),
    }


def command_of(pid: int) -> Optional[str]:
    """A process's command line for people, its name where that is empty, None where it is gone."""
    text = read_text("/proc/%d/cmdline" % pid, 4096)
    if text is None:
        return None
    line = " ".join(text.replace("\0", " ").split())
    return (line or (read_text("/proc/%d/comm" % pid) or "").strip())[:_MAX_COMMAND]


def owner_of(pid: int, cache: Optional[Dict[int, str]] = None) -> Optional[str]:
    """The account a process runs as, None where it is gone."""
    try:
        return user_name(os.stat("/proc/%d" % pid).st_uid, cache)
    except OSError:
        return None


def container_of(pid: int) -> Optional[str]:
    """The container that a process runs in ("docker:3f1c9a2b0d4e"), None where it is in none or is gone."""
    text = read_text("/proc/%d/cgroup" % pid, 65536) or ""
    found = _CONTAINER.search(text)
    if found:
        return "%s:%s" % (found.group(1) or "container", found.group(2)[:12])
    named = _LXC.search(text)
    return "lxc:%s" % named.group(1) if named else None


# pid -> (start time, ticks of CPU, resident pages)
Scan = Dict[int, Tuple[int, int, int]]


def scan_processes() -> Scan:
    """Every process's use of CPU and memory so far."""
    found = {}
    for pid in procs.pids():
        text = read_text("/proc/%d/stat" % pid, 4096)
        if text is None:
            continue
        fields = text[text.rfind(")") + 2 :].split()
        if len(fields) > 21:
            found[pid] = (int(fields[19]), int(fields[11]) + int(fields[12]), int(fields[21]))
    return found


def started_iso(ticks: int) -> Optional[str]:
    """When a process with this start time was started, None where the uptime is unknown."""
    up = uptime_s()
    return None if up is None else procs.iso(procs.now() - up + ticks / float(TICKS))


def busiest(
    before: Scan, after: Scan, elapsed_s: float, limit: int, always: Container[int] = ()
) -> List[Dict[str, Any]]:
    """The processes that used most CPU between two scans, in percent of one processor, and the `always` ones.

    `started_ticks` with the boot id tells a process from a later one with the same pid.
    """
    rows = []
    for pid, (started, ticks, pages) in after.items():
        earlier = before.get(pid)
        spent = ticks - earlier[1] if earlier is not None and earlier[0] == started else 0
        rows.append((100.0 * spent / TICKS / elapsed_s, pages * PAGE, pid, started))
    rows.sort(reverse=True)
    up = uptime_s()
    booted = None if up is None else procs.now() - up
    names: Dict[int, str] = {}
    found: List[Dict[str, Any]] = []
    for percent, resident, pid, started in rows:
        if len(found) >= limit and pid not in always:
            continue
        command = command_of(pid)
        user = owner_of(pid, names)
        if command is None or user is None:  # ended since
            continue
        found.append(
            {
                "pid": pid,
                "user": user,
                "command": command,
                "cpu_percent": round(percent, 1),
                "memory_bytes": resident,
                "started": None if booted is None else procs.iso(booted + started / float(TICKS)),
                "started_ticks": started,
                "container": container_of(pid),
            }
        )
    return found
