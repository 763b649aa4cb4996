"""What the commands about a server's processes and about idle accelerators do."""

from __future__ import annotations

from datetime import datetime, timedelta

from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.problems import Problem
from console.fleet.processes import Ending, ProcessIdentity, RemoteProcess
from console.fleet.server import Server
from console.jobs.job import Job, JobFilter
from console.operations.plan import Work
from console.telemetry.idle import IdleHolder
from console.telemetry.idle_spans import Lease, Watched, held_idle
from console.telemetry.server_processes import ServerProcess
from console.telemetry.snapshot import ServerRow

_MOST_JOBS = 20_000
_DEFAULT_SPAN = timedelta(days=1)


def process_list(context: Context, arguments: Arguments) -> tuple[ServerProcess, ...]:
    """What runs on a server, with what it holds of the accelerators."""
    name = context.servers.get(required(arguments, "name", str)).name
    return context.processes.look(name, limit=optional(arguments, "limit", int) or 200)


def process_end(context: Context, arguments: Arguments) -> Work[bool]:
    """Ask a process to end (TERM)."""
    return _ending(context, arguments, Ending.TERM)


def process_kill(context: Context, arguments: Arguments) -> Work[bool]:
    """End a process at once (KILL)."""
    return _ending(context, arguments, Ending.KILL)


def _ending(context: Context, arguments: Arguments, ending: Ending) -> Work[bool]:
    """`process` is the row that was looked at; a pid or an identity is looked up first."""
    name = context.servers.get(required(arguments, "name", str)).name
    process = arguments.get("process")
    if not isinstance(process, RemoteProcess):
        wanted = optional(arguments, "identity", ProcessIdentity) or required(arguments, "pid", int)
        process = context.processes.find(name, wanted)
    return context.processes.remote.prepare_end(name, process, ending)


def idle_holders(context: Context, arguments: Arguments) -> tuple[IdleHolder, ...]:
    """Who keeps memory of accelerators without using them, on the servers that are heard now.

    `names` limits it to some servers, `below_percent` and `after_s` stand in for the options. With `since`
    and `until` it is what was kept unused in that span, out of what this console has stored.
    """
    names = optional(arguments, "names", tuple)
    below = optional(arguments, "below_percent", float)
    after_s = optional(arguments, "after_s", float)
    options = context.options
    below = options.number("idle.below_percent") if below is None else below
    after_s = 60.0 * options.number("idle.after_minutes") if after_s is None else after_s
    rows = [row for row in context.telemetry.snapshot().servers if not names or row.server.name in names]
    jobs = context.jobs.list(JobFilter(limit=_MOST_JOBS))
    since, until = optional(arguments, "since", datetime), optional(arguments, "until", datetime)
    if since is None and until is None:
        now_has = {
            (job.server, uuid): job.id for job in jobs if job.state == "running" for uuid in job.accelerators
        }
        return context.idle.find(rows, below_percent=below, after_s=after_s, jobs=now_has)
    end = context.clock.now() if until is None else until
    begin = end - _DEFAULT_SPAN if since is None else since
    if begin >= end:
        raise Problem("input.invalid", what="this span of time", reason="it ends before it begins")
    known = {row.server.name: row for row in rows}
    servers = [each for each in context.servers.list() if not names or each.name in names]
    return held_idle(
        context.history,
        [_watched(each, known.get(each.name)) for each in servers],
        [lease for job in jobs for lease in _leases(job, context.clock.now())],
        (begin.timestamp(), end.timestamp()),
        below_percent=below,
        after_s=after_s,
    )


def _watched(server: Server, row: ServerRow | None) -> Watched:
    labels = tuple(f"{key}={value}" for key, value in sorted(server.labels.items()))
    seen = [] if row is None else [each.sample for each in row.accelerators]
    return Watched(server.name, labels, {each.uuid: (each.index, each.name) for each in seen})


def _leases(job: Job, now: datetime) -> list[Lease]:
    if job.started is None or not job.accelerators:
        return []
    end = job.ended or now
    account = job.submitted_by or None
    times = (job.started.timestamp(), end.timestamp())
    return [Lease(job.server, uuid, job.id, account, *times) for uuid in job.accelerators]
