"""Alerts, rules and silences as the command prints them: documents for scripts, lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from console.alerts.alert import Alert, Gap, Judged, Silence
from console.alerts.rule import Rule
from console.cli.output import table
from console.core.clock import iso
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration


def moment(value: datetime | None) -> str | None:
    """UTC, ISO 8601."""
    return None if value is None else iso(value)


def alert_document(alert: Alert) -> dict[str, object]:
    """One alert; what is not known is null."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "server": alert.target.server or None,
        "accelerator": alert.target.accelerator or None,
        "label": alert.label or None,
        "first_seen": iso(alert.first_seen),
        "since": iso(alert.since),
        "fired": moment(alert.fired),
        "resolved": moment(alert.resolved),
        "last_held": iso(alert.last_held),
        "value": alert.value,
        "unit": alert.unit,
        "sentence": alert.sentence,
        "remedy": alert.remedy,
        "runbook": alert.runbook or None,
        "muted": alert.muted or None,
        "owner": alert.owner or None,
        "acknowledged_by": alert.acknowledged_by or None,
        "acknowledged": moment(alert.acknowledged),
    }


def rule_document(rule: Rule) -> dict[str, object]:
    """One rule, with the file's own keys."""
    return {
        "name": rule.name,
        "title": rule.title,
        "condition": rule.condition,
        "for_seconds": rule.for_s,
        "keep_firing_for_seconds": rule.keep_firing_s,
        "severity": rule.severity.value,
        "scope": rule.scope.value,
        "where": rule.where,
        "enabled": rule.enabled,
        "no_data": rule.no_data.value,
        "summary": rule.summary,
        "remedy": rule.remedy,
        "runbook": rule.runbook or None,
    }


def silence_document(silence: Silence, now: datetime) -> dict[str, object]:
    """One silence; an empty part matches everything and is null."""
    return {
        "id": silence.id,
        "rule": silence.rule or None,
        "server": silence.server or None,
        "accelerator": silence.accelerator or None,
        "begins": iso(silence.begins),
        "ends": iso(silence.ends),
        "holds": silence.begins <= now < silence.ends,
        "by": silence.by,
        "reason": silence.reason,
        "ended_by": silence.ended_by or None,
    }


def judged_document(judged: Judged) -> dict[str, object]:
    """Who judges, and the spans in which nobody did."""
    return {
        "by": judged.by or None,
        "last": moment(judged.last),
        "gaps": [gap_document(each) for each in judged.gaps],
    }


def gap_document(gap: Gap) -> dict[str, object]:
    """A span in which nothing was judged; it lasts where `until` is null."""
    return {"since": iso(gap.since), "until": moment(gap.until)}


def judged_text(judged: Judged, now: datetime) -> str:
    """What stderr says of it; empty while somebody judges."""
    if judged.by:
        return ""
    if judged.last is None:
        return "the rules were never judged; open the window, or run 'tandem alertd'"
    age = format_duration(float(round(max(0.0, (now - judged.last).total_seconds()))))
    return f"nobody judges the rules for {age}, since {short(judged.last)}; run 'tandem alertd'"


def short(value: datetime | None) -> str:
    """A moment to the second."""
    return UNKNOWN if value is None else iso(value)[:19] + "Z"


def lasted(alert: Alert, now: datetime) -> str:
    """From its first moment to its end, or until now."""
    return format_duration(float(round(((alert.resolved or now) - alert.first_seen).total_seconds())))


def part(alert: Alert) -> str:
    """The part of the server that it is about."""
    return safe_line(alert.label or alert.target.accelerator, max_chars=40)


def alerts_text(alerts: Sequence[Alert], now: datetime, *, past: bool = False) -> str:
    """A table of them; ids are long enough to type."""
    if not alerts:
        return "no alert ended then" if past else "nothing fires"
    rows = [
        [
            each.id,
            each.severity.value,
            each.state.value,
            safe_line(each.target.server) or "the fleet",
            part(each),
            each.rule,
            short(each.first_seen),
            lasted(each, now),
            safe_line(each.owner or each.acknowledged_by, max_chars=30),
            safe_line(each.muted, max_chars=20),
            safe_line(each.sentence, max_chars=70),
        ]
        for each in alerts
    ]
    heads = ["id", "severity", "state", "server", "part", "rule", "first seen", "lasted" if past else "for"]
    return table([*heads, "who", "muted", "what"], rows, right=frozenset({7}))


def alert_text(alert: Alert, now: datetime) -> str:
    """One alert in full."""
    pairs: Mapping[str, str] = {
        "alert": alert.id,
        "rule": alert.rule,
        "severity": alert.severity.value,
        "state": alert.state.value,
        "server": safe_line(alert.target.server) or "the fleet",
        "part": part(alert),
        "first seen": short(alert.first_seen),
        "fired": short(alert.fired) if alert.fired else "",
        "ended": short(alert.resolved) if alert.resolved else "",
        "for": lasted(alert, now),
        "what": safe_line(alert.sentence, max_chars=500),
        "do next": safe_line(alert.remedy, max_chars=500),
        "runbook": safe_line(alert.runbook, max_chars=300),
        "muted": safe_line(alert.muted, max_chars=120),
        "owner": safe_line(alert.owner, max_chars=120),
        "known to": safe_line(alert.acknowledged_by, max_chars=120),
    }
    width = max(len(name) for name in pairs)
    return "\n".join(f"{name.ljust(width)}  {text}" for name, text in pairs.items() if text)


def rules_text(rules: Sequence[Rule], own: frozenset[str]) -> str:
    """A table of rules; those of one's own are marked."""
    rows = [
        [
            each.name,
            "on" if each.enabled else "off",
            "own" if each.name in own else "default",
            each.severity.value,
            each.scope.value,
            format_duration(each.for_s) if each.for_s else "at once",
            safe_line(each.condition, max_chars=60),
            safe_line(each.where, max_chars=30),
        ]
        for each in rules
    ]
    return table(["rule", "state", "origin", "severity", "scope", "for", "condition", "where"], rows)


def silences_text(silences: Sequence[Silence]) -> str:
    """A table of silences."""
    if not silences:
        return "nothing is silenced"
    rows = [
        [
            each.id,
            each.rule or "every rule",
            safe_line(each.server) or "every server",
            safe_line(each.accelerator, max_chars=20),
            short(each.ends),
            safe_line(each.by, max_chars=40),
            safe_line(each.reason, max_chars=80),
        ]
        for each in silences
    ]
    return table(["id", "rule", "server", "accelerator", "ends", "by", "reason"], rows)
