"""What comes with a sample that a source told. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """By whom, and how it is to be taken.

    Attributes:
        source: the name of the source.
        fresh_for_s: how old it may become and still be shown as current.
        only: the source alone knows the server, and keeps its history.
    """

    source: str
    fresh_for_s: float
    only: bool
