"""Asks the rules of what changed: rules that are read out of the same things are asked together. Pure.

A fleet's judging costs little because a target is asked again only where what its rules are read out of is
another, or where one of them is no more inactive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from console.alerts.asked import Source
from console.alerts.conditions import Condition
from console.alerts.conditions import read as read_condition
from console.alerts.facts import FAST
from console.alerts.facts_servers import of_server
from console.alerts.recent import Recent
from console.alerts.rule import Rule, Scope
from console.telemetry.filter import Filter
from console.telemetry.filter import read as read_filter
from console.telemetry.snapshot import AcceleratorRow, ServerRow

Where = tuple[str, str]
"""Server and accelerator, "" for the server itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule with its texts read."""

    rule: Rule
    condition: Condition
    where: Filter


@dataclass(slots=True)
class Group:
    """Rules of one scope that are asked together.

    Attributes:
        sources: what all of them are read out of.
        seen: target -> what the sources gave when it was last asked, for targets that are inactive.
    """

    rules: tuple[Asked, ...]
    sources: tuple[Source, ...]
    seen: dict[Where, tuple[object, ...]] = field(default_factory=dict)

    def signature(self, server: ServerRow, row: AcceleratorRow | None, recent: Recent) -> tuple[object, ...]:
        """What the sources give now."""
        return (server.fresh, *[source(server, row, recent) for source in self.sources])

    def forget(self, targets: set[Where]) -> None:
        """Only these are there any more."""
        if len(self.seen) > len(targets):
            self.seen = {key: value for key, value in self.seen.items() if key in targets}


@dataclass(frozen=True, slots=True)
class Questions:
    """All rules that are switched on, in groups."""

    fleet: tuple[Asked, ...]
    servers: tuple[Group, ...]
    accelerators: tuple[Group, ...]

    def all(self) -> Iterator[Asked]:
        """Every rule."""
        yield from self.fleet
        for group in (*self.servers, *self.accelerators):
            yield from group.rules


def questions(rules: Iterable[Rule]) -> Questions:
    """Rules in groups; those that are switched off are left out.

    Raises:
        Problem: `filter.invalid`, of a rule that was not checked.
    """
    asked = [
        Asked(each, read_condition(each.condition, each.scope), read_filter(each.where))
        for each in rules
        if each.enabled
    ]
    of = {scope: [each for each in asked if each.rule.scope is scope] for scope in Scope}
    return Questions(tuple(of[Scope.FLEET]), _groups(of[Scope.SERVER]), _groups(of[Scope.ACCELERATOR]))


def _groups(asked: Sequence[Asked]) -> tuple[Group, ...]:
    """One of all that changes rarely, and one for each set of things that change all the time."""
    slow = [each for each in asked if not _is_fast(each)]
    parts: dict[tuple[Source, ...], list[Asked]] = {}
    for each in asked:
        if _is_fast(each):
            parts.setdefault(_sources(each), []).append(each)
    found = [Group(tuple(own), sources) for sources, own in parts.items()]
    if slow:
        together = dict.fromkeys(source for each in slow for source in _sources(each))
        found.insert(0, Group(tuple(slow), tuple(together)))
    return tuple(found)


def _is_fast(asked: Asked) -> bool:
    return asked.where.measured or any(source in FAST for source in asked.condition.sources)


def _sources(asked: Asked) -> tuple[Source, ...]:
    more: tuple[Source, ...] = (of_server,) if asked.where.text else ()
    if asked.where.measured:
        more = (of_server, _of_moment)
    return tuple(dict.fromkeys((*asked.condition.sources, *more)))


def _of_moment(_server: ServerRow, _row: AcceleratorRow | None, recent: Recent) -> object:
    # Every moment is another: what a filter of measured values says may change with each.
    return recent.now_s
