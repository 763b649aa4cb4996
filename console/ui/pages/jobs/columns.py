"""The columns of the list of jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from console.core.text import safe_line
from console.core.units import format_percent
from console.jobs.job import Job
from console.jobs.usage import spent
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.pages.jobs.words import command_of, gpus_text, result_text, took_s, took_text
from console.ui.state_words import job_tone, job_word
from console.ui.times import moment_text


def state_text(job: Job) -> str:
    """The state's word, with a mark where its server was not heard."""
    word = job_word(job.state)
    return word if job.final or job.reachable else translate("Jobs", "{state}, not heard").format(state=word)


# Long: a list of columns.
def job_columns(now: Callable[[], datetime], zone: Callable[[], tzinfo]) -> list[Column[Job]]:
    """Name and state first, then where and when, then how it ended."""
    return [
        Column(
            "name",
            translate("Jobs", "Name"),
            lambda job: safe_line(job.name),
            width=150,
            strong=True,
            tip=command_of,
        ),
        Column(
            "state",
            translate("Jobs", "State"),
            state_text,
            tone=lambda job: job_tone(job.state),
            width=130,
        ),
        Column(
            "id", translate("Jobs", "Job"), lambda job: job.id[:8], width=92, dim=True, fixed=True, drop=3
        ),
        Column("server", translate("Jobs", "Server"), lambda job: safe_line(job.server), width=110),
        Column(
            "gpus",
            translate("Jobs", "GPUs"),
            gpus_text,
            sort=lambda job: job.gpus,
            align="right",
            width=52,
            drop=2,
        ),
        Column(
            "submitted",
            translate("Jobs", "Submitted"),
            lambda job: moment_text(job.submitted, zone(), now=now()),
            sort=lambda job: job.submitted,
            align="right",
            width=124,
        ),
        Column(
            "took",
            translate("Jobs", "Took"),
            lambda job: took_text(job, now()),
            sort=lambda job: took_s(job, now()),
            align="right",
            width=96,
        ),
        Column(
            "use",
            translate("Jobs", "GPU use"),
            lambda job: format_percent(spent(job.usage).utilization_percent),
            sort=lambda job: spent(job.usage).utilization_percent,
            align="right",
            width=76,
            drop=5,
        ),
        Column("result", translate("Jobs", "Result"), result_text, width=90, stretch=True),
        Column(
            "by",
            translate("Jobs", "Who"),
            lambda job: safe_line(job.submitted_by),
            width=120,
            dim=True,
            drop=4,
        ),
    ]
