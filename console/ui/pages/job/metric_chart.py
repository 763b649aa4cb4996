"""A chart of metrics: logarithmic axes, an axis of time since the beginning, raw values behind smoothed ones.

This module imports pyqtgraph (0.6 s); it is imported with the first chart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from console.ui.i18n import translate
from console.ui.kit.chart import Chart
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_parts import ValueAxis, dress_axes
from console.ui.kit.chart_scale import time_step
from console.ui.kit.labels import set_text
from console.ui.kit.sparkline import Values
from console.ui.pages.job.metric_view import View, log_ticks, place_text
from console.ui.theme.theme import Theme

_GHOST = 0.28


class _LogAxis(ValueAxis):
    """Values of a plot that shows their logarithms."""

    def tickValues(self, low: float, high: float, _size: float) -> list[tuple[float, list[float]]]:
        return [(1.0, log_ticks(low, high))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [self._write(10**value) for value in values]


class _PlaceAxis(pg.AxisItem):  # type: ignore[misc]
    """Steps or spans of time under a plot."""

    def __init__(self, view: View) -> None:
        super().__init__("bottom")
        self._view = view

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self._view.log_x:
            return [(1.0, log_ticks(low, high))]
        if self._view.axis != "time":
            found: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            # One at the very edge would be cut.
            edge = high - 0.03 * (high - low)
            return [(step, [tick for tick in ticks if tick <= edge]) for step, ticks in found[:1]]
        step = time_step(high - low, max(3, int(size // 64)))
        count = int((high - low) // step) + 1
        first = -(-low // step) * step
        return [(step, [first + step * number for number in range(count) if first + step * number <= high])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [place_text(self._view, value) for value in values]


class MetricChart(Chart):
    """See the module. Give ghosts and odd ends first, then the data."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        group: ChartGroup,
        write: Callable[[float | None], str],
        view: View,
        *,
        y_range: tuple[float, float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._view_of = view
        self._ghosts: list[pg.PlotCurveItem] = []
        self._ghost_values: list[Values] = []
        self._odd: list[bool] = []

        def written(value: float | None) -> str:
            return write(10**value if value is not None and view.log_y else value)

        super().__init__(
            theme,
            title,
            group,
            written,
            y_range=None if view.log_y else y_range,
            zero=not view.log_y,
            over_time=False,
            write_axis=lambda value: f"{value:.3g}",
            parent=parent,
        )
        axes: dict[str, pg.AxisItem] = {"bottom": _PlaceAxis(view)}
        if view.log_y:
            axes["left"] = _LogAxis(lambda value: f"{value:.3g}")
        self._plot.setAxisItems(axes)
        dress_axes(theme, self._plot)

    def set_ghosts(self, raw: Sequence[tuple[Values, Values] | None]) -> None:
        """The raw values of each line, drawn faint behind it; None for a line that is not smoothed."""
        for item in self._ghosts:
            self._plot.removeItem(item)
        self._ghosts, self._ghost_values = [], []
        for index, each in enumerate(raw):
            if each is None or index >= len(self._lines):
                continue
            item = pg.PlotCurveItem(*each, pen=self._ghost_pen(index), connect="finite")
            item.setZValue(-1)
            self._plot.addItem(item)
            self._ghosts.append(item)
            self._ghost_values.append(each[1])

    def _ghost_pen(self, index: int) -> object:
        color = QColor(self._color(index))  # the theme's own stays as it is
        color.setAlphaF(_GHOST)
        return pg.mkPen(color, width=1)

    def set_odd(self, odd: Sequence[bool]) -> None:
        """Which lines end with something that is no number; it is said instead of "unknown"."""
        self._odd = list(odd)

    def _write_values(self) -> None:
        super()._write_values()
        if self._group.cursor is None and self._odd == [True]:
            set_text(self._value, translate("JobCharts", "no number"))

    def _fit(self, values: Sequence[Values]) -> None:
        super()._fit([*values, *self._ghost_values])

    def _head(self, at: float) -> str:
        return place_text(self._view_of, at)

    def _on_theme(self) -> None:
        super()._on_theme()
        for index, item in enumerate(self._ghosts):
            item.setPen(self._ghost_pen(index))
