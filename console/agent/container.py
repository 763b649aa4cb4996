"""The limits that this agent and what it starts live under, and whose figures it sees.

In a container most of /proc is still the whole machine's; this says which part is not.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional

from . import gauges, sysfiles
from .sysfiles import KeptFiles

_V2 = "/sys/fs/cgroup"
_UNLIMITED = 1 << 60
_LOOK_S = 60.0

Group = NamedTuple("Group", [("folder", str), ("version", int)])


def runtime() -> Optional[str]:
    """What kind of container this is, None outside of one."""
    if sysfiles.exists("/.dockerenv"):
        return "docker"
    if sysfiles.exists("/run/.containerenv"):
        return "podman"
    told = sysfiles.line("/run/systemd/container")
    if told:
        return told[:40]
    found = re.search(r"(?:^|\0)container=([^\0]+)", sysfiles.read("/proc/1/environ") or "")
    if found:
        return found.group(1)[:40]
    # A root of layers is a container's, whoever made it.
    for line in (sysfiles.read("/proc/self/mounts", 65536) or "").splitlines():
        words = line.split()
        if len(words) > 2 and words[1] == "/":
            return "container" if words[2] == "overlay" else None
    return None


def _own_folders(controller: str) -> List[Group]:
    """The control groups that bind this process, its own first, by the mounts of either version."""
    found = []
    for line in (sysfiles.read("/proc/self/cgroup") or "").splitlines():
        _, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if names == "":
            base, version = _V2, 2
        elif controller in names.split(","):
            base, version = "%s/%s" % (_V2, names), 1
            if not sysfiles.exists(base):
                base = "%s/%s" % (_V2, controller)
        else:
            continue
        path = path.rstrip("/")
        # Inside a container the path is often the host's, while the mount begins at the container.
        while path and not sysfiles.exists(base + path):
            path = path.rpartition("/")[0]
        while True:
            found.append(Group(base + path, version))
            if not path:
                break
            path = path.rpartition("/")[0]
    return found


def _memory_limit(groups: List[Group]) -> Optional[int]:
    names = {2: "memory.max", 1: "memory.limit_in_bytes"}
    limits = [sysfiles.number("%s/%s" % (group.folder, names[group.version])) for group in groups]
    known = [limit for limit in limits if limit is not None and limit < _UNLIMITED]
    return min(known) if known else None


def _cpu_limit(groups: List[Group]) -> Optional[float]:
    known = []
    for group in groups:
        if group.version == 2:
            words = (sysfiles.line(group.folder + "/cpu.max") or "").split()
            quota, period = (words + ["", ""])[:2]
        else:
            quota = sysfiles.line(group.folder + "/cpu.cfs_quota_us") or ""
            period = sysfiles.line(group.folder + "/cpu.cfs_period_us") or ""
        if quota.isdigit() and period.isdigit() and int(period):
            known.append(int(quota) / float(period))
    return round(min(known), 3) if known else None


class Limits:
    """What binds this process, looked for now and then, and its use. For one thread at a time."""

    def __init__(self, files: KeptFiles) -> None:
        self._files = files
        self._looked_at: Optional[float] = None
        self._runtime: Optional[str] = None
        self._cores: Optional[float] = None
        self._memory: Optional[int] = None
        self._cpu_group: Optional[Group] = None
        self._memory_group: Optional[Group] = None
        self._layered = False
        self._used_us: Optional[int] = None
        self._used_at = 0.0

    def _look(self, now: float) -> None:
        if self._looked_at is not None and now - self._looked_at < _LOOK_S:
            return
        self._looked_at = now
        self._runtime = runtime()
        cpu, memory = _own_folders("cpu"), _own_folders("memory")
        self._cores, self._memory = _cpu_limit(cpu), _memory_limit(memory)
        bound = self._runtime is not None
        self._cpu_group = cpu[0] if cpu and (bound or self._cores is not None) else None
        self._memory_group = memory[0] if memory and (bound or self._memory is not None) else None
        self._layered = " /proc/meminfo " in (sysfiles.read("/proc/self/mounts", 65536) or "")

    def take(self, now: float) -> Optional[Dict[str, Any]]:
        """The limits with their use; None where nothing binds this process."""
        self._look(now)
        if self._runtime is None and self._cores is None and self._memory is None:
            return None
        return {
            "runtime": self._runtime,
            "cpu_limit_cores": self._cores,
            "cpu_used_cores": self._cpu_used(now),
            "memory_limit_bytes": self._memory,
            "memory_used_bytes": self._memory_used(),
            # Whose the figures beside these are: only lxcfs puts the container's own under /proc.
            "machine_figures": None if self._runtime is None else self._machine_figures(),
        }

    def _machine_figures(self) -> List[str]:
        shared = ["load", "pressure", "temperatures", "disk traffic"]
        return shared if self._layered else ["cpu", "memory"] + shared

    def _cpu_used(self, now: float) -> Optional[float]:
        group = self._cpu_group
        if group is None:
            return None
        if group.version == 2:
            used = gauges.keyed(self._files.read(group.folder + "/cpu.stat")).get("usage_usec")
        else:
            text = (self._files.read(group.folder + "/cpuacct.usage") or "").strip()
            used = int(text) // 1000 if text.isdigit() else None
        before, elapsed = self._used_us, now - self._used_at
        self._used_us, self._used_at = used, now
        if before is None or used is None or used < before or elapsed <= 0:
            return None
        return round((used - before) / 1e6 / elapsed, 3)

    def _memory_used(self) -> Optional[int]:
        group = self._memory_group
        if group is None:
            return None
        name = "memory.current" if group.version == 2 else "memory.usage_in_bytes"
        text = (self._files.read("%s/%s" % (group.folder, name)) or "").strip()
        if not text.isdigit():
            return None
        # What the kernel can drop at once is no use.
        droppable = gauges.keyed(self._files.read(group.folder + "/memory.stat"))
        return max(0, int(text) - droppable.get("inactive_file", droppable.get("total_inactive_file", 0)))
