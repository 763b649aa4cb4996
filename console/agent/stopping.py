"""job.stop: ask a running job to save a checkpoint and end; it returns at once, the supervisor sees to it."""

import os
from typing import Any, Dict

from . import checkpoints, jobs, paths, procs, records

_LONGEST_GRACE_S = 86400.0


def stop(request: Any) -> "Dict[str, Any]":
    """job.stop: SIGTERM as to a preempted job, and a longer time. One that waits its turn is cancelled."""
    ident = request.text("id")
    folder = jobs.known_folder(ident)
    grace = request.number("grace_s", checkpoints.DEFAULT_GRACE_S)
    grace = max(0.0, min(_LONGEST_GRACE_S, grace))
    record = records.Record(folder)
    if record.phase != "running":
        return jobs.cancel(request)
    path = os.path.join(folder, checkpoints.WISH)
    if not os.path.exists(paths.raw(path)):
        now = procs.now()
        wish = {"grace_s": grace, "time": procs.iso(now), "checkpoint": True, "first": now}
        paths.guarded(path, lambda: paths.write_json(path, wish))
        procs.signal_all(record.identities("supervisor"), 10)  # SIGUSR1
    return {"state": str(jobs.status(ident)["state"])}
