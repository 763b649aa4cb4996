"""The words of `tandem job submit` for code, Python and secrets, and `tandem job code`: what a job ran."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from console.cli.output import table
from console.cli.parser import Parser, UsageError, Verbs
from console.cli.session import Session
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_bytes
from console.jobs.job import Job
from console.jobs.snapshot.tree import LINK, CodeFile

_MARKS = {"f": "", "x": "executable", "l": "link"}


def secret(text: str) -> tuple[str, str]:
    """An argparse type: NAME or NAME=KEYRING_ENTRY."""
    name, equals, entry = text.partition("=")
    if not name or (equals and not entry):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME or NAME=KEYRING_ENTRY")
    return name, entry or name


def add_flags(verb: Parser) -> None:
    """What `job submit` takes of these."""
    code = verb.add_mutually_exclusive_group()
    code.add_argument("--code", metavar="DIR", help="folder here that goes along; the job runs in its copy")
    code.add_argument("--script", metavar="FILE", help="a script here; the words behind -- are its arguments")
    python = verb.add_mutually_exclusive_group()
    python.add_argument("--python", metavar="PATH", help="interpreter on the server")
    python.add_argument("--venv", metavar="DIR", help="virtual environment on the server")
    python.add_argument("--conda", metavar="ENV", help="conda environment there: its name or its folder")
    verb.add_argument(
        "--secret", type=secret, action="append", default=[], metavar="NAME[=ENTRY]",
        help="variable whose value comes from the system keyring, or is asked for",
    )  # fmt: skip


def request_fields(args: argparse.Namespace) -> dict[str, Any]:
    """These words as fields of a JobRequest."""
    code = args.code or args.script
    if args.script and not Path(args.script).is_file():
        raise UsageError(f"--script: there is no file {args.script}", "job submit")
    if args.code and Path(args.code).is_file():
        raise UsageError(f"--code: {args.code} is a file; give it as --script", "job submit")
    return {
        "code": Path(code) if code else None,
        "python": args.python,
        "venv": args.venv,
        "conda": args.conda,
        "secrets": dict(args.secret),
    }


def add(inner: Verbs) -> None:
    """Add `job code`."""
    verb = inner.add("code", "the code that a job ran", _code, command="job code", changes=True)
    verb.add_argument("id")
    what = verb.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="its files (without any other word)")
    what.add_argument("--file", metavar="PATH", help="print one of them")
    what.add_argument("--fetch", metavar="DIR", help="copy all into a new folder here")
    what.add_argument("--diff", metavar="OTHER", help="what another job's code has different")


def _code(session: Session) -> int:
    args, jobs = session.args, session.context.jobs
    job = jobs.show(jobs.resolve(args.id))
    if args.file is not None:
        return _print(session, job, args.file)
    if args.fetch is not None:
        place = session.run("job.code", {"id": job.id, "to": Path(args.fetch)}, Path)
        if place is not None:
            session.output.answer({"id": job.id, "folder": str(place)}, str(place))
        return 0
    if args.diff is not None:
        return _diff(session, job, jobs.show(jobs.resolve(args.diff)))
    tree = jobs.code.tree(job)
    assert job.code is not None
    rows = [
        [safe_line(each.path), format_bytes(each.size), _MARKS[each.kind], _short(each)]
        for each in tree.files
    ]
    document = {
        "id": job.id,
        **asdict(job.code),
        "list": [_document(each) for each in tree.files],
    }
    headers = ["file", "size", "", "sha256"]
    session.output.answer(document, lambda: f"{code_line(job)}\n{table(headers, rows, right=frozenset({1}))}")
    return 0


def _document(file: CodeFile) -> dict[str, object]:
    is_link = file.kind == LINK
    return {
        "path": file.path,
        "size": file.size,
        "executable": file.kind == "x",
        "sha256": None if is_link else file.what,
        "link": file.what if is_link else None,
    }


def _short(file: CodeFile) -> str:
    return f"→ {safe_line(file.what, max_chars=80)}" if file.kind == LINK else file.what[:12]


def code_line(job: Job) -> str:
    """A job's code in one line."""
    code = job.code
    if code is None:
        return UNKNOWN
    parts = [code.tree[:12]]
    if code.files is not None:
        parts.append(f"{code.files} file{'s' if code.files != 1 else ''}, {format_bytes(code.bytes)}")
    if code.commit:
        parts.append(f"commit {code.commit[:12]}{', changed since' if code.dirty else ''}")
    if code.source:
        parts.append(f"from {safe_line(code.source)}")
    return "; ".join(parts)


def python_line(job: Job) -> str:
    """A job's Python in one line."""
    python = job.python
    if python is None:
        return UNKNOWN
    place = python.where if python.kind == "conda" and python.where else python.prefix or python.python
    return f"{python.version or UNKNOWN} ({python.kind}: {safe_line(place or UNKNOWN)})"


def _print(session: Session, job: Job, path: str) -> int:
    data = session.context.jobs.code.file(job, path)
    if session.args.json:
        session.output.answer({"id": job.id, "path": path, "text": data.decode("utf-8", "replace")}, "")
        return 0
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    return 0


def _diff(session: Session, job: Job, other: Job) -> int:
    found = session.context.jobs.code.compare(job, other)
    document = {
        "id": job.id,
        "other": other.id,
        "same": not found,
        "files": [{"path": each.path, "change": each.mark} for each in found],
    }
    lines = [f"{each.mark}  {safe_line(each.path)}" for each in found]
    session.output.answer(document, "\n".join(lines) or "the same code")
    return 0
