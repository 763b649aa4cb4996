"""What the page of a job says in words: its facts and its specification. No widget lives here."""

from __future__ import annotations

from datetime import datetime, tzinfo

from console.core.text import safe_line
from console.core.units import format_bytes, format_duration, format_memory
from console.jobs.job import Attempt, Job
from console.ui.i18n import translate
from console.ui.pages.job.code_card import python_text
from console.ui.pages.jobs.words import command_of, cost_text, result_text, took_s
from console.ui.state_words import job_word
from console.ui.times import moment_text

MOST_ATTEMPTS = 8
SEPARATOR = "   ·   "


def facts_line(job: Job, now: datetime, zone: tzinfo) -> str:
    """Where, with what, by whom, since when."""
    parts = [safe_line(job.recipe or command_of(job), max_chars=80), safe_line(job.server)]
    if job.gpus:
        parts.append(
            translate("Job", "1 GPU")
            if job.gpus == 1
            else translate("Job", "{count} GPUs").format(count=job.gpus)
        )
    parts.append(translate("Job", "by {who}").format(who=safe_line(job.submitted_by)))
    taken = took_s(job, now)
    if job.started is None:
        moment = moment_text(job.submitted, zone, now=now)
        parts.append(translate("Job", "submitted {moment}").format(moment=moment))
    else:
        moment = moment_text(job.started, zone, now=now)
        parts.append(translate("Job", "started {moment}").format(moment=moment))
    if taken is not None:
        parts.append(
            translate("Job", "took {span}").format(span=format_duration(taken))
            if job.final
            else translate("Job", "{span} so far").format(span=format_duration(taken))
        )
    return SEPARATOR.join(part for part in parts if part)


def second_line(job: Job, last: dict[str, float]) -> str:
    """How far it is, how it ended, what it used; `last` are the newest values of its metrics."""
    parts = []
    for name, text in (
        ("epoch", translate("Job", "epoch {number}")),
        ("step", translate("Job", "step {number}")),
    ):
        if name in last:
            parts.append(text.format(number=f"{last[name]:.0f}"))
    if job.final or job.reason:
        parts.append(result_text(job))
    parts.append(cost_text(job))
    if job.peak_memory_bytes:
        parts.append(translate("Job", "peak {size}").format(size=format_memory(job.peak_memory_bytes)))
    if not job.reachable and not job.final:
        parts.append(translate("Job", "its server is not heard: shown as it was last known"))
    return SEPARATOR.join(part for part in parts if part)


def _attempt_name(attempt: Attempt) -> str:
    return translate("Job", "attempt {number}").format(number=attempt.number)


def _attempt_text(attempt: Attempt) -> str:
    spent = (attempt.ended - attempt.started).total_seconds() if attempt.ended and attempt.started else None
    parts = [
        job_word(attempt.state),
        attempt.reason or "",
        format_duration(spent) if spent is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def specification(job: Job, names: dict[str, str]) -> list[tuple[str, str]]:
    """What was asked for; `names` gives accelerators by UUID as the person knows them."""
    rows = [
        (translate("Job", "id"), job.id),
        (translate("Job", "command"), command_of(job)),
        (translate("Job", "recipe"), safe_line(job.recipe or "")),
        (translate("Job", "folder"), safe_line(job.workdir or "")),
        (translate("Job", "Python"), python_text(job.python)),
        (translate("Job", "secrets"), ", ".join(sorted(job.secrets))),
        (translate("Job", "GPUs"), str(job.gpus)),
        (translate("Job", "accelerators"), ", ".join(names.get(uuid, uuid) for uuid in job.accelerators)),
        (translate("Job", "tags"), ", ".join(f"{key}={value}" for key, value in sorted(job.tags.items()))),
        (translate("Job", "systemd"), job.unit_note or ""),
        (translate("Job", "checkpoint"), safe_line(job.checkpoint or "")),
        (translate("Job", "note"), job.note),
        (translate("Job", "log"), "" if job.log_size is None else format_bytes(job.log_size)),
        *((_attempt_name(each), _attempt_text(each)) for each in job.attempts[-MOST_ATTEMPTS:]),
    ]
    return [(name, safe_line(text)) for name, text in rows if text]
