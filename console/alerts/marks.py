"""Alerts of a server on the axis of its charts, beside the events that telemetry finds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.alerts.alert import Alert
from console.telemetry.marks import MOST, Mark, MarkKind


def alert_marks(
    alerts: Iterable[Alert], titles: Mapping[str, str], low_s: float, high_s: float
) -> tuple[Mark, ...]:
    """Where the conditions of alerts that fired first held within a span, oldest first.

    Args:
        titles: what rules are called; the name of one that is not among them stands for itself.
    """
    found: dict[str, Mark] = {}
    for each in alerts:
        at_s = each.first_seen.timestamp()
        if each.fired is not None and low_s <= at_s <= high_s:
            words = " ".join(word for word in (titles.get(each.rule) or each.rule, each.label) if word)
            found[each.id] = Mark(at_s, MarkKind.ALERT, text=words)
    return tuple(sorted(found.values(), key=lambda each: (each.time_s, each.text))[-MOST:])


def together(*groups: Iterable[Mark]) -> tuple[Mark, ...]:
    """All of them, oldest first; the newest where there are very many."""
    every = [each for group in groups for each in group]
    return tuple(sorted(every, key=lambda each: (each.time_s, each.kind, each.text))[-MOST:])
