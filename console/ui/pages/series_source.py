"""Series for charts: from the rings where they hold the span, from the history (off-thread) where not."""

from __future__ import annotations

import numpy as np

from console.core.clock import from_epoch, parse_iso
from console.ui.desk import Desk
from console.ui.kit.sparkline import Values

_HISTORY_EVERY_BEATS = 100
_POINTS = 600
SHORTEST_S = 120.0
_SLOTS = 300
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
        key = (server, metric, accelerator, span.key if span.fixed is None else repr(span.fixed))
        beat = self._desk.clock.ticks
        asked, series = self._kept.get(key, (-_HISTORY_EVERY_BEATS, _NONE))
        if beat - asked >= _HISTORY_EVERY_BEATS:
            self._kept[key] = (beat, series)
            self._ask(key)
        return series

    def span(self, server: str = "") -> tuple[float, float]:
        """From when to when the charts show. A live span begins with the server's first sample where that is
        younger, so that the first minutes are not squeezed into a corner."""
        low, now = self._desk.range.span(self._desk.context.clock.now().timestamp())
        if server and self._desk.range.live:
            times = self.get(server, "cpu_percent")[0]
            first = float(times[0]) if len(times) else now
            low = max(low, min(first, now - SHORTEST_S))
        return low, now

    def curve(self, server: str, metric: str, accelerator: str | None = None) -> Values:
        """The same values laid evenly over the span, for curves without an axis."""
        times, values = self.get(server, metric, accelerator)
        low, high = self.span(server)
        return on_span(times, values, low, high)

    def _ask(self, key: tuple[str, str, str | None, str]) -> None:
        server, metric, accelerator, _span = key
        history = self._desk.context.history
        low, high = self._desk.range.span(self._desk.context.clock.now().timestamp())
        since, until = from_epoch(low), from_epoch(high)

        def read() -> Series:
            points = history.points(server, metric, accelerator, since, until, _POINTS)
            times = np.array([parse_iso(str(point[0])).timestamp() for point in points], dtype=np.float64)
            means = np.array([np.nan if point[2] is None else point[2] for point in points], dtype=np.float64)
            return times, means

        def keep(series: Series) -> None:
            self._kept[key] = (self._kept[key][0], series)

        self._desk.worker.run(read, keep, key=f"history {key}")


def on_span(times: Values, values: Values, low: float, high: float) -> Values:
    """Means over equal parts of a span, NaN where there is nothing; parts are no finer than the samples."""
    if len(times) < 2 or high <= low:
        return np.empty(0)
    interval = float(np.median(np.diff(times)))
    slots = int(min(_SLOTS, max(2.0, (high - low) / max(interval * 1.5, 1e-3))))
    places = np.floor((times - low) / (high - low) * slots).astype(np.int64)
    good = (places >= 0) & (places < slots) & np.isfinite(values)
    sums = np.bincount(places[good], weights=values[good], minlength=slots)
    counts = np.bincount(places[good], minlength=slots)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
