"""home.usage and home.clean: what Tandem has on this server, and taking all of it away."""

import os
import shutil
from typing import Any, Dict, List

from . import carries, homes, jobs, paths, records, services, spool
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


def _own() -> List[str]:
    """What may go: all of ~/.tandem, or where other machines use this home only what is this one's alone."""
    root = paths.tandem()
    if not homes.others(raw(root)):
        return [root]
    own = [paths.tandem(name) for name in sorted(homes.OF_ONE_MACHINE)]
    return [path for path in own if os.path.lexists(raw(path))]


def _remove(path: str) -> None:
    if os.path.isdir(raw(path)):
        shutil.rmtree(raw(path))
    else:
        os.unlink(raw(path))


def clean(request: Any) -> Dict[str, Any]:
    """home.clean: remove ~/.tandem, or this machine's part of it where others share the home.

    Refused while anything of it runs or waits.
    """
    if not paths.check_home():
        return {"removed_bytes": 0}
    busy = ["job " + ident for ident in _live_jobs()] + ["service " + name for name in _live_services()]
    busy += ["copy " + ident for ident in carries.live()]
    if busy:
        raise AgentError("remote.in_use", what=", ".join(busy[:5]))
    # An idle keeper ends by itself within a moment.
    if paths.is_locked_for(spool.keeper_lock(), 5.0):
        raise AgentError("remote.in_use", what="the queue's keeper")
    removed = 0
    for root in _own():
        removed += _size(root)
        paths.guarded(root, lambda root=root: _remove(root))  # type: ignore[misc]
    request.agent.finished.clear()
    return {"removed_bytes": removed}
