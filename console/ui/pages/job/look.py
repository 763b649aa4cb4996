"""What one look at a job brings: read on a worker thread, shown on the window's. No widget lives here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from console.core.problems import Problem
from console.jobs.history import Account
from console.jobs.job import Job, Output
from console.jobs.measured import STEP_TIME, Curve, JobMetrics
from console.jobs.service import JobService
from console.ui.kit.sparkline import Values

COURSE = frozenset({"step", "epoch", "time"})
_FIRST = ("loss", "accuracy")
_SPLITS = ("train", "training", "val", "valid", "validation", "eval", "dev", "test", "held_out")


@dataclass(frozen=True, slots=True)
class JobLook:
    """A job with what it measured.

    Attributes:
        outputs: None where they are not known.
        others: the runs that are compared with it.
        account: what it used and what that cost.
    """

    job: Job
    metrics: JobMetrics = field(default_factory=JobMetrics)
    outputs: list[Output] | None = None
    others: tuple[tuple[Job, JobMetrics], ...] = ()
    account: Account | None = None


def look(jobs: JobService, job_id: str, *, with_outputs: bool, others: Sequence[str] = ()) -> JobLook:
    """Ask once; `others` are the runs that are compared with it.

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
    compared = tuple((jobs.show(each), jobs.metrics(each)) for each in others)
    return JobLook(job, jobs.metrics(job_id), outputs, compared, jobs.history.account(job))


def family_of(name: str) -> str:
    """What is measured, whatever it is measured on: "val_loss", "train/loss" and "Loss/test" are losses."""
    if name.startswith(STEP_TIME):
        return STEP_TIME.rstrip("/")
    for split in _SPLITS:
        for mark in "/_.":
            if name.lower().startswith(split + mark) and len(name) > len(split) + 1:
                return name[len(split) + 1 :]
        if name.lower().endswith("/" + split) and len(name) > len(split) + 1:
            return name[: -len(split) - 1]
    return name


def families(curves: Mapping[str, Curve], wanted: str = "") -> dict[str, list[str]]:
    """What is drawn: loss and accuracy first; what only counts the course, or came once, not at all.

    Args:
        wanted: only metrics that have this in their name.
    """
    known = {name: place for place, name in enumerate(_FIRST)}
    found: dict[str, list[str]] = {}
    for name, curve in curves.items():
        if name not in COURSE and len(curve) > 1 and wanted.lower() in name.lower():
            found.setdefault(family_of(name), []).append(name)
    last = STEP_TIME.rstrip("/")
    order = sorted(found, key=lambda family: (family == last, known.get(family, len(known)), family))
    return {family: sorted(found[family], key=lambda name: (name != family, name)) for family in order}


def single_values(curves: Mapping[str, Curve]) -> dict[str, float]:
    """What was reported once: results, not curves."""
    return {
        name: curve.values[0]
        for name, curve in curves.items()
        if len(curve) == 1 and name not in COURSE and not name.startswith(STEP_TIME)
    }


def curve_of(curve: Curve) -> tuple[Values, Values]:
    """Steps and values; points without a step are counted."""
    steps, ordinals = np.frombuffer(curve.steps), np.frombuffer(curve.ordinals)
    return np.where(np.isfinite(steps), steps, ordinals), np.frombuffer(curve.values)
