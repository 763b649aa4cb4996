"""What one look at a job brings: read on a worker thread, shown on the window's. No widget lives here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from console.core.problems import Problem
from console.jobs.history import Account
from console.jobs.job import Job, JobState, LogPart, MetricPoint, Output
from console.jobs.service import JobService
from console.ui.kit.sparkline import Values

FIRST_LOG_BYTES = 256 * 1024
LOG_PIECE = 256 * 1024
COURSE = frozenset({"step", "epoch", "time"})
_FIRST = ("loss", "accuracy")
_PREFIXES = ("train_", "training_", "val_", "valid_", "validation_", "eval_", "test_", "held_out_")


@dataclass(frozen=True, slots=True)
class JobLook:
    """A job with its metrics and the part of its log that is new.

    Attributes:
        log: None where nothing was asked for or the server gave none; `log_problem` then says why.
        outputs: None where they are not known.
        account: what it used and what that cost.
    """

    job: Job
    metrics: dict[str, list[MetricPoint]] = field(default_factory=dict)
    log: LogPart | None = None
    log_problem: Problem | None = None
    outputs: list[Output] | None = None
    account: Account | None = None


def look(jobs: JobService, job_id: str, offset: int | None, *, with_outputs: bool) -> JobLook:
    """Ask once. `offset` is where the log goes on, None for the first look.

    Raises:
        Problem: `id.unknown`.
    """
    job = jobs.show(job_id)
    log: LogPart | None = None
    problem: Problem | None = None
    outputs: list[Output] | None = None
    if job.state not in (JobState.STAGING, JobState.QUEUED):
        try:
            log = _log(jobs, job_id, offset)
            if with_outputs and job.final:
                outputs = jobs.outputs(job_id)
        except Problem as found:
            problem = found
    return JobLook(job, jobs.metrics(job_id), log, problem, outputs, jobs.history.account(job))


def _log(jobs: JobService, job_id: str, offset: int | None) -> LogPart:
    if offset is not None:
        return jobs.log(job_id, offset, LOG_PIECE)
    return jobs.log(job_id, -FIRST_LOG_BYTES, FIRST_LOG_BYTES)


def family_of(name: str) -> str:
    """What is measured, whatever it is measured on: "val_loss" and "loss" go into one chart."""
    for prefix in _PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix):
            return name[len(prefix) :]
    return name


def families(metrics: dict[str, list[MetricPoint]]) -> dict[str, list[str]]:
    """What is drawn: loss and accuracy first; what only counts the course, or came once, not at all."""
    known = {name: place for place, name in enumerate(_FIRST)}
    found: dict[str, list[str]] = {}
    for name in metrics:
        if name not in COURSE and len(metrics[name]) > 1:
            found.setdefault(family_of(name), []).append(name)
    order = sorted(found, key=lambda family: (known.get(family, len(known)), family))
    return {family: sorted(found[family], key=lambda name: (name != family, name)) for family in order}


def single_values(metrics: dict[str, list[MetricPoint]]) -> dict[str, float]:
    """What was reported once: results, not curves."""
    return {
        name: points[0].value for name, points in metrics.items() if len(points) == 1 and name not in COURSE
    }


def curve_of(points: list[MetricPoint]) -> tuple[Values, Values]:
    """Steps and values; points without a step are counted."""
    steps = [float(index) if point.step is None else point.step for index, point in enumerate(points)]
    return np.array(steps, dtype=np.float64), np.array([point.value for point in points], dtype=np.float64)


def last_values(metrics: dict[str, list[MetricPoint]]) -> dict[str, float]:
    """The newest value of each."""
    return {name: points[-1].value for name, points in metrics.items() if points}
