"""Draining a server: no new leases and no new replicas while it holds.

The state lives on the server, so every console sees it.
"""

import os
from functools import partial
from typing import Any, Dict, List

from . import attempts, drained, paths, procs, records, scheduling, spool, units
from .wire import AgentError


def show(_request: Any) -> Dict[str, Any]:
    """server.state: how this account's work stands here: drained or not, slots, what runs and waits."""
    found = drained.state()
    running = waiting = 0
    for ident in spool.waiting() if paths.check_home() else ():
        phase = records.Record(spool.job_folder(ident)).phase
        running += phase == "running"
        waiting += phase == "new"
    return {
        "units": units.bus()[1] or None,
        "drained": found,
        "slots": spool.slots(),
        "running": running,
        "waiting": waiting,
    }


def drain(request: Any) -> Dict[str, Any]:
    """server.drain: no new work from now on; with `preempt`, jobs that may be preempted make way at once."""
    until = request.params.get("until")
    if until is not None and (scheduling.number(until) <= procs.now()):
        raise request.refuse("'until' must be a moment to come, in seconds since 1970")
    wish = {
        "v": 1,
        "reason": request.text("reason")[:500],
        "until": until,
        "by": request.text("by", "")[:120],
        "since": procs.now(),
    }
    paths.private_folder("jobs")
    path = paths.tandem(drained.NAME)
    paths.guarded(path, lambda: paths.write_json(path, wish))
    leaving = _preempt_all() if request.params.get("preempt") is True else []
    return {"drained": wish, "leaving": leaving}


def _preempt_all() -> List[str]:
    asked = []
    for ident in spool.waiting():
        ticket = spool.ticket_of(ident) or {}
        record = records.Record(spool.job_folder(ident))
        if ticket.get("preemptible") and record.phase == "running":
            attempt = attempts.number_of(record.start)
            paths.guarded(record.folder, partial(spool.ask_to_leave, ident, attempt))
            asked.append(ident)
    return asked


def resume(request: Any) -> Dict[str, Any]:
    """server.resume: take new work again, but only where its accelerators are fit (or `anyway`)."""
    accs, problems = request.agent.accelerators.sample(10.0, 10.0)
    for acc in accs:
        problems += ["%s: %s" % (acc.get("name") or acc["uuid"], text) for text in _unfit(acc)]
    if problems and request.params.get("anyway") is not True:
        raise AgentError("server.unfit", problems="; ".join(problems[:8]))
    if paths.check_home():
        path = paths.tandem(drained.NAME)
        try:
            paths.guarded(path, lambda: os.unlink(paths.raw(path)))
        except AgentError:
            if os.path.lexists(paths.raw(path)):
                raise
        spool.tend(request.agent.bundle)
    return {"drained": None, "checked": len(accs), "problems": problems}


def _unfit(acc: Dict[str, Any]) -> List[str]:
    """Why no work should go to an accelerator."""
    if acc.get("state") != "ok":
        return ["it is %s%s" % (acc.get("state"), ": " + str(acc["detail"]) if acc.get("detail") else "")]
    found = []
    if scheduling.number(acc.get("ecc_uncorrected")):
        found.append("%d uncorrected memory errors since it was started" % acc["ecc_uncorrected"])
    if acc.get("remap_pending") or acc.get("remap_failed"):
        found.append("its memory waits for rows to be remapped")
    return found


def limit(request: Any) -> Dict[str, Any]:
    """server.limit: how many jobs may run at once here; null takes the limit away."""
    slots = request.params.get("slots")
    if slots is not None and (not isinstance(slots, int) or isinstance(slots, bool) or slots < 1):
        raise request.refuse("'slots' must be a whole number above 0, or null")
    paths.private_folder("jobs")
    path = paths.tandem("limits.json")
    paths.guarded(path, lambda: paths.write_json(path, dict(spool.kept_limits(), slots=slots)))
    return {"slots": slots}
