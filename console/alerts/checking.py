"""Whether a rule makes sense, and what is wrong with one that does not. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from console.alerts.conditions import read as read_condition
from console.alerts.rule import GAP, GAPS, MAX_SPAN_S, Rule
from console.core.problems import Problem
from console.core.text import safe_line
from console.telemetry.filter import read as read_filter

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
_RUNBOOK = re.compile(r"^(https?://[^\s<>\"]+|[a-z-]+#[a-z0-9-]+)$")


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


def checked(rule: Rule, line_of: Mapping[str, int] | None = None) -> Rule:
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
        ("condition", _fault_of(lambda: read_condition(rule.condition, rule.scope))),
        ("where", _fault_of(lambda: read_filter(rule.where))),
        ("for", _span_fault(rule.for_s)),
        ("keep_firing_for", _span_fault(rule.keep_firing_s)),
    ]
    if rule.runbook and not _RUNBOOK.match(rule.runbook):
        found.append(("runbook", "is neither an http address nor a page of the help"))
    for key, text in (("summary", rule.summary), ("remedy", rule.remedy)):
        if unknown := [gap for gap in GAP.findall(text) if gap not in GAPS]:
            found.append((key, f"names {{{unknown[0]}}}; it may name {', '.join(GAPS)}"))
    return found


def _span_fault(seconds: float) -> str:
    return "" if 0 <= seconds <= MAX_SPAN_S else "lies between 0s and 30d"


def _fault_of(read: Callable[[], object]) -> str:
    try:
        read()
    except Problem as problem:
        return f"is not understood at column {problem.attrs['column']}: {problem.attrs['reason']}"
    return ""
