"""Reading deployments from their servers: what is there, and how it does now. Changes nothing."""

from __future__ import annotations

from console.core.problems import Problem
from console.serving.deployment import Deployment, Latency
from console.serving.live import Seen, view
from console.serving.remote import Remote, Service
from console.serving.router import RouterStats
from console.serving.router_control import RouterControl
from console.serving.state import (
    from_wire,
    is_name,
    router_service,
    service_prefix,
    state_path,
)

_ALL = "deploy."


def look(remote: Remote, name: str) -> Deployment:
    """A deployment as it stands on its server now.

    Raises:
        Problem: `deploy.unknown` where the server has none of that name, and what the link raises.
    """
    data, generation = remote.read_json(state_path(name))
    if data is None:
        raise Problem("deploy.unknown", name=name)
    record = from_wire(remote.server, name, data)
    services = remote.services(service_prefix(name))
    stats, latency, problem = _ask_router(remote, services.get(router_service(name)), name)
    claimed = record.claim is not None and record.claim.is_fresh(remote.now())
    return view(remote.server, record, generation, Seen(services, stats, latency, problem, claimed))


def _ask_router(
    remote: Remote, service: Service | None, name: str
) -> tuple[RouterStats | None, Latency, str | None]:
    if service is None:
        return None, Latency(), "the router was never started or was removed"
    if not service.alive:
        return None, Latency(), f"the router ended with {service.ending}: {service.last_lines(1)}"
    control = RouterControl(remote, router_service(name))
    try:
        return control.stats(), control.latency(), None
    except Problem as problem:
        if problem.code != "deploy.router":
            raise
        return None, Latency(), problem.sentence


def names_on(remote: Remote) -> list[str]:
    """The deployments that a server has, told by their services."""
    found = set()
    for service in remote.services(_ALL):
        parts = service.split(".")
        if len(parts) == 3 and is_name(parts[1]):
            found.add(parts[1])
    return sorted(found)
