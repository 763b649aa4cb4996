"""`tandem server …`: the inventory, trust and checks."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from console.cli import equipment_verbs, server_work_verbs
from console.cli.host_words import host_rows
from console.cli.output import table
from console.cli.parser import UsageError, Verbs, pair, port
from console.cli.session import Session
from console.cli.watch_verbs import accelerator_lines, sample_document, sample_now
from console.core.units import UNKNOWN
from console.fleet.check import CheckReport
from console.fleet.fleet import HostKey
from console.fleet.importing import candidates
from console.fleet.server import Role, Server


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    group = verbs.add("server", "the servers that Tandem knows", None)
    inner = Verbs(group, "server commands")
    verb = inner.add("add", "enter a server", _add, command="server add")
    verb.add_argument("name")
    verb.add_argument("--host", help="host name or address; the name itself where left out")
    verb.add_argument("--port", type=port)
    verb.add_argument("--user")
    verb.add_argument("--identity", metavar="FILE", help="private key")
    verb.add_argument("--jump", metavar="SERVER", help="server to go through")
    verb.add_argument("--ssh-alias", metavar="ALIAS", help="alias of ssh_config that settles the rest")
    verb.add_argument("--ssh-config", metavar="FILE", help="file of that alias (~/.ssh/config)")
    verb.add_argument("--role", choices=[role.value for role in Role], default=Role.BOTH.value)
    verb.add_argument("--label", type=pair, action="append", default=[], metavar="K=V")
    verb.add_argument("--python", metavar="PATH", help="the agent's interpreter and the jobs' default")
    verb.add_argument("--cost-per-hour", type=float, metavar="X")
    verb.add_argument("--replace", action="store_true", help="change a server of that name")
    verb = inner.add("import", "enter hosts of ssh_config", _import, command="server import")
    verb.add_argument("--ssh-config", metavar="FILE")
    verb.add_argument("pattern", nargs="*", help="which aliases, as shell patterns; all where left out")
    verb = inner.add("trust", "look at a server's key and trust it", _trust, command="server trust")
    verb.add_argument("name")
    verb.add_argument("--fingerprint", metavar="SHA256:…", help="trust only this key")
    verb.add_argument("--yes", action="store_true", help="trust what is shown without asking")
    inner.add("list", "all servers", _list, command="server list")
    verb = inner.add("show", "one server", _show, command="server show")
    verb.add_argument("name")
    verb.add_argument("--live", action="store_true", help="connect and tell all of it as it is now")
    inner.add("check", "connect and tell what works there", _check, command="server check").add_argument(
        "name"
    )
    equipment_verbs.add_to_server(inner)
    server_work_verbs.add(inner)
    verb = inner.add("remove", "forget a server", _remove, command="server remove", changes=True)
    verb.add_argument("name")
    verb = inner.add(
        "clean", "remove all that Tandem left there", _clean, command="server clean", changes=True
    )
    verb.add_argument("name")


def server_document(server: Server) -> dict[str, object]:
    """A server as JSON."""
    document = asdict(server)
    document["role"] = server.role.value
    return document


def _add(session: Session) -> int:
    args = session.args
    server = Server(
        name=args.name,
        host=args.host or args.ssh_alias or args.name,
        port=args.port,
        user=args.user,
        identity=str(Path(args.identity).expanduser().absolute()) if args.identity else None,
        jump=args.jump,
        ssh_alias=args.ssh_alias,
        ssh_config=args.ssh_config,
        role=Role(args.role),
        labels=dict(args.label),
        python=args.python,
        cost_per_hour=args.cost_per_hour,
    )
    added = session.call("server.add", {"server": server, "replace": args.replace})
    assert isinstance(added, Server)
    server = added
    if server.privileges:
        acts = ", ".join(server.privileges)
        session.output.say(f"tandem: the privileged acts of {server.name} stay switched on: {acts}")
    session.output.answer(
        server_document(server), f"{server.name} added; try: tandem server check {server.name}"
    )
    return 0


def _import(session: Session) -> int:
    config = Path(session.args.ssh_config).expanduser() if session.args.ssh_config else None
    found = candidates(config, session.args.pattern)
    added = session.call("server.import", {"servers": found})
    assert isinstance(added, list)
    names = [server.name for server in added]
    known = [server.name for server in found if server.name not in names]
    text = f"{len(names)} added: {', '.join(names)}" if names else "nothing new"
    session.output.answer(
        {"added": names, "known": known}, text + (f"; {len(known)} known already" if known else "")
    )
    return 0


def _trust(session: Session) -> int:
    args = session.args
    key = session.context.fleet.scan_key(session.context.servers.get(args.name).name)
    shown = f"{args.name}: {key.host} port {key.port} shows {key.key_type} {key.fingerprint}"
    if not args.fingerprint and not args.yes:
        if not sys.stdin.isatty():
            session.output.say(shown)
            raise UsageError(f"give --fingerprint {key.fingerprint} or --yes to trust it", "server trust")
        print(
            f"{shown}\nIs that the server's key? Type yes to trust it: ", end="", file=sys.stderr, flush=True
        )
        if sys.stdin.readline().strip().lower() != "yes":
            raise UsageError("the key was not trusted", "server trust")
    trusted = session.call("server.trust", {"name": args.name, "fingerprint": args.fingerprint, "key": key})
    assert isinstance(trusted, HostKey)
    session.output.answer(
        {"server": args.name, "key_type": trusted.key_type, "fingerprint": trusted.fingerprint},
        f"{shown}; trusted from now on",
    )
    return 0


def _list(session: Session) -> int:
    servers = session.context.servers.list()
    rows = [
        [
            each.name,
            each.role.value,
            each.host,
            str(each.port or UNKNOWN),
            each.user or UNKNOWN,
            " ".join(f"{key}={value}" for key, value in sorted(each.labels.items())) or UNKNOWN,
        ]
        for each in servers
    ]
    session.output.answer(
        [server_document(each) for each in servers],
        lambda: (
            table(["server", "role", "host", "port", "user", "labels"], rows)
            if rows
            else "no servers yet; add one with: tandem server add NAME --host HOST"
        ),
    )
    return 0


def _show(session: Session) -> int:
    server = session.context.servers.get(session.args.name)
    document = server_document(server)
    rows = [[key, UNKNOWN if value is None else str(value)] for key, value in document.items()]
    if not session.args.live:
        session.output.answer(document, lambda: table(["field", "value"], rows))
        return 0
    sample = sample_now(session, server.name)
    rows += host_rows(sample)
    session.output.answer(
        document | sample_document(server.name, sample),
        lambda: "\n".join([table(["field", "value"], rows), *accelerator_lines(sample)]),
    )
    return 0


def _check(session: Session) -> int:
    report = session.call("server.check", {"name": session.args.name})
    assert isinstance(report, CheckReport)
    session.output.answer(report.as_dict(), lambda: _check_text(session.args.name, report))
    if report.problem is not None:
        raise report.problem
    return 0


def _check_text(name: str, report: CheckReport) -> str:
    if report.problem is not None:
        return ""
    latency = UNKNOWN if report.latency_ms is None else f"{report.latency_ms:.0f} ms"
    lines = [f"{name}: {report.os or UNKNOWN}, Python {report.python or UNKNOWN}, {latency}"]
    lines += [f"  {each['index']}: {each['name']} {each['uuid']}" for each in report.accelerators]
    lines += [f"  warning: {warning}" for warning in report.warnings]
    return "\n".join(lines)


def _remove(session: Session) -> int:
    name = session.run("server.remove", {"name": session.args.name}, str)
    if name is not None:
        session.output.answer({"removed": name}, f"{name} removed")
    return 0


def _clean(session: Session) -> int:
    removed = session.run("server.clean", {"name": session.args.name}, int)
    if removed is not None:
        session.output.answer(
            {"server": session.args.name, "removed_bytes": removed}, f"{session.args.name} is clean"
        )
    return 0
