"""`tandem copy`, `fetch`, `copies …`: what servers copy among themselves, and from URLs."""

from __future__ import annotations

import argparse
import re
import time

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s
from console.cli.session import Session
from console.core.clock import iso
from console.core.units import UNKNOWN, format_bytes
from console.fleet.copying.carried import LIVE, Arrived, Part, PartState, Task

_TIMED_OUT = 124
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE)
_TO = "server and path: the copy's own path there, from the home folder unless absolute; / at its end: inside"


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add(
        "copy",
        "copy a file or folder from one server to others: directly where they reach each other, as a tree, "
        "going on without this console; else through this console's memory",
        _copy,
        command="copy",
        changes=True,
    )
    verb.add_argument("source", metavar="FROM:PATH", help="server and path")
    verb.add_argument("targets", metavar="TO:PATH", nargs="+", help=_TO)
    verb.add_argument("--detach", action="store_true", help="come back as soon as the servers are at it")
    verb = verbs.add(
        "fetch", "let a server fetch a file from a URL, by its hash", _fetch, command="fetch", changes=True
    )
    verb.add_argument("name", help="server")
    verb.add_argument("url", metavar="URL", help="https:// or http://; the server's own proxy settings count")
    verb.add_argument("to", metavar="REMOTE", help="the file's own path there; ends with / to go inside")
    verb.add_argument(
        "--sha256", required=True, metavar="HEX", help="what it must have, else nothing is kept"
    )
    verb.add_argument("--max-size", type=size_bytes, metavar="SIZE", help="refuse more than this: 500G")
    verb.add_argument("--detach", action="store_true", help="come back as soon as the server is at it")
    inner = Verbs(
        verbs.add("copies", "copies and fetches that servers do by themselves", None), "copies commands"
    )
    verb = inner.add("list", "all of them, newest first", _list, command="copies list")
    verb.add_argument("--server", action="append", default=[], metavar="NAME", help="ask only these")
    inner.add("show", "one, on each of its servers", _show, command="copies show").add_argument("id")
    verb = inner.add(
        "wait", "wait for its end; exits 0 where all of it arrived", _wait, command="copies wait"
    )
    verb.add_argument("id")
    verb.add_argument("--timeout", type=duration_s, metavar="S")
    verb = inner.add("cancel", "stop one on all its servers", _cancel, command="copies cancel", changes=True)
    verb.add_argument("id")


def size_bytes(text: str) -> int:
    """An argparse type: bytes, or 500M, 1.5G, 2TiB."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no size such as 500M or 2TiB")
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " KMGT".index(found[2].upper() or " "))


def place(text: str, command: str) -> tuple[str, str]:
    """SERVER:PATH."""
    server, colon, path = text.partition(":")
    if not (server and colon and path):
        raise UsageError(f"'{text}' is not SERVER:PATH", command)
    return server, path


# --- documents


def arrived_document(arrived: Arrived) -> dict[str, object]:
    """What came of it on one server, as JSON."""
    return {
        "id": arrived.copy_id,
        "server": arrived.server,
        "path": arrived.root or None,
        "files": arrived.files,
        "unchanged": arrived.unchanged,
        "bytes": arrived.bytes,
        "sha256": arrived.sha256,
        "way": arrived.way or None,
        "problem": arrived.problem.sentence if arrived.problem else None,
    }


def part_document(part: Part) -> dict[str, object]:
    """One server's part as JSON."""
    return {
        "server": part.server,
        "role": part.role,
        "state": part.state.value,
        "from": part.giver,
        "done_bytes": part.done,
        "total_bytes": part.total,
        "result": arrived_document(part.arrived) if part.arrived else None,
        "problem": part.problem.as_dict() if part.problem else None,
        "started": iso(part.started) if part.started else None,
        "ended": iso(part.ended) if part.ended else None,
    }


def task_document(task: Task) -> dict[str, object]:
    """A copy or fetch as JSON."""
    return {
        "id": task.id,
        "kind": task.kind,
        "title": task.title,
        "state": task.state.value,
        "servers": list(task.servers),
        "started": iso(task.started) if task.started else None,
        "parts": [part_document(part) for part in task.parts],
    }


def _arrived_line(arrived: Arrived) -> str:
    if arrived.problem is not None:
        return arrived.problem.sentence
    files = "1 file" if arrived.files == 1 else f"{arrived.files} files"
    known = f", {arrived.unchanged} unchanged" if arrived.unchanged else ""
    return (
        f"{arrived.server}:{arrived.root}: {files}, {format_bytes(arrived.bytes)}{known}, "
        f"verified, {arrived.way}"
    )


def _part_row(part: Part) -> list[str]:
    if part.role == "source":
        how = ""
    elif part.arrived is not None:
        how = f"{format_bytes(part.arrived.bytes)} {part.arrived.way}"
    elif part.total:
        how = f"{format_bytes(part.done)} of {format_bytes(part.total)} from {part.giver or UNKNOWN}"
    else:
        how = f"from {part.giver}" if part.giver else UNKNOWN
    return [part.server, part.role, part.state.value, part.problem.sentence if part.problem else how]


# --- verbs


def _copy(session: Session) -> int:
    source, path = place(session.args.source, "copy")
    targets = tuple(place(each, "copy") for each in session.args.targets)
    given = {"source": source, "path": path, "targets": targets, "detach": session.args.detach}
    done = session.run("copy", given, list)
    if done is not None and session.args.detach:
        return _detached(session, done[0].copy_id)
    if done is not None:
        documents = [arrived_document(each) for each in done]
        lines = "\n".join(_arrived_line(each) for each in done)
        session.output.answer(documents if len(documents) > 1 else documents[0], lines)
    return 0


def _detached(session: Session, ident: str) -> int:
    """Its id, as `copies show` takes it."""
    session.output.answer({"id": ident, "state": PartState.RUNNING.value}, ident)
    return 0


def _fetch(session: Session) -> int:
    args = session.args
    given = {
        "name": args.name,
        "url": args.url,
        "sha256": args.sha256,
        "to": args.to,
        "max_bytes": args.max_size,
        "detach": args.detach,
    }
    done = session.run("fetch", given, Arrived)
    if done is not None and args.detach:
        return _detached(session, done.copy_id)
    if done is not None:
        session.output.answer(arrived_document(done), _arrived_line(done))
    return 0


def _list(session: Session) -> int:
    tasks, failed = session.context.server_copies.tasks(session.args.server)
    for problem in failed.values():
        session.output.say(problem.sentence)
    rows = [
        [task.id, task.state.value, iso(task.started) if task.started else UNKNOWN, task.title]
        for task in tasks
    ]
    session.output.answer(
        [task_document(task) for task in tasks], lambda: table(["id", "state", "started", "what"], rows)
    )
    return 0


def _told(session: Session, task: Task) -> None:
    rows = [_part_row(part) for part in task.parts]
    text = lambda: f"{task.title}: {task.state.value}\n{table(['server', 'role', 'state', 'how'], rows)}"  # noqa: E731
    session.output.answer(task_document(task), text)


def _show(session: Session) -> int:
    task = session.call("copies.show", {"id": session.args.id})
    assert isinstance(task, Task)
    _told(session, task)
    return 0


def _wait(session: Session) -> int:
    limit = session.args.timeout
    deadline = None if limit is None else time.monotonic() + limit
    task = session.context.server_copies.task(session.args.id)
    while task.state in LIVE:
        if deadline is not None and time.monotonic() >= deadline:
            _told(session, task)
            return _TIMED_OUT
        time.sleep(0.5)
        task = session.context.server_copies.task(task.id, task.servers)
    _told(session, task)
    return 0 if task.state is PartState.SUCCEEDED else 1


def _cancel(session: Session) -> int:
    task = session.run("copies.cancel", {"id": session.args.id}, Task)
    if task is not None:
        _told(session, task)
    return 0
