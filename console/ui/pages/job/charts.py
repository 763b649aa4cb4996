"""The charts of a job: one for every metric over its steps, and how busy its accelerators are."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from PySide6.QtWidgets import QGridLayout, QWidget

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_percent
from console.jobs.job import Job, MetricPoint
from console.ui.desk import Desk
from console.ui.kit.chart import Chart, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.sparkline import Values
from console.ui.pages.job.look import curve_of, shown_metrics
from console.ui.pages.series_source import Series
from console.ui.theme.tokens import Token
from console.ui.times import zone_of

COLUMNS = 3
HEIGHT = 210
MOST = 11
_RING_S = 900.0
_BEFORE_S = 5.0


def metric_text(value: float | None) -> str:
    """A bare number, three significant digits below 1."""
    if value is None:
        return UNKNOWN
    if value == 0 or abs(value) >= 1:
        return f"{value:.4g}"
    return f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.2e}"


class JobCharts(QWidget):
    """A grid that grows with the metrics that a job reports."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._steps = ChartGroup(self)
        self._times = ChartGroup(self)
        self._metrics: dict[str, Chart] = {}
        self._busy: Chart | None = None
        self._uuids: tuple[str, ...] = ()
        self._placed: list[Chart] = []
        self.hide()

    @property
    def names(self) -> list[str]:
        """What is drawn, in its order; for tests."""
        return list(self._metrics)

    def clear(self) -> None:
        """Another job."""
        for chart in [*self._metrics.values(), *([self._busy] if self._busy else [])]:
            chart.setParent(None)
            chart.deleteLater()
        self._metrics, self._busy, self._uuids, self._placed = {}, None, (), []
        self._steps.reset()
        self.hide()

    def show_metrics(self, metrics: dict[str, list[MetricPoint]]) -> None:
        """Draw what was reported; a new metric gets a chart of its own."""
        names = shown_metrics(metrics)[:MOST]
        for name in names:
            if name not in self._metrics:
                self._metrics[name] = self._metric_chart(name)
        if [*self._metrics] != names:
            self._metrics = {name: self._metrics[name] for name in names if name in self._metrics}
        curves = {name: curve_of(metrics[name]) for name in names}
        lows = [float(x[0]) for x, _ in curves.values() if len(x)]
        highs = [float(x[-1]) for x, _ in curves.values() if len(x)]
        if highs:
            low, high = min(lows), max(highs)
            self._steps.follow(low, high if high > low else low + 1.0)
        for name, curve in curves.items():
            self._metrics[name].set_data([curve])
        self._place()

    def _metric_chart(self, name: str) -> Chart:
        token: Token = "training" if "loss" in name else ("ok" if "acc" in name else "accent")
        return Chart(
            self._desk.theme,
            safe_line(name.replace("_", " "), max_chars=60),
            self._steps,
            metric_text,
            lines=(Line("", token),),
            over_time=False,
        )

    def show_accelerators(self, job: Job, names: dict[str, str]) -> None:
        """How busy what it leased is, over the life of the job; nothing where it leased none."""
        if not job.accelerators or job.started is None:
            return
        if self._busy is None:
            count = len(job.accelerators)
            title = (
                self.tr("GPU utilization")
                if count == 1
                else self.tr("GPU utilization, {count} GPUs").format(count=count)
            )
            self._busy = Chart(
                self._desk.theme,
                title,
                self._times,
                format_percent,
                lines=[Line(names.get(uuid, uuid)) for uuid in job.accelerators],
                y_range=(0.0, 100.0),
                zone=zone_of(self._desk.context.options),
                write_axis=lambda value: f"{value:.0f}",
            )
            self._uuids = job.accelerators
            self._place()
        now = self._desk.context.clock.now()
        low, high = _life(job, job.started, now)
        telemetry = self._desk.context.telemetry
        self._times.follow(low, high)
        seconds = max(_BEFORE_S, now.timestamp() - low)
        self._busy.set_data(
            [
                _between(telemetry.series(job.server, "utilization_percent", uuid, seconds), low, high)
                for uuid in self._uuids
            ]
        )

    def _place(self) -> None:
        charts = list(self._metrics.values())
        if self._busy is not None:
            # Beside loss and accuracy, where the eye looks for it.
            charts.insert(min(2, len(charts)), self._busy)
        if charts == self._placed:
            return
        self._placed = charts
        while self._grid.count():
            self._grid.takeAt(0)
        wide = len(charts) if len(charts) < COLUMNS else 1
        for index, chart in enumerate(charts):
            chart.setFixedHeight(HEIGHT)
            if wide == 2:
                # Two charts share the width of three.
                self._grid.addWidget(chart, 0, index * 2, 1, 1 if index else 2)
            elif wide == 1 and len(charts) == 1:
                self._grid.addWidget(chart, 0, 0, 1, COLUMNS)
            else:
                self._grid.addWidget(chart, index // COLUMNS, index % COLUMNS)
            chart.show()
        self.setVisible(bool(charts))


def _life(job: Job, started: datetime, now: datetime) -> tuple[float, float]:
    low = started.timestamp() - _BEFORE_S
    high = (job.ended or now).timestamp() + (_BEFORE_S if job.ended else 0.0)
    return max(low, high - _RING_S), high


def _between(series: Series, low: float, high: float) -> tuple[Values, Values]:
    times, values = series
    inside = (times >= low) & (times <= high)
    return np.asarray(times[inside]), np.asarray(values[inside])
