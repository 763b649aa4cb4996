"""What lists and pages say of a job, as text; the order in which jobs are shown. No widget lives here."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterable
from datetime import datetime, timedelta

from console.core.text import safe_line
from console.core.units import format_duration, format_energy, three_digits
from console.jobs.job import FINAL_STATES, Job, JobState
from console.ui.i18n import translate

BAD = frozenset({JobState.FAILED, JobState.TIMED_OUT, JobState.LOST, JobState.PREEMPTED})
ACTIVE = frozenset(JobState) - FINAL_STATES
_FRESH = timedelta(hours=24)


def command_of(job: Job) -> str:
    """The command line, as one types it."""
    words = ["python" if word == "{python}" else word for word in job.argv]
    return safe_line(shlex.join(words))


def took_s(job: Job, now: datetime) -> float | None:
    """Seconds that it ran, until now where it still does."""
    if job.started is None:
        return None
    end = job.ended or (now if not job.final and job.reachable else None)
    return None if end is None else max(0.0, (end - job.started).total_seconds())


def took_text(job: Job, now: datetime) -> str:
    """The same in words."""
    return format_duration(took_s(job, now))


def result_text(job: Job) -> str:
    """How it ended, or why it waits."""
    if job.reason:
        return safe_line(job.reason)
    if job.signal is not None:
        return translate("Jobs", "signal {name}").format(name=_signal_name(job.signal))
    if job.exit_code is not None:
        return translate("Jobs", "exit code {code}").format(code=job.exit_code)
    return ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def cost_text(job: Job) -> str:
    """Accelerator hours and energy, as far as they are known."""
    parts = []
    if job.gpu_seconds is not None and job.gpus:
        hours = job.gpu_seconds / 3600
        parts.append(
            translate("Jobs", "{hours} GPU-h").format(hours=three_digits(hours))
            if hours >= 0.1
            else translate("Jobs", "{seconds} GPU-s").format(seconds=three_digits(job.gpu_seconds))
        )
    if job.energy_j is not None:
        parts.append(format_energy(job.energy_j))
    return "  ·  ".join(parts)


def gpus_text(job: Job) -> str:
    """How many accelerators."""
    return str(job.gpus)


def in_order(jobs: Iterable[Job], now: datetime) -> list[Job]:
    """What went wrong within a day, then what is under way, then the rest; each newest first."""

    def rank(job: Job) -> int:
        if job.state in BAD and now - (job.ended or job.submitted) < _FRESH:
            return 0
        return 1 if job.state in ACTIVE else 2

    newest = sorted(jobs, key=lambda job: (job.submitted, job.id), reverse=True)
    return sorted(newest, key=rank)


def short(job_id: str) -> str:
    """Enough of an id to tell jobs apart and to type."""
    return job_id[:8]
