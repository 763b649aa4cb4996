"""Accelerators of replicas: the locks that jobs take, shared among replicas, never with a job."""

from typing import Any, Dict, List, Tuple

from . import leases, records
from .wire import AgentError

_SHOWN = ("uuid", "whole", "index", "name", "vendor", "state", "memory_used_bytes", "memory_total_bytes")


def list_free(request: Any) -> Dict[str, Any]:
    """lease.list: the accelerators that work here; `refused` says why a replica cannot have one now."""
    rows = []
    for acc in request.agent.accelerators.usable():
        refused = None
        try:
            leases.release(leases.take(acc, shared=True))
        except leases.Refused as error:
            refused = str(error)
        rows.append(dict({key: acc.get(key) for key in _SHOWN}, refused=refused))
    return {"accelerators": rows}


def hold(request: Any, spec: Dict[str, Any]) -> Tuple[List[str], List[int], Dict[str, str]]:
    """(UUIDs, descriptors that hold them, environment) of the accelerators that a service names.

    Raises:
        AgentError: `deploy.gpu_taken`; nothing is held then.
    """
    wanted = records.texts(spec.get("accelerators"))
    if not wanted:
        return [], [], {}
    known = {str(acc["uuid"]): acc for acc in request.agent.accelerators.usable()}
    held: List[int] = []
    try:
        for uuid in wanted:
            if uuid not in known:
                raise leases.Refused("it is not among those that work here")
            held += leases.take(known[uuid], shared=True)
    except leases.Refused as error:
        leases.release(held)
        raise AgentError("deploy.gpu_taken", uuid=uuid, reason=str(error)) from error
    return wanted, held, leases.visible_to(known[uuid] for uuid in wanted)
