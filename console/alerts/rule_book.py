"""The rules in force: those that ship, with the person's own over them; and changing one of these in a file.

The text around a rule that is changed stays as the person wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from console.alerts.checking import checked
from console.alerts.rule import Rule
from console.alerts.rules_file import default_rules, format_rules, merged, parse_rules
from console.core.problems import Problem

_HEADER = re.compile(r"^\s*\[")
_TABLE = re.compile(r"^\s*\[\s*rules\s*\.\s*[\"']?(?P<name>[^\"'\]\s]+)[\"']?\s*\]")


class RuleBook:
    """Any thread may call; nothing is read or written here.

    Args:
        defaults: the rules that ship.
    """

    def __init__(self, defaults: Callable[[], tuple[Rule, ...]] = default_rules) -> None:
        self._defaults = lru_cache(maxsize=1)(defaults)
        self._merged = lru_cache(maxsize=4)(self._merge)

    def in_force(self, published: str | None, own: str | None) -> tuple[Rule, ...]:
        """All rules, those that are switched off too.

        Args:
            published: what the judge said it judges by; None where that is not known.
            own: the person's file; None where there is none.

        Raises:
            Problem: `alerts.rules_unreadable`, `alerts.rule_invalid`.
        """
        return self._merged(published, own)

    def _merge(self, published: str | None, own: str | None) -> tuple[Rule, ...]:
        if published is not None:
            return parse_rules(published)
        return merged(self._defaults(), self._own(own))

    def _own(self, own: str | None) -> tuple[Rule, ...]:
        return parse_rules(own or "", under=self._defaults())

    def own(self, own: str | None) -> tuple[str, ...]:
        """Names of the rules in the person's file.

        Raises:
            Problem: as `in_force`.
        """
        return tuple(each.name for each in self._own(own))

    def with_rule(self, own: str | None, rule: Rule) -> str:
        """The person's file with this rule in it, in place of one of its name.

        Raises:
            Problem: the rule makes no sense, or the file is no file of rules.
        """
        checked(rule)
        self._own(own)
        rest = _without(own or "", rule.name).rstrip("\n")
        text = f"{rest}\n\n{format_rules([rule])}" if rest else format_rules([rule])
        self._own(text)
        return text

    def without_rule(self, own: str | None, name: str) -> str:
        """The person's file without this rule.

        Raises:
            Problem: `alerts.default_rule` where it is none of theirs, `id.unknown` where there is none.
        """
        if name not in self.own(own):
            if any(each.name == name for each in self._defaults()):
                raise Problem("alerts.default_rule", name=name)
            raise Problem("id.unknown", kind="rule", given=name, listing="alert rules")
        return _without(own or "", name)


def _without(text: str, name: str) -> str:
    """The text without one table; comments right above the next one stay with that."""
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if _HEADER.match(line):
            table = _TABLE.match(line)
            inside = table is not None and table["name"] == name
        if not inside or line.lstrip().startswith("#"):
            kept.append(line)
    return "".join(kept)
