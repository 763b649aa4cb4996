"""`tandem process list|end|kill`: what runs on a server, and ending one that is still the one meant."""

from __future__ import annotations

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, whole
from console.cli.session import Session
from console.core.clock import iso
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_memory, format_percent
from console.fleet.processes import ProcessIdentity
from console.telemetry.server_processes import ServerProcess

_SORTS = ("gpu-memory", "cpu", "memory", "pid", "started")


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("process", "processes of a server", None), "process commands")
    verb = inner.add("list", "what runs there and what it holds", _list, command="process list")
    verb.add_argument("server")
    verb.add_argument("--accelerators", action="store_true", help="only those that hold accelerators")
    verb.add_argument("--user", metavar="U", help="only those of an account")
    verb.add_argument("--search", metavar="TEXT", help="only those whose command holds the text")
    verb.add_argument("--sort", choices=_SORTS, default="gpu-memory")
    verb.add_argument("--limit", type=whole, default=50, metavar="N")
    for name, words in (("end", "ask a process to end (TERM)"), ("kill", "end a process at once (KILL)")):
        verb = inner.add(name, words, _end, command=f"process {name}", changes=True)
        verb.add_argument("server")
        verb.add_argument("pid", metavar="PID", help="a pid, or an identity of 'process list --json'")


def document(row: ServerProcess) -> dict[str, object]:
    """One process; what is not known is null."""
    return {
        "pid": row.pid,
        "user": row.user,
        "command": row.command,
        "accelerators": list(row.accelerators),
        "accelerator_uuids": list(row.uuids),
        "accelerator_memory_bytes": row.accelerator_memory_bytes,
        "cpu_percent": row.cpu_percent,
        "memory_bytes": row.memory_bytes,
        "started": None if row.started is None else iso(row.started),
        "container": row.container,
        "identity": None if row.identity is None else str(row.identity),
    }


def _list(session: Session) -> int:
    args = session.args
    found = session.call("process.list", {"name": args.server, "limit": 2000})
    assert isinstance(found, tuple)
    rows = [
        row
        for row in found
        if (row.accelerators or not args.accelerators)
        and (args.user is None or row.user == args.user)
        and (args.search is None or args.search.casefold() in (row.command or "").casefold())
    ]
    rows = _sorted(rows, args.sort)[: args.limit]
    cells = [
        [
            str(row.pid),
            row.user or UNKNOWN,
            " ".join(map(str, row.accelerators)) or "",
            format_memory(row.accelerator_memory_bytes) if row.accelerators else "",
            format_percent(row.cpu_percent),
            format_memory(row.memory_bytes),
            UNKNOWN if row.started is None else iso(row.started)[:19] + "Z",
            row.container or "",
            (row.command or UNKNOWN)[:80],
        ]
        for row in rows
    ]
    heads = ["pid", "user", "gpu", "gpu memory", "cpu", "memory", "started", "container", "command"]
    session.output.answer(
        [document(row) for row in rows], lambda: table(heads, cells, right=frozenset({0, 3, 4, 5}))
    )
    return 0


def _sorted(rows: list[ServerProcess], by: str) -> list[ServerProcess]:
    """What is asked for first, what is not known last."""
    if by == "pid":
        return sorted(rows, key=lambda row: row.pid)
    if by == "started":
        return sorted(rows, key=lambda row: (row.started is None, iso(row.started) if row.started else ""))
    keys = {
        "gpu-memory": lambda row: row.accelerator_memory_bytes,
        "cpu": lambda row: row.cpu_percent,
        "memory": lambda row: row.memory_bytes,
    }
    return sorted(rows, key=lambda row: (keys[by](row) is None, -(keys[by](row) or 0.0)))


def _end(session: Session) -> int:
    args, wanted = session.args, _wanted(session.args.pid)
    given = {"name": args.server, **wanted}
    ended = session.run(args.command.replace(" ", "."), given, bool)
    if ended is None:
        return 0
    kill = args.command == "process kill"
    still = "was killed and is still there" if kill else "was told to end and still runs"
    text = f"process {args.pid} {'has ended' if ended else still}"
    session.output.answer({"server": args.server, "pid": args.pid, "ended": ended}, text)
    return 0


def _wanted(text: str) -> dict[str, object]:
    if text.isdigit():
        return {"pid": int(text)}
    try:
        return {"identity": ProcessIdentity.parse(text)}
    except Problem as problem:
        raise UsageError(problem.sentence, "process end") from problem
