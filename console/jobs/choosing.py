"""Which server gets a job that may run anywhere: a pure choice among what was found out about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.core.problems import Problem
from console.fleet.server import Server


@dataclass(frozen=True, slots=True)
class Candidate:
    """One server as it stands.

    Attributes:
        accelerators: how many answer.
        free: how many of them nobody uses, as far as can be seen.
        queued: jobs of ours that wait there.
        load_per_cpu: load over processors, None where unknown.
        drained: why it takes no new work, or None.
        problem: why it cannot be reached, or None.
    """

    server: str
    accelerators: int = 0
    free: int = 0
    queued: int = 0
    load_per_cpu: float | None = None
    drained: str | None = None
    problem: Problem | None = None


def eligible(servers: Sequence[Server], labels: Mapping[str, str]) -> list[Server]:
    """Servers that carry every label; whether they take work they are asked.

    Raises:
        Problem: `job.no_server_fits`.
    """
    if not servers:
        raise Problem("job.no_server_fits", reason="there are no servers yet")
    labelled = [each for each in servers if all(each.labels.get(k) == v for k, v in labels.items())]
    if not labelled:
        wanted = ", ".join(f"{key}={value}" for key, value in labels.items())
        raise Problem("job.no_server_fits", reason=f"none of {len(servers)} has the labels {wanted}")
    return labelled


def choose(candidates: Sequence[Candidate], gpus: int) -> str:
    """The name of the server where the job is likely to start first.

    Raises:
        Problem: `job.no_server_fits`, saying what was found instead.
    """
    answering = [each for each in candidates if each.problem is None]
    if not answering:
        reasons = "; ".join(each.problem.sentence for each in candidates[:3] if each.problem)
        raise Problem("job.no_server_fits", reason=f"none can be reached: {reasons.rstrip('.')}")
    working = [each for each in answering if each.drained is None]
    if not working:
        names = ", ".join(f"{each.server} ({each.drained})" for each in answering[:5])
        raise Problem("job.no_server_fits", reason=f"those that would take no new work: {names}")
    large = [each for each in working if each.accelerators >= gpus]
    if not large:
        most = max(working, key=lambda each: each.accelerators)
        asked = "1 accelerator was" if gpus == 1 else f"{gpus} accelerators were"
        reason = f"{asked} asked for and the most is {most.accelerators}, on {most.server}"
        raise Problem("job.no_server_fits", reason=reason)

    def rank(each: Candidate) -> tuple[bool, int, int, float, str]:
        load = each.load_per_cpu if each.load_per_cpu is not None else 1e9
        return (each.free < gpus, each.queued if gpus else 0, -each.free if gpus else 0, load, each.server)

    return min(large, key=rank).server
