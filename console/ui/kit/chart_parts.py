"""The parts of a plot that are pyqtgraph's, adapted: axes, the zooming box, filled curves.

This module imports pyqtgraph (0.6 s); it is imported with the first chart, never at the start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter

from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_scale import clock_text, time_step
from console.ui.kit.sparkline import Values, polygon
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

    def boundingRect(self) -> QRectF:
        # With a grid pyqtgraph leaves no room for the words at both ends, and drops them.
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -10, 0, 10)


class ZoomBox(pg.ViewBox):  # type: ignore[misc]
    """Drag zooms the span of all charts of the page, double-click goes back to the newest data.

    With Shift, or the middle button, a drag moves the view. The wheel is the page's; with Ctrl it zooms, with
    Shift it moves the view.
    """

    def __init__(self, group: ChartGroup) -> None:
        super().__init__(enableMenu=False)
        self._group = group
        self.setMouseEnabled(x=False, y=False)
        self.setDefaultPadding(0.0)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002 - pyqtgraph names it
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if self._group.roams and (event.button() == Qt.MouseButton.MiddleButton or shift):
            event.accept()
            low, high = self._group.shown
            moved = self.mapToView(event.lastPos()).x() - self.mapToView(event.pos()).x()
            self._group.pan_by(moved / (high - low))
            return
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
            self._group.to_live()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: ARG002
        turned = event.delta() / 120.0
        if self._group.roams and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.accept()
            at = float(self.mapSceneToView(event.scenePos()).x())
            self._group.zoom_by(0.8**turned, at)
        elif self._group.roams and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.accept()
            self._group.pan_by(-0.1 * turned)
        else:
            event.ignore()


class Tint(pg.GraphicsObject):  # type: ignore[misc]
    """The ground between a curve and its foot, one polygon per run, with one gradient over all of them."""

    def __init__(self, color: QColor) -> None:
        super().__init__()
        self._color = color
        self._runs: list[tuple[Values, Values]] = []
        self._box = QRectF()
        self.setZValue(-1)

    def set_runs(self, runs: list[tuple[Values, Values]]) -> None:
        self.prepareGeometryChange()
        self._runs = runs
        if runs:
            left, right = float(runs[0][0][0]), float(runs[-1][0][-1])
            top = max(float(y.max()) for _, y in runs)
            foot = min(0.0, min(float(y.min()) for _, y in runs))
            self._box = QRectF(left, foot, right - left, top - foot)
        else:
            self._box = QRectF()
        self.update()

    def recolor(self, color: QColor) -> None:
        self._color = color
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, *_: object) -> None:
        if not self._runs:
            return
        # The view's y axis points up, so the box's bottom is the curve's top.
        gradient = QLinearGradient(self._box.left(), self._box.bottom(), self._box.left(), self._box.top())
        strong, clear = QColor(self._color), QColor(self._color)
        strong.setAlphaF(0.26)
        clear.setAlphaF(0.02)
        gradient.setColorAt(0.0, strong)
        gradient.setColorAt(1.0, clear)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(gradient))
        foot = self._box.top()
        for x, y in self._runs:
            corners = polygon(np.concatenate((x, x[-1:], x[:1])), np.concatenate((y, [foot, foot])))
            painter.drawPolygon(corners)


class Band(pg.GraphicsObject):  # type: ignore[misc]
    """From the lowest to the highest value of each span: what a mean hides."""

    def __init__(self, color: QColor) -> None:
        super().__init__()
        self._color = color
        self._runs: list[tuple[Values, Values, Values]] = []
        self._box = QRectF()
        self.setZValue(-2)

    def set_runs(self, runs: list[tuple[Values, Values, Values]]) -> None:
        self.prepareGeometryChange()
        self._runs = runs
        self._box = QRectF()
        if runs:
            left, right = float(runs[0][0][0]), float(runs[-1][0][-1])
            foot = min(float(low.min()) for _, low, _ in runs)
            top = max(float(high.max()) for _, _, high in runs)
            self._box = QRectF(left, foot, right - left, top - foot)
        self.update()

    def recolor(self, color: QColor) -> None:
        self._color = color
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(self, painter: QPainter, *_: object) -> None:
        tint = QColor(self._color)
        tint.setAlphaF(0.24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        for x, low, high in self._runs:
            painter.drawPolygon(polygon(np.concatenate((x, x[::-1])), np.concatenate((high, low[::-1]))))


class Area:
    """One line of a plot, the tint under each of its runs between gaps, and its band of extremes."""

    def __init__(self, plot: Any, color: QColor, *, fill: bool) -> None:
        self._plot = plot
        self.x: Values = np.empty(0)
        self.y: Values = np.empty(0)
        self.line = pg.PlotCurveItem(pen=pg.mkPen(color, width=1), connect="finite")
        self._tint = Tint(color) if fill else None
        self._band = Band(color) if fill else None
        for ground in (self._tint, self._band):
            if ground is not None:
                plot.addItem(ground, ignoreBounds=True)
        plot.addItem(self.line)

    def set_data(self, x: Values, y: Values, low: Values | None = None, high: Values | None = None) -> None:
        self.x, self.y = x, y
        self.line.setData(x, y)
        if self._tint is None or self._band is None:
            return
        runs = _runs(y)
        self._tint.set_runs([(x[start:stop], y[start:stop]) for start, stop in runs])
        if low is None or high is None:
            self._band.set_runs([])
        else:
            self._band.set_runs([(x[a:b], low[a:b], high[a:b]) for a, b in runs])

    def recolor(self, color: QColor) -> None:
        self.line.setPen(pg.mkPen(color, width=1))
        for ground in (self._tint, self._band):
            if ground is not None:
                ground.recolor(color)

    def remove(self) -> None:
        for item in (self.line, self._tint, self._band):
            if item is not None:
                self._plot.removeItem(item)


def _runs(y: Values) -> list[tuple[int, int]]:
    """From where to where the values are known, without single points."""
    known = np.isfinite(y).astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], known, [0])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def dress_axes(theme: Theme, plot: Any) -> None:
    """Quiet axes: words in dim, lines of the grid, nothing else."""
    line, dim = theme.color("line"), theme.color("dim")
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setTickFont(fonts.font(fonts.LABEL))
        axis.setTextPen(dim)
        axis.setPen(pg.mkPen(None))
        axis.setTickPen(pg.mkPen(line, width=1))
        axis.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)
    plot.getAxis("left").setGrid(255)
    plot.getAxis("left").setZValue(-10)  # the grid lies under the curves
    plot.getAxis("left").setWidth(64)
    plot.getAxis("bottom").setHeight(24)
    plot.layout.setContentsMargins(0, 9, 8, 0)
