"""`tandem server drain|resume|state|limit`: what work a server takes."""

from __future__ import annotations

from datetime import datetime

from console.cli.output import table
from console.cli.parser import Verbs, whole
from console.cli.session import Session
from console.commands.work_on_servers import ServerWork
from console.core.clock import iso
from console.core.moments import parse_end
from console.core.units import UNKNOWN


def add(inner: Verbs) -> None:
    """Add the verbs below `server`."""
    verb = inner.add("drain", "give it no new work", _drain, command="server drain", changes=True)
    verb.add_argument("name")
    verb.add_argument("--reason", required=True, metavar="TEXT", help="every console shows it")
    verb.add_argument("--until", metavar="T", help="a span from now (2h) or a UTC time; else until resumed")
    verb.add_argument("--preempt", action="store_true", help="preemptible jobs make way at once")
    verb = inner.add("resume", "let it work again", _resume, command="server resume", changes=True)
    verb.add_argument("name")
    verb.add_argument("--anyway", action="store_true", help="whatever its accelerators say")
    verb = inner.add("state", "what runs and waits there", _state, command="server state")
    verb.add_argument("name")
    verb = inner.add("limit", "how many jobs at once", _limit, command="server limit", changes=True)
    verb.add_argument("name")
    verb.add_argument("--slots", type=whole, required=True, metavar="N", help="0 takes the limit away")


def work_document(work: ServerWork) -> dict[str, object]:
    """How work stands on a server, as JSON."""
    return {
        "server": work.server,
        "drained": work.drained,
        "by": work.by,
        "since": _time(work.since),
        "until": _time(work.until),
        "slots": work.slots,
        "running": work.running,
        "waiting": work.waiting,
        "no_units": work.no_units,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _answer(session: Session, work: ServerWork | None) -> int:
    if work is not None:
        document = work_document(work)
        rows = [[key, UNKNOWN if value is None else str(value)] for key, value in document.items()]
        session.output.answer(document, lambda: table(["field", "value"], rows))
    return 0


def _drain(session: Session) -> int:
    args = session.args
    until = parse_end(args.until) if args.until else None
    wanted = {"name": args.name, "reason": args.reason, "until": until, "preempt": args.preempt}
    return _answer(session, session.run("server.drain", wanted, ServerWork))


def _resume(session: Session) -> int:
    wanted = {"name": session.args.name, "anyway": session.args.anyway}
    return _answer(session, session.run("server.resume", wanted, ServerWork))


def _state(session: Session) -> int:
    found = session.call("server.state", {"name": session.args.name})
    assert isinstance(found, ServerWork)
    return _answer(session, found)


def _limit(session: Session) -> int:
    wanted = {"name": session.args.name, "slots": session.args.slots}
    return _answer(session, session.run("server.limit", wanted, ServerWork))
