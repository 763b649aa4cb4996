"""How curves of metrics are drawn, as arithmetic: axis, smoothing, logarithms, what is left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from console.core.units import format_duration
from console.jobs.measured import Curve
from console.ui.kit.sparkline import Values
from console.ui.pages.job.look import curve_of

Axis = Literal["step", "time"]
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class View:
    """What the person chose.

    Attributes:
        smoothing: between 0 (none) and 1; TensorBoard's.
    """

    axis: Axis = "step"
    smoothing: float = 0.0
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve ready to be drawn.

    Attributes:
        x, y: of the line; logarithms (base 10) where the view has them.
        raw: what it was before smoothing, None where nothing was smoothed.
        not_positive: points that a logarithm has no place for.
        without_time: points that did not tell when.
        redone: points of steps that a restart did once more.
        odd_since: the place from which on all values are NaN or infinite; None where the last is a number.
    """

    x: Values
    y: Values
    raw: Values | None
    not_positive: int = 0
    without_time: int = 0
    redone: int = 0
    odd_since: float | None = None


def drawn(curve: Curve, view: View, began_s: float | None = None) -> Drawn:
    """The points of a curve in a view; `began_s` is when its run began, for the axis of time."""
    x, y = curve_of(curve)
    without_time = 0
    if view.axis == "time":
        times = np.frombuffer(curve.times)
        known = np.isfinite(times)
        without_time = int(len(times) - known.sum())
        x, y = times[known], y[known]
        first = x.min() if len(x) else 0.0
        # A clock that differs from the server's own must not put points before the beginning.
        x = x - (min(began_s, first) if began_s is not None else first)
    # From a step that was done again only the later points count; so x never goes back.
    lasting = _lasting(x)
    redone = len(x) - len(lasting)
    x, y = x[lasting], y[lasting]
    odd_since = _odd_since(x, y)
    raw = y if view.smoothing > 0 else None
    y = smoothed(y, view.smoothing)
    not_positive = 0
    if view.log_x:
        keep = x > 0
        not_positive += int(len(x) - keep.sum())
        x, y = np.log10(x[keep]), y[keep]
        raw = None if raw is None else raw[keep]
    if view.log_y:
        not_positive += int(((raw if raw is not None else y) <= 0).sum())
        y = _log(y)
        raw = None if raw is None else _log(raw)
    y = np.where(np.isfinite(y), y, np.nan)
    return Drawn(x, y, _finite(raw), not_positive, without_time, redone, odd_since)


def _lasting(x: Values) -> NDArray[np.intp]:
    """Which points were not done again after the axis went back; equal neighbours stay."""
    if not len(x):
        return np.zeros(0, dtype=np.intp)
    kept = np.flatnonzero(x <= np.minimum.accumulate(x[::-1])[::-1])
    again = (np.diff(x[kept]) == 0) & (np.diff(kept) > 1)
    lasting: NDArray[np.intp] = kept[np.append(~again, True)]
    return lasting


def _log(values: Values) -> Values:
    return np.log10(values, where=values > 0, out=np.full(len(values), np.nan))


def _finite(values: Values | None) -> Values | None:
    return None if values is None else np.where(np.isfinite(values), values, np.nan)


def _odd_since(x: Values, y: Values) -> float | None:
    odd = ~np.isfinite(y)
    if not len(y) or not odd[-1]:
        return None
    good = np.flatnonzero(~odd)
    return float(x[good[-1] + 1 if len(good) else 0])


def smoothed(values: Values, weight: float) -> Values:
    """The exponential mean that TensorBoard draws, its early bias corrected; NaN and infinities stay.

    Args:
        weight: of what came before, from 0 to below 1.
    """
    if weight <= 0 or not len(values):
        return values
    known = np.isfinite(values)
    given = values[known]
    result = np.empty(len(given))
    last = 0.0
    # In blocks, so that the powers stay within what a double can hold.
    for begin in range(0, len(given), _BLOCK):
        part = given[begin : begin + _BLOCK]
        powers = weight ** np.arange(len(part), dtype=np.float64)
        means = powers * (weight * last + (1 - weight) * np.cumsum(part / powers))
        result[begin : begin + len(part)] = means
        last = float(means[-1])
    counts = np.arange(1, len(given) + 1, dtype=np.float64)
    whole = values.copy()
    whole[known] = result / (1 - weight**counts)
    return whole


def place_text(view: View, at: float) -> str:
    """A place on the horizontal axis in words: a step, or the time since the beginning."""
    value = 10**at if view.log_x else at
    if view.axis == "time":
        return format_duration(max(0.0, value))
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.3g}"


def log_ticks(low: float, high: float) -> list[float]:
    """Where ticks of a logarithmic axis stand, as logarithms: whole decades, and parts of few."""
    decades = high - low
    if not math.isfinite(decades) or decades <= 0:
        return []
    every = max(1, math.ceil(decades / 6))
    parts = (1,) if decades > 3 else (1, 2, 5)
    first, last = math.floor(low), math.ceil(high)
    ticks = [
        place + math.log10(part) for place in range(first, last + 1) if place % every == 0 for part in parts
    ]
    found = [tick for tick in ticks if low <= tick <= high]
    return found if len(found) > 1 else [low + decades * part / 3 for part in range(4)]
