"""Which processes hold a GPU, and who they are: NVML's lists joined with /proc."""

import os
import pwd
import re
from typing import Any, Dict, List, Optional, Tuple

from .asking import Asker, Cached, percent, real, text

# The driver takes milliseconds for these (MangoHud's issue 2104: 4.5 ms).
_GRAPHICS_S = 15.0
_MAX_COMMAND = 400
_MAX_PROCESSES = 256
_CONTAINER = re.compile(r"[0-9a-f]{64}")
_POD = re.compile(r"pod([0-9a-f]{8}[-_][0-9a-f_-]{27})")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def _proc(pid: int, name: str, limit: int = 4096) -> Optional[str]:
    try:
        with open("/proc/%d/%s" % (pid, name), "rb") as stream:
            return stream.read(limit).decode("utf-8", "replace")
    except OSError:
        return None


def container_of(cgroup: Optional[str]) -> Optional[str]:
    """The container that a process's control groups name: a short id, with the pod where there is one."""
    if not cgroup:
        return None
    found = _CONTAINER.search(cgroup)
    if found is None:
        return None
    pod = _POD.search(cgroup)
    short = found.group()[:12]
    return short if pod is None else "%s/%s" % (pod.group(1).replace("_", "-")[:8], short)


class Known:
    """What of one process does not change, and its processor time at the last look."""

    def __init__(self, pid: int, started: int, user: Optional[str]) -> None:
        line = _proc(pid, "cmdline")
        command = None if line is None else " ".join(line.replace("\0", " ").split())
        if command == "":
            command = (_proc(pid, "comm") or "").strip() or None
        self.started = started
        self.user = user
        self.command = None if command is None else command[:_MAX_COMMAND]
        self.container = container_of(_proc(pid, "cgroup"))
        self.looked: Optional[Tuple[float, int]] = None
        self.cpu_percent: Optional[float] = None

    def spent(self, now: float, ticks: int) -> Optional[float]:
        """Percent of one processor since the last look; several GPUs may ask within one round."""
        before = self.looked
        if before is not None and now - before[0] < 1.0:
            return self.cpu_percent
        self.looked = (now, ticks)
        if before is not None:
            self.cpu_percent = round(100.0 * (ticks - before[1]) / _TICKS / (now - before[0]), 1)
        return self.cpu_percent


class Owners:
    """All processes that hold a GPU of this machine."""

    def __init__(self) -> None:
        self._names: Dict[int, str] = {}
        self._known: Dict[int, Known] = {}

    def describe(self, pid: int, memory: Optional[int], now: float) -> Dict[str, Any]:
        """One row of an accelerator's processes; a process of another container has no name here."""
        row: Dict[str, Any] = {"pid": pid, "user": None, "command": None, "memory_bytes": memory}
        stat = _proc(pid, "stat")
        # The name may hold spaces and brackets: what counts begins after the last one.
        fields = [] if stat is None else stat[stat.rfind(")") + 2 :].split()
        if len(fields) < 22:
            self._known.pop(pid, None)
            return row
        known = self._known.get(pid)
        if known is None or known.started != int(fields[19]):
            if len(self._known) > 4 * _MAX_PROCESSES:
                self._known.clear()
            known = self._known[pid] = Known(pid, int(fields[19]), self._user(pid))
        row["user"], row["command"], row["container"] = known.user, known.command, known.container
        row["host_memory_bytes"] = int(fields[21]) * _PAGE
        row["cpu_percent"] = known.spent(now, int(fields[11]) + int(fields[12]))
        return row

    def _user(self, pid: int) -> Optional[str]:
        try:
            uid = os.stat("/proc/%d" % pid).st_uid
        except OSError:
            return None
        if uid not in self._names:
            try:
                self._names[uid] = pwd.getpwuid(uid).pw_name
            except KeyError:
                self._names[uid] = str(uid)
        return self._names[uid]


class Holders:
    """The processes of one GPU."""

    def __init__(self, ask: Asker, owners: Owners) -> None:
        self._ask = ask
        self._owners = owners
        self._graphics = Cached(_GRAPHICS_S)
        self._shares: Dict[int, int] = {}
        self._seen = 0

    def read(self, now: float, slices: List[Any]) -> Optional[List[Dict[str, Any]]]:
        """The rows; None where the driver does not tell."""
        if self._graphics.due(now):
            self._graphics.put(now, self._running("Graphics", self._ask.handle))
        compute = self._running("Compute", self._ask.handle)
        places: Dict[int, Optional[str]] = {}
        for each in slices:
            inside = self._running("Compute", each)
            if inside:
                compute = dict(compute or {})
                compute.update(inside)
                uuid = self._ask.whole("nvmlDeviceGetUUID", each)
                places.update(dict.fromkeys(inside, None if uuid is None else text(uuid)))
        graphics = self._graphics.value
        if compute is None and graphics is None:
            return None
        together = dict(graphics or {})
        together.update(compute or {})
        if together and not slices:
            self._utilization(together)
        rows = []
        for pid, memory in sorted(together.items())[:_MAX_PROCESSES]:
            row = self._owners.describe(pid, memory, now)
            # A process that has ended since its list was read is no row any more.
            if row["user"] is not None or pid in (compute or {}):
                row["utilization_percent"] = self._shares.get(pid)
                if slices:
                    row["instance"] = places.get(pid)
                rows.append(row)
        return rows

    def pids(self) -> Optional[List[int]]:
        """Who holds the GPU at this very moment; None where the driver does not tell."""
        compute = self._running("Compute", self._ask.handle)
        graphics = self._running("Graphics", self._ask.handle)
        if compute is None:
            return None
        return sorted(set(compute) | set(graphics or {}))

    def _running(self, kind: str, handle: Any) -> Optional[Dict[int, Optional[int]]]:
        """pid -> memory, None where the driver does not tell."""
        for version in ("_v3", "_v2", ""):
            found = self._ask.whole("nvmlDeviceGet%sRunningProcesses%s" % (kind, version), handle)
            if found is not None:
                return {int(each.pid): real(each.usedGpuMemory) for each in found}
        return None

    def _utilization(self, running: Dict[int, Optional[int]]) -> None:
        """The driver's own shares; only of who runs, newer than what was seen, and up to 100."""
        found = self._ask("nvmlDeviceGetProcessUtilization", self._seen)
        shares = {}
        for each in found or ():
            if each.timeStamp > self._seen:
                self._seen = int(each.timeStamp)
            share = percent(each.smUtil)
            if each.pid in running and share is not None:
                shares[int(each.pid)] = share
        self._shares = shares
