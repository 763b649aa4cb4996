"""`tandem job note`, `tag`, `compare` and `clone`: jobs looked back at, and run again in another way."""

from __future__ import annotations

from dataclasses import replace

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, pair, size_bytes, whole
from console.cli.session import Session
from console.core.units import UNKNOWN
from console.jobs.comparing import Field
from console.jobs.job import Job


def add(inner: Verbs) -> None:
    """Add the verbs below `job`."""
    verb = inner.add("note", "a note kept with a job in this console", _note, command="job note")
    verb.add_argument("id")
    verb.add_argument("text", nargs="?", help="without it the note is shown; '' removes it")
    verb = inner.add("tag", "tags kept with a job in this console", _tag, command="job tag")
    verb.add_argument("id")
    verb.add_argument("tags", nargs="*", type=pair, metavar="K=V")
    verb.add_argument("--remove", action="append", default=[], metavar="K")
    verb = inner.add("compare", "two runs side by side", _compare, command="job compare")
    verb.add_argument("left", metavar="ID")
    verb.add_argument("right", metavar="ID")
    verb.add_argument("--all", action="store_true", help="also what is alike")
    _add_clone(inner)


def _add_clone(inner: Verbs) -> None:
    words = "run what a job was with changes; a command behind -- replaces its own"
    verb = inner.add("clone", words, _clone, command="job clone", changes=True)
    verb.add_argument("id")
    verb.add_argument("--server", metavar="NAME", help="else where it ran")
    verb.add_argument("--name", metavar="S")
    verb.add_argument("--gpus", type=whole, metavar="N")
    verb.add_argument("--env", type=pair, action="append", default=[], metavar="K=V", help="added to its own")
    verb.add_argument("--python", metavar="PATH")
    verb.add_argument("--time-limit", type=duration_s, metavar="S")
    verb.add_argument("--memory-limit", type=size_bytes, metavar="SIZE")
    verb.add_argument("--priority", type=int, metavar="N")
    verb.add_argument("--retries", type=whole, metavar="N")
    verb.add_argument("--tag", type=pair, action="append", default=[], metavar="K=V", help="added to its own")


def _annotated(session: Session, **changes: object) -> Job:
    job = session.call("job.annotate", {"id": session.args.id, **changes})
    assert isinstance(job, Job)
    return job


def _note(session: Session) -> int:
    if session.args.text is None:
        jobs = session.context.jobs
        job = jobs.show(jobs.resolve(session.args.id))
    else:
        job = _annotated(session, note=session.args.text)
    session.output.answer({"id": job.id, "note": job.note}, job.note or "no note")
    return 0


def _tag(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    job = jobs.show(jobs.resolve(args.id))
    if args.tags or args.remove:
        tags = {**job.tags, **dict(args.tags)}
        unknown = [key for key in args.remove if key not in tags]
        if unknown:
            raise UsageError(f"job {job.id} has no tag '{unknown[0]}'", "job tag")
        kept = {key: value for key, value in tags.items() if key not in args.remove}
        job = _annotated(session, tags=kept)
    lines = [f"{key}={value}" for key, value in sorted(job.tags.items())]
    session.output.answer({"id": job.id, "tags": job.tags}, "\n".join(lines) or "no tags")
    return 0


def _compare(session: Session) -> int:
    args = session.args
    found = session.call("job.compare", {"left": args.left, "right": args.right})
    assert isinstance(found, tuple)
    shown = [each for each in found if args.all or each.differs]
    session.output.answer([_document(each) for each in shown], lambda: _text(shown))
    return 0


def _document(each: Field) -> dict[str, object]:
    return {
        "part": each.part.value,
        "name": each.name,
        "left": each.left,
        "right": each.right,
        "differs": each.differs,
    }


def _text(shown: list[Field]) -> str:
    if not shown:
        return "nothing differs"
    rows = [
        [each.part.value, each.name, *((side or UNKNOWN)[:60] for side in (each.left, each.right))]
        for each in shown
    ]
    return table(["part", "field", "left", "right"], rows)


def _clone(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    asked = jobs.history.request_of(jobs.resolve(args.id))
    given = {
        key: value
        for key, value in (
            ("server", args.server),
            ("name", args.name),
            ("gpus", args.gpus),
            ("python", args.python),
            ("time_limit_s", args.time_limit),
            ("memory_limit_bytes", args.memory_limit),
            ("priority", args.priority),
            ("retries", args.retries),
        )
        if value is not None
    }
    request = replace(
        asked,
        **given,
        argv=session.tail or asked.argv,
        env={**asked.env, **dict(args.env)},
        tags={**asked.tags, **dict(args.tag)},
    )
    job = session.run("job.submit", {"request": request}, Job)
    if job is not None:
        session.output.answer({"id": job.id, "state": job.state.value, "server": job.server}, job.id)
    return 0
