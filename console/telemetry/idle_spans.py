"""Idle holding in a span of time, out of what was stored: how long memory was kept unused, and by whose job.

Processes are not stored: in the past a holder is known where a job of ours had the accelerator, else not.
What was not watched is not counted. The judging is pure; who holds now is idle.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from console.core.clock import from_epoch
from console.telemetry.history import History
from console.telemetry.idle import HOLDS_FROM_BYTES, IdleHolder, IdleState
from console.telemetry.spans import Stored

_POINTS = 4500
_USE, _MEMORY = "utilization_percent", "accelerator_memory_used_bytes"


@dataclass(frozen=True, slots=True)
class Lease:
    """A job's hold on one accelerator, seconds since 1970; `account` is whose job it was."""

    server: str
    uuid: str
    job: str
    account: str | None
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Watched:
    """A server whose past is asked for: its labels, and of its accelerators by UUID what they are."""

    name: str
    labels: tuple[str, ...] = ()
    accelerators: Mapping[str, tuple[int, str]] | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without use, seconds since 1970, with the means over it and the highest utilization."""

    since_s: float
    until_s: float
    mean: float
    peak: float
    memory_bytes: float


def stretches(use: Stored, memory: Stored, below: float, after_s: float) -> list[Stretch]:
    """The times of at least `after_s` with memory held and use below a bound. What is unknown ends one."""
    if use.width_s != memory.width_s or len(use.starts) != len(memory.starts):
        return []
    with np.errstate(invalid="ignore"):
        idle = (use.mean < below) & (memory.mean >= HOLDS_FROM_BYTES)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], idle.astype(np.int8), [0]))))
    found = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        since_s = float(use.starts[first])
        until_s = float(use.starts[end - 1]) + use.width_s
        if until_s - since_s >= after_s:
            mean, peak = float(use.mean[first:end].mean()), float(np.nanmax(use.high[first:end]))
            found.append(Stretch(since_s, until_s, mean, peak, float(memory.mean[first:end].mean())))
    return found


def shared(stretch: Stretch, leases: Iterable[Lease]) -> list[tuple[Lease | None, float, float]]:
    """(whose, from, to) of a stretch, in order; what no job had is nobody's that is known."""
    parts: list[tuple[Lease | None, float, float]] = []
    at = stretch.since_s
    for lease in sorted(leases, key=lambda each: each.since_s):
        since_s, until_s = max(lease.since_s, at), min(lease.until_s, stretch.until_s)
        if until_s <= since_s:
            continue
        if since_s > at:
            parts.append((None, at, since_s))
        parts.append((lease, since_s, until_s))
        at = until_s
    if at < stretch.until_s:
        parts.append((None, at, stretch.until_s))
    return parts


def held_idle(
    history: History,
    servers: Iterable[Watched],
    leases: Sequence[Lease],
    span: tuple[float, float],
    *,
    below_percent: float,
    after_s: float,
) -> tuple[IdleHolder, ...]:
    """One row for each job, or nobody, on each accelerator that was held unused; the longest first.

    Raises:
        Problem: the store's.
    """
    found: list[IdleHolder] = []
    for server in servers:
        kept = history.series(server.name)
        uuids = {uuid for _server, uuid, metric in kept if uuid and metric == _USE}
        for uuid in sorted(uuids):
            use, memory = (
                history.stored(server.name, metric, uuid, *span, _POINTS) for metric in (_USE, _MEMORY)
            )
            own = [each for each in leases if (each.server, each.uuid) == (server.name, uuid)]
            found += _rows(server, uuid, stretches(use, memory, below_percent, after_s), own)
    return tuple(sorted(found, key=lambda each: (-(each.seconds or 0.0), each.server, each.uuid)))


def _rows(server: Watched, uuid: str, idle: list[Stretch], leases: list[Lease]) -> list[IdleHolder]:
    parts: dict[str | None, list[tuple[Lease | None, float, float, Stretch]]] = {}
    for stretch in idle:
        for lease, since_s, until_s in shared(stretch, leases):
            parts.setdefault(lease.job if lease else None, []).append((lease, since_s, until_s, stretch))
    index, name = (server.accelerators or {}).get(uuid, (None, ""))
    rows = []
    for job, own in parts.items():
        seconds = np.array([until_s - since_s for _lease, since_s, until_s, _stretch in own])
        lease = own[0][0]
        rows.append(
            IdleHolder(
                server=server.name,
                index=index,
                uuid=uuid,
                accelerator=name,
                state=IdleState.IDLE,
                process=None,
                memory_bytes=int(np.average([each[3].memory_bytes for each in own], weights=seconds)),
                total_bytes=None,
                since=from_epoch(own[0][1]),
                seconds=float(seconds.sum()),
                mean_percent=float(np.average([each[3].mean for each in own], weights=seconds)),
                peak_percent=max(each[3].peak for each in own),
                labels=server.labels,
                job=job,
                account=lease.account if lease else None,
                past=True,
            )
        )
    return rows
