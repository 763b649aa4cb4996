"""One moment by which something must be done, handed down through every wait of a task."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock.

    Attributes:
        at: when, in seconds of `time.monotonic`.
        span_s: how long it was in all, for messages.
    """

    at: float
    span_s: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """A deadline so many seconds from now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def left_s(self) -> float:
        """Seconds left, 0 when it is over."""
        return max(0.0, self.at - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.at

    def at_least(self, seconds: float) -> Deadline:
        """This deadline, or one so many seconds from now where that is later."""
        later = time.monotonic() + seconds
        return self if later <= self.at else Deadline(later, self.span_s + later - self.at)


def left(deadline: Deadline | None) -> float | None:
    """Seconds left, None where there is no deadline: what the waits of `threading` take."""
    return None if deadline is None else deadline.left_s
