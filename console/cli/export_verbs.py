"""`tandem history export`: the curves of days as CSV or Parquet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from console.cli.parser import UsageError, Verbs, duration_s
from console.cli.session import Session
from console.core.moments import parse_moment
from console.telemetry.history_export import Excerpt, Exported, csv_of


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("history", "what was measured on the servers", None), "history commands")
    words = "write it into FILE.csv or FILE.parquet; '-' prints CSV"
    verb = inner.add("export", words, _export, command="history export")
    verb.add_argument("file", metavar="FILE")
    verb.add_argument("--server", action="append", default=[], metavar="NAME", help="only these, else all")
    verb.add_argument("--metric", action="append", default=[], metavar="KEY", help="only these, else all")
    verb.add_argument("--since", default="24h", metavar="T", help="a span (7d) or a UTC time")
    verb.add_argument("--until", metavar="T", help="a UTC time; now where left out")
    verb.add_argument("--every", type=duration_s, default=0.0, metavar="SPAN", help="no finer than this (1m)")


def _export(session: Session) -> int:
    args, context = session.args, session.context
    until = parse_moment(args.until) if args.until else datetime.now(UTC)
    since = parse_moment(args.since, before=until)
    known = {server for server, _uuid, _metric in context.history.series()}
    # One that was removed from the list may still have its past.
    servers = tuple(name if name in known else context.servers.get(name).name for name in args.server)
    wanted = Excerpt(since, until, servers, tuple(args.metric), int(args.every))
    if args.file == "-":
        if session.output.as_json:
            raise UsageError("'-' prints CSV, not JSON", args.command)
        for part in csv_of(context.history, wanted):
            sys.stdout.write(part)
        return 0
    done = session.call("history.export", {"wanted": wanted, "to": Path(args.file).absolute()})
    assert isinstance(done, Exported)
    document = {"path": str(done.path), "lines": done.lines, "series": done.series}
    session.output.answer(document, lambda: f"{done.lines} lines of {done.series} series are in {done.path}.")
    return 0
