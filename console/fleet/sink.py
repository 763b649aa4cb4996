"""Where a link's samples and states go. The telemetry implements it; the fleet knows no more of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from console.fleet.link_state import LinkView


class SampleSink(Protocol):
    """Called on the links' threads: must be quick and must not call the fleet."""

    def on_sample(self, server: str, wire: Mapping[str, object], received_s: float) -> None:
        """One SAMPLE as it came, and our monotonic clock then."""

    def on_link(self, view: LinkView) -> None:
        """A link changed its state."""
