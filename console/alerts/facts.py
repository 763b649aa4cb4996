"""Everything that a condition can ask, by scope: for its reader, the rule's form and the help. No logic."""

from __future__ import annotations

from collections.abc import Mapping

from console.alerts import facts_accelerators, facts_servers
from console.alerts.asked import Fact, Source
from console.alerts.facts_accelerators import ACCELERATORS
from console.alerts.facts_servers import FLEET, SERVERS
from console.alerts.rule import Scope

FACTS: Mapping[Scope, Mapping[str, Fact]] = {
    Scope.FLEET: {each.name: each for each in FLEET},
    Scope.SERVER: {each.name: each for each in SERVERS},
    Scope.ACCELERATOR: {each.name: each for each in ACCELERATORS},
}

FAST: frozenset[Source] = frozenset(
    (facts_accelerators.of_sample, facts_servers.of_sample, facts_servers.of_age)
)
"""Sources that are another at nearly every moment."""
