"""What the commands about past jobs do: notes and tags, two runs compared, reports. Thin calls."""

from __future__ import annotations

from datetime import datetime

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.jobs.comparing import Field
from console.jobs.job import Job
from console.jobs.reporting import Report


def job_annotate(context: Context, arguments: Arguments) -> Job:
    """Keep a note and tags with a job, in this console only."""
    job = context.jobs.resolve(required(arguments, "id", str))
    tags = optional(arguments, "tags", dict)
    return context.jobs.history.annotate(job, note=optional(arguments, "note", str), tags=tags)


def job_compare(context: Context, arguments: Arguments) -> tuple[Field, ...]:
    """Two runs side by side."""
    jobs = context.jobs
    left, right = (jobs.resolve(required(arguments, side, str)) for side in ("left", "right"))
    return jobs.history.compare(left, right)


def usage_report(context: Context, arguments: Arguments) -> Report:
    """What jobs used, added up."""
    by = optional(arguments, "by", str) or "user"
    since, until = optional(arguments, "since", datetime), optional(arguments, "until", datetime)
    return context.jobs.history.report(by, since, until)
