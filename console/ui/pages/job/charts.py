"""The charts of a job: one for every metric over its steps, and how busy its accelerators are."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from PySide6.QtWidgets import QGridLayout, QWidget

from console.core.clock import from_epoch, parse_iso
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_percent
from console.jobs.job import Job, MetricPoint
from console.ui.desk import Desk
from console.ui.kit.chart import Chart, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.sparkline import Values
from console.ui.pages.job.look import curve_of, families, family_of
from console.ui.pages.series_source import Series
from console.ui.theme.tokens import Token
from console.ui.times import zone_of

COLUMNS = 3
HEIGHT = 210
MOST = 11
_RING_S = 900.0
_BEFORE_S = 5.0
_POINTS = 400
_SHARES = ("accuracy", "acc", "precision", "recall", "f1", "auc")


def metric_text(value: float | None) -> str:
    """A bare number with three significant digits."""
    if value is None:
        return UNKNOWN
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}" if abs(value) < 1e7 else f"{value:.3g}"
    text = f"{value:#.3g}"
    return text.rstrip(".")


def _word(name: str) -> str:
    return safe_line(name.replace("_", " "), max_chars=60)


def _token(family: str, place: int) -> Token | None:
    """The engine's colour for what is trained, the accent for what it is checked with."""
    first: Token = "ok" if any(word in family for word in _SHARES) else "training"
    second: tuple[Token, ...] = (first, "accent", "warning")
    return second[place] if place < len(second) else None


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
        self._charts: dict[str, Chart] = {}
        self._busy: Chart | None = None
        self._uuids: tuple[str, ...] = ()
        self._placed: list[Chart] = []
        self._past: dict[str, list[Series]] = {}
        self.hide()

    @property
    def names(self) -> list[str]:
        """What is drawn, in its order; for tests."""
        return list(self._charts)

    def clear(self) -> None:
        """Another job."""
        for chart in [*self._charts.values(), *([self._busy] if self._busy else [])]:
            chart.setParent(None)
            chart.deleteLater()
        self._charts, self._busy, self._uuids, self._placed = {}, None, (), []
        self._steps.reset()
        self.hide()

    def show_metrics(self, metrics: dict[str, list[MetricPoint]]) -> None:
        """Draw what was reported; a new family of metrics gets a chart of its own."""
        shown = dict(list(families(metrics).items())[:MOST])
        charts = {family: self._charts.get(family) or self._new(family, metrics) for family in shown}
        self._charts = charts
        curves = {name: curve_of(metrics[name]) for names in shown.values() for name in names}
        if curves:
            low = min(float(x[0]) for x, _ in curves.values())
            high = max(float(x[-1]) for x, _ in curves.values())
            self._steps.follow(low, high if high > low else low + 1.0)
        for family, names in shown.items():
            charts[family].set_lines(
                [Line(_word(name), _token(family, place)) for place, name in enumerate(names)]
            )
            charts[family].set_data([curves[name] for name in names])
        self._place()

    def _new(self, family: str, metrics: dict[str, list[MetricPoint]]) -> Chart:
        mine = [point.value for name in metrics if family_of(name) == family for point in metrics[name]]
        share = any(word in family for word in _SHARES) and all(0 <= value <= 1 for value in mine)
        return Chart(
            self._desk.theme,
            _word(family),
            self._steps,
            metric_text,
            y_range=(0.0, 1.0) if share else None,
            over_time=False,
            write_axis=lambda value: f"{value:.3g}",
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
        series = [
            _between(telemetry.series(job.server, "utilization_percent", uuid, seconds), low, high)
            for uuid in self._uuids
        ]
        if job.final and (seconds > _RING_S or not any(np.isfinite(values).any() for _, values in series)):
            series = self._past.get(job.id) or self._ask_history(job, low, high)
        self._busy.set_data(series)

    def _ask_history(self, job: Job, low: float, high: float) -> list[Series]:
        """An ended job of before this start: its curve is in the database; nothing until it is read."""
        empty: Series = (np.empty(0), np.empty(0))
        self._past = {job.id: [empty for _ in self._uuids]}
        history, uuids = self._desk.context.history, self._uuids
        since, until = from_epoch(low), from_epoch(high)

        def read() -> list[Series]:
            found: list[Series] = []
            for uuid in uuids:
                points = history.points(job.server, "utilization_percent", uuid, since, until, _POINTS)
                times = [parse_iso(str(point[0])).timestamp() for point in points]
                means = [np.nan if point[2] is None else point[2] for point in points]
                found.append((np.array(times, dtype=np.float64), np.array(means, dtype=np.float64)))
            # Nobody watched from here: the server did.
            return found if any(np.isfinite(values).any() for _, values in found) else self._kept_there(job)

        def keep(found: list[Series]) -> None:
            self._past = {job.id: found}

        self._desk.worker.run(read, keep, owner=self, key=f"job.history {job.id}")
        return self._past[job.id]

    def _kept_there(self, job: Job) -> list[Series]:
        """What its server kept of every attempt, one behind the other; asks it: for the worker only."""
        curves = self._desk.context.jobs.history.curves(job)
        gap = np.array([np.nan])
        series: list[Series] = []
        for uuid in job.accelerators:
            mine = [each for each in curves if uuid in each.utilization]
            times = [part for each in mine for part in (each.times, each.times[-1:])]
            values = [part for each in mine for part in (each.utilization[uuid], gap[: len(each.times)])]
            empty = np.empty(0)
            series.append((np.concatenate([empty, *times]), np.concatenate([empty, *values])))
        return series

    def _place(self) -> None:
        charts = list(self._charts.values())
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
    return (low if job.ended else max(low, high - _RING_S)), high


def _between(series: Series, low: float, high: float) -> tuple[Values, Values]:
    times, values = series
    inside = (times >= low) & (times <= high)
    return np.asarray(times[inside]), np.asarray(values[inside])
