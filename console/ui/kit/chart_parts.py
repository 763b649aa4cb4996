"""The parts of a plot that are pyqtgraph's, adapted: axes, the zooming box, filled curves.

This module imports pyqtgraph (0.6 s); it is imported with the first chart, never at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient

from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_scale import clock_text, time_step
from console.ui.kit.sparkline import Values
from console.ui.theme import fonts
from console.ui.theme.theme import Theme


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Times of day under a plot."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__("bottom")
        self._zone = zone

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        step = time_step(high - low, max(2, int(size // 92)))
        first = np.ceil(low / step) * step
        return [(step, [float(tick) for tick in np.arange(first, high, step)])]

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        return [clock_text(value, spacing, self._zone) for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Five round values with their unit's text."""

    def __init__(self, write: Callable[[float], str], *, steps: int = 4) -> None:
        super().__init__("left")
        self._write = write
        self._steps = steps

    def tickValues(self, low: float, high: float, _size: float) -> list[tuple[float, list[float]]]:
        step = (high - low) / self._steps
        return [(step, [low + step * index for index in range(self._steps + 1)])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [self._write(value) for value in values]


class ZoomBox(pg.ViewBox):  # type: ignore[misc]
    """Drag zooms the span of all charts of the page, double-click resets it; the wheel is the page's."""

    def __init__(self, group: ChartGroup) -> None:
        super().__init__(enableMenu=False)
        self._group = group
        self.setMouseEnabled(x=False, y=False)
        self.setDefaultPadding(0.0)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002 - pyqtgraph names it
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        start, now = event.buttonDownPos(), event.pos()
        if event.isFinish():
            self.rbScaleBox.hide()
            one, other = self.mapToView(start).x(), self.mapToView(now).x()
            if abs(now.x() - start.x()) > 4:
                self._group.zoom_to(min(one, other), max(one, other))
            return
        height = self.rect().height()
        self.updateScaleBox(QPointF(start.x(), 0), QPointF(now.x(), height))

    def mouseClickEvent(self, event: Any) -> None:
        if event.double():
            event.accept()
            self._group.reset()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002
        event.ignore()


class Area:
    """One line of a plot and the tint under each of its runs between gaps."""

    def __init__(self, plot: Any, color: QColor, *, fill: bool) -> None:
        self._plot = plot
        self._fill = fill
        self._color = color
        self.x: Values = np.empty(0)
        self.y: Values = np.empty(0)
        self.line = pg.PlotCurveItem(pen=pg.mkPen(color, width=1), connect="finite")
        self._tints: list[Any] = []
        plot.addItem(self.line)

    def set_data(self, x: Values, y: Values) -> None:
        self.x, self.y = x, y
        self.line.setData(x, y)
        runs = self._runs() if self._fill else []
        while len(self._tints) < len(runs):
            tint = pg.PlotCurveItem(pen=pg.mkPen(None), fillLevel=0.0, brush=self._brush())
            tint.setZValue(-1)
            self._plot.addItem(tint)
            self._tints.append(tint)
        for index, tint in enumerate(self._tints):
            tint.setVisible(index < len(runs))
            if index < len(runs):
                start, stop = runs[index]
                tint.setData(x[start:stop], y[start:stop])

    def recolor(self, color: QColor) -> None:
        self._color = color
        self.line.setPen(pg.mkPen(color, width=1))
        for tint in self._tints:
            tint.setBrush(self._brush())

    def remove(self) -> None:
        for item in (self.line, *self._tints):
            self._plot.removeItem(item)

    def _brush(self) -> QBrush:
        gradient = QLinearGradient(0.0, 0.0, 0.0, 1.0)
        gradient.setCoordinateMode(QLinearGradient.CoordinateMode.ObjectMode)
        strong, clear = QColor(self._color), QColor(self._color)
        strong.setAlphaF(0.26)
        clear.setAlphaF(0.02)
        # The view's y axis points up, so the object's top is the curve's foot.
        gradient.setColorAt(0.0, clear)
        gradient.setColorAt(1.0, strong)
        return QBrush(gradient)

    def _runs(self, most: int = 12) -> list[tuple[int, int]]:
        known = np.isfinite(self.y).astype(np.int8)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], known, [0])).astype(np.int8)))
        runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]
        return runs if len(runs) <= most else []


def dress_axes(theme: Theme, plot: Any) -> None:
    """Quiet axes: words in dim, lines of the grid, nothing else."""
    line, dim = theme.color("line"), theme.color("dim")
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setTickFont(fonts.font(fonts.LABEL))
        axis.setTextPen(dim)
        axis.setPen(pg.mkPen(None))
        axis.setTickPen(pg.mkPen(line, width=1))
        axis.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=True)
    plot.getAxis("left").setGrid(255)
    plot.getAxis("left").setWidth(52)
    plot.getAxis("bottom").setHeight(24)
