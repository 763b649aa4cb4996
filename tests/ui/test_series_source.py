"""Charts over more than the rings hold read the history, off-thread, and show gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from pytestqt.qtbot import QtBot

from console.context import Context
from console.core.clock import SystemClock
from console.fleet.server import Server
from console.telemetry.history import History
from console.telemetry.parsing import parse_sample
from console.ui.pages.series_source import SeriesSource, on_span
from console.ui.shell.window import Window
from tests.ui.fleet_samples import Machine, wire


class _Past(SystemClock):
    """A clock that is set back and catches up."""

    back_s = 0.0

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.back_s)


def test_live_spans_come_from_the_rings(make_window: Callable[..., Window]) -> None:
    window = make_window([Machine(Server("a", "a"))], seconds=60)
    times, values = SeriesSource(window.desk).get("a", "cpu_percent")
    assert len(times) == len(values) >= 58
    assert np.isfinite(values).sum() >= 58


def test_longer_spans_come_from_the_history(
    qtbot: QtBot, make_window: Callable[..., Window], context: Context
) -> None:
    machine, clock = Machine(Server("a", "a")), _Past()
    history = History(context.store, clock)
    for second in range(600):
        clock.back_s = 1200.0 - second
        sample = wire(machine, second, clock.now().timestamp())
        history.add("a", parse_sample(sample, clock.monotonic_s(), server="a", now=clock.now()))
    clock.back_s = 0.0
    history.flush()
    window = make_window([machine], context=replace(context, history=history))
    source = SeriesSource(window.desk)
    window.range.choose("1h")
    assert len(source.get("a", "cpu_percent")[0]) == 0
    qtbot.waitUntil(lambda: len(source.get("a", "cpu_percent")[0]) > 0, timeout=30_000)
    times, values = source.get("a", "cpu_percent")
    assert np.isfinite(values).sum() >= 55
    assert np.isnan(values[-1])
    low, high = source.span()
    assert round(high - low) == 3600
    assert times[0] >= low - 60


def test_a_curve_lies_evenly_over_its_span_with_its_gaps() -> None:
    times = np.concatenate((np.arange(0.0, 50.0), np.arange(80.0, 100.0)))
    curve = on_span(times, np.full(len(times), 5.0), -100.0, 100.0)
    share = len(curve) / 200
    assert np.isnan(curve[: int(98 * share)]).all()
    assert (curve[int(102 * share) : int(148 * share)] == 5.0).all()
    assert np.isnan(curve[int(155 * share) : int(175 * share)]).all()
    assert len(on_span(times[:1], times[:1], 0.0, 1.0)) == 0


def test_a_young_server_fills_its_charts(make_window: Callable[..., Window]) -> None:
    window = make_window([Machine(Server("a", "a"))], seconds=200)
    source = SeriesSource(window.desk)
    low, high = source.span("a")
    assert 195 <= high - low <= 215
    low, high = source.span()
    assert round(high - low) == 900
