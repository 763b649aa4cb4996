"""How often a page asks what costs something: a question is due again only after a while."""

from __future__ import annotations

from console.core.clock import Clock


class Pace:
    """A beat of its own, slower than the window's."""

    def __init__(self, clock: Clock, every_s: float) -> None:
        self._clock = clock
        self._every_s = every_s
        self._last_s: float | None = None

    def due(self) -> bool:
        """Whether it is time; the one who asks then does it."""
        now = self._clock.monotonic_s()
        if self._last_s is not None and now - self._last_s < self._every_s:
            return False
        self._last_s = now
        return True

    def hurry(self) -> None:
        """It is due at the next beat."""
        self._last_s = None
