"""Series for charts: from the rings where they hold the span, from the history (off-thread) where not."""

from __future__ import annotations

import numpy as np

from console.core.clock import from_epoch, parse_iso
from console.ui.desk import Desk
from console.ui.kit.sparkline import Values

_HISTORY_EVERY_BEATS = 100
_POINTS = 600
Series = tuple[Values, Values]
_NONE: Series = (np.empty(0), np.empty(0))


class SeriesSource:
    """One per page. History is asked for again every ten seconds, and shown as it was meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[str, str, str | None, str], tuple[int, Series]] = {}

    def get(self, server: str, metric: str, accelerator: str | None = None) -> Series:
        """Times (seconds since 1970) and values, NaN in gaps, over the span of the page."""
        span = self._desk.range
        if span.live:
            return self._desk.context.telemetry.series(server, metric, accelerator, span.seconds)
        key = (server, metric, accelerator, span.key)
        beat = self._desk.clock.ticks
        asked, series = self._kept.get(key, (-_HISTORY_EVERY_BEATS, _NONE))
        if beat - asked >= _HISTORY_EVERY_BEATS:
            self._kept[key] = (beat, series)
            self._ask(key, span.seconds)
        return series

    def span(self) -> tuple[float, float]:
        """From when to when the charts show."""
        now = self._desk.context.clock.now().timestamp()
        return now - self._desk.range.seconds, now

    def _ask(self, key: tuple[str, str, str | None, str], seconds: float) -> None:
        server, metric, accelerator, _span = key
        history = self._desk.context.history
        now = self._desk.context.clock.now()
        since = from_epoch(now.timestamp() - seconds)

        def read() -> Series:
            points = history.points(server, metric, accelerator, since, now, _POINTS)
            times = np.array([parse_iso(str(point[0])).timestamp() for point in points], dtype=np.float64)
            means = np.array([np.nan if point[2] is None else point[2] for point in points], dtype=np.float64)
            return times, means

        def keep(series: Series) -> None:
            self._kept[key] = (self._kept[key][0], series)

        self._desk.worker.run(read, keep, key=f"history {key}")
