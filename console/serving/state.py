"""What a deployment's server keeps of it (state.json), as values and as pure steps from one to the next.

The server holds the truth; two consoles compare generations before they write. No I/O lives here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from console.core.clock import iso, parse_iso
from console.core.problems import Problem
from console.core.text import safe_line
from console.serving.deployment import ReleaseState
from console.serving.router import SLOTS, Place, share

SHAPE = 1
CLAIM_STALE_S = 90.0
"""A claim that was not kept up for so long belongs to a console that is gone."""
MAX_REPLICAS = SLOTS // 3
"""Live, kept and coming releases must fit into the router's slots at the same time."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class ReplicaRecord:
    """One serving process: the service that runs it, its port and its slot in the router."""

    id: str
    service: str
    port: int
    slot: int
    accelerators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseRecord:
    """One version, numbered within its deployment; `weight` is its share in percent."""

    number: int
    version: int
    model: str
    sha256: str
    python: str
    state: ReleaseState
    weight: int
    created: datetime
    replicas: tuple[ReplicaRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is changing the deployment right now; `renewed` in the server's own time."""

    by: str
    act: str
    renewed: float

    def is_fresh(self, now: float) -> bool:
        """Whether its console may still be at work."""
        return -CLAIM_STALE_S < now - self.renewed < CLAIM_STALE_S


@dataclass(frozen=True, slots=True)
class RouterRecord:
    """How the router is started there."""

    service: str
    argv: tuple[str, ...]
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """Everything that the server keeps of a deployment.

    Attributes:
        last_number: the highest number that a release ever had. None is given twice, so that a console that
            was thought gone never ends another's processes.
    """

    name: str
    model: str
    runtime: str
    protocol: str
    ready_path: str
    port: int
    replicas: int
    gpus: int
    router: RouterRecord
    created: datetime
    changed_by: str
    releases: tuple[ReleaseRecord, ...] = ()
    claim: Claim | None = None
    last_number: int = 0

    def release(self, number: int) -> ReleaseRecord:
        """A release by its number; KeyError where there is none."""
        for release in self.releases:
            if release.number == number:
                return release
        raise KeyError(number)

    @property
    def live(self) -> ReleaseRecord | None:
        """The release that carries the traffic."""
        return next((each for each in self.releases if each.state is ReleaseState.LIVE), None)

    @property
    def kept(self) -> ReleaseRecord | None:
        """The release that a rollback goes back to."""
        return next((each for each in self.releases if each.state is ReleaseState.KEPT), None)

    def weights(self) -> dict[int, int]:
        """The router's weight of every slot in use."""
        return {
            replica.slot: share(release.weight, len(release.replicas))
            for release in self.releases
            for replica in release.replicas
        }

    def places(self) -> tuple[Place, ...]:
        """What a router that starts anew must hold."""
        weights = self.weights()
        return tuple(
            Place(replica.slot, replica.port, weights[replica.slot])
            for release in self.releases
            for replica in release.replicas
        )


def is_name(name: str) -> bool:
    """Whether a text can be a deployment's name."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """The name, if it can be a deployment's.

    Raises:
        Problem: `input.invalid`.
    """
    if not is_name(name):
        reason = "use up to 40 letters, digits, dashes and underscores"
        raise Problem("input.invalid", what=f"deployment name '{safe_line(name)}'", reason=reason)
    return name


def service_prefix(name: str) -> str:
    """What the names of a deployment's services begin with; no other deployment's do: names hold no dot."""
    return f"deploy.{name}."


def router_service(name: str) -> str:
    """The router's service."""
    return f"{service_prefix(name)}router"


def replica_service(name: str, release: int, index: int) -> str:
    """A replica's service; its id is the last part."""
    return f"{service_prefix(name)}r{release}-{index}"


def state_path(name: str) -> str:
    """Where its state lies, relative to HOME."""
    return f".tandem/deployments/{name}/state.json"


def next_number(record: DeploymentRecord) -> int:
    """The number of the next release."""
    return max(record.last_number, *(each.number for each in record.releases), 0) + 1


def free_slots(record: DeploymentRecord, count: int) -> tuple[int, ...]:
    """Slots that no replica holds, the lowest first."""
    held = {replica.slot for release in record.releases for replica in release.replicas}
    return tuple(slot for slot in range(1, SLOTS + 1) if slot not in held)[:count]


def with_release(record: DeploymentRecord, release: ReleaseRecord) -> DeploymentRecord:
    """The record with a release added, or put in place of the one with its number."""
    others = tuple(each for each in record.releases if each.number != release.number)
    releases = tuple(sorted((*others, release), key=lambda each: each.number))
    return replace(record, releases=releases, last_number=max(record.last_number, release.number))


def without_release(record: DeploymentRecord, number: int) -> DeploymentRecord:
    """The record without a release."""
    return replace(record, releases=tuple(each for each in record.releases if each.number != number))


def switched(record: DeploymentRecord, number: int) -> DeploymentRecord:
    """All traffic on one release; the one that had it is kept, one kept before only waits to be stopped."""
    changed = []
    for release in record.releases:
        if release.number == number:
            changed.append(replace(release, state=ReleaseState.LIVE, weight=100))
        elif release.state is ReleaseState.LIVE:
            changed.append(replace(release, state=ReleaseState.KEPT, weight=0))
        else:
            changed.append(replace(release, state=ReleaseState.STOPPED, weight=0))
    return replace(record, releases=tuple(changed))


def superseded(record: DeploymentRecord) -> tuple[ReleaseRecord, ...]:
    """Releases whose processes need not run: neither live nor kept, or left by a console that is gone."""
    wanted = (ReleaseState.LIVE, ReleaseState.KEPT)
    return tuple(each for each in record.releases if each.state not in wanted)


def to_wire(record: DeploymentRecord) -> dict[str, object]:
    """The JSON object that state.json holds."""
    data = asdict(record)
    data["created"] = iso(record.created)
    for release in data["releases"]:
        release["created"] = iso(release["created"])
        release["state"] = release["state"].value
    return {"v": SHAPE, **data}


def from_wire(server: str, name: str, data: object) -> DeploymentRecord:
    """The record in a state.json.

    Raises:
        Problem: `deploy.state_newer`, `deploy.state_damaged`.
    """
    found = data if isinstance(data, Mapping) else {}
    shape = found.get("v")
    if isinstance(shape, int) and shape > SHAPE:
        raise Problem("deploy.state_newer", server=server, name=name, found=shape, known=SHAPE)
    try:
        record = _record(found)
    except (KeyError, TypeError, ValueError) as error:
        reason = safe_line(f"{type(error).__name__}: {error}", max_chars=200)
        raise Problem("deploy.state_damaged", server=server, name=name, reason=reason) from error
    if record.name != name:
        raise Problem("deploy.state_damaged", server=server, name=name, reason="it names another deployment")
    return record


def _record(found: Mapping[str, object]) -> DeploymentRecord:
    router = _object(found["router"])
    claim = found.get("claim")
    return DeploymentRecord(
        name=check_name(_text(found["name"])),
        model=_text(found["model"]),
        runtime=_text(found["runtime"]),
        protocol=_text(found["protocol"]),
        ready_path=_text(found["ready_path"]),
        port=_port(found["port"]),
        replicas=_number(found["replicas"], 1, MAX_REPLICAS),
        gpus=_number(found["gpus"], 0, 64),
        router=RouterRecord(
            service=_text(router["service"]),
            argv=tuple(_text(each) for each in _list(router["argv"])),
            env={_text(key): _text(value) for key, value in _object(router["env"]).items()},
        ),
        created=parse_iso(_text(found["created"])),
        changed_by=_text(found["changed_by"]),
        releases=tuple(_release(_object(each)) for each in _list(found["releases"])[:SLOTS]),
        claim=None if claim is None else _claim(_object(claim)),
        last_number=_number(found.get("last_number", 0), 0, 1 << 31),
    )


def _claim(found: Mapping[str, object]) -> Claim:
    renewed = found["renewed"]
    if not isinstance(renewed, int | float):
        raise TypeError("a claim without a time")
    return Claim(_text(found["by"]), _text(found["act"]), float(renewed))


def _release(found: Mapping[str, object]) -> ReleaseRecord:
    return ReleaseRecord(
        number=_number(found["number"], 1, 1 << 31),
        version=_number(found["version"], 0, 1 << 31),
        model=_text(found["model"]),
        sha256=_text(found["sha256"]),
        python=_text(found["python"]),
        state=ReleaseState(_text(found["state"])),
        weight=_number(found["weight"], 0, 100),
        created=parse_iso(_text(found["created"])),
        replicas=tuple(_replica(_object(each)) for each in _list(found["replicas"])[:SLOTS]),
    )


def _replica(found: Mapping[str, object]) -> ReplicaRecord:
    return ReplicaRecord(
        id=_text(found["id"]),
        service=_text(found["service"]),
        port=_port(found["port"]),
        slot=_number(found["slot"], 1, SLOTS),
        accelerators=tuple(_text(each) for each in _list(found.get("accelerators") or [])),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.60} is no text")
    return safe_line(value, max_chars=4096)


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r:.60} is no object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r:.60} is no list")
    return list(value)


def _number(value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{value!r:.60} is no whole number between {low} and {high}")
    return value


def _port(value: object) -> int:
    return _number(value, 1, 65535)
