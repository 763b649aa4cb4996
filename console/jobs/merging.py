"""How news of a job meets what is known of it: a result once known is never lost and never changes. Pure."""

from __future__ import annotations

from dataclasses import replace

from console.jobs.job import FINAL_STATES, Job, JobState
from console.jobs.usage import richer

# Order of life, for news that arrives late.
_ORDER = {
    JobState.STAGING: 0,
    JobState.QUEUED: 1,
    JobState.STARTING: 2,
    JobState.RUNNING: 3,
}


def merged(known: Job | None, news: Job) -> Job:
    """What is known after `news`.

    A final state stays, but for LOST, which means "unknown" and gives way to a true result. Answers
    may overtake each other, so an earlier state of life does not replace a later one either, unless
    the job waits again (a server that came back put it in the queue anew, as QUEUED).
    """
    if known is None:
        return news
    if known.server != news.server:
        # One id on two servers is no accident of ours; the first one stays.
        return known
    if known.state in FINAL_STATES:
        learned = known.state is JobState.LOST and news.state in FINAL_STATES
        return _filled(news, known) if learned else _filled(known, news)
    if news.state in FINAL_STATES or _ORDER[news.state] >= _ORDER[known.state]:
        return _filled(news, known)
    return _filled(news, known) if news.state is JobState.QUEUED else _filled(known, news)


def _filled(first: Job, second: Job) -> Job:
    """`first`, with what only `second` knows.

    The answer to a submit may tell the end of a short job without its exit code, which comes later.
    """
    same = first.state is second.state
    return replace(
        first,
        exit_code=second.exit_code if same and first.exit_code is None else first.exit_code,
        signal=second.signal if same and first.signal is None else first.signal,
        reason=second.reason if same and first.reason is None else first.reason,
        started=first.started or second.started,
        ended=first.ended or second.ended,
        workdir=first.workdir or second.workdir,
        accelerators=first.accelerators or second.accelerators,
        gpu_seconds=_either(first.gpu_seconds, second.gpu_seconds),
        energy_j=_either(first.energy_j, second.energy_j),
        peak_memory_bytes=first.peak_memory_bytes
        if first.peak_memory_bytes is not None
        else second.peak_memory_bytes,
        attempts=first.attempts if len(first.attempts) >= len(second.attempts) else second.attempts,
        log_note=first.log_note or second.log_note,
        unit_note=first.unit_note or second.unit_note,
        code=first.code or second.code,
        python=first.python or second.python,
        secrets=first.secrets or second.secrets,
        usage=richer(first.usage, second.usage),
        log_size=first.log_size if first.log_size is not None else second.log_size,
        reachable=second.reachable or first.reachable,
    )


def _either(first: float | None, second: float | None) -> float | None:
    return second if first is None else first
