"""`tandem watch`, `series`: live numbers and their history."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, whole
from console.cli.session import Session
from console.core.clock import iso, parse_iso
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_memory, format_percent, format_power, format_temperature
from console.fleet.link_state import LinkState
from console.telemetry.filter import Filter, read
from console.telemetry.sample import AcceleratorSample, ServerSample

_POLL_S = 0.05


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    verb = verbs.add("watch", "live numbers, one object per server and tick", _watch)
    verb.add_argument("name", nargs="*", help="servers; all where left out")
    verb.add_argument("--filter", metavar="EXPR", help="only what fits: util<10 & mem>80 & label.team=vision")
    verb.add_argument("--view", metavar="NAME", help="the filter of a saved view")
    verb.add_argument("--seconds", type=duration_s, metavar="N", help="end after that time")
    verb.add_argument("--interval", type=duration_s, metavar="S", help="seconds between two samples")
    verb = verbs.add("series", "one metric over time", _series)
    verb.add_argument("server")
    verb.add_argument("metric")
    verb.add_argument("--accelerator", type=whole, metavar="N", help="index of the accelerator")
    verb.add_argument("--since", default="1h", metavar="T", help="a span (1h) or a UTC time")
    verb.add_argument("--until", metavar="T", help="a UTC time; now where left out")
    verb.add_argument("--points", type=whole, default=300, metavar="N")


def sample_document(server: str, sample: ServerSample) -> dict[str, object]:
    """One tick of one server, as cli.md has it; a value that the server cannot give is null."""
    return {
        "server": server,
        "time": iso(sample.time),
        "seq": sample.seq,
        "cpu_percent": sample.cpu_percent,
        "memory_used_bytes": sample.memory_used_bytes,
        "memory_total_bytes": sample.memory_total_bytes,
        "load1": sample.load1,
        "network_rx_bytes_per_s": sample.network_rx_bytes_per_s,
        "network_tx_bytes_per_s": sample.network_tx_bytes_per_s,
        "accelerators": [_accelerator_document(each) for each in sample.accelerators],
        "problems": list(sample.problems),
    }


def _accelerator_document(sample: AcceleratorSample) -> dict[str, object]:
    document = asdict(sample)
    document["throttle"] = list(sample.throttle)
    document["processes"] = None if sample.processes is None else [asdict(each) for each in sample.processes]
    return document


def _watch(session: Session) -> int:
    args, context = session.args, session.context
    fitting = _filter(session)
    servers = [context.servers.get(name) for name in args.name] or list(context.servers.list())
    if not servers:
        session.output.say("no servers yet; add one with: tandem server add NAME --host HOST")
        return 1
    # What the inventory rules out is not even connected.
    names = [each.name for each in (servers if fitting.measured else fitting.listed(servers))]
    if not names:
        raise Problem("server.none_match", filter=fitting.text)
    context.fleet.watch(names, interval_s=args.interval)
    printed: dict[str, float] = {}
    told: set[str] = set()
    last: Problem | None = None
    end = None if args.seconds is None else time.monotonic() + args.seconds
    while end is None or time.monotonic() < end:
        snapshot = context.telemetry.snapshot()
        for name in names:
            row = snapshot.server(name)
            if row is None:
                continue
            if row.sample is not None and printed.get(name) != row.sample.received_s:
                printed[name] = row.sample.received_s
                if fitting.server(row):
                    _print(session, name, row.sample)
            problem = row.link.problem
            if problem is not None and problem.sentence not in told:
                told.add(problem.sentence)
                last = problem
                session.output.say(f"tandem: {problem.sentence} {problem.remedy}")
        # Nothing more can come where every server waits for the person.
        if all(_refused(snapshot.server(name)) for name in names):
            break
        time.sleep(_POLL_S)
    if not printed and last is not None:
        return 1
    return 0


def _filter(session: Session) -> Filter:
    """What `--filter` or `--view` asks for; everything where neither is given."""
    args = session.args
    if args.filter is not None and args.view is not None:
        raise UsageError("give --filter or --view, and not both", "watch")
    return read(session.context.views.get(args.view).filter if args.view is not None else args.filter or "")


def _refused(row: object) -> bool:
    link = getattr(row, "link", None)
    return link is not None and link.state is LinkState.REFUSED


def _print(session: Session, name: str, sample: ServerSample) -> None:
    if session.output.as_json:
        print(json.dumps(sample_document(name, sample), ensure_ascii=False, allow_nan=False), flush=True)
        return
    used = f"{format_memory(sample.memory_used_bytes)} of {format_memory(sample.memory_total_bytes)}"
    print(f"{iso(sample.time)}  {name}  CPU {format_percent(sample.cpu_percent)}  memory {used}", flush=True)
    for each in sample.accelerators:
        simulated = " (simulated)" if each.simulated else ""
        memory = f"{format_memory(each.memory_used_bytes)} of {format_memory(each.memory_total_bytes)}"
        state = "" if each.state.value == "ok" else f"  {each.state.value}"
        use = format_percent(each.utilization_percent)
        heat = f"{format_temperature(each.temperature_c)}  {format_power(each.power_w)}"
        print(f"    {each.index}: {each.name}{simulated}  {use}  {memory}  {heat}{state}", flush=True)


def _series(session: Session) -> int:
    args, context = session.args, session.context
    server = context.servers.get(args.server)
    until = parse_time(args.until) if args.until else datetime.now(UTC)
    since = parse_time(args.since, before=until)
    uuid = None
    if args.accelerator is not None:
        uuid = _uuid_of(session, server.name, args.accelerator)
    points = context.history.points(server.name, args.metric, uuid, since, until, args.points)
    document = {"server": server.name, "metric": args.metric, "points": [list(point) for point in points]}
    rows = [[str(cell) if cell is not None else UNKNOWN for cell in point] for point in points]
    session.output.answer(document, lambda: table(["time", "min", "mean", "max"], rows))
    return 0


def _uuid_of(session: Session, server: str, index: int) -> str:
    """The identity behind an index, as the server counts now; series are kept by identity."""
    report = session.context.fleet.check(server)
    if report.problem is not None:
        raise report.problem
    for each in report.accelerators:
        if each["index"] == index:
            return str(each["uuid"])
    raise Problem("id.unknown", kind="accelerator", given=index, listing=f"server check {server}")


def parse_time(text: str, *, before: datetime | None = None) -> datetime:
    """A UTC time, or a span counted back from `before` (now where left out).

    Raises:
        Problem: `input.invalid`.
    """
    try:
        return parse_iso(text)
    except ValueError:
        try:
            return (before or datetime.now(UTC)) - timedelta(seconds=duration_s(text))
        except Exception as error:
            raise Problem(
                "input.invalid",
                what=f"time '{text}'",
                reason="give a UTC time (2026-01-31T12:00Z) or a span (2h)",
            ) from error
