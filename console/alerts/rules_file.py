"""Rules as TOML and back, and those that ship with Tandem. Reads no file of a person's.

A person's table overrides a rule of the same name key by key: `enabled = false` alone switches a default off.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from console.alerts.alert import AlertSeverity
from console.alerts.checking import checked, invalid
from console.alerts.rule import MAX_RULES, MAX_TEXT, NoData, Rule, Scope
from console.core.home import shipped
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import parse_duration

MAX_BYTES = 256 * 1024
_TABLE = re.compile(r"^\s*\[\s*rules\s*\.\s*(?P<quote>[\"']?)(?P<name>[^\"'\]]+?)(?P=quote)\s*\]")
_KEY = re.compile(r"^\s*(?P<key>[A-Za-z_]+)\s*=")
_FIELDS = {"for": "for_s", "keep_firing_for": "keep_firing_s"}
"""Keys of the file that are not called as the field of Rule."""
_CALLED = {field: key for key, field in _FIELDS.items()}
_KEYS = tuple(_CALLED.get(field.name, field.name) for field in fields(Rule) if field.name != "name")


def parse_rules(text: str, under: Sequence[Rule] = ()) -> tuple[Rule, ...]:
    """The rules of a file, in its order.

    Args:
        under: rules whose values stand for keys that a table of the same name leaves out.

    Raises:
        Problem: `alerts.rules_unreadable` (not TOML, too large); `alerts.rule_invalid` with rule, key, line.
    """
    if len(text) > MAX_BYTES:
        raise Problem("alerts.rules_unreadable", reason=f"it is larger than {MAX_BYTES} bytes")
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Problem("alerts.rules_unreadable", reason=safe_line(str(error), max_chars=200)) from error
    rules = tables.get("rules", {})
    if stray := sorted(set(tables) - {"rules"}):
        reason = f"'{safe_line(stray[0], max_chars=40)}' stands there; each rule is a table [rules.NAME]"
        raise Problem("alerts.rules_unreadable", reason=reason)
    if not isinstance(rules, dict) or len(rules) > MAX_RULES:
        raise Problem("alerts.rules_unreadable", reason=f"[rules] holds up to {MAX_RULES} tables, one a rule")
    lines = _lines(text)
    bases = {rule.name: rule for rule in under}
    return tuple(_rule(name, table, bases.get(name), lines.get(name, {})) for name, table in rules.items())


def default_rules() -> tuple[Rule, ...]:
    """The rules that ship with Tandem."""
    return parse_rules((shipped("resources") / "alerts" / "default_rules.toml").read_text("utf-8"))


def merged(defaults: Sequence[Rule], own: Sequence[Rule]) -> tuple[Rule, ...]:
    """All rules: the defaults, each replaced by a person's of the same name, then the person's others."""
    mine = {rule.name: rule for rule in own}
    kept = [mine.pop(rule.name, rule) for rule in defaults]
    return (*kept, *mine.values())


def format_rules(rules: Iterable[Rule]) -> str:
    """Rules as the text of a file that `parse_rules` reads back to the same."""
    return "\n".join(_table(rule) for rule in rules)


def _table(rule: Rule) -> str:
    lines = [f"[rules.{rule.name}]"]
    for key in _KEYS:
        value = getattr(rule, _FIELDS.get(key, key))
        lines.append(f"{key} = {_literal(_span(value) if key in _FIELDS else value)}")
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    # A TOML string has JSON's escapes; the control character that JSON lets through is no part of a rule.
    return str(value).lower() if isinstance(value, bool) else json.dumps(str(value), ensure_ascii=False)


def _span(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{seconds:.15g}s"


def _lines(text: str) -> dict[str, dict[str, int]]:
    """rule -> key -> line; that of its table under ""."""
    found: dict[str, dict[str, int]] = {}
    own: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if table := _TABLE.match(line):
            own = found.setdefault(table["name"], {"": number})
        elif key := _KEY.match(line):
            own.setdefault(key["key"], number)
    return found


def _rule(name: str, table: object, base: Rule | None, lines: Mapping[str, int]) -> Rule:
    at = dict(lines)
    if not isinstance(table, dict):
        raise invalid(name, "rules", "is no table [rules.NAME]", at.get("", 0))
    given: dict[str, Any] = {}
    for key, value in table.items():
        line = at.get(key, at.get("", 0))
        if key not in _KEYS:
            raise invalid(name, key, f"is no key; there are {', '.join(_KEYS)}", line)
        field = _FIELDS.get(key) or str(key)
        given[field] = _value(name, key, value, line)
    if base is not None:
        return checked(replace(base, **given), at)
    for key in ("title", "condition", "summary", "remedy"):
        if key not in given:
            raise invalid(name, key, "is missing", at.get("", 0))
    return checked(Rule(name, **given), at)


def _value(rule: str, key: str, value: object, line: int) -> object:
    if key == "enabled":
        if not isinstance(value, bool):
            raise invalid(rule, key, "is true or false", line)
        return value
    if not isinstance(value, str):
        raise invalid(rule, key, "is a text in quotes", line)
    text = safe_line(value, max_chars=MAX_TEXT + 1)
    if len(text) > MAX_TEXT:
        raise invalid(rule, key, f"is longer than {MAX_TEXT} characters", line)
    if key in _FIELDS:
        try:
            return parse_duration(text).total_seconds()
        except (Problem, OverflowError):
            raise invalid(rule, key, "is a span like 90s, 15m, 2h or 7d", line) from None
    kinds: dict[str, type[AlertSeverity] | type[Scope] | type[NoData]] = {
        "severity": AlertSeverity,
        "scope": Scope,
        "no_data": NoData,
    }
    if key not in kinds:
        return text
    try:
        return kinds[key](text)
    except ValueError:
        raise invalid(rule, key, f"is one of {', '.join(each.value for each in kinds[key])}", line) from None
