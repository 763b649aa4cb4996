"""`tandem watch`, `series`: live numbers and their history."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from console.cli.host_words import host_document
from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, whole
from console.cli.session import Session
from console.core.clock import iso
from console.core.csv_text import csv_text
from console.core.moments import parse_moment
from console.core.problems import Problem
from console.core.units import UNKNOWN, format_memory, format_percent, format_power, format_temperature
from console.fleet.link_state import LinkState
from console.telemetry.filter import Filter, read
from console.telemetry.health import findings, throttle_word
from console.telemetry.metrics import BY_KEY
from console.telemetry.sample import AcceleratorSample, ServerSample

_POLL_S = 0.05
_SAMPLE_S = 20.0


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
    verb.add_argument("--format", choices=("text", "csv"), default="text")


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
        "accelerators": [accelerator_document(each, sample.time) for each in sample.accelerators],
        "problems": list(sample.problems),
        "agent": None if sample.agent is None else sample.agent._asdict(),
        "host": host_document(sample),
    }


def accelerator_document(sample: AcceleratorSample, now: datetime) -> dict[str, Any]:
    """One accelerator as JSON, with what is wrong with it at that time."""
    health, means, processes = sample.health, sample.means, sample.processes
    document = sample._asdict() | {
        "throttle": list(sample.throttle),
        "processes": None if processes is None else [asdict(each) for each in processes],
        "means": None if means is None else means._asdict() | {"throttle": dict(means.throttle)},
        "health": None if health is None else asdict(health, dict_factory=_plain),
    }
    document["findings"] = [
        {
            "kind": each.kind,
            "grade": each.grade.name.lower(),
            "text": each.sentence(),
            "action": each.action,
            "time": None if each.time is None else iso(each.time),
        }
        for each in findings(sample, now)
    ]
    return document


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of values that JSON has words for."""
    return {key: _json(value) for key, value in pairs}


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return list(value) if isinstance(value, tuple) else value


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
    for line in accelerator_lines(sample):
        print(line, flush=True)


def accelerator_lines(sample: ServerSample) -> list[str]:
    """The accelerators of a sample for people, each with its troubles."""
    lines = []
    for each in sample.accelerators:
        simulated = " (simulated)" if each.simulated else ""
        memory = f"{format_memory(each.memory_used_bytes)} of {format_memory(each.memory_total_bytes)}"
        state = "" if each.state.value == "ok" else f"  {each.state.value}"
        use = format_percent(each.utilization_percent)
        heat = f"{format_temperature(each.temperature_c)}  {format_power(each.power_w)}"
        lines.append(f"    {each.index}: {each.name}{simulated}  {use}  {memory}  {heat}{state}")
        lines += [f"       {line}" for line in trouble_lines(each, sample.time)]
    return lines


def trouble_lines(sample: AcceleratorSample, now: datetime) -> list[str]:
    """What slows an accelerator down and what is wrong with it, for people."""
    slowed = [throttle_word(reason) for reason in sample.throttle]
    lines = [f"clocks: {', '.join(slowed)}"] if slowed else []
    return lines + [f"{each.sentence()}. {each.action}" for each in findings(sample, now)]


def sample_now(session: Session, name: str) -> ServerSample:
    """A sample of a server with its rates, which takes two of them.

    Raises:
        Problem: why nothing came.
    """
    session.context.fleet.watch([name], interval_s=1.0)
    end = time.monotonic() + _SAMPLE_S
    sample: ServerSample | None = None
    problem: Problem | None = None
    while time.monotonic() < end:
        row = session.context.telemetry.snapshot().server(name)
        if row is not None:
            sample, problem = row.sample, row.link.problem
            if (sample is not None and sample.seq > 1) or _refused(row):
                break
        time.sleep(_POLL_S)
    if sample is not None:
        return sample
    raise problem or Problem(
        "agent.timeout", server=name, method="telemetry.subscribe", timeout_s=f"{_SAMPLE_S:g}"
    )


def _series(session: Session) -> int:
    args, context = session.args, session.context
    server = context.servers.get(args.server)
    until = parse_moment(args.until) if args.until else datetime.now(UTC)
    since = parse_moment(args.since, before=until)
    uuid = None
    if args.accelerator is not None:
        uuid = _uuid_of(session, server.name, args.accelerator)
    points = context.history.points(server.name, args.metric, uuid, since, until, args.points)
    if args.format == "csv" and not session.output.as_json:
        unit = BY_KEY[args.metric].unit
        of = f" [{unit}]" if unit else ""
        header = ["time", *(f"{args.metric} {word}{of}" for word in ("min", "mean", "max"))]
        print(csv_text(header, points), end="", flush=True)
        return 0
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
