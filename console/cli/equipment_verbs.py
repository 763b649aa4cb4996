"""`tandem server inventory | privileges | reboot`, `tandem gpu …`: what servers are made of, acts by sudo."""

from __future__ import annotations

import argparse

from console.cli.output import table
from console.cli.parser import Verbs, whole
from console.cli.session import Session
from console.core.clock import iso
from console.core.moments import parse_moment
from console.core.units import UNKNOWN
from console.fleet.privileges import PRIVILEGES, command_line, look_line, sudoers_lines
from console.fleet.server import Server
from console.telemetry.equipment import COMPARED, Change, Equipment, differences, group_of

_LABEL_OPTION = "inventory.group_by"


def add_to_server(inner: Verbs) -> None:
    """The verbs below `server`."""
    verb = inner.add(
        "inventory",
        "versions and serials, what differs, what changed",
        _inventory,
        command="server inventory",
    )
    verb.add_argument("name", nargs="*", help="servers; all where left out")
    verb.add_argument("--by", metavar="LABEL", help="compare servers with one value of this label")
    verb.add_argument("--refresh", action="store_true", help="ask the servers now")
    verb.add_argument("--since", metavar="T", help="changes since a span (30d) or a UTC time")
    verb = inner.add(
        "privileges", "acts by sudo: which are on, what each runs", _privileges, command="server privileges"
    )
    verb.add_argument("name")
    names = [each.id for each in PRIVILEGES]
    verb.add_argument("--allow", action="append", default=[], choices=names, help="switch one on")
    verb.add_argument("--revoke", action="append", default=[], choices=names, help="switch one off")
    verb = inner.add("reboot", "restart it, by sudo", _reboot, command="server reboot", changes=True)
    verb.add_argument("name")


def add(verbs: Verbs) -> None:
    """`gpu`."""
    inner = Verbs(verbs.add("gpu", "acts on one accelerator, by sudo", None), "gpu commands")
    verb = inner.add(
        "persistence", "keep the driver loaded, or not", _persistence, command="gpu persistence", changes=True
    )
    _names(verb)
    verb.add_argument("mode", choices=("on", "off"))
    verb = inner.add(
        "power-limit", "set how much it may draw", _power_limit, command="gpu power-limit", changes=True
    )
    _names(verb)
    verb.add_argument("watts", type=whole)
    _names(inner.add("reset", "reset one that nothing holds", _reset, command="gpu reset", changes=True))


def _names(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("server")
    verb.add_argument("gpu", help="its index, or the beginning of its UUID")


# --- equipment


def _inventory(session: Session) -> int:
    args, context = session.args, session.context
    chosen = [context.servers.get(name) for name in args.name] or list(context.servers.list())
    since = parse_moment(args.since) if args.since else None
    if args.refresh:
        for server in chosen:
            session.call("server.inventory", {"name": server.name})
    label = args.by or str(context.options.get(_LABEL_OPTION))
    found = context.equipment.all()
    marks = differences(context.servers.list(), found, label)
    changes = [each for server in chosen for each in context.equipment.changes(server.name, since)]
    documents = [
        equipment_document(server, found.get(server.name), label, marks.get(server.name, {}))
        for server in chosen
    ]
    session.output.answer(
        {"servers": documents, "changes": [change_document(each) for each in changes]},
        lambda: _text(chosen, found, marks, changes),
    )
    return 0


def equipment_document(
    server: Server, found: Equipment | None, label: str, marks: dict[str, str]
) -> dict[str, object]:
    """One server's equipment as JSON; what was never told is null."""
    facts = {item: None if found is None else found.facts.get(item) for item in COMPARED}
    parts = {} if found is None else found.parts
    return {
        "server": server.name,
        "group": group_of(server, label),
        "seen": None if found is None or found.seen is None else iso(found.seen),
        "facts": facts,
        "accelerator_count": None if found is None else len(parts),
        "differs": marks,
        "accelerators": [
            {"uuid": uuid, **items, "index": int(items["index"]) if "index" in items else None}
            for uuid, items in sorted(parts.items(), key=lambda each: int(each[1].get("index", "9999")))
        ],
    }


def change_document(change: Change) -> dict[str, object]:
    """One change as JSON; the part is null for the machine itself, else an accelerator's UUID."""
    return {
        "time": iso(change.time),
        "server": change.server,
        "accelerator": change.part or None,
        "item": change.item,
        "before": change.before,
        "after": change.after,
    }


def _text(
    chosen: list[Server],
    found: dict[str, Equipment],
    marks: dict[str, dict[str, str]],
    changes: list[Change],
) -> str:
    rows = []
    notes = []
    for server in chosen:
        equipment = found.get(server.name)
        differs = marks.get(server.name, {})
        cells = [UNKNOWN if equipment is None else equipment.facts.get(item, UNKNOWN) for item in COMPARED]
        starred = [
            f"{cell} *" if item in differs else cell for item, cell in zip(COMPARED, cells, strict=True)
        ]
        rows.append([server.name, *starred])
        notes += [
            f"* {server.name}: {item} differs; most of its group have {common}"
            for item, common in differs.items()
        ]
    lines = [table(["server", *(item.replace("_", " ") for item in COMPARED)], rows), *notes]
    for each in changes:
        part = f" {each.part}" if each.part else ""
        what = f"{each.server}{part}: {each.item} {each.before or UNKNOWN} -> {each.after or UNKNOWN}"
        lines.append(f"{iso(each.time)}  {what}")
    return "\n".join(lines) if chosen else "no servers yet; add one with: tandem server add NAME --host HOST"


# --- privileges


def _privileges(session: Session) -> int:
    args = session.args
    server = session.context.servers.get(args.name)
    if args.allow or args.revoke:
        given = {"name": server.name, "allow": tuple(args.allow), "revoke": tuple(args.revoke)}
        changed = session.call("server.privileges", given)
        assert isinstance(changed, Server)
        server = changed
    account = server.user or "ACCOUNT"
    acts = [
        {
            "act": each.id,
            "on": each.id in server.privileges,
            "summary": each.summary,
            "look": look_line(each),
            "command": command_line(each),
            "sudoers": list(sudoers_lines(account, (each.id,))),
        }
        for each in PRIVILEGES
    ]
    rows = []
    for act in acts:
        if act["look"] is not None:
            rows.append(
                [str(act["act"]), "on" if act["on"] else "off", str(act["look"]), "See who holds it."]
            )
        words = str(act["summary"])
        rows.append([str(act["act"]), "on" if act["on"] else "off", str(act["command"]), words])
    lines = sudoers_lines(account, server.privileges)
    advice = "\nfor visudo on the server:\n" + "\n".join(f"  {line}" for line in lines) if lines else ""
    session.output.answer(
        {"server": server.name, "acts": acts},
        lambda: table(["act", "", "runs", "for"], rows) + advice,
    )
    return 0


def _reboot(session: Session) -> int:
    return _act(session, "server.reboot", {"name": session.args.name}, "restarts")


def _persistence(session: Session) -> int:
    return _act(
        session, "gpu.persistence", {"on": session.args.mode == "on"}, f"persistence {session.args.mode}"
    )


def _power_limit(session: Session) -> int:
    return _act(
        session, "gpu.power_limit", {"watts": session.args.watts}, f"limited to {session.args.watts} W"
    )


def _reset(session: Session) -> int:
    return _act(session, "gpu.reset", {}, "was reset")


def _act(session: Session, command: str, given: dict[str, object], words: str) -> int:
    name = given.get("name") or session.args.server
    if "name" not in given:
        given = {"name": name, "gpu": session.args.gpu, **given}
    done = session.run(command, given, str)
    if done is not None:
        session.output.answer({"server": name, "target": done}, f"{done} {words}")
    return 0
