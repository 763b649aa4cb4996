"""What a deployment, its releases and replicas are, as data. No I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DeploymentState(StrEnum):
    """How a deployment stands."""

    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    STOPPED = "stopped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ReleaseState(StrEnum):
    """How one version in a deployment stands. `kept` runs without traffic, ready for a rollback."""

    STARTING = "starting"
    LIVE = "live"
    CANARY = "canary"
    KEPT = "kept"
    STOPPED = "stopped"
    FAILED = "failed"


class ReplicaState(StrEnum):
    """How one serving process stands."""

    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"
    EXITED = "exited"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Replica:
    """One serving process on a server's loopback."""

    id: str
    server: str
    port: int
    state: ReplicaState
    accelerators: tuple[str, ...] = ()
    memory_bytes: int | None = None
    started: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a model in a deployment. `weight` is its share of the traffic in percent."""

    version: int
    model: str
    state: ReleaseState
    weight: int
    replicas: tuple[Replica, ...]
    created: datetime
    requests: int | None = None
    errors: int | None = None
    rps: float | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles over the requests that the router saw last; None where there were none."""

    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A named endpoint and the releases behind it.

    Attributes:
        endpoint: URL on the server (loopback there); `deploy open` gives the local one.
        generation: counts every change; two consoles compare it before they write.
    """

    name: str
    server: str
    model: str
    runtime: str
    protocol: str
    state: DeploymentState
    endpoint: str
    port: int
    releases: tuple[Release, ...]
    created: datetime
    generation: int
    latency: Latency = field(default_factory=Latency)
    rps: float | None = None
    error_rate: float | None = None
    problem: str | None = None

    @property
    def live(self) -> Release | None:
        """The release with the greatest weight, or None."""
        carrying = [release for release in self.releases if release.weight > 0]
        return max(carrying, key=lambda release: release.weight, default=None)


@dataclass(frozen=True, slots=True)
class CreateDeployment:
    """What a person asks for. `python` or `venv` name an environment on the server that has the runtime."""

    name: str
    model_ref: str
    server: str
    runtime: str | None = None
    replicas: int = 1
    gpus: int = 0
    port: int | None = None
    python: str | None = None
    venv: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a runtime answered, unchanged."""

    status: int
    body: bytes
    latency_ms: float
    content_type: str = "application/json"
