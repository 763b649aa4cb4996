"""Curves as a table for other programs: UTC times, units in the header, an empty cell for what is not
known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from console.core.clock import from_epoch, iso
from console.core.csv_text import Cell, csv_text
from console.telemetry.metrics import Floats
from console.telemetry.spans import Curve


@dataclass(frozen=True, slots=True)
class Named:
    """A curve with what its column is called; `unit` is empty for a bare number."""

    title: str
    unit: str
    curve: Curve


def curves_csv(curves: Sequence[Named], low_s: float, high_s: float) -> str:
    """One line for each time between `low_s` and `high_s` at which a curve has a point.

    Roll-ups have their lowest, mean and highest value, and the seconds that a line stands for.
    """
    header, columns = ["time"], []
    rolled = [each.curve.width_s for each in curves if each.curve.width_s]
    if rolled:
        header.append("span [s]")
    times = _all_times(curves, low_s, high_s)
    for each in curves:
        parts = [("", each.curve.values)]
        if each.curve.width_s:
            parts = [(" mean", each.curve.values), (" min", each.curve.low), (" max", each.curve.high)]
        for word, values in parts:
            header.append(f"{each.title}{word}" + (f" [{each.unit}]" if each.unit else ""))
            columns.append(_at(times, each.curve.times, values))
    width = max(rolled, default=0.0)
    rows: list[list[Cell]] = []
    for place, time_s in enumerate(times):
        start_s = float(time_s) - width / 2 if rolled else float(time_s)
        row: list[Cell] = [iso(from_epoch(start_s))]
        if rolled:
            row.append(width)
        row += [None if np.isnan(column[place]) else float(column[place]) for column in columns]
        rows.append(row)
    return csv_text(header, rows)


def _all_times(curves: Sequence[Named], low_s: float, high_s: float) -> Floats:
    every = [each.curve.times for each in curves if len(each.curve)]
    if not every:
        return np.empty(0)
    times = np.unique(np.concatenate(every))
    return times[(times >= low_s) & (times <= high_s)]


def _at(times: Floats, own: Floats, values: Floats) -> Floats:
    """Values at exactly these times; NaN where the curve has no point."""
    column = np.full(len(times), np.nan)
    if len(own) and len(times):
        places = np.clip(np.searchsorted(own, times), 0, len(own) - 1)
        same = own[places] == times
        column[same] = values[places[same]]
    return column
