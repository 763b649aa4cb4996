"""A rule as a value, and its checks: what is asked, of what, for how long, and what to do then. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from console.alerts.alert import AlertSeverity
from console.core.problems import Problem
from console.core.text import safe_line
from console.telemetry.filter import read as read_filter

MAX_RULES = 500
MAX_TEXT = 500
MAX_SPAN_S = 30 * 86_400.0
GAPS = ("server", "label", "model", "value", "detail", "action", "for")
"""What a summary and a remedy may name in braces, see resources/help/alerts.md."""

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
_GAP = re.compile(r"\{([^{}]*)\}")
_RUNBOOK = re.compile(r"^(https?://[^\s<>\"]+|[a-z-]+#[a-z0-9-]+)$")


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


def invalid(rule: str, key: str, reason: str, line: int = 0) -> Problem:
    """The Problem of a rule that cannot be used; line 0 where it stands in no file."""
    return Problem(
        "alerts.rule_invalid",
        rule=safe_line(rule, max_chars=60),
        key=safe_line(key, max_chars=40),
        reason=reason,
        where=f" (line {line})" if line else "",
        line=line,
    )


def checked(rule: Rule, line_of: dict[str, int] | None = None) -> Rule:
    """The rule, if all of it makes sense.

    Args:
        line_of: key -> line of the file that it comes from, for the Problem.

    Raises:
        Problem: `alerts.rule_invalid`, which names the key.
    """
    for key, reason in _faults(rule):
        if reason:
            raise invalid(rule.name, key, reason, (line_of or {}).get(key, (line_of or {}).get("", 0)))
    return rule


def _faults(rule: Rule) -> list[tuple[str, str]]:
    found = [
        ("name", "" if _NAME.match(rule.name) else "takes lower-case letters, digits and dashes"),
        ("title", "" if rule.title.strip() else "is empty"),
        ("summary", "" if rule.summary.strip() else "is empty"),
        ("remedy", "" if rule.remedy.strip() else "is empty: say what to do"),
        ("condition", "" if rule.condition.strip() else "is empty"),
        ("where", _filter_fault(rule.where)),
        ("for", _span_fault(rule.for_s)),
        ("keep_firing_for", _span_fault(rule.keep_firing_s)),
    ]
    if rule.runbook and not _RUNBOOK.match(rule.runbook):
        found.append(("runbook", "is neither an http address nor a page of the help"))
    for key, text in (("summary", rule.summary), ("remedy", rule.remedy)):
        if unknown := [gap for gap in _GAP.findall(text) if gap not in GAPS]:
            found.append((key, f"names {{{unknown[0]}}}; it may name {', '.join(GAPS)}"))
    return found


def _span_fault(seconds: float) -> str:
    return "" if 0 <= seconds <= MAX_SPAN_S else "lies between 0s and 30d"


def _filter_fault(text: str) -> str:
    try:
        read_filter(text)
    except Problem as problem:
        return f"is no filter: {problem.attrs['reason']} (column {problem.attrs['column']})"
    return ""


def filled(text: str, gaps: dict[str, str]) -> str:
    """A summary or remedy with its gaps filled; what is not known is "–"."""
    return safe_line(_GAP.sub(lambda found: gaps.get(found[1], "") or "–", text), max_chars=MAX_TEXT)
