"""home.usage and home.clean: what Tandem has on this server, and taking all of it away."""

import os
import shutil
from typing import Any, Dict, List

from . import carries, jobs, paths, records, services, spool
from .paths import raw
from .wire import AgentError


def _size(path: str) -> int:
    total = 0
    for base, _, names in os.walk(raw(path)):
        for name in names:
            try:
                total += os.lstat(os.path.join(base, name)).st_size
            except OSError:  # removed in between
                continue
    return total


def _live_jobs() -> List[str]:
    return [ident for ident in jobs.identifiers() if jobs.status(ident)["state"] not in records.FINAL]


def _live_services() -> List[str]:
    return [name for name in services.names() if services.describe(name)["state"] in ("running", "starting")]


def usage(_request: Any) -> Dict[str, Any]:
    """home.usage: the size of ~/.tandem and what runs out of it."""
    if not paths.check_home():
        return {"exists": False, "bytes": 0, "jobs_running": [], "services_running": [], "copies_running": []}
    return {
        "exists": True,
        "bytes": _size(paths.tandem()),
        "jobs_running": _live_jobs(),
        "services_running": _live_services(),
        "copies_running": carries.live(),
    }


def clean(request: Any) -> Dict[str, Any]:
    """home.clean: remove ~/.tandem; refused while anything of it runs or waits."""
    if not paths.check_home():
        return {"removed_bytes": 0}
    busy = ["job " + ident for ident in _live_jobs()] + ["service " + name for name in _live_services()]
    busy += ["copy " + ident for ident in carries.live()]
    if busy:
        raise AgentError("remote.in_use", what=", ".join(busy[:5]))
    # An idle keeper ends by itself within a moment.
    if paths.is_locked_for(spool.keeper_lock(), 5.0):
        raise AgentError("remote.in_use", what="the queue's keeper")
    root = paths.tandem()
    removed = _size(root)
    paths.guarded(root, lambda: shutil.rmtree(raw(root)))
    request.agent.finished.clear()
    return {"removed_bytes": removed}
