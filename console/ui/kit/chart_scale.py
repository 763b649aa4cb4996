"""The arithmetic of charts: round bounds, ticks of time, reading values under a cursor. No Qt here."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

import numpy as np

from console.ui.kit.sparkline import Values

_CEILINGS = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800)


def nice_ceiling(value: float) -> float:
    """The next value whose quarters are round, so that five ticks read well."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _CEILINGS if value <= step * power * (1 + 1e-9))


def bounds(series: list[Values], *, zero: bool) -> tuple[float, float]:
    """The lowest and highest value to show; from zero on where `zero`."""
    known = [values[np.isfinite(values)] for values in series]
    known = [values for values in known if len(values)]
    if not known:
        return 0.0, 1.0
    low = min(float(values.min()) for values in known)
    high = max(float(values.max()) for values in known)
    if zero and low >= 0:
        return 0.0, nice_ceiling(high * 1.05) if high > 0 else 1.0
    margin = (high - low) * 0.08 or max(abs(high) * 0.1, 1e-9)
    return low - margin, high + margin


def time_step(seconds: float, most: int) -> float:
    """The finest step of time that gives at most `most` ticks."""
    return next((float(step) for step in _STEPS_S if seconds / step <= most), 604800.0)


def clock_text(epoch_s: float, step_s: float, zone: tzinfo = UTC) -> str:
    """A tick of time: with seconds where the step is short, the day where it is long."""
    moment = datetime.fromtimestamp(epoch_s, zone)
    if step_s >= 86400:
        return f"{moment:%d.%m.}"
    return f"{moment:%H:%M:%S}" if step_s < 60 else f"{moment:%H:%M}"


def value_at(x: Values, y: Values, at: float) -> float | None:
    """The value nearest to `at`, None in a gap or outside."""
    if not len(x) or at < x[0] or at > x[-1]:
        return None
    right = int(np.searchsorted(x, at))
    left = max(0, right - 1)
    right = min(right, len(x) - 1)
    nearest = left if abs(x[left] - at) <= abs(x[right] - at) else right
    return float(y[nearest]) if np.isfinite(y[nearest]) else None


def last_known(x: Values, y: Values, end: float | None = None, tolerance: float = 0.0) -> float | None:
    """The newest value; None where it is a gap or older than `end` by more than the tolerance: an old value
    is never shown as current."""
    if not len(y) or not np.isfinite(y[-1]) or (end is not None and end - x[-1] > tolerance):
        return None
    return float(y[-1])
