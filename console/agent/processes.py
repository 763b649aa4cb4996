"""process.list and process.end: the machine's processes, and a signal to one that is still the one meant."""

import errno
import os
import signal
import time
from typing import Any, Dict, List, Optional

from . import held, host, procs
from .wire import AgentError

_SIGNALS = {"TERM": signal.SIGTERM, "KILL": signal.SIGKILL}
_MAX_PIDS = 1024
_MAX_WAIT_S = 10.0
_LOOK_S = 0.05
_ASK_S, _STALE_S = 5.0, 4.0
_MOST_ACCELERATORS = 256


def list_processes(request: Any) -> Dict[str, Any]:
    """process.list: the busiest processes over the time since the last call, or over a moment.

    `pids` names processes that are listed however little they do.
    """
    limit = max(0, min(2000, request.integer("limit", 50)))
    given = request.params.get("pids") or []
    if not isinstance(given, list) or len(given) > _MAX_PIDS:
        raise request.refuse("'pids' is no list of at most %d" % _MAX_PIDS)
    always = {pid for pid in given if isinstance(pid, int)}
    with request.agent.scan_lock:
        scan_at, before = request.agent.last_scan
        if not before or not 0.2 <= time.monotonic() - scan_at <= 10.0:
            scan_at, before = time.monotonic(), host.scan_processes()
            time.sleep(0.25)
        now, after = time.monotonic(), host.scan_processes()
        request.agent.last_scan = (now, after)
    rows = host.busiest(before, after, now - scan_at, limit, always)
    return {"processes": rows, "boot_id": procs.boot_id(), "total": len(after)}


def end(request: Any) -> Dict[str, Any]:
    """process.end: one signal to the very process that was looked at; tells whether it ended by then.

    A process is known by boot id, pid and start time; one that merely has its number is never touched. Where
    it was chosen on accelerators, `accelerators` names their UUIDs and it must be on each of them still.
    """
    pid, started = request.integer("pid"), request.integer("started_ticks")
    boot_id, name = request.text("boot_id"), request.text("signal", "TERM")
    wait_s = max(0.0, min(_MAX_WAIT_S, request.number("wait_s", 2.0)))
    if name not in _SIGNALS:
        raise request.refuse("'signal' is TERM or KILL")
    if pid < 1:
        raise request.refuse("'pid' is not one")
    if boot_id != procs.boot_id():
        raise AgentError("remote.process_other", pid=pid, reason="the server has started again since")
    if pid in _own():
        raise AgentError("remote.process_own", pid=pid)
    uuids = request.params.get("accelerators") or []
    if not isinstance(uuids, list) or len(uuids) > _MOST_ACCELERATORS:
        raise request.refuse("'accelerators' is no list of at most %d" % _MOST_ACCELERATORS)
    if uuids:
        _must_hold(request.agent.accelerators, pid, started, uuids)
    _signal(pid, started, _SIGNALS[name])
    until = time.monotonic() + wait_s
    while procs.is_alive(pid, started) and time.monotonic() < until:
        if request.cancelled.wait(_LOOK_S):
            break
    return {"ended": not procs.is_alive(pid, started)}


def _must_hold(accelerators: Any, pid: int, started: int, uuids: List[Any]) -> None:
    """Refuse where the process is not on each of these accelerators, or where nobody can tell.

    Raises:
        AgentError: `remote.process_off_gpu`, `remote.process_gpu_unknown`.
    """
    rows = {row["uuid"]: row for row in accelerators.sample(_ASK_S, _STALE_S)[0]}
    if not procs.is_alive(pid, started):
        return  # what follows says so, in its own words
    for uuid in uuids:
        on = _is_on(accelerators, rows[uuid], pid) if uuid in rows else None
        if not on:
            code = "remote.process_gpu_unknown" if on is None else "remote.process_off_gpu"
            raise AgentError(code, pid=pid, gpu=str(uuid)[:80])


def _is_on(accelerators: Any, row: Dict[str, Any], pid: int) -> Optional[bool]:
    """Whether it holds an accelerator, by the driver or else by who has its file open; None: not told."""
    told = accelerators.holders(row["uuid"]) if row["state"] == "ok" else None
    if told is not None:
        return pid in told
    device = accelerators.device(row["uuid"])
    seen, whole = held.openers(device) if device is not None else ([], False)
    return True if pid in seen else False if whole else None


def _own() -> "set[int]":
    """This agent, what started it (the shell, sshd's session) and the machine's first process."""
    own = {1, os.getpid()}
    pid: Optional[int] = os.getppid()
    while pid and pid not in own:
        own.add(pid)
        pid = _parent(pid)
    return own


def _parent(pid: int) -> Optional[int]:
    text = host.read_text("/proc/%d/stat" % pid, 4096)
    fields = [] if text is None else text[text.rfind(")") + 2 :].split()
    return int(fields[1]) if len(fields) > 1 else None


def _signal(pid: int, started: int, number: int) -> None:
    """Signal it; with a process descriptor its number cannot be given away between look and signal."""
    open_descriptor = getattr(os, "pidfd_open", None)
    descriptor = None
    try:
        if open_descriptor is not None:
            try:
                descriptor = open_descriptor(pid)
            except OSError as error:
                if error.errno == errno.ESRCH:
                    raise AgentError("remote.process_gone", pid=pid) from error
                descriptor = None  # a kernel before 5.3, or one that forbids it: the plain way
        found = procs.start_time(pid)
        if found is None:
            raise AgentError("remote.process_gone", pid=pid)
        if found != started:
            raise AgentError("remote.process_other", pid=pid, reason="another process has that number now")
        _send(pid, descriptor, number)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _send(pid: int, descriptor: Optional[int], number: int) -> None:
    owner = host.owner_of(pid)
    try:
        if descriptor is not None:
            signal.pidfd_send_signal(descriptor, number)
        else:
            os.kill(pid, number)
    except OSError as error:
        if error.errno == errno.ESRCH:
            raise AgentError("remote.process_gone", pid=pid) from error
        account = host.user_name(os.geteuid())
        raise AgentError(
            "remote.process_denied", pid=pid, owner=owner or "another account", account=account
        ) from error
