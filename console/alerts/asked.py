"""What a condition is asked of, and what one thing is that it can ask. Values only; the things: facts.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.alerts.recent import Recent
from console.alerts.rule import Scope
from console.core.units import format_duration, three_digits
from console.telemetry import filter as places
from console.telemetry.snapshot import AcceleratorRow, Counts, ServerRow


@dataclass(frozen=True, slots=True)
class Seen(places.Place):
    """What a condition is asked of. `row` is None for a server; `server` is any for the fleet.

    Attributes:
        recent: what was before.
        counts: of the servers that the rule is about; only for the fleet.
        unreached: whether none of several servers is reached; None where there are not several.
    """

    recent: Recent
    counts: Counts | None = None
    unreached: bool | None = None


Number = Callable[[Seen], float | None]
Texts = Callable[[Seen], tuple[str, ...] | None]
Word = Callable[[Seen], bool | None]
Tell = Callable[[Seen], tuple[str, str]]
Source = Callable[[ServerRow, AcceleratorRow | None, Recent], object]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be asked.

    Attributes:
        read: a number, texts of which one has to fit, or yes and no.
        source: what it is read out of; as long as that stays the same, so does the fact.
        tell: (detail, action) for a sentence; each may be empty.
    """

    name: str
    scope: Scope
    meaning: str
    source: Source
    number: Number | None = None
    texts: Texts | None = None
    word: Word | None = None
    unit: str = ""
    tell: Tell | None = None


def shown(value: float | None, unit: str) -> str:
    """A fact's value for a sentence; empty where there is none."""
    if value is None:
        return ""
    if unit == "s":
        return format_duration(value)
    return f"{three_digits(value)} {unit}".strip()
