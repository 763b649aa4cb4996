"""Which servers reach which, and the tree in which a copy spreads over them. Pure: nothing connects here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from console.core.problems import Problem

ARITY = 2
"""To how many others a server gives at once: each more halves what one gets."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What a pre-flight found.

    Attributes:
        reached: by (from, to): the host by which a server reached another.
        why: by (from, to): why it did not.
        down: servers that could not even be asked.
    """

    reached: Mapping[tuple[str, str], str] = field(default_factory=dict)
    why: Mapping[tuple[str, str], str] = field(default_factory=dict)
    down: Mapping[str, Problem] = field(default_factory=dict)

    def between(self, giver: str, taker: str) -> bool:
        """Whether one can give to the other, whoever of them calls."""
        return (taker, giver) in self.reached or (giver, taker) in self.reached

    def caller(self, giver: str, taker: str) -> str:
        """Who calls: the taker where it can, as most firewalls let a server out."""
        return taker if (taker, giver) in self.reached else giver

    def reason(self, giver: str, taker: str) -> str:
        """Why there is no way between two servers."""
        told = [
            f"{a} cannot reach {b} ({self.why[a, b]})"
            for a, b in ((taker, giver), (giver, taker))
            if (a, b) in self.why
        ]
        return ", and ".join(told) or "neither answered"


@dataclass(frozen=True, slots=True)
class Wave:
    """One tree: who gives to whom, from one root.

    Attributes:
        root: the server that has it.
        relayed_because: where the root gets it through the console first: why; empty for the source.
        parents: by taker, in the order in which they get it.
    """

    root: str
    relayed_because: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)

    def children(self, giver: str) -> tuple[str, ...]:
        """Who gets it from that one first."""
        return tuple(taker for taker, parent in self.parents.items() if parent == giver)

    def ancestors(self, taker: str) -> tuple[str, ...]:
        """From whom it is to be had, the first choice first, the root last."""
        found: list[str] = []
        at = taker
        while at in self.parents:
            at = self.parents[at]
            found.append(at)
        return tuple(found)


def spread(source: str, targets: Sequence[str], routes: Routes, *, arity: int = ARITY) -> tuple[Wave, ...]:
    """The trees that bring it to every target that is up: one from the source; what it does not reach gets it
    through the console, each of those being the root of a tree of its own.
    """
    waiting = [name for name in targets if name not in routes.down]
    waves = [Wave(source, parents=_tree(source, waiting, routes.between, arity))]
    waiting = [name for name in waiting if name not in waves[0].parents]
    while waiting:
        root = waiting[0]
        parents = _tree(root, waiting[1:], routes.between, arity)
        waves.append(Wave(root, routes.reason(source, root), parents))
        waiting = [name for name in waiting[1:] if name not in parents]
    return tuple(waves)


def _tree(
    root: str, targets: Sequence[str], between: Callable[[str, str], bool], arity: int
) -> dict[str, str]:
    """Who gives to whom: the giver nearest to the root with the fewest takers; nobody gives to more than
    `arity` while another that could has room.
    """
    depth = {root: 0}
    given = {root: 0}
    parents: dict[str, str] = {}
    waiting = list(targets)
    room: float = arity
    while waiting:
        for taker in waiting:
            able = [giver for giver in depth if given[giver] < room and between(giver, taker)]
            if able:
                break
        else:
            if room > arity:
                return parents
            room = float("inf")  # rather a giver with many takers than none at all
            continue
        giver = min(able, key=lambda each: (depth[each], given[each]))
        parents[taker] = giver
        given[giver] += 1
        depth[taker], given[taker] = depth[giver] + 1, 0
        waiting.remove(taker)
        room = arity
    return parents
