"""`tandem report idle`: who keeps memory of accelerators without using them."""

from __future__ import annotations

import argparse
import time

from console.cli import usage_report_verbs
from console.cli.output import table
from console.cli.parser import Verbs, duration_s
from console.cli.report_options import add_by, add_format, add_span, span_of
from console.cli.session import Session
from console.core.clock import iso
from console.core.csv_text import Cell, csv_text
from console.core.units import UNKNOWN, format_duration, format_memory, format_percent
from console.fleet.link_state import LinkState
from console.telemetry.idle import GroupBy, HolderGroup, IdleHolder, grouped
from console.telemetry.snapshot import ServerRow

_WAIT_S = 20.0
_LOOK_S = 0.1


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("report", "sums over servers", None), "report commands")
    words = "who keeps accelerators' memory without using them"
    verb = inner.add("idle", words, _idle, command="report idle")
    verb.add_argument("--server", action="append", default=[], metavar="NAME", help="only these, else all")
    add_by(verb, [each.value for each in GroupBy])
    add_span(verb)
    verb.add_argument("--below", type=_percent, metavar="PERCENT", help="idle below this mean utilization")
    verb.add_argument("--for", dest="after_s", type=duration_s, metavar="SPAN", help="idle for so long (15m)")
    add_format(verb)
    usage_report_verbs.add(inner)


def _percent(text: str) -> float:
    try:
        value = float(text.rstrip("%"))
    except ValueError:
        value = -1.0
    if not 0 < value <= 100:
        raise argparse.ArgumentTypeError(f"'{text}' is no percentage above 0 and up to 100")
    return value


def _idle(session: Session) -> int:
    args, context = session.args, session.context
    names = [context.servers.get(name).name for name in args.server]
    names = names or [server.name for server in context.servers.list()]
    arguments: dict[str, object] = {
        "names": tuple(names),
        "below_percent": args.below,
        "after_s": args.after_s,
    }
    silent: list[str] = []
    if args.since or args.until:
        # Of the past this console's own store tells: no server is asked.
        since, until = span_of(session)
        arguments["until"] = until or context.clock.now()
        if since is not None:
            arguments["since"] = since
    else:
        silent = _heard(session, names)
        for name in silent:
            session.output.say(f"tandem: nothing was heard of {name}; it is left out")
    found = session.call("report.idle", arguments)
    assert isinstance(found, tuple)
    if args.by is not None:
        _print_groups(session, grouped(found, GroupBy(args.by)), silent)
    elif args.format == "csv" and not session.output.as_json:
        print(_csv(found), end="", flush=True)
    else:
        document = {"holders": [_document(each) for each in found], "not_heard": silent}
        session.output.answer(document, lambda: _text(found))
    return 1 if names and len(silent) == len(names) else 0


def _heard(session: Session, names: list[str]) -> list[str]:
    """Wait until every server has told of itself or cannot; the names of those that did not."""
    context = session.context
    if not names:
        return []
    context.fleet.watch(names)
    until = time.monotonic() + _WAIT_S
    while True:
        snapshot = context.telemetry.snapshot()
        rows = {name: snapshot.server(name) for name in names}
        silent = [name for name, row in rows.items() if row is None or not row.fresh]
        waits = [name for name in silent if not _hopeless(rows[name])]
        if not waits or time.monotonic() > until:
            return silent
        time.sleep(_LOOK_S)


def _hopeless(row: ServerRow | None) -> bool:
    """Whether it waits for the person, or for its next attempt after a failed one."""
    return row is not None and row.link.state in (LinkState.REFUSED, LinkState.WAITING)


def _document(each: IdleHolder) -> dict[str, object]:
    process = each.process
    return {
        "server": each.server,
        "accelerator": each.index,
        "uuid": each.uuid,
        "name": each.accelerator,
        "state": each.state.value,
        "why": None if each.why is None else each.why.value,
        "pid": None if process is None else process.pid,
        "user": each.user,
        "job": each.job,
        "labels": list(each.labels),
        "command": None if process is None else process.command,
        "memory_bytes": each.memory_bytes,
        "memory_total_bytes": each.total_bytes,
        "since": None if each.since is None else iso(each.since),
        "at_least": each.at_least,
        "seconds": None if each.seconds is None else round(each.seconds, 1),
        "utilization_mean_percent": each.mean_percent,
        "utilization_max_percent": each.peak_percent,
    }


def _csv(found: tuple[IdleHolder, ...]) -> str:
    units = {
        "memory_bytes": " [B]",
        "memory_total_bytes": " [B]",
        "seconds": " [s]",
        "utilization_mean_percent": " [%]",
        "utilization_max_percent": " [%]",
    }
    documents = [_document(each) for each in found]
    keys = list(_KEYS)
    rows = [[_cell(document[key]) for key in keys] for document in documents]
    return csv_text([key + units.get(key, "") for key in keys], rows)


_KEYS = (
    "server", "accelerator", "uuid", "name", "state", "why", "pid", "user", "job", "command", "memory_bytes",
    "memory_total_bytes", "since", "at_least", "seconds", "utilization_mean_percent",
    "utilization_max_percent",
)  # fmt: skip


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str | int | float | None) else str(value)


def _text(found: tuple[IdleHolder, ...]) -> str:
    if not found:
        return "nobody keeps memory of idle accelerators"
    rows = [
        [
            each.server,
            each.uuid[:12] if each.index is None else str(each.index),
            each.user or UNKNOWN,
            each.job or UNKNOWN,
            format_memory(each.memory_bytes),
            _since(each),
            format_percent(each.peak_percent),
            str(each.process.pid) if each.process else UNKNOWN,
            ((each.process.command if each.process else None) or UNKNOWN)[:60],
        ]
        for each in found
    ]
    heads = ["server", "gpu", "user", "job", "memory", "idle for", "peak", "pid", "command"]
    return table(heads, rows, right=frozenset({1, 4, 6, 7}))


def _since(each: IdleHolder) -> str:
    if each.seconds is None:
        return f"unknown ({each.why.value})" if each.why else UNKNOWN
    span = ("at least " if each.at_least else "") + format_duration(each.seconds)
    return span if each.why is None else f"unknown ({each.why.value}: {span})"


def _print_groups(session: Session, groups: tuple[HolderGroup, ...], silent: list[str]) -> None:
    by = session.args.by
    if session.args.format == "csv" and not session.output.as_json:
        header = [by, "accelerators", "memory_bytes [B]", "longest [s]", "idle [s]"]
        rows: list[list[Cell]] = [
            [each.name, each.accelerators, each.memory_bytes, round(each.longest_s, 1), round(each.idle_s, 1)]
            for each in groups
        ]
        print(csv_text(header, rows), end="", flush=True)
        return
    documents = [
        {
            by: each.name,
            "accelerators": each.accelerators,
            "memory_bytes": each.memory_bytes,
            "longest_seconds": round(each.longest_s, 1),
            "idle_seconds": round(each.idle_s, 1),
        }
        for each in groups
    ]
    cells = [
        [
            each.name,
            str(each.accelerators),
            format_memory(each.memory_bytes),
            format_duration(each.longest_s),
            format_duration(each.idle_s),
        ]
        for each in groups
    ]
    heads = [by, "accelerators", "memory", "longest", "together"]
    session.output.answer(
        {"groups": documents, "not_heard": silent},
        lambda: table(heads, cells, right=frozenset({1, 2, 3, 4})) if cells else "nobody",
    )
