"""What lists and pages say of an alert, as text, and the order in which alerts are shown. No widgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

from console.alerts.alert import Alert, AlertSeverity, AlertState, Judged, Silence, Target
from console.alerts.rule import Rule
from console.core.text import safe_line
from console.ui.i18n import translate
from console.ui.kit.tones import Tone
from console.ui.times import age_text, moment_text

RANKS = {AlertSeverity.CRITICAL: 2, AlertSeverity.WARNING: 1, AlertSeverity.INFO: 0}
_STATE_RANKS = {AlertState.FIRING: 2, AlertState.NO_DATA: 1, AlertState.PENDING: 0}
JUDGED_LATE_S = 30.0
"""A window says how long ago rules were judged only from here on."""


def rule_title(rule: Rule) -> str:
    """How a rule is called: a default's title in the person's language, one's own as it was given."""
    return translate("rule", rule.title) if rule.title else rule.name


def rule_titles(rules: Iterable[Rule]) -> dict[str, str]:
    """Name of each rule -> how it is called."""
    return {rule.name: rule_title(rule) for rule in rules}


def severity_word(severity: AlertSeverity) -> str:
    """How soon a person has to look."""
    words = {
        AlertSeverity.CRITICAL: translate("Alerts", "critical"),
        AlertSeverity.WARNING: translate("Alerts", "warning"),
        AlertSeverity.INFO: translate("Alerts", "info"),
    }
    return words[severity]


def severity_tone(severity: AlertSeverity) -> Tone:
    """How that looks."""
    tones = {
        AlertSeverity.CRITICAL: Tone.CRITICAL,
        AlertSeverity.WARNING: Tone.WARNING,
        AlertSeverity.INFO: Tone.ACTIVE,
    }
    return tones[severity]


def state_word(state: AlertState) -> str:
    """Where it stands."""
    words = {
        AlertState.INACTIVE: translate("Alerts", "inactive"),
        AlertState.PENDING: translate("Alerts", "pending"),
        AlertState.FIRING: translate("Alerts", "firing"),
        AlertState.RESOLVED: translate("Alerts", "resolved"),
        AlertState.NO_DATA: translate("Alerts", "no data"),
    }
    return words[state]


def alert_tone(alert: Alert) -> Tone:
    """What fires shows its severity; what is pending or over is quiet, what nobody can tell unknown."""
    if alert.state is AlertState.FIRING:
        return severity_tone(alert.severity)
    return Tone.UNKNOWN if alert.state is AlertState.NO_DATA else Tone.QUIET


def server_text(target: Target) -> str:
    """The server, or that it is about all of them."""
    return safe_line(target.server) or translate("Alerts", "the fleet")


def part_text(alert: Alert) -> str:
    """The part of the server that it is about."""
    if alert.label:
        return safe_line(alert.label, max_chars=60)
    if alert.target.accelerator:
        return safe_line(alert.target.accelerator, max_chars=20)
    return translate("Alerts", "server") if alert.target.server else translate("Alerts", "fleet")


def lasted_s(alert: Alert, now: datetime) -> float:
    """Seconds from the first moment its condition held to its end, or until now."""
    return max(0.0, ((alert.resolved or now) - alert.first_seen).total_seconds())


def lasted_text(alert: Alert, now: datetime) -> str:
    """The same in words."""
    return age_text(lasted_s(alert, now))


def muted_text(alert: Alert, silences: Mapping[str, Silence], zone: tzinfo, now: datetime) -> str:
    """Why nothing is sent for it; empty where it is sent."""
    if not alert.muted:
        return ""
    silence = silences.get(alert.muted)
    if silence is not None:
        until = moment_text(silence.ends, zone, now=now)
        if silence.reason:
            words = translate("Alerts", "silenced until {until}: {reason}")
            return words.format(until=until, reason=safe_line(silence.reason, max_chars=120))
        return translate("Alerts", "silenced until {until}").format(until=until)
    reasons = {
        "server down": translate("Alerts", "the server is down"),
        "drained": translate("Alerts", "the server is drained"),
        "nothing reached": translate("Alerts", "no server is reached"),
    }
    return reasons.get(alert.muted, translate("Alerts", "silenced"))


def known_text(alert: Alert) -> str:
    """Who has it; while nobody has, who knows of it."""
    return safe_line(alert.owner or alert.acknowledged_by, max_chars=60)


def acknowledged_text(alert: Alert, zone: tzinfo, now: datetime) -> str:
    """Who said that they know, and when."""
    if not alert.acknowledged_by:
        return ""
    when = moment_text(alert.acknowledged, zone, now=now)
    who = safe_line(alert.acknowledged_by, max_chars=60)
    return translate("Alerts", "{who}, {when}").format(who=who, when=when)


def judged_text(judged: Judged, now: datetime) -> str:
    """Who judges, or since when nobody does."""
    age_s = None if judged.last is None else max(0.0, (now - judged.last).total_seconds())
    if age_s is None:
        return translate("Alerts", "alerts were never judged")
    if not judged.by:
        return translate("Alerts", "no alerts judged for {age}").format(age=age_text(age_s))
    who = safe_line(judged.by, max_chars=60)
    words = translate("Alerts", "alerts judged by {who}, {age} ago")
    return words.format(who=who, age=age_text(age_s))


def unjudged(judged: Judged) -> bool:
    """Whether nobody judges now."""
    return not judged.by


def weight(alert: Alert) -> tuple[int, int, int]:
    """What counts more: it fires and is told, it is worse, it is nearer to firing."""
    told = int(alert.state is AlertState.FIRING and not alert.muted)
    return (told, RANKS[alert.severity], _STATE_RANKS.get(alert.state, -1))


def worst_first(alerts: Iterable[Alert]) -> list[Alert]:
    """Critical before warning, what is told before what is silenced; the newest of what is alike first."""
    newest = sorted(alerts, key=lambda each: (each.first_seen, each.id), reverse=True)
    return sorted(newest, key=weight, reverse=True)


def by_server(alerts: Iterable[Alert]) -> list[Alert]:
    """The same with those of a server together, the worst server first."""
    ordered = worst_first(alerts)
    groups: dict[str, list[Alert]] = {}
    for each in ordered:
        groups.setdefault(each.target.server, []).append(each)
    return [each for group in groups.values() for each in group]


def counted(alerts: Iterable[Alert]) -> dict[str, int]:
    """How many fire by severity (told ones), how many are silenced, pending, or without data."""
    counts = {"critical": 0, "warning": 0, "info": 0, "muted": 0, "pending": 0, "no data": 0}
    for each in alerts:
        if each.state is AlertState.PENDING:
            counts["pending"] += 1
        elif each.muted:
            counts["muted"] += 1
        elif each.state is AlertState.NO_DATA:
            counts["no data"] += 1
        else:
            counts[each.severity.value] += 1
    return counts


def warnings_text(count: int) -> str:
    """How many warnings there are."""
    return (
        translate("Alerts", "1 warning")
        if count == 1
        else translate("Alerts", "{count} warnings").format(count=count)
    )


def sums_text(counts: Mapping[str, int]) -> str:
    """The same in one line, the worst first."""
    words = (
        ("critical", translate("Alerts", "{count} critical")),
        ("warning", warnings_text(counts["warning"])),
        ("info", translate("Alerts", "{count} for information")),
        ("no data", translate("Alerts", "{count} without data")),
        ("pending", translate("Alerts", "{count} pending")),
        ("muted", translate("Alerts", "{count} silenced")),
    )
    parts = [text.format(count=counts[key]) for key, text in words if counts[key]]
    return "  ·  ".join(parts) or translate("Alerts", "nothing fires")
