"""Curves over any span: stored roll-ups and the live rings on one grid of time. Pure.

Where the rings hold the whole span, samples are shown as they came; else all of it, the rings' part too, is
in spans of one width, so that no seam can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from console.telemetry.metrics import Floats
from console.telemetry.rollup import BUCKET_S

WIDTHS = (10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
"""Widths in seconds that a curve may have; a fixed list, so that spans do not shift as time goes on."""

_EMPTY: Floats = np.empty(0)


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric over time, NaN where nothing is known.

    Attributes:
        times: seconds since 1970: a sample's own, or the middle of a span.
        width_s: of the spans; 0.0 where the values are samples as they came.
        low, high: of each span; the values themselves where they are samples.
    """

    times: Floats
    values: Floats
    low: Floats
    high: Floats
    width_s: float = 0.0

    def __len__(self) -> int:
        return len(self.times)


NO_CURVE = Curve(_EMPTY, _EMPTY, _EMPTY, _EMPTY)


@dataclass(frozen=True, slots=True)
class Stored:
    """Roll-ups on a grid without holes: every span from the first to the last, NaN where nothing is kept."""

    width_s: int
    starts: Floats
    low: Floats
    mean: Floats
    high: Floats


def width_for(seconds: float, points: int, at_least: int = BUCKET_S) -> int:
    """The narrowest width of the list that needs at most about so many points and is kept as finely."""
    wanted = max(seconds / max(1, points), 1.0)
    fitting = (each for each in WIDTHS if each >= wanted * 0.999 and each % at_least == 0)
    return next(fitting, WIDTHS[-1])


def raw(times: Floats, values: Floats, low_s: float, high_s: float) -> Curve:
    """Samples as they came, those of the span and one more at either side, so that lines reach its edges."""
    if not len(times):
        return NO_CURVE
    first = max(0, int(np.searchsorted(times, low_s)) - 1)
    last = min(len(times), int(np.searchsorted(times, high_s, side="right")) + 1)
    kept = values[first:last]
    return Curve(times[first:last], kept, kept, kept)


def joined(stored: Stored, times: Floats, values: Floats) -> Curve:
    """Roll-ups and the ring's samples on the grid of the roll-ups, up to the newest of both.

    A span that the ring holds from its beginning is the ring's: it is newer than what is written.
    """
    width = float(stored.width_s)
    starts, low, mean, high = stored.starts, stored.low, stored.mean, stored.high
    if len(times):
        begin = starts[0] if len(starts) else np.floor(times[0] / width) * width
        newest = np.floor(times[-1] / width) * width
        if not len(starts) or newest > starts[-1]:
            more = np.arange(starts[-1] + width if len(starts) else begin, newest + width / 2, width)
            nothing = np.full(len(more), np.nan)
            starts = np.concatenate((starts, more))
            low, mean, high = (np.concatenate((each, nothing)) for each in (low, mean, high))
        low, mean, high = _overlaid(starts, width, (low, mean, high), times, values)
    known = np.flatnonzero(np.isfinite(mean))
    end = int(known[-1]) + 1 if len(known) else 0
    return Curve(starts[:end] + width / 2, mean[:end], low[:end], high[:end], width)


def _overlaid(
    starts: Floats, width: float, kept: tuple[Floats, Floats, Floats], times: Floats, values: Floats
) -> tuple[Floats, Floats, Floats]:
    good = np.isfinite(values) & (times >= starts[0])
    places = np.floor((times[good] - starts[0]) / width).astype(np.int64)
    inside = places < len(starts)
    places, found = places[inside], values[good][inside]
    count = np.bincount(places, minlength=len(starts))
    total = np.bincount(places, weights=found, minlength=len(starts))
    lowest, highest = np.full(len(starts), np.inf), np.full(len(starts), -np.inf)
    np.minimum.at(lowest, places, found)
    np.maximum.at(highest, places, found)
    # Before its first sample the ring knows less than the store.
    ring = (count > 0) & ((starts >= times[0]) | ~np.isfinite(kept[1]))
    mean = np.where(ring, total / np.maximum(count, 1), kept[1])
    return np.where(ring, lowest, kept[0]), mean, np.where(ring, highest, kept[2])


def value_near(curve: Curve, at_s: float, tolerance_s: float) -> tuple[float, float] | None:
    """The nearest known point (time, value) within the tolerance, or within its own span; None in a gap."""
    if not len(curve):
        return None
    right = int(np.searchsorted(curve.times, at_s))
    around = [place for place in (right - 1, right) if 0 <= place < len(curve)]
    place = min(around, key=lambda each: abs(float(curve.times[each]) - at_s))
    reach = max(tolerance_s, curve.width_s / 2)
    if abs(float(curve.times[place]) - at_s) > reach or not np.isfinite(curve.values[place]):
        return None
    return float(curve.times[place]), float(curve.values[place])
