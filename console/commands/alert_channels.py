"""What the commands about channels of alerts do. What is written down of them holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from console.alerts.alert import Delivery
from console.alerts.channel import Channel, channel_document
from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import AuditEntry, Outcome
from console.core.problems import Problem


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as it is listed.

    Attributes:
        secrets: where each of its secrets comes from: "keyring", "environment" or "missing".
    """

    channel: Channel
    title: str
    secrets: Mapping[str, str]


def channel_list(context: Context, arguments: Arguments) -> tuple[ChannelRow, ...]:
    """The channels, and where their secrets come from."""
    del arguments
    book = context.channels
    return tuple(
        ChannelRow(each, book.kind(each.kind).title, book.secret_places(each)) for each in book.list()
    )


def deliveries(context: Context, arguments: Arguments) -> tuple[Delivery, ...]:
    """Notifications on their way and those that ended, of all judges of the board, newest first."""
    del arguments
    context.alerts.refresh()
    return context.alerts.deliveries()


def channel_set(context: Context, arguments: Arguments) -> ChannelRow:
    """Add a channel, or change the one of that name; `secrets` has new values by field."""
    channel = required(arguments, "channel", Channel)
    secrets = optional(arguments, "secrets", dict) or {}
    book = context.channels
    detail = {**channel_document(channel), "new_secrets": sorted(secrets)}
    context.audit.record(AuditEntry("alert.channel_set", channel.name, detail=detail))
    saved = book.save(channel, secrets)
    return ChannelRow(saved, book.kind(saved.kind).title, book.secret_places(saved))


def channel_remove(context: Context, arguments: Arguments) -> str:
    """Forget a channel and its secrets."""
    name = context.channels.channel(required(arguments, "name", str)).name
    context.audit.record(AuditEntry("alert.channel_remove", name))
    context.channels.remove(name)
    return name


def channel_test(context: Context, arguments: Arguments) -> str:
    """Send a test message; waits for the answer, which is returned. Not for the window's own thread."""
    name = context.channels.channel(required(arguments, "name", str)).name
    entry = AuditEntry("alert.test", name)
    try:
        answer = context.sender.test(name)
    except Problem as problem:
        context.audit.record(replace(entry, outcome=Outcome.FAILED, detail={"problem": problem.sentence}))
        raise
    context.audit.record(replace(entry, detail={"answer": answer}))
    return answer
