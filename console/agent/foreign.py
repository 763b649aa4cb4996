"""Work that Tandem did not start: who uses accelerators, since when, out of which container or Slurm job."""

import os
import re
from typing import Any, Dict, List, Optional

from . import host, launch, paths, procs, records, spool
from .wire import AgentError

_SLURM = re.compile(r"/job_(\d+)")
_LOOK_S = 5.0
_OURS = (b"TANDEM_JOB_ID=", b"TANDEM_SERVICE=")
ADOPTER_MODULES = ("wire", "homes", "paths", "procs", "limits", "child", "adopter")


def slurm_job(pid: int) -> Optional[str]:
    """The Slurm job of a process: as its control group names it, or where there is none, its environment."""
    found = _SLURM.search(host.read_text("/proc/%d/cgroup" % pid, 65536) or "")
    if found is None:
        # Another account's cannot be read, and its own could be set by anybody: good enough for a name.
        told = host.read_text("/proc/%d/environ" % pid) or ""
        found = re.search(r"(?:^|\0)SLURM_JOB_ID=(\d+)\0", told)
    return found.group(1) if found else None


def is_ours(pid: int) -> bool:
    """Whether a process carries the mark of a job or service of this account."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as stream:
            environment = b"\0" + stream.read()
    except OSError:  # another account's, or gone: not ours
        return False
    return any(b"\0" + mark in environment for mark in _OURS)


def list_foreign(request: Any) -> Dict[str, Any]:
    """job.foreign: processes on accelerators that neither a job nor a service of this account started."""
    accs, problems = request.agent.accelerators.sample(_LOOK_S, _LOOK_S)
    rows: Dict[int, Dict[str, Any]] = {}
    for acc in accs:
        for process in acc.get("processes") or []:
            pid = process.get("pid")
            if not isinstance(pid, int) or is_ours(pid):
                continue
            row = rows.setdefault(pid, _row(pid, process))
            row["accelerators"].append(acc["uuid"])
            size = records.number_or_none(process.get("memory_bytes"))
            if size is not None:
                row["memory_bytes"] = (row["memory_bytes"] or 0) + size
    return {"processes": sorted(rows.values(), key=lambda row: int(row["pid"])), "problems": problems}


def _row(pid: int, process: Dict[str, Any]) -> Dict[str, Any]:
    ticks = procs.start_time(pid)
    row = {
        "pid": pid,
        "started_ticks": ticks,
        "started": host.started_iso(ticks) if ticks is not None else None,
        "user": process.get("user"),
        "command": process.get("command"),
        "memory_bytes": None,
        "accelerators": [],
        "boot_id": procs.boot_id(),
        "container": host.container_of(pid),
        "slurm_job": slurm_job(pid),
    }  # type: Dict[str, Any]
    return row


def adopt(request: Any) -> Dict[str, Any]:
    """job.adopt: watch a running process as a job from now on; only the very one that was meant."""
    spec = dict(request.mapping("spec"))
    pid, ticks = request.integer("pid"), request.integer("started_ticks", -1)
    now = procs.start_time(pid)
    if now is None:
        raise AgentError("remote.process_gone", pid=pid)
    if request.text("boot_id", procs.boot_id()) != procs.boot_id():
        raise AgentError("remote.process_other", pid=pid, reason="the server has started again since")
    if ticks >= 0 and now != ticks:
        raise AgentError("remote.process_other", pid=pid, reason="another process has that number now")
    if not spool.is_name(spec.get("id")):
        raise request.refuse("'id' must be letters, digits, dots, dashes and underscores")
    if is_ours(pid):
        raise AgentError("job.adopt_ours", pid=pid)
    folder = spool.job_folder(spec["id"])
    argv = _argv(pid)
    spec.update(argv=argv, gpus=0, adopted={"pid": pid, "started_ticks": now}, files={})
    spool.put_ticket(dict(spec, priority=0), durable=True)
    paths.private_folder("jobs", spec["id"])
    for name in ("code", "outputs", "secrets"):
        paths.private_folder("jobs", spec["id"], name)
    path = os.path.join(folder, "spec.json")
    paths.guarded(path, lambda: paths.write_json(path, spec))
    plan = {
        "accelerators": _held_by(request.agent.accelerators, pid),
        "dir": folder,
        "pid": pid,
        "started_ticks": now,
        "ticket": paths.tandem("spool", spec["id"]),
        "log_limit_bytes": records.number_or_none(spec.get("log_limit_bytes")),
    }
    word = launch.start(request.agent.bundle, "adopter", plan, ADOPTER_MODULES)
    if not spool.checked(word).get("started"):
        raise AgentError("agent.failed", reason="the watcher of process %d did not report its start" % pid)
    # The keeper's child meters it from now on.
    request.agent.tend_soon()
    return {"id": spec["id"], "state": "running", "argv": argv}


def _held_by(accelerators: Any, pid: int) -> List[str]:
    """The accelerators that a process is on now."""
    return [
        str(acc["uuid"])
        for acc in accelerators.sample(_LOOK_S, _LOOK_S)[0]
        if any(each.get("pid") == pid for each in acc.get("processes") or [])
    ]


def _argv(pid: int) -> List[str]:
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as stream:
            words = stream.read(256 * 1024).split(b"\0")
    except OSError:
        words = []
    found = [word.decode("utf-8", "surrogateescape") for word in words if word]
    return found or ["?"]
