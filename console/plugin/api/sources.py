"""The values of sources: systems of a site that already know its servers, read instead of the servers.

Stable, as `values`: a field may be added with a default, never changed or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Ask = Callable[[str, Mapping[str, str]], str]
"""Asks the source: a path below its URL and the parameters; gives the answer's text, bounded.

Login, TLS, forwards and deadlines are Tandem's own affair. Raises a Problem where nothing usable came."""


@dataclass(frozen=True, slots=True)
class SourceHost:
    """One server as a source knows it.

    Attributes:
        name: what the source calls it; any text.
        address: its host without a port where that is known, to find it in the inventory.
        age_s: of its newest sample, by the source's own clock.
        time: when that was taken, in seconds since 1970 by the source's clock.
        sample: what an agent's sample would hold; what the source does not have is left out.
    """

    name: str
    address: str
    age_s: float
    time: float
    sample: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SourceReading:
    """All servers at one moment.

    Attributes:
        now: the source's clock, in seconds since 1970.
        hosts: those that have a sample now.
        notes: sentences on what is odd, for the person.
    """

    now: float
    hosts: tuple[SourceHost, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """One span of a curve: from `start` (the source's clock), so wide as was asked for."""

    start: float
    low: float
    mean: float
    high: float


class SourceReader(Protocol):
    """One source that was opened. One thread calls `read`; any thread `curve`."""

    def read(self) -> SourceReading:
        """All servers now, in a few questions; raises what `Ask` raises, ValueError for nonsense."""

    def curve(
        self, host: str, metric: str, accelerator: str | None, since: float, until: float, width_s: int
    ) -> Sequence[SourceSpan]:
        """One metric of a host that was read before: spans on a grid of `width_s`; gaps are left out.

        Args:
            metric: Tandem's own name ("utilization_percent").
            accelerator: its UUID, None for metrics of the machine.
            since, until: by the source's clock, both on the grid.
        """


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of source.

    Attributes:
        name: unique: "prometheus".
        settings: names of what a person may set for one, with a sentence each.
        open: from a way to ask and those settings to a reader; asks nothing yet. Raises ValueError for
            settings that make no sense.
    """

    name: str
    title: str
    open: Callable[[Ask, Mapping[str, str]], SourceReader]
    settings: Mapping[str, str]
