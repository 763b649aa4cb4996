"""The last minutes of a deployment's numbers, one point for every look; what is not known is a gap."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from console.serving.deployment import Deployment
from console.ui.kit.sparkline import Values

MOST = 900


@dataclass(frozen=True, slots=True)
class Point:
    """One look. `rps` by release, None where a number is not known."""

    time: float
    rps: dict[str, float | None]
    total: float | None
    p50_ms: float | None
    p99_ms: float | None
    error_percent: float | None


class DeploymentRing:
    """Bounded; filled by the page of the deployment while it is looked at."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=MOST)

    def __len__(self) -> int:
        return len(self._points)

    def add(self, time: float, seen: Deployment | None) -> None:
        """What was seen, None where nothing was."""
        if seen is None:
            self._points.append(Point(time, {}, None, None, None, None))
            return
        errors = seen.error_rate
        self._points.append(
            Point(
                time,
                {each.model: each.rps for each in seen.releases if each.weight > 0 or each.rps},
                seen.rps,
                seen.latency.p50_ms,
                seen.latency.p99_ms,
                None if errors is None else errors * 100,
            )
        )

    @property
    def first(self) -> float | None:
        """When the oldest point was taken."""
        return self._points[0].time if self._points else None

    @property
    def times(self) -> Values:
        return np.array([point.time for point in self._points], dtype=np.float64)

    def releases(self, since: float) -> list[str]:
        """Which releases had traffic since then, in the order in which they came."""
        names = {name: None for point in self._points if point.time >= since for name in point.rps}
        return list(names)

    def rps(self, release: str) -> Values:
        """Requests a second of one release."""
        return _values([point.rps.get(release) for point in self._points])

    @property
    def totals(self) -> Values:
        return _values([point.total for point in self._points])

    @property
    def p50(self) -> Values:
        return _values([point.p50_ms for point in self._points])

    @property
    def p99(self) -> Values:
        return _values([point.p99_ms for point in self._points])

    @property
    def errors(self) -> Values:
        return _values([point.error_percent for point in self._points])


def _values(found: list[float | None]) -> Values:
    return np.array([math.nan if value is None else value for value in found], dtype=np.float64)
