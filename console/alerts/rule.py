"""A rule as a value: what is asked, of what, for how long, and what to do then. No logic beyond its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from console.alerts.alert import AlertSeverity
from console.core.text import safe_line

MAX_RULES = 500
MAX_TEXT = 500
MAX_SPAN_S = 30 * 86_400.0
GAPS = ("server", "label", "model", "value", "detail", "action", "for")
"""What a summary and a remedy may name in braces, see resources/help/alerts.md."""

GAP = re.compile(r"\{([^{}]*)\}")


class Scope(StrEnum):
    """Of what a rule is asked, once for each."""

    FLEET = "fleet"
    SERVER = "server"
    ACCELERATOR = "accelerator"


class NoData(StrEnum):
    """What it means where nothing is known of what a rule asks: all stays as it was, somebody is told, or
    nothing is wrong."""

    KEEP = "keep"
    ALERT = "alert"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: unique, lower-case words with dashes.
        condition: in the words of conditions.py; the rule is about where it holds.
        for_s: how long it has to hold before anybody is told.
        keep_firing_s: how long it has to be over before the alert ends.
        where: which servers or accelerators, as a filter (telemetry/filter.py); empty means all.
        summary: what is wrong, one sentence; may name GAPS in braces, as `remedy` may.
        remedy: the next safe action, one sentence.
        runbook: a page that tells more, an address or "page#anchor" of the help; may be empty.
    """

    name: str
    title: str
    condition: str
    for_s: float = 0.0
    keep_firing_s: float = 300.0
    severity: AlertSeverity = AlertSeverity.WARNING
    scope: Scope = Scope.SERVER
    where: str = ""
    enabled: bool = True
    no_data: NoData = NoData.KEEP
    remedy: str = ""
    runbook: str = ""
    summary: str = ""


def filled(text: str, gaps: dict[str, str]) -> str:
    """A summary or remedy with its gaps filled; what is not known is "–"."""
    return safe_line(GAP.sub(lambda found: gaps.get(found[1], "") or "–", text), max_chars=MAX_TEXT)
