"""`tandem job …`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from console.cli import code_verbs, history_verbs, log_verbs, metric_verbs, recipe_verbs
from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, pair, size_bytes, whole
from console.cli.session import Session
from console.cli.usage_words import account_document, usage_lines
from console.core.clock import iso
from console.core.moments import parse_moment
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_bytes, format_duration, format_percent, three_digits
from console.jobs.job import (
    DEFAULT_LOG_LIMIT_BYTES,
    Attempt,
    Job,
    JobFilter,
    JobRequest,
    JobState,
)
from console.jobs.measured import JobMetrics
from console.jobs.usage import spent, usage_rows

UNKNOWN_RESULT, TIMED_OUT = 125, 124


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("job", "jobs on the servers", None), "job commands")
    _add_submit(inner)
    verb = inner.add("list", "jobs, newest first", _list, command="job list")
    verb.add_argument("--state", action="append", default=[], choices=[state.value for state in JobState])
    verb.add_argument("--server", metavar="NAME")
    verb.add_argument("--since", metavar="T", help="a span (2d) or a UTC time")
    verb.add_argument("--user", metavar="NAME", help="who submitted it: alice or alice@machine")
    verb.add_argument("--tag", action="append", default=[], metavar="K[=V]", help="only with this tag")
    verb.add_argument("--search", default="", metavar="TEXT", help="beginnings of words, notes included")
    verb.add_argument("--limit", type=whole, default=200, metavar="N")
    inner.add("show", "one job", _show, command="job show").add_argument("id")
    log_verbs.add(inner)
    metric_verbs.add(inner)
    verb = inner.add("wait", "wait for a job's end; exits with its exit code", _wait, command="job wait")
    verb.add_argument("id")
    verb.add_argument("--timeout", type=duration_s, metavar="S")
    verb = inner.add("cancel", "end a job", _cancel, command="job cancel", changes=True)
    verb.add_argument("id")
    verb = inner.add("retry", "run a job again as it was", _again, command="job retry", changes=True)
    verb.add_argument("id")
    verb = inner.add("foreign", "work on accelerators that is no job", _foreign, command="job foreign")
    verb.add_argument("server", nargs="?")
    verb = inner.add("adopt", "watch a process as a job", _adopt, command="job adopt", changes=True)
    verb.add_argument("server")
    verb.add_argument("pid", type=whole)
    verb = inner.add("outputs", "the files that a job left", _outputs, command="job outputs", changes=True)
    verb.add_argument("id")
    verb.add_argument("--to", metavar="DIR", help="copy them there")
    code_verbs.add(inner)
    history_verbs.add(inner)
    recipe_verbs.add(verbs)


def _add_submit(inner: Verbs) -> None:
    verb = inner.add(
        "submit", "run a command or a recipe on a server", _submit, command="job submit", changes=True
    )
    where = verb.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", metavar="NAME")
    where.add_argument("--any", action="store_true", help="a server that fits")
    verb.add_argument("--label", type=pair, action="append", default=[], metavar="K=V")
    verb.add_argument("--name", default="", metavar="S")
    verb.add_argument("--gpus", type=whole, default=None, metavar="N")
    verb.add_argument("--env", type=pair, action="append", default=[], metavar="K=V")
    verb.add_argument("--workdir", metavar="DIR", help="folder on the server")
    verb.add_argument("--recipe", metavar="R")
    verb.add_argument("--param", type=pair, action="append", default=[], metavar="K=V")
    code_verbs.add_flags(verb)
    verb.add_argument("--time-limit", type=duration_s, metavar="S")
    verb.add_argument("--memory-limit", type=size_bytes, metavar="SIZE", help="of all its processes: 24G")
    verb.add_argument("--log-limit", type=size_bytes, default=DEFAULT_LOG_LIMIT_BYTES, metavar="SIZE")
    verb.add_argument("--grace", type=duration_s, metavar="S", help="between the polite and the hard signal")
    verb.add_argument("--priority", type=int, default=0, metavar="N")
    verb.add_argument("--preemptible", action="store_true", help="make way for higher priority, go on later")
    verb.add_argument("--retries", type=whole, default=0, metavar="N", help="after a failure or a loss")
    verb.add_argument("--backoff", type=duration_s, metavar="S", help="before the first retry, then doubled")
    verb.add_argument(
        "--output", action="append", default=[], metavar="PATH", help="what to keep, in the workdir"
    )
    verb.add_argument(
        "--metrics", action="append", default=[], metavar="GLOB", help="files of metrics, in the workdir"
    )
    verb.add_argument("--tag", type=pair, action="append", default=[], metavar="K=V")
    verb.add_argument("--wait", action="store_true", help="wait for its end; exits with its exit code")


def job_document(job: Job, metrics: JobMetrics | None = None) -> dict[str, object]:
    """A job as JSON, as cli.md has it."""
    before = [attempt_document(each) for each in job.attempts]
    present = {
        "number": len(before) + 1,
        "state": job.state.value,
        "started": None if job.started is None else iso(job.started),
        "ended": None if job.ended is None else iso(job.ended),
        "exit_code": job.exit_code,
        "signal": job.signal,
        "reason": job.reason,
        "accelerators": list(job.accelerators),
    }
    document: dict[str, object] = {
        **asdict(job),
        "state": job.state.value,
        "argv": list(job.argv),
        "accelerators": list(job.accelerators),
        "submitted": iso(job.submitted),
        "started": present["started"],
        "ended": present["ended"],
        "attempts": before if job.started is None else [*before, present],
        "usage": usage_rows(job.usage),
    }
    if metrics is not None:
        document["metrics"] = {name: metric_verbs.summary(each) for name, each in metrics.curves.items()}
    return document


def attempt_document(attempt: Attempt) -> dict[str, object]:
    """An attempt before the present one as JSON."""
    return {
        **asdict(attempt),
        "state": attempt.state.value,
        "started": None if attempt.started is None else iso(attempt.started),
        "ended": None if attempt.ended is None else iso(attempt.ended),
        "accelerators": list(attempt.accelerators),
    }


def _submit(session: Session) -> int:
    args = session.args
    if not session.tail and not args.recipe and not args.script:
        raise UsageError("give the command behind --, or --recipe, or --script", "job submit")
    recipe = session.context.plugins.recipe(args.recipe) if args.recipe else None
    default_gpus = recipe.gpus if recipe is not None else 0
    request = JobRequest(
        argv=session.tail,
        server=args.server,
        any_server=args.any,
        labels=dict(args.label),
        name=args.name,
        gpus=default_gpus if args.gpus is None else args.gpus,
        env=dict(args.env),
        workdir=args.workdir,
        recipe=args.recipe,
        params=dict(args.param),
        **code_verbs.request_fields(args),
        time_limit_s=args.time_limit,
        memory_limit_bytes=args.memory_limit,
        log_limit_bytes=args.log_limit,
        grace_s=args.grace,
        retries=args.retries,
        backoff_s=args.backoff,
        preemptible=args.preemptible,
        priority=args.priority,
        outputs=tuple(args.output),
        metrics=tuple(args.metrics),
        tags=dict(args.tag),
    )
    job = session.run("job.submit", {"request": request}, Job)
    if job is None:
        return 0
    if args.wait:
        session.output.say(f"{job.id} {job.state.value}")
        return _end(session, session.context.jobs.wait(job.id, None))
    session.output.answer({"id": job.id, "state": job.state.value, "server": job.server}, job.id)
    return 0


def _list(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    server = session.context.servers.get(args.server).name if args.server else None
    for problem in jobs.refresh(server).values():
        session.output.say(f"tandem: {problem.sentence}")
    wanted = JobFilter(
        states=frozenset(JobState(state) for state in args.state),
        server=server,
        since=parse_moment(args.since) if args.since else None,
        user=args.user,
        tags=tuple(args.tag),
        search=args.search,
        limit=args.limit,
    )
    found = jobs.list(wanted)
    rows = [
        [
            job.id,
            safe_line(job.name) or UNKNOWN,
            job.server,
            job.state.value + ("" if job.reachable or job.final else " (not current)"),
            iso(job.submitted)[:19].replace("T", " "),
            format_duration((job.ended - job.started).total_seconds() if job.ended and job.started else None),
            UNKNOWN if job.gpu_seconds is None or not job.gpus else three_digits(job.gpu_seconds / 3600),
            format_percent(spent(job.usage).utilization_percent),
            UNKNOWN if job.exit_code is None else str(job.exit_code),
        ]
        for job in found
    ]
    headers = ["id", "name", "server", "state", "submitted UTC", "took", "gpu h", "gpu use", "exit"]
    session.output.answer(
        [job_document(job) for job in found],
        lambda: table(headers, rows, right=frozenset({6, 7, 8})) if rows else "no jobs",
    )
    return 0


def _show(session: Session) -> int:
    jobs = session.context.jobs
    job = jobs.show(jobs.resolve(session.args.id))
    document = job_document(job, jobs.metrics(job.id))
    document["outputs"] = [each.path for each in jobs.outputs(job.id)] if job.reachable else None
    account = jobs.history.account(job)
    document["usage"] = account_document(job, account)
    words = {"code": code_verbs.code_line(job), "python": code_verbs.python_line(job)}
    words["secrets"] = ", ".join(sorted(job.secrets)) or UNKNOWN
    words["usage"] = "; ".join(usage_lines(session.context, account))
    rows = [
        [key, words.get(key) or (UNKNOWN if value is None else safe_line(str(value)))]
        for key, value in document.items()
    ]
    session.output.answer(document, lambda: table(["field", "value"], rows))
    return 0


def _wait(session: Session) -> int:
    jobs = session.context.jobs
    return _end(session, jobs.wait(jobs.resolve(session.args.id), session.args.timeout))


def _end(session: Session, job: Job) -> int:
    """The exit code that a script gets: the job's, 128+N for a signal, 124 and 125 as cli.md has them."""
    session.output.answer(job_document(job), f"{job.id} {job.state.value}")
    if not job.final:
        return TIMED_OUT
    if job.state is JobState.LOST:
        return UNKNOWN_RESULT
    if job.exit_code is not None:
        return job.exit_code
    return 128 + job.signal if job.signal is not None else UNKNOWN_RESULT


def _cancel(session: Session) -> int:
    job = session.run("job.cancel", {"id": session.args.id}, Job)
    if job is not None:
        session.output.answer({"id": job.id, "state": job.state.value}, f"{job.id} {job.state.value}")
    return 0


def _again(session: Session) -> int:
    job = session.run("job.again", {"id": session.args.id}, Job)
    if job is not None:
        session.output.answer({"id": job.id, "state": job.state.value, "server": job.server}, job.id)
    return 0


def _foreign(session: Session) -> int:
    found, problems = session.context.jobs.foreign(session.args.server)
    for problem in problems.values():
        session.output.say(f"tandem: {problem.sentence}")
    documents = [{**asdict(each), "started": iso(each.started) if each.started else None} for each in found]
    rows = [
        [
            each.server,
            str(each.pid),
            each.user or UNKNOWN,
            UNKNOWN if each.started is None else iso(each.started)[:19].replace("T", " "),
            each.container or (f"slurm {each.slurm_job}" if each.slurm_job else UNKNOWN),
            str(len(each.accelerators)),
            format_bytes(each.memory_bytes),
            each.command or UNKNOWN,
        ]
        for each in found
    ]
    headers = ["server", "pid", "user", "started UTC", "container", "GPUs", "GPU memory", "command"]
    session.output.answer(documents, lambda: table(headers, rows) if rows else "nothing from elsewhere")
    return 0


def _adopt(session: Session) -> int:
    job = session.run("job.adopt", {"name": session.args.server, "pid": session.args.pid}, Job)
    if job is not None:
        session.output.answer({"id": job.id, "state": job.state.value, "server": job.server}, job.id)
    return 0


def _outputs(session: Session) -> int:
    jobs = session.context.jobs
    job_id = jobs.resolve(session.args.id)
    if session.args.to:
        paths = session.run("job.outputs", {"id": job_id, "to": Path(session.args.to)}, list)
        if paths is not None:
            shown = [str(path) for path in paths]
            session.output.answer({"id": job_id, "files": shown}, "\n".join(shown))
        return 0
    found = jobs.outputs(job_id)
    rows = [[each.path, str(each.size_bytes), each.sha256 or UNKNOWN] for each in found]
    session.output.answer(
        [asdict(each) for each in found],
        lambda: table(["file", "bytes", "sha256"], rows, right=frozenset({1})) if rows else "no outputs",
    )
    return 0
