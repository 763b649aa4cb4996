"""The charts of a job: one for every metric over its steps, and how busy its accelerators are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.core.clock import from_epoch, parse_iso
from console.core.units import UNKNOWN, format_percent
from console.jobs.job import Job
from console.ui.desk import Desk
from console.ui.kit.chart import Chart, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.sparkline import Values
from console.ui.pages.job.metric_bar import MetricBar
from console.ui.pages.job.metric_view import Drawn, View, drawn
from console.ui.pages.job.runs import Entry, Run, is_share, notes_of, panels, word
from console.ui.pages.series_source import Series
from console.ui.times import zone_of

if TYPE_CHECKING:
    from console.ui.pages.job.metric_chart import MetricChart

COLUMNS = 3
HEIGHT = 210
MOST = 11
_RING_S = 900.0
_BEFORE_S = 5.0
_POINTS = 400


def metric_text(value: float | None) -> str:
    """A bare number with three significant digits."""
    if value is None:
        return UNKNOWN
    if not np.isfinite(value):
        return f"{value:g}"
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}" if abs(value) < 1e7 else f"{value:.3g}"
    text = f"{value:#.3g}"
    return text.rstrip(".")


class JobCharts(QWidget):
    """A grid that grows with the metrics that a job reports."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.bar = MetricBar(desk)
        self.bar.changed.connect(self._draw)
        column.addWidget(self.bar)
        self.plots = QWidget()
        self._grid = QGridLayout(self.plots)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for place in range(COLUMNS):
            self._grid.setColumnStretch(place, 1)
        column.addWidget(self.plots)
        self._steps = ChartGroup(self)
        self._times = ChartGroup(self)
        self._charts: dict[str, MetricChart] = {}
        self._made_for = View()
        self._runs: list[Run] = []
        self._cache: dict[tuple[str, str], tuple[object, Drawn]] = {}
        self._busy: Chart | None = None
        self._uuids: tuple[str, ...] = ()
        self._placed: list[Chart] = []
        self._past: dict[str, list[Series]] = {}
        self.hide()

    @property
    def names(self) -> list[str]:
        """What is drawn, in its order; for tests."""
        return list(self._charts)

    @property
    def runs(self) -> list[Run]:
        """Whose curves are drawn, the page's own job first."""
        return self._runs

    def clear(self) -> None:
        """Another job."""
        self._drop_charts()
        if self._busy is not None:
            self._busy.setParent(None)
            self._busy.deleteLater()
        self._busy, self._uuids, self._placed, self._runs, self._cache = None, (), [], [], {}
        self.bar.search.clear()
        self._steps.reset()
        self.hide()

    def _drop_charts(self) -> None:
        for chart in self._charts.values():
            chart.setParent(None)
            chart.deleteLater()
        self._charts = {}

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Draw what was reported by this job, and by those it is compared with."""
        if [(run.job_id, run.name, run.metrics) for run in runs] != [
            (run.job_id, run.name, run.metrics) for run in self._runs
        ]:
            self._runs = list(runs)
            self._draw()
        self.bar.alone.setVisible(len(runs) > 1)

    def _draw(self) -> None:
        if not self._runs:
            return
        view = self.bar.view
        if view != self._made_for:
            # Axes are a chart's own.
            self._drop_charts()
            self._steps.reset()
            self._made_for = view
        every = panels(self._runs, self.bar.wanted)
        chosen = dict(list(every.items())[:MOST])
        shown = {
            title: [(entry, self._drawn(entry, view)) for entry in entries]
            for title, entries in chosen.items()
        }
        for title in [title for title in self._charts if title not in shown]:
            gone = self._charts.pop(title)
            gone.setParent(None)
            gone.deleteLater()
        self._charts = {title: self._charts.get(title) or self._new(title, shown[title]) for title in shown}
        self._follow(shown)
        for title, pairs in shown.items():
            chart = self._charts[title]
            chart.set_lines([entry.line for entry, _ in pairs])
            chart.set_ghosts([None if each.raw is None else (each.x, each.raw) for _, each in pairs])
            chart.set_odd([each.odd_since is not None for _, each in pairs])
            chart.set_data([(each.x, each.y) for _, each in pairs])
        self.bar.show_notes(*notes_of(view, shown, self._runs, len(every) - len(chosen)))
        self._place()

    def _drawn(self, entry: Entry, view: View) -> Drawn:
        """Points in the view; made anew only where there are others."""
        key = (entry.run.job_id, entry.curve.name)
        same = (entry.run.metrics.generation, view, len(entry.curve), entry.curve.seen)
        kept = self._cache.get(key)
        if kept is None or kept[0] != same:
            kept = (same, drawn(entry.curve, view, entry.run.began_s))
            self._cache[key] = kept
        return kept[1]

    def _follow(self, shown: dict[str, list[tuple[Entry, Drawn]]]) -> None:
        places = [each.x for pairs in shown.values() for _, each in pairs if len(each.x)]
        if places:
            low = min(float(x[0]) for x in places)
            if self._made_for.axis == "time" and not self._made_for.log_x:
                low = 0.0
            high = max(float(x[-1]) for x in places)
            self._steps.follow(low, high if high > low else low + 1.0)

    def _new(self, title: str, pairs: Sequence[tuple[Entry, Drawn]]) -> MetricChart:
        from console.ui.pages.job.metric_chart import MetricChart

        known = [each.y[np.isfinite(each.y)] for _, each in pairs]
        share = is_share(title) and all(bool(((y >= 0) & (y <= 1)).all()) for y in known)
        return MetricChart(
            self._desk.theme,
            word(title),
            self._steps,
            metric_text,
            self._made_for,
            y_range=(0.0, 1.0) if share else None,
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
        charts: list[Chart] = list(self._charts.values())
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
        self.bar.setVisible(bool(self._charts) or bool(self.bar.wanted))
        self.setVisible(bool(charts) or bool(self.bar.wanted))


def _life(job: Job, started: datetime, now: datetime) -> tuple[float, float]:
    low = started.timestamp() - _BEFORE_S
    high = (job.ended or now).timestamp() + (_BEFORE_S if job.ended else 0.0)
    return (low if job.ended else max(low, high - _RING_S)), high


def _between(series: Series, low: float, high: float) -> tuple[Values, Values]:
    times, values = series
    inside = (times >= low) & (times <= high)
    return np.asarray(times[inside]), np.asarray(values[inside])
