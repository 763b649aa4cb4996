"""`tandem alert channels`, `alert channel …`, `alert test`: by what people are told of alerts. Secrets are
read from the terminal or from stdin, never from the command line."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import replace

from console.alerts.alert import AlertSeverity, Delivery
from console.alerts.channel import Channel, channel_document
from console.alerts.channels_file import NEVER
from console.cli.output import table
from console.cli.parser import UsageError, Verbs, duration_s, pair
from console.cli.session import Session
from console.commands.alert_channels import ChannelRow
from console.core.clock import iso
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration


def repeat_s(text: str) -> float | None:
    """An argparse type: a duration or "never"."""
    return None if text == NEVER else duration_s(text)


def add_to(inner: Verbs) -> None:
    """Add the verbs to those of `tandem alert`."""
    inner.add("channels", "by what people are told", _list, command="alert channels")
    inner.add("deliveries", "what was sent, and what could not be", _deliveries, command="alert deliveries")
    verb = inner.add("test", "send a test message and tell the answer", _test, command="alert test")
    verb.add_argument("channel")
    one = Verbs(inner.add("channel", "add, change or remove a channel", None), "channel commands")
    verb = one.add("save", "add a channel or change one", _save, command="alert channel save")
    verb.add_argument("channel")
    verb.add_argument("--kind", metavar="K", help="json, slack, feishu, dingtalk, wecom, email, …")
    verb.add_argument(
        "--severity", choices=[each.value for each in AlertSeverity], help="the least that is told"
    )
    verb.add_argument("--servers", metavar="EXPR", help="a filter of servers; '' for all")
    verb.add_argument("--repeat", type=repeat_s, default=argparse.SUPPRESS, metavar="DURATION|never")
    verb.add_argument("--wait", type=duration_s, metavar="DURATION", help="for others of the same server")
    verb.add_argument(
        "--interval", type=duration_s, metavar="DURATION", help="between messages of one server"
    )
    verb.add_argument(
        "--resolved", action=argparse.BooleanOptionalAction, default=None, help="tell that it is over"
    )
    verb.add_argument(
        "--enabled", action=argparse.BooleanOptionalAction, default=None, help="send anything at all"
    )
    verb.add_argument("--set", type=pair, action="append", default=[], metavar="KEY=VALUE")
    verb.add_argument(
        "--secret",
        action="append",
        default=[],
        metavar="FIELD",
        help="asked for on the terminal, or one line of stdin each",
    )
    verb = one.add("remove", "forget a channel and its secrets", _remove, command="alert channel remove")
    verb.add_argument("channel")


def _list(session: Session) -> int:
    rows = session.call("alert.channels", {})
    assert isinstance(rows, tuple)
    session.output.answer([_document(each) for each in rows], lambda: _text(rows))
    return 0


def _document(row: ChannelRow) -> dict[str, object]:
    return {**channel_document(row.channel), "secrets": dict(row.secrets)}


def _text(rows: tuple[ChannelRow, ...]) -> str:
    if not rows:
        return "no channels: see 'tandem alert channel save --help'"
    return table(
        ["channel", "kind", "from", "servers", "resolved", "repeat", "secrets"],
        [
            [
                each.channel.name,
                each.title,
                str(each.channel.severity) if each.channel.enabled else "off",
                each.channel.servers or "all",
                "yes" if each.channel.resolved else "no",
                NEVER if each.channel.repeat_s is None else format_duration(each.channel.repeat_s),
                ", ".join(f"{name}: {place}" for name, place in each.secrets.items()) or UNKNOWN,
            ]
            for each in rows
        ],
    )


def _deliveries(session: Session) -> int:
    found = session.call("alert.deliveries", {})
    assert isinstance(found, tuple)
    session.output.answer([_delivery(each) for each in found], lambda: _delivered(found))
    return 0


def _delivery(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "channel": one.channel,
        "alerts": list(one.alerts),
        "ended": list(one.ended),
        "begun": iso(one.begun),
        "attempts": one.attempts,
        "delivered": None if one.delivered is None else iso(one.delivered),
        "given_up": one.given_up,
        "problem": one.problem,
    }


def _delivered(found: tuple[Delivery, ...]) -> str:
    if not found:
        return "nothing was sent"
    rows = []
    for each in found:
        state = "given up" if each.given_up else "on its way" if each.delivered is None else "delivered"
        told = f"{len(each.alerts)}, {len(each.ended)} over" if each.ended else str(len(each.alerts))
        rows.append([iso(each.begun), each.channel, told, state, str(each.attempts), safe_line(each.problem)])
    return table(["begun", "channel", "alerts", "state", "attempts", "problem"], rows)


def _test(session: Session) -> int:
    answer = session.call("alert.test", {"name": session.args.channel})
    session.output.answer(
        {"channel": session.args.channel, "delivered": True, "answer": answer}, f"delivered: {answer}"
    )
    return 0


def _save(session: Session) -> int:
    args = session.args
    channel = _changed(session, args)
    secrets = {name: _secret(name) for name in args.secret}
    row = session.call("alert.channel_set", {"channel": channel, "secrets": secrets})
    assert isinstance(row, ChannelRow)
    session.output.answer(_document(row), lambda: _text((row,)))
    return 0


def _changed(session: Session, args: argparse.Namespace) -> Channel:
    known = {each.name: each for each in session.context.channels.list()}
    before = known.get(args.channel)
    if before is None:
        if args.kind is None:
            raise UsageError(f"a new channel '{args.channel}' needs --kind", "alert channel save")
        before = Channel(args.channel, args.kind)
    elif args.kind not in (None, before.kind):
        # Its settings and secrets are those of the other kind.
        raise UsageError(
            f"'{args.channel}' is of the kind {before.kind}; remove it first", "alert channel save"
        )
    changes: dict[str, object] = {
        "severity": None if args.severity is None else AlertSeverity(args.severity),
        "servers": args.servers,
        "wait_s": args.wait,
        "interval_s": args.interval,
        "resolved": args.resolved,
        "enabled": args.enabled,
        "settings": {**before.settings, **dict(args.set)} if args.set else None,
    }
    kept = {key: value for key, value in changes.items() if value is not None}
    if hasattr(args, "repeat"):
        kept["repeat_s"] = args.repeat
    return replace(before, **kept)  # type: ignore[arg-type]


def _secret(name: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")
    line = sys.stdin.readline()
    if not line:
        raise Problem("input.invalid", what=f"'{name}'", reason="stdin ended before it")
    return line.rstrip("\r\n")


def _remove(session: Session) -> int:
    name = session.call("alert.channel_remove", {"name": session.args.channel})
    session.output.answer({"removed": name}, f"{name} removed")
    return 0
