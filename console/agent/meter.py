"""Looks at the attempts that run and keeps what they used in their folders, console or not.

It lives in the keeper's child that asks the drivers. Killed at any moment, the next goes on from the files:
usage/N.json holds the sums and is written at every look, usage/N.curve.json the curve, now and then.
"""

import os
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from . import attempts, paths, procs, spool, usage
from .limits import proportional
from .paths import raw

Row = Dict[str, Any]
Process = NamedTuple(
    "Process", [("parent", int), ("session", int), ("started", int), ("ticks", int), ("resident", int)]
)
Processes = Dict[int, Process]

FOLDER = "usage"
_YOUNG_S = 30.0
_YOUNG_EVERY_S = 1.0
_EVERY_S = 5.0
_NONE_EVERY_S = 2.0
_CURVE_EVERY_S = 30.0
_SHARED_EVERY_S = 15.0
_TICKS = float(os.sysconf("SC_CLK_TCK"))
_PAGE = os.sysconf("SC_PAGE_SIZE")


def sums_path(folder: str, attempt: int) -> str:
    """The file that holds the sums of an attempt."""
    return os.path.join(folder, FOLDER, "%d.json" % attempt)


def curve_path(folder: str, attempt: int) -> str:
    """The file that holds the curve of an attempt."""
    return os.path.join(folder, FOLDER, "%d.curve.json" % attempt)


class Attempt:
    """One attempt that runs: its sums so far."""

    def __init__(self, ident: str, start: Row) -> None:
        self.ident, self.folder = ident, spool.job_folder(ident)
        self.number = attempts.number_of(start)
        self.pid = int(start["process"]["pid"])
        self.uuids = {each for each in start.get("accelerators") or [] if isinstance(each, str)}
        self.sums, self.curve = self._kept()
        self.adopted = start.get("adopted") is True
        self.began = time.monotonic()
        self.curve_written = self.began
        self.shared_read = -1e9

    def _kept(self) -> Tuple[Row, Row]:
        """What an earlier meter wrote of this very attempt, or nothing yet."""
        sums, curve = paths.read_json(sums_path(self.folder, self.number)), None
        boot = procs.boot_id()
        if sums is None or sums.get("boot_id") != boot or sums.get("v") != 1:
            sums = usage.fresh(self.number, boot)
        else:
            curve = paths.read_json(curve_path(self.folder, self.number))
        return sums, curve or usage.fresh_curve()

    def write(self, at: float, last: bool = False) -> None:
        """Keep it; a folder that is gone or a disk that is full keeps what it has."""
        try:
            if not os.path.isdir(raw(os.path.join(self.folder, FOLDER))):
                os.mkdir(raw(os.path.join(self.folder, FOLDER)), 0o700)
            paths.write_json(sums_path(self.folder, self.number), self.sums, durable=False)
            if last or at - self.curve_written >= _CURVE_EVERY_S:
                self.curve_written = at
                path = curve_path(self.folder, self.number)
                paths.write_json(path, usage.rounded(self.curve), durable=False)
        except OSError:  # the sums are in memory: the next look writes them
            return


class Meter:
    """All attempts of this account that run here.

    Args:
        rows: asks the drivers; called only where an attempt holds accelerators.
    """

    def __init__(self, rows: Callable[[], List[Row]]) -> None:
        self._rows = rows
        self._starts: Dict[str, Tuple[Any, Optional[Row]]] = {}
        self._marked: Dict[Tuple[int, int], Tuple[int, Optional[str]]] = {}
        self._looks = 0
        self._live: Dict[Tuple[str, int], Attempt] = {}
        self._due = 0.0

    def wait_s(self) -> float:
        """Seconds until the next look is due."""
        return max(0.0, self._due - time.monotonic())

    def look(self, rows: Optional[List[Row]] = None) -> None:
        """One look at all that runs; `rows` are what the drivers have just said to another question."""
        candidates = self._candidates()
        processes = scan() if candidates or self._live else {}
        live = self._running(candidates, processes)
        for key in set(self._live) - set(live):
            self._live.pop(key).write(time.monotonic(), last=True)
        self._live = live
        leased = any(each.uuids for each in live.values())
        if live:
            # The look is of the moment after the drivers have answered: they may take a while.
            found = (self._rows() if rows is None else rows) if leased else None
            self._add(processes, found)
        now = time.monotonic()
        young = any(now - each.began < _YOUNG_S for each in live.values())
        self._due = now + (_YOUNG_EVERY_S if young else _EVERY_S if live else _NONE_EVERY_S)

    def close(self) -> None:
        """Write what is not written yet."""
        for each in self._live.values():
            each.write(time.monotonic(), last=True)

    def _candidates(self) -> Dict[str, Row]:
        """What was started of all that has a ticket."""
        found = {}
        known, self._starts = self._starts, {}
        for ident in spool.waiting():
            path = os.path.join(spool.job_folder(ident), "start.json")
            try:
                stat = os.stat(raw(path))
            except OSError:  # it waits still
                continue
            mark = (stat.st_mtime_ns, stat.st_ino)
            start = known[ident][1] if known.get(ident, (None,))[0] == mark else paths.read_json(path)
            self._starts[ident] = (mark, start)
            if start is not None:
                found[ident] = start
        return found

    def _running(self, candidates: Dict[str, Row], processes: Processes) -> Dict[Tuple[str, int], Attempt]:
        live = {}
        for ident, start in candidates.items():
            who = start.get("process")
            pid = who.get("pid") if isinstance(who, dict) else None
            one = processes.get(pid) if isinstance(pid, int) else None
            # The very process, of this boot: a number may have been given away.
            if one is None or not isinstance(who, dict) or one.started != who.get("started"):
                continue
            if start.get("boot_id") == procs.boot_id():
                key = (ident, attempts.number_of(start))
                live[key] = self._live.get(key) or Attempt(ident, start)
        return live

    def _add(self, processes: Processes, rows: Optional[List[Row]]) -> None:
        members = self._members(processes)
        at, wall = time.monotonic(), procs.iso(procs.now())
        for each in self._live.values():
            pids = members.get(each.ident, set())
            mine = [row for row in rows or [] if row.get("uuid") in each.uuids]
            cpu_s = sum(processes[pid].ticks for pid in pids) / _TICKS
            if each.adopted and not each.sums["looks"]:
                # What it took before it was adopted is no part of this job.
                each.sums["cpu_seen"] = cpu_s
            total = None if rows is None else len(rows)
            memory = self._memory(each, pids, processes, at)
            usage.add(each.sums, each.curve, usage.Look(at, wall, cpu_s, memory, pids, mine, total))
            each.write(at)

    @staticmethod
    def _memory(each: Attempt, pids: Set[int], processes: Processes, at: float) -> Optional[int]:
        """Resident bytes of its processes together, None where this look need not know.

        Pages that several share count once: that is slow to read, so only where the peak may have grown.
        """
        together = sum(processes[pid].resident for pid in pids) * _PAGE
        if len(pids) < 2:
            return together if pids else None
        if together <= (each.sums["memory_peak_bytes"] or 0) or at - each.shared_read < _SHARED_EVERY_S:
            return None
        each.shared_read = at
        return sum(proportional(pid) for pid in pids)

    def _members(self, processes: Processes) -> Dict[str, Set[int]]:
        """The processes of each attempt: its session, what carries its mark, and children of those."""
        by_session = {each.pid: each.ident for each in self._live.values()}
        by_folder = {raw(each.folder): each.ident for each in self._live.values()}
        self._looks += 1
        marked: Dict[Tuple[int, int], Tuple[int, Optional[str]]] = {}
        owner: Dict[int, str] = {}
        for pid, one in processes.items():
            ident = by_session.get(one.session) or by_session.get(pid)
            if ident is None and by_folder:
                key = (pid, one.started)
                looks, ident = self._marked.get(key, (0, None))
                # A process that has just forked may not be what it will be: it is read twice.
                if ident is None and looks < 2:
                    looks, ident = looks + 1, by_folder.get(_mark_of(pid) or b"")
                marked[key] = (looks, ident)
            if ident is not None:
                owner[pid] = ident
        self._marked = marked
        members: Dict[str, Set[int]] = {}
        for pid in processes:
            ident = _owner_of(pid, processes, owner)
            if ident is not None:
                members.setdefault(ident, set()).add(pid)
        return members


def _owner_of(pid: int, processes: Processes, owner: Dict[int, str]) -> Optional[str]:
    """The job of a process or of the nearest parent that has one."""
    way: List[int] = []
    at = pid
    while at not in owner and at in processes and at not in way:
        way.append(at)
        at = processes[at].parent
    return owner.get(at)


def _mark_of(pid: int) -> Optional[bytes]:
    """The job's folder that a process carries in its environment."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as stream:
            data = stream.read()
    except OSError:  # not ours to read, or gone
        return None
    wanted = b"TANDEM_JOB_DIR="
    for word in data.split(b"\0"):
        if word.startswith(wanted):
            return word[len(wanted) :]
    return None


def scan() -> Processes:
    """All processes of the machine that are no zombies."""
    found = {}
    for pid in procs.pids():
        try:
            with open("/proc/%d/stat" % pid, "rb") as stream:
                text = stream.read()
        except OSError:
            continue
        fields = text[text.rfind(b")") + 2 :].split()
        if len(fields) > 21 and fields[0] not in (b"Z", b"X"):
            ticks = sum(int(each) for each in fields[11:15])
            found[pid] = Process(int(fields[1]), int(fields[3]), int(fields[19]), ticks, int(fields[21]))
    return found


def usage_of(folder: str, result: Row, past: List[Row]) -> List[Row]:
    """What each attempt used, as far as it was looked at or its result tells; oldest first."""
    numbers = {int(row["attempt"]): row for row in past}
    if result:
        numbers[attempts.number_of(result)] = result
    for name in paths.names_in(os.path.join(folder, FOLDER)):
        stem = name[: -len(".json")]
        if name.endswith(".json") and stem.isdigit():
            numbers.setdefault(int(stem), {})
    rows = []
    for attempt, ended in sorted(numbers.items()):
        sums = paths.read_json(sums_path(folder, attempt))
        if sums is not None or ended.get("seconds") is not None:
            rows.append(usage.shown(sums or {"attempt": attempt}, ended))
    return rows


def curves_of(folder: str) -> List[Row]:
    """The curve of each attempt that was looked at, oldest first."""
    found = []
    for name in paths.names_in(os.path.join(folder, FOLDER)):
        stem = name[: -len(".curve.json")]
        if not name.endswith(".curve.json") or not stem.isdigit():
            continue
        curve = paths.read_json(os.path.join(folder, FOLDER, name))
        sums = paths.read_json(sums_path(folder, int(stem)))
        if curve is not None and sums is not None:
            gpus = sorted(sums["gpus"]) if isinstance(sums.get("gpus"), dict) else []
            found.append(dict(curve, attempt=int(stem), first=sums.get("first_wall"), gpus=gpus))
    return sorted(found, key=lambda each: int(each["attempt"]))
