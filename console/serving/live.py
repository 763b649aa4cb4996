"""A deployment as people see it: from what its server keeps, which services run and what the router says.

Pure; what is not known is None or `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from console.serving.deployment import (
    Deployment,
    DeploymentState,
    Latency,
    Release,
    ReleaseState,
    Replica,
    ReplicaState,
)
from console.serving.remote import Service
from console.serving.router import RouterStats
from console.serving.state import DeploymentRecord, ReleaseRecord, ReplicaRecord


@dataclass(frozen=True, slots=True)
class Seen:
    """What was asked of the server at one moment; `stats` is None where the router did not answer."""

    services: Mapping[str, Service]
    stats: RouterStats | None = None
    latency: Latency = field(default_factory=Latency)
    router_problem: str | None = None
    claimed: bool = False


def view(server: str, record: DeploymentRecord, generation: int, seen: Seen | None) -> Deployment:
    """The deployment; `seen` None gives what the record says with every state unknown."""
    releases = tuple(_release(server, each, record, seen) for each in record.releases)
    state, problem = _state(record, releases, seen)
    stats = seen.stats if seen else None
    return Deployment(
        name=record.name,
        server=server,
        model=record.model,
        runtime=record.runtime,
        protocol=record.protocol,
        state=state,
        endpoint=f"http://127.0.0.1:{record.port}",
        port=record.port,
        releases=tuple(sorted(releases, key=lambda each: (-each.weight, -each.created.timestamp()))),
        created=record.created,
        generation=generation,
        latency=seen.latency if seen else Latency(),
        rps=stats.rps if stats else None,
        error_rate=stats.error_rate if stats else None,
        problem=problem,
    )


def unknown(deployment: Deployment, reason: str) -> Deployment:
    """What was known of it, when its server cannot be asked now: no state and no number is kept."""
    releases = tuple(
        replace(
            release,
            rps=None,
            replicas=tuple(replace(each, state=ReplicaState.UNKNOWN) for each in release.replicas),
        )
        for release in deployment.releases
    )
    return replace(
        deployment,
        state=DeploymentState.UNKNOWN,
        releases=releases,
        latency=Latency(),
        rps=None,
        error_rate=None,
        problem=reason,
    )


def _release(server: str, release: ReleaseRecord, record: DeploymentRecord, seen: Seen | None) -> Release:
    replicas = tuple(_replica(server, each, seen) for each in release.replicas)
    stats = seen.stats if seen else None
    slots = [stats.slots[each.slot] for each in release.replicas if each.slot in stats.slots] if stats else []
    state = release.state
    gone = seen is not None and not any(_runs(each, seen) for each in release.replicas)
    if gone and state is ReleaseState.KEPT:
        state = ReleaseState.STOPPED
    elif gone and state in (ReleaseState.LIVE, ReleaseState.CANARY):
        state = ReleaseState.FAILED
    return Release(
        version=release.version,
        model=release.model,
        state=state,
        weight=_weight(release, record, stats),
        replicas=replicas,
        created=release.created,
        requests=sum(each.requests for each in slots) if slots else None,
        errors=sum(each.errors for each in slots) if slots else None,
        rps=sum(each.rate or 0.0 for each in slots) if slots else None,
    )


def _weight(release: ReleaseRecord, record: DeploymentRecord, stats: RouterStats | None) -> int:
    """Its share of the traffic in percent as the router has it, else as it was meant."""
    if stats is None:
        return release.weight
    shares = {
        each.number: sum(stats.slots[one.slot].weight for one in each.replicas if one.slot in stats.slots)
        for each in record.releases
    }
    total = sum(shares.values())
    return round(100 * shares[release.number] / total) if total else 0


def _runs(replica: ReplicaRecord, seen: Seen) -> bool:
    service = seen.services.get(replica.service)
    return service is not None and service.alive


def _replica(server: str, replica: ReplicaRecord, seen: Seen | None) -> Replica:
    service = seen.services.get(replica.service) if seen else None
    return Replica(
        id=replica.id,
        server=server,
        port=replica.port,
        state=_replica_state(replica, service, seen),
        accelerators=replica.accelerators,
        started=service.started if service else None,
    )


def _replica_state(replica: ReplicaRecord, service: Service | None, seen: Seen | None) -> ReplicaState:
    if seen is None:
        return ReplicaState.UNKNOWN
    if service is None or service.state == "exited":
        return ReplicaState.EXITED
    if service.state == "lost":
        return ReplicaState.LOST
    if not service.alive or seen.stats is None:
        return ReplicaState.UNKNOWN
    slot = seen.stats.slots.get(replica.slot)
    if slot is None or slot.port != replica.port or slot.status.startswith("MAINT"):
        return ReplicaState.STARTING
    return ReplicaState.READY if slot.up else ReplicaState.UNREADY


def _state(
    record: DeploymentRecord, releases: tuple[Release, ...], seen: Seen | None
) -> tuple[DeploymentState, str | None]:
    if seen is None:
        return DeploymentState.UNKNOWN, None
    serving = [each for each in releases if each.state is ReleaseState.LIVE or each.weight > 0]
    if not any(each.state is ReleaseState.LIVE for each in record.releases):
        if seen.claimed:
            return DeploymentState.STARTING, None
        return DeploymentState.FAILED, "it was never finished; remove it and create it anew"
    if seen.stats is None:
        return DeploymentState.FAILED, seen.router_problem or "the router does not run"
    replicas = [each for release in serving for each in release.replicas]
    ready = sum(each.state is ReplicaState.READY for each in replicas)
    if not ready:
        return DeploymentState.FAILED, "no replica is ready"
    if ready < len(replicas):
        return DeploymentState.DEGRADED, f"{len(replicas) - ready} of {len(replicas)} replicas are not ready"
    return DeploymentState.LIVE, None
