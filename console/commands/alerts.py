"""What the commands about alerts do: thin calls of the alert service, which audits what changes something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.alerts.alert import Alert, Silence
from console.alerts.rule import Rule
from console.commands.arguments import optional, required
from console.commands.command import Arguments
from console.context import Context
from console.core.audit import Outcome
from console.core.ids import resolve_prefix
from console.core.problems import Problem
from console.core.text import safe_line
from console.store.audit_log import AuditRow
from console.telemetry.equipment import Change

EARLIER_DAYS = 30
CHANGED_HOURS = 24
_MOST = 12
_NO_ACTS = ("agent.", "ssh.", "alert.")
"""Calls that acts are made of, and what was done to alerts: neither changed the server."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is known around one alert.

    Attributes:
        earlier: episodes of the same rule for the same target before it, newest first.
        acts: what was done on its server from a day before it on, newest first.
        equipment: what the server is made of and what changed of that in the same time, newest first.
    """

    alert: Alert
    earlier: tuple[Alert, ...]
    acts: tuple[AuditRow, ...]
    equipment: tuple[Change, ...]


def alert_list(context: Context, arguments: Arguments) -> tuple[Alert, ...]:
    """Alerts that hold now: pending, firing, without data."""
    del arguments
    return context.alerts.alerts()


def alert_history(context: Context, arguments: Arguments) -> tuple[Alert, ...]:
    """Episodes that ended within a span, newest first."""
    until = optional(arguments, "until", datetime) or context.clock.now()
    since = optional(arguments, "since", datetime) or until - timedelta(days=EARLIER_DAYS)
    return context.alerts.history(
        since,
        until,
        server=optional(arguments, "server", str) or "",
        rule=optional(arguments, "rule", str) or "",
        limit=optional(arguments, "limit", int) or 500,
    )


def alert_show(context: Context, arguments: Arguments) -> Story:
    """One alert, how often that was before, and what changed on its server shortly before."""
    alert = resolve(context, required(arguments, "id", str))
    now = context.clock.now()
    before = context.alerts.history(
        now - timedelta(days=EARLIER_DAYS), now, server=alert.target.server, rule=alert.rule, limit=100
    )
    earlier = [each for each in before if each.target == alert.target and each.id != alert.id]
    server, since = alert.target.server, alert.first_seen - timedelta(hours=CHANGED_HOURS)
    if not server:
        return Story(alert, tuple(earlier[:_MOST]), (), ())
    acts = [each for each in context.audit.entries(since, server, 400) if each.changes]
    equipment = context.equipment.changes(server, since)
    return Story(alert, tuple(earlier[:_MOST]), _once(acts)[:_MOST], tuple(equipment[:_MOST]))


def _once(acts: list[AuditRow]) -> tuple[AuditRow, ...]:
    """One entry for each act of a person: not its intent beside its outcome, nor every call it made."""
    found: list[AuditRow] = []
    seen: set[str] = set()
    for each in acts:
        key = each.operation_id or str(each.id)
        told = each.outcome is not Outcome.INTENT or each.open
        if told and key not in seen and not each.action.startswith(_NO_ACTS):
            seen.add(key)
            found.append(each)
    return tuple(found)


def resolve(context: Context, given: str) -> Alert:
    """The alert of that id or prefix, of now or of the last thirty days.

    Raises:
        Problem: `id.unknown`, `id.ambiguous`.
    """
    current = {each.id: each for each in context.alerts.alerts()}
    if given in current:
        return current[given]
    now = context.clock.now()
    past = context.alerts.history(now - timedelta(days=EARLIER_DAYS), now, limit=5000)
    known = {each.id: each for each in past} | current
    return known[resolve_prefix(given, known, kind="alert", listing="alert list")]


def alert_rules(context: Context, arguments: Arguments) -> tuple[Rule, ...]:
    """The rules that are judged: the defaults, and one's own."""
    del arguments
    return context.alerts.rules()


def rule_named(context: Context, name: str) -> Rule:
    """The rule of that name.

    Raises:
        Problem: `id.unknown`.
    """
    found = next((each for each in context.alerts.rules() if each.name == name), None)
    if found is None:
        raise Problem("id.unknown", kind="rule", given=name, listing="alert rules")
    return found


def rule_set(context: Context, arguments: Arguments) -> Rule:
    """Add a rule, or put it in place of the one of its name."""
    rule = required(arguments, "rule", Rule)
    context.alerts.save_rule(rule)
    return rule


def rule_remove(context: Context, arguments: Arguments) -> str:
    """Take a rule of one's own away; a default of its name counts again."""
    name = required(arguments, "name", str)
    context.alerts.remove_rule(name)
    return name


def silences(context: Context, arguments: Arguments) -> tuple[Silence, ...]:
    """Silences that hold now, and those of the last thirty days."""
    del arguments
    return context.alerts.silences()


def silence(context: Context, arguments: Arguments) -> Silence:
    """Send nothing for what matches until the silence ends."""
    server = optional(arguments, "server", str) or ""
    return context.alerts.silence(
        optional(arguments, "rule", str) or "",
        context.servers.get(server).name if server else "",
        optional(arguments, "accelerator", str) or "",
        required(arguments, "for_s", float),
        safe_line(optional(arguments, "reason", str) or "", max_chars=300),
    )


def unsilence(context: Context, arguments: Arguments) -> Silence:
    """End a silence before its time."""
    return context.alerts.end_silence(required(arguments, "id", str))


def acknowledge(context: Context, arguments: Arguments) -> tuple[Alert, ...]:
    """Say that one knows of them; everybody sees who did."""
    return tuple(context.alerts.acknowledge(each.id) for each in _resolved(context, arguments))


def assign(context: Context, arguments: Arguments) -> tuple[Alert, ...]:
    """Give them to somebody; an empty owner takes them from whoever has them."""
    owner = safe_line(required(arguments, "owner", str), max_chars=120)
    found = _resolved(context, arguments)
    return tuple(context.alerts.assign(each.id, owner) for each in found)


def _resolved(context: Context, arguments: Arguments) -> list[Alert]:
    """All of them, before anything is done to the first."""
    return [resolve(context, str(each)) for each in required(arguments, "ids", tuple)]
