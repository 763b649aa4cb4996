"""What one look at a job brings: read on a worker thread, shown on the window's. No widget lives here."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from console.core.problems import Problem
from console.jobs.history import Account
from console.jobs.job import Job, MetricPoint, Output
from console.jobs.service import JobService
from console.ui.kit.sparkline import Values

COURSE = frozenset({"step", "epoch", "time"})
_FIRST = ("loss", "accuracy")
_PREFIXES = ("train_", "training_", "val_", "valid_", "validation_", "eval_", "test_", "held_out_")


@dataclass(frozen=True, slots=True)
class JobLook:
    """A job with its metrics, what it used and what that cost; `outputs` is None where they are not known."""

    job: Job
    metrics: dict[str, list[MetricPoint]] = field(default_factory=dict)
    outputs: list[Output] | None = None
    account: Account | None = None


def look(jobs: JobService, job_id: str, *, with_outputs: bool) -> JobLook:
    """Ask once.

    Raises:
        Problem: `id.unknown`.
    """
    job = jobs.show(job_id)
    outputs: list[Output] | None = None
    if with_outputs and job.final:
        try:
            outputs = jobs.outputs(job_id)
        except Problem:  # asked again with the next look; why the server gives nothing stands with the log
            outputs = None
    return JobLook(job, jobs.metrics(job_id), outputs, jobs.history.account(job))


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
