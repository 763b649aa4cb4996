"""The serving processes of one release on a server: planned, started, waited for, asked, ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.operations.plan import StepContext
from console.plugin.api import Launch, Runtime
from console.serving import accelerators, probe
from console.serving.remote import Remote
from console.serving.state import (
    DeploymentRecord,
    ReleaseRecord,
    ReplicaRecord,
    free_slots,
    replica_service,
)

_LOOK_S = 0.15
_ENDS_S = 10.0


def blob_path(sha256: str) -> str:
    """Where a model lies on a server, relative to HOME: by its content, once for all that use it."""
    return f".tandem/blobs/{sha256}"


def lay_out(remote: Remote, record: DeploymentRecord, number: int) -> tuple[ReplicaRecord, ...]:
    """Ports, slots and accelerators of a new release's replicas; nothing is started.

    Raises:
        Problem: `job.gpus_unavailable`, `input.invalid` where the router has no slots left.
    """
    slots = free_slots(record, record.replicas)
    if len(slots) < record.replicas:
        raise Problem("input.invalid", what="number of replicas", reason="the router has no free slots left")
    used = {replica.port for release in record.releases for replica in release.replicas} | {record.port}
    held = {
        each for release in record.releases for replica in release.replicas for each in replica.accelerators
    }
    sample = remote.call("lease.list") if record.gpus else {}
    planned = []
    for index, slot in enumerate(slots, start=1):
        port = remote.free_port()
        while port in used:
            port = remote.free_port()
        used.add(port)
        mine = accelerators.pick(remote.server, sample, record.gpus, frozenset(held))
        held.update(mine)
        service = replica_service(record.name, number, index)
        planned.append(ReplicaRecord(f"r{number}-{index}", service, port, slot, mine))
    return tuple(planned)


def with_free_port(remote: Remote, replica: ReplicaRecord) -> ReplicaRecord:
    """The replica, on another port where something else has taken its own meanwhile."""
    return replica if remote.is_port_free(replica.port) else replace(replica, port=remote.free_port())


def start(
    remote: Remote, runtime: Runtime, model: str, release: ReleaseRecord, replica: ReplicaRecord
) -> None:
    """Start one replica; it serves once it is ready.

    Raises:
        Problem: `deploy.port_taken`, `remote.*`.
    """
    launch = Launch(
        python=release.python,
        model_path=f"{remote.home}/{blob_path(release.sha256)}",
        model_name=model,
        version=release.version,
        port=replica.port,
        folder=f"{remote.state}/services/{replica.service}",
    )
    remote.start_service(
        replica.service,
        runtime.argv(launch),
        env={**runtime.environment, **accelerators.environment(replica.accelerators)},
        files={name: _text_of(path) for name, path in runtime.files.items()},
        port=replica.port,
        accelerators=replica.accelerators,
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error


def wait_ready(
    remote: Remote,
    runtime: Runtime,
    model: str,
    release: ReleaseRecord,
    replica: ReplicaRecord,
    step: StepContext,
    timeout_s: float,
) -> None:
    """Wait until a replica answers its ready path as the version that was started.

    Raises:
        Problem: `deploy.replica_died`, `deploy.not_ready`.
    """
    path = probe.ready_path(runtime, model, release.version)
    waited = 0.0
    while True:
        found = remote.service(replica.service)
        if found is None or not found.alive:
            ending, log = (found.ending, found.last_lines()) if found else ("no trace", "none")
            raise Problem(
                "deploy.replica_died", server=remote.server, version=release.version, exit=ending, log=log
            )
        answer = remote.get(replica.port, path)
        if answer is not None and answer[0] == 200:
            break
        if waited >= timeout_s:
            raise _not_ready(remote, release, timeout_s, found.last_lines())
        step.progress(waited, timeout_s, f"{replica.id}: {found.last_lines(1)}")
        step.wait_s(_LOOK_S)
        waited += _LOOK_S
    if runtime.protocol == probe.OIP_V2:
        told = remote.get(replica.port, probe.metadata_path(model, release.version))
        if told is None or told[0] != 200 or not probe.is_this(told[1], model, release.version):
            raise _not_ready(remote, release, timeout_s, f"another program answers at port {replica.port}")


def _not_ready(remote: Remote, release: ReleaseRecord, timeout_s: float, log: str) -> Problem:
    return Problem(
        "deploy.not_ready", server=remote.server, version=release.version, timeout_s=f"{timeout_s:g}", log=log
    )


def warm_up(
    remote: Remote, runtime: Runtime, name: str, model: str, release: ReleaseRecord, replica: ReplicaRecord
) -> str:
    """A real request of zeros where the model says what it takes; returns what came of it.

    Raises:
        Problem: `deploy.predict_failed` where a request that fits makes the replica fail.
    """
    if runtime.protocol != probe.OIP_V2:
        return "no example is known"
    told = remote.get(replica.port, probe.metadata_path(model, release.version))
    request = probe.example_request(told[1]) if told is not None and told[0] == 200 else None
    if request is None:
        return "no example is known"
    answer = remote.post(replica.port, probe.infer_path(runtime.protocol, model), request)
    if answer is None:
        raise Problem("deploy.predict_failed", name=name, status="nothing", reason="the connection ended")
    if answer[0] >= 500:
        reason = safe_line(probe.reason_of(answer[1]), max_chars=200)
        raise Problem("deploy.predict_failed", name=name, status=answer[0], reason=reason)
    return "one request answered" if answer[0] == 200 else "the example was refused"


def end_all(remote: Remote, replicas: Iterable[ReplicaRecord]) -> None:
    """End replicas and remove their folders; those that are not there are no error."""
    for replica in replicas:
        remote.end_service(replica.service, grace_s=_ENDS_S)
