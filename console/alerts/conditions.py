"""Reads a rule's condition: the filter's syntax over the facts of its scope and the inventory. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.alerts.asked import Fact, Seen, Source
from console.alerts.facts import FACTS
from console.alerts.rule import Scope
from console.core.expression import Term, Test, parse, wrong
from console.telemetry import filter as places

_LINK_WORDS = frozenset({"down", "refused", "agent_refused", "reached", "unreached"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read.

    Attributes:
        test: whether it holds; None where that is not known.
        sources: what it is read out of; where all are as they were, so is the answer.
        figure: the first number that it compares: an alert's value.
        told: facts that tell more in words, in the order of the text.
        about_link: it asks whether the server is reached: one that is not does not mute it.
    """

    test: Test[Seen]
    sources: tuple[Source, ...]
    figure: Fact | None
    told: tuple[Fact, ...]
    about_link: bool


@dataclass(slots=True)
class _Words:
    scope: Scope
    facts: list[Fact] = field(default_factory=list)

    def meaning(self, term: Term) -> Test[Seen]:
        """What one term asks."""
        known = FACTS[self.scope]
        fact = known.get((term.key if term.op else term.value).lower())
        if fact is None:
            return self._of_inventory(term)
        self.facts.append(fact)
        if not term.op:
            if fact.word is None:
                raise wrong(f"'{fact.name}' is compared with something, like {fact.name}>0", term.column)
            return fact.word
        if fact.number is not None:
            return places.comparison(fact.number, term)
        if fact.texts is None:
            raise wrong(f"'{fact.name}' stands alone, or behind '!'", term.column)
        return _matching(fact, term)

    def _of_inventory(self, term: Term) -> Test[Seen]:
        low = (term.key if term.op else term.value).lower()
        if not term.op or not (low in places.TEXTS or low.startswith("label.")):
            words = ", ".join([*FACTS[self.scope], *places.TEXTS, "label.NAME"])
            what = f"a condition on {_OF[self.scope]} cannot ask for '{term.key or term.value}'"
            raise wrong(f"{what}; there are {words}", term.column)
        if self.scope is Scope.FLEET:
            raise wrong(f"the fleet has no '{term.key}'; say which servers in 'where'", term.column)
        return places.matching(places.server_texts(term.key), term)


_OF = {Scope.FLEET: "the fleet", Scope.SERVER: "a server", Scope.ACCELERATOR: "an accelerator"}


def read(text: str, scope: Scope) -> Condition:
    """Read a condition.

    Raises:
        Problem: `filter.invalid` with the column.
    """
    words = _Words(scope)
    test = parse(text, words.meaning)
    facts = words.facts
    return Condition(
        test,
        tuple(dict.fromkeys(each.source for each in facts)),
        next((each for each in facts if each.number is not None), None),
        tuple(each for each in facts if each.tell is not None),
        any(each.name in _LINK_WORDS for each in facts),
    )


def _matching(fact: Fact, term: Term) -> Test[Seen]:
    if term.op not in ("=", "!=", "~", "!~"):
        raise wrong(f"'{term.key}' is a text; compare it with = != ~ or !~", term.column)
    wanted = term.value.casefold()
    fits = places.pattern(wanted) if term.op.endswith("~") else wanted.__eq__
    denied = term.op.startswith("!")
    texts = fact.texts

    def test(seen: Seen) -> bool | None:
        found = texts(seen) if texts is not None else None
        return None if found is None else any(fits(each.casefold()) for each in found) is not denied

    return test
