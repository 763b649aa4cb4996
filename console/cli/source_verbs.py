"""`tandem source`: systems that know a site's servers already. Secrets come from the terminal or stdin."""

from __future__ import annotations

import getpass
import sys

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, pair
from console.cli.session import Session
from console.core.units import UNKNOWN, format_bytes, format_duration
from console.telemetry.sources.entries import Login, SourceEntry
from console.telemetry.sources.polling import SourceView


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    inner = Verbs(verbs.add("source", "a site's Prometheus, read for its servers", None), "source commands")
    verb = inner.add("add", "read a Prometheus for servers", _add, command="source add")
    verb.add_argument("name")
    verb.add_argument("url", help="its address: https://prometheus.example.org")
    verb.add_argument("--through", metavar="SERVER", help="reach it by a forward over that server")
    verb.add_argument("--bearer", action="store_true", help="log in with a token, asked for or from stdin")
    verb.add_argument("--user", metavar="U", help="log in with a password, asked for or from stdin")
    verb.add_argument("--token-file", metavar="FILE", help="read token or password there, each time anew")
    verb.add_argument("--ca-file", metavar="FILE", help="certificates (PEM) to trust")
    verb.add_argument("--interval", type=duration_s, default=15.0, metavar="S", help="between two readings")
    verb.add_argument("--kind", default="prometheus", metavar="K", help="prometheus")
    words = "host_label, filter, window: see the help page"
    verb.add_argument("--set", type=pair, action="append", default=[], metavar="K=V", help=words)
    verb.add_argument("--replace", action="store_true", help="in place of one of that name")
    inner.add("list", "list them", _list, command="source list")
    verb = inner.add("check", "ask it once and tell what came", _check, command="source check")
    verb.add_argument("name")
    verb = inner.add(
        "remove", "forget it and the servers that only it knows", _remove, command="source remove"
    )
    verb.add_argument("name")


def _add(session: Session) -> int:
    args = session.args
    if args.bearer and args.user:
        raise UsageError("give --bearer or --user, and not both", "source add")
    login = Login.BEARER if args.bearer else Login.BASIC if args.user else Login.NONE
    entry = SourceEntry(
        args.name,
        args.url,
        args.kind,
        args.through,
        login,
        args.user or "",
        args.token_file or "",
        args.ca_file or "",
        args.interval,
        dict(args.set),
    )
    secret = _secret() if login is not Login.NONE and not args.token_file else None
    session.call("source.add", {"entry": entry, "secret": secret, "replace": args.replace})
    session.output.answer(
        {"added": entry.name}, f"{entry.name} added; try it with: tandem source check {entry.name}"
    )
    return 0


def _secret() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("token or password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _list(session: Session) -> int:
    views = session.call("source.list", {})
    assert isinstance(views, tuple)
    rows = [
        [view.entry.name, view.entry.kind, view.entry.url, view.entry.through or UNKNOWN] for view in views
    ]
    session.output.answer(
        [_document(view) for view in views],
        lambda: table(["source", "kind", "address", "through"], rows) if rows else "no sources",
    )
    return 0


def _check(session: Session) -> int:
    view = session.call("source.check", {"source": session.args.name})
    assert isinstance(view, SourceView)
    if view.problem is not None:
        if not session.output.as_json:
            raise view.problem
        session.output.answer(_document(view), "")
        return 1
    took = UNKNOWN if view.read_s is None else f"{view.read_s:.2f} s"
    lines = [
        f"{view.hosts} servers with {view.accelerators} accelerators, {view.listed} of them in the inventory",
        f"read in {took}, {format_bytes(view.read_bytes)}",
        f"newest sample {UNKNOWN if view.age_s is None else format_duration(view.age_s)} old",
        *view.notes,
    ]
    session.output.answer(_document(view), "\n".join(lines))
    return 0


def _document(view: SourceView) -> dict[str, object]:
    entry = view.entry
    return {
        "name": entry.name,
        "kind": entry.kind,
        "url": entry.url,
        "through": entry.through,
        "login": entry.login.value,
        "interval_s": entry.interval_s,
        "settings": entry.settings,
        "problem": None if view.problem is None else view.problem.sentence,
        "servers": view.hosts,
        "in_inventory": view.listed,
        "accelerators": view.accelerators,
        "read_s": view.read_s,
        "read_bytes": view.read_bytes,
        "age_s": view.age_s,
        "clock_skew_s": view.skew_s,
        "notes": list(view.notes),
    }


def _remove(session: Session) -> int:
    name = session.call("source.remove", {"source": session.args.name})
    session.output.answer({"removed": name}, f"{name} removed")
    return 0
