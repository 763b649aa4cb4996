"""`tandem gui`, `demo`, `doctor`, `audit`, `backup`, `restore`, `plugin`: what concerns this machine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.output import table
from console.cli.parser import UsageError, Verbs, whole
from console.cli.session import Session
from console.commands.local import CAPTURES_ONLY, Finding
from console.core.clock import SystemClock, iso
from console.core.moments import parse_moment
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_milliseconds
from console.store.backup import BackupInfo, restore_backup

if TYPE_CHECKING:
    from console.demo.fleet import DemoFleet
    from console.demo.round import RoundSummary


def add_faces(verbs: Verbs) -> None:
    """Add the verbs that open something."""
    verbs.add("gui", "open the desktop console", gui)
    verb = verbs.add("demo", "the whole round on this machine", demo)
    verb.add_argument("--headless", action="store_true", help="without a window")
    verb.add_argument("--python", metavar="PATH", help="interpreter with torch for the demo's servers")


def add(verbs: Verbs) -> None:
    """Add the other verbs."""
    verbs.add("doctor", "what works, what does not, what to do", _doctor).add_argument("server", nargs="?")
    verb = verbs.add("audit", "who did what where", _audit)
    verb.add_argument("--since", metavar="T", help="a span (2d) or a UTC time")
    verb.add_argument("--server", metavar="NAME")
    verb.add_argument("--limit", type=whole, default=1_000_000, metavar="N", help="only the newest N")
    verb.add_argument("--verify", action="store_true", help="check the chain of hashes")
    verbs.add("backup", "copy everything local into one file", _backup).add_argument("file")
    verb = verbs.add("restore", "put a backup in place of what is there", _restore)
    verb.add_argument("file")
    verb.add_argument("--yes", action="store_true", help="do not ask")
    inner = Verbs(verbs.add("plugin", "plugins", None), "plugin commands")
    inner.add("list", "plugins, loaded or not", _plugins, command="plugin list")
    verb = inner.add(
        "approve", "consent to what a third-party folder holds now", _approve, command="plugin approve"
    )
    verb.add_argument("folder", help="its name in the home's plugins folder")
    verb = inner.add("revoke", "take the consent back", _revoke, command="plugin revoke")
    verb.add_argument("name")
    # Not for people: the process of one demo server, started by the demo itself.
    verb = verbs.add("demo-serve", "used by the demo", _demo_serve)
    for name in ("folder", "client_key", "user"):
        verb.add_argument(name)


def gui(session: Session) -> int:
    """Open the window."""
    return session.open_window(session.context, None)


def demo(session: Session) -> int:
    """The built-in fleet, and the round in the window or headless."""
    from console.demo.fleet import DemoFleet

    if session.args.home is None and "TANDEM_HOME" not in os.environ:
        # The demo's servers must not turn up in the person's own inventory.
        session.args.home = str(session.home.root.with_name("tandem-demo"))
    headless = session.args.headless or not display_is_there()
    if headless and not session.args.headless:
        session.output.say("tandem: no display here, so the round runs without a window")
    with DemoFleet(session.home.root / "demo", python=session.args.python) as fleet:
        try:
            return _round(session, fleet, headless=headless)
        finally:
            # Before the servers go, so that nothing mourns their connections.
            session.close()


def _round(session: Session, fleet: DemoFleet, *, headless: bool) -> int:
    from console.demo.round import Round

    context = session.context
    fleet.enter_into(context)
    context.fleet.watch()
    rounds = Round(context, fleet.python)
    try:
        if not headless:
            return session.open_window(context, rounds.prepare)
        _show_summary(session, session.perform(rounds.prepare()))
        return 0
    finally:
        rounds.tidy()


def _show_summary(session: Session, summary: RoundSummary) -> None:
    versions = ", ".join(str(version) for version in summary.versions)
    session.output.answer(
        summary.as_dict(),
        f"accuracy {summary.accuracy:.4f} on held-out digits; {summary.requests} requests, "
        f"{summary.failed} failed; p50 {format_milliseconds(summary.p50_ms)}, "
        f"p99 {format_milliseconds(summary.p99_ms)}; versions {versions}; {summary.seconds:.0f} s",
    )


def display_is_there() -> bool:
    """Whether a window can open here: a display of X11 or Wayland, or an explicit Qt platform."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _demo_serve(session: Session) -> int:
    from console.demo.serve import serve

    return serve(Path(session.args.folder), Path(session.args.client_key), session.args.user)


def _doctor(session: Session) -> int:
    found = session.call("app.doctor", {"server": session.args.server})
    assert isinstance(found, list)
    findings: list[Finding] = found
    marks = [("!" if each.warns else "ok") if each.works else "✗" for each in findings]
    rows = [[mark, each.what, each.detail, each.remedy] for mark, each in zip(marks, findings, strict=True)]
    session.output.answer(
        [
            {
                "what": each.what,
                "works": each.works,
                "warns": each.warns,
                "detail": each.detail,
                "remedy": each.remedy,
            }
            for each in findings
        ],
        lambda: table(["", "what", "detail", "what to do"], rows),
    )
    server = session.args.server
    here_fails = any(not each.works for each in findings if each.what in ("home", "resources", "audit log"))
    server_fails = server is not None and any(
        not each.works for each in findings if each.what == f"server {server}"
    )
    return 1 if here_fails or server_fails else 0


def _audit(session: Session) -> int:
    args, audit = session.args, session.context.audit
    if args.verify:
        faults = audit.verify()
        session.output.answer(
            {"whole": not faults, "faults": faults}, "\n".join(faults) or "the chain is whole"
        )
        return 1 if faults else 0
    since = parse_moment(args.since) if args.since else None
    rows = audit.entries(since, args.server, args.limit)
    documents = [
        {
            "seq": row.seq,
            "time": iso(row.time),
            "account": row.account,
            "action": row.action,
            "target": row.target,
            "server": row.server,
            "outcome": "unknown" if row.open else row.outcome.value,
            "changes": row.changes,
            "operation": row.operation_id,
            "detail": row.detail,
        }
        for row in rows
    ]
    lines = [
        [
            str(each["time"])[:19].replace("T", " "),
            str(each["account"]),
            str(each["server"] or UNKNOWN),
            str(each["action"]),
            str(each["target"] or UNKNOWN),
            str(each["outcome"]),
            safe_line(json.dumps(each["detail"], ensure_ascii=False), max_chars=160),
        ]
        for each in documents
    ]
    headers = ["time UTC", "account", "server", "action", "target", "outcome", "detail"]
    session.output.answer(documents, lambda: table(headers, lines) if lines else "nothing yet")
    return 0


def _backup(session: Session) -> int:
    path = Path(session.args.file).expanduser().absolute()
    made = session.call("app.backup", {"path": path})
    assert isinstance(made, BackupInfo)
    document = {
        "file": str(made.path),
        "bytes": made.path.stat().st_size,
        "holds": list(made.files),
        "rows": made.rows,
    }
    session.output.answer(
        document, f"{made.path} written; model files are not in it, their servers and blobs stay"
    )
    return 0


def _restore(session: Session) -> int:
    path = Path(session.args.file).expanduser().absolute()
    if not session.args.yes:
        if not sys.stdin.isatty():
            raise UsageError("restore replaces everything local; pass --yes to go on", "restore")
        print(f"Replace everything in {session.home.root}? Type yes: ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() != "yes":
            raise UsageError("nothing was restored", "restore")
    # Without opening the database: a damaged one must not stand in the way of its own mending.
    restored = restore_backup(path, session.home.make(), SystemClock())
    document = {"restored": str(path), "kept": str(restored.kept), "rows": restored.info.rows}
    session.output.answer(document, f"restored; what was there is in {restored.kept}")
    return 0


def _plugins(session: Session) -> int:
    infos = session.context.plugins.plugins
    documents = [
        {
            "name": info.name,
            "version": info.version,
            "state": info.state.value,
            "provides": list(info.provides),
            "checked": info.checked,
            "path": str(info.path),
            "problem": None if info.problem is None else info.problem.sentence,
        }
        for info in infos
    ]
    rows = [
        [
            str(each["name"]),
            str(each["version"]),
            str(each["state"]),
            ", ".join(info.provides),
            CAPTURES_ONLY if info.only_captures else info.checked or UNKNOWN,
        ]
        for each, info in zip(documents, infos, strict=True)
    ]
    session.output.answer(
        documents, lambda: table(["plugin", "version", "state", "provides", "checked"], rows)
    )
    return 0


def _approve(session: Session) -> int:
    name = session.call("plugin.approve", {"folder": session.args.folder})
    session.output.answer({"approved": name}, f"{name} approved; it is loaded from the next start on")
    return 0


def _revoke(session: Session) -> int:
    name = session.call("plugin.revoke", {"name": session.args.name})
    session.output.answer({"revoked": name}, f"{name} is not loaded from the next start on")
    return 0
