"""What this console last knew of deployments, in its store: a cache, rebuilt from the servers."""

from __future__ import annotations

import json
from collections.abc import Mapping

from console.core.clock import Clock, iso, parse_iso
from console.serving.deployment import (
    Deployment,
    DeploymentState,
    Latency,
    Release,
    ReleaseState,
    Replica,
    ReplicaState,
)
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store


class DeploymentRows:
    """Deployments by name."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def put(self, deployment: Deployment) -> None:
        """Keep it, in place of what was known."""
        row = {
            "name": deployment.name,
            "server": deployment.server,
            "model": deployment.model,
            "runtime": deployment.runtime,
            "protocol": deployment.protocol,
            "state": deployment.state.value,
            "endpoint": deployment.endpoint,
            "port": deployment.port,
            "releases": to_json([_release_row(each) for each in deployment.releases]),
            "created": iso(deployment.created),
            "generation": deployment.generation,
            "problem": deployment.problem,
            "seen": iso(self._clock.now()),
            "extra": to_json(
                {
                    "p50_ms": deployment.latency.p50_ms,
                    "p95_ms": deployment.latency.p95_ms,
                    "p99_ms": deployment.latency.p99_ms,
                    "rps": deployment.rps,
                    "error_rate": deployment.error_rate,
                }
            ),
        }
        self._store.write(lambda connection: upsert(connection, "deployments", row, ("name",)), durable=True)

    def get(self, name: str) -> Deployment | None:
        """One, None where this console knows none of that name."""
        rows = self._store.read("SELECT * FROM deployments WHERE name = ?", (name,))
        return _deployment(rows[0]) if rows else None

    def list(self) -> list[Deployment]:
        """All, by name."""
        return [_deployment(row) for row in self._store.read("SELECT * FROM deployments ORDER BY name")]

    def forget(self, name: str) -> None:
        """It is no more."""

        def delete(connection: Connection) -> None:
            connection.execute("DELETE FROM deployments WHERE name = ?", (name,))

        self._store.write(delete, durable=True)


def _release_row(release: Release) -> dict[str, object]:
    return {
        "version": release.version,
        "model": release.model,
        "state": release.state.value,
        "weight": release.weight,
        "created": iso(release.created),
        "requests": release.requests,
        "errors": release.errors,
        "rps": release.rps,
        "replicas": [
            {
                "id": each.id,
                "server": each.server,
                "port": each.port,
                "state": each.state.value,
                "accelerators": list(each.accelerators),
                "started": iso(each.started) if each.started else None,
            }
            for each in release.replicas
        ],
    }


def _deployment(row: Row) -> Deployment:
    extra = json.loads(row["extra"])
    return Deployment(
        name=row["name"],
        server=row["server"],
        model=row["model"],
        runtime=row["runtime"],
        protocol=row["protocol"],
        state=DeploymentState(row["state"]),
        endpoint=row["endpoint"],
        port=row["port"],
        releases=tuple(_release(each) for each in json.loads(row["releases"])),
        created=parse_iso(row["created"]),
        generation=row["generation"],
        latency=Latency(extra.get("p50_ms"), extra.get("p95_ms"), extra.get("p99_ms")),
        rps=extra.get("rps"),
        error_rate=extra.get("error_rate"),
        problem=row["problem"],
    )


def _release(found: Mapping[str, object]) -> Release:
    data = dict(found)
    replicas = data.pop("replicas")
    assert isinstance(replicas, list)
    fields = {**data, "state": ReleaseState(str(data["state"])), "created": parse_iso(str(data["created"]))}
    return Release(**fields, replicas=tuple(_replica(each) for each in replicas))  # type: ignore[arg-type]


def _replica(found: Mapping[str, object]) -> Replica:
    started, accelerators = found["started"], found["accelerators"]
    assert isinstance(accelerators, list)
    return Replica(
        id=str(found["id"]),
        server=str(found["server"]),
        port=int(str(found["port"])),
        state=ReplicaState(str(found["state"])),
        accelerators=tuple(accelerators),
        started=parse_iso(started) if isinstance(started, str) else None,
    )
