"""An alert's texts out of its rule and of what was seen. Pure."""

from __future__ import annotations

from dataclasses import replace

from console.alerts.alert import Alert, Target
from console.alerts.asked import Seen, shown
from console.alerts.asking import Asked
from console.alerts.course import Course
from console.alerts.recent import label_of
from console.alerts.rule import Rule, filled
from console.core.units import format_duration


def new_alert(ident: str, asked: Asked, seen: Seen, target: Target, course: Course) -> Alert:
    """The alert of an episode that has begun."""
    rule = asked.rule
    alert = Alert(
        id=ident,
        rule=rule.name,
        severity=rule.severity,
        target=target,
        label="" if seen.row is None else label_of(seen.row),
        state=course.state,
        since=course.since,
        first_seen=course.first_seen,
        fired=course.fired,
        resolved=course.resolved,
        last_held=course.last_held,
        value=None,
        unit="",
        sentence="",
        remedy="",
        runbook=rule.runbook,
    )
    return worded(alert, asked, seen, course)


def moved(alert: Alert, course: Course, *, muted: str) -> Alert:
    """The alert as its course has it now; its texts stay."""
    return replace(
        alert,
        state=course.state,
        since=course.since,
        fired=course.fired,
        resolved=course.resolved,
        last_held=course.last_held,
        muted=muted,
    )


def worded(alert: Alert, asked: Asked, seen: Seen, course: Course) -> Alert:
    """The alert with what is seen now in its texts; only while the condition holds."""
    rule, figure = asked.rule, asked.condition.figure
    value = figure.number(seen) if figure is not None and figure.number is not None else None
    unit = figure.unit if figure is not None else ""
    gaps = {
        "server": alert.target.server,
        "label": alert.label,
        "model": "" if seen.row is None else seen.row.sample.name,
        "value": shown(value, unit),
        "for": format_duration(course.held_s),
        **_told(asked, seen),
    }
    sentence = filled(rule.summary, gaps) if course.known else _blind(rule, alert)
    return replace(
        alert,
        severity=rule.severity,
        value=value,
        unit=unit,
        sentence=sentence,
        remedy=filled(rule.remedy, gaps),
        runbook=rule.runbook,
    )


def _told(asked: Asked, seen: Seen) -> dict[str, str]:
    found = {"detail": "", "action": ""}
    for fact in asked.condition.told:
        if fact.tell is not None:
            detail, action = fact.tell(seen)
            found["detail"] = found["detail"] or detail
            found["action"] = found["action"] or action
    return found


def _blind(rule: Rule, alert: Alert) -> str:
    where = " of ".join(part for part in (alert.label, alert.target.server) if part) or "the fleet"
    return f"Nothing is known of what '{rule.title}' asks of {where}."
