"""Many small charts in one widget: one painter for all of them, one axis, one cursor (64 in about 10 ms).

A grid of them: a row for each thing, a column for each metric. A plot widget for each would cost ten times
as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.core.units import UNKNOWN
from console.telemetry.spans import NO_CURVE, Curve
from console.ui.kit.buttons import paint_focus, shows_focus
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_keys import chart_key
from console.ui.kit.chart_scale import bounds, last_known, value_at
from console.ui.kit.sparkline import Values, polygon
from console.ui.theme import fonts
from console.ui.theme.theme import Theme

STALE_AFTER_S = 10.0
_ROW, _HEAD, _SIDE, _PAD, _TEXT = 74, 22, 92, 8, 20


@dataclass(frozen=True, slots=True)
class SmallChart:
    """One cell. `y_range` None fits the curve; `level` is a limit line."""

    curve: Curve = NO_CURVE
    y_range: tuple[float, float] | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class SmallRow:
    """One row: its name, a dim note under it, its colour and its cells in the order of the columns."""

    name: str
    note: str
    color: QColor
    cells: tuple[SmallChart, ...]


@dataclass(frozen=True, slots=True)
class SmallColumn:
    """One column: its title and how its values are written."""

    title: str
    write: Callable[[float | None], str]


class SmallCharts(QWidget):
    """Give it rows with `set_rows` on every beat; it follows its ChartGroup."""

    def __init__(self, theme: Theme, name: str, group: ChartGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._group = group
        self._columns: tuple[SmallColumn, ...] = ()
        self._rows: tuple[SmallRow, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        group.cursor_moved.connect(self._on_cursor)
        group.span_changed.connect(self.update)

    def set_columns(self, columns: Sequence[SmallColumn]) -> None:
        """Other columns; rows for them must follow."""
        if len(columns) != len(self._columns):
            self._rows = ()
        self._columns = tuple(columns)
        self.update()

    def set_rows(self, rows: Sequence[SmallRow]) -> None:
        """Other values; the size follows the number of rows."""
        self.setFixedHeight(_HEAD + _ROW * max(1, len(rows)))
        self._rows = tuple(rows)
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, _HEAD + _ROW * max(1, len(self._rows)))

    def value_text(self, row: int, column: int) -> str:
        """What stands beside the curve: the value at the cursor, else the newest where it is fresh."""
        curve, at = self._rows[row].cells[column].curve, self._group.cursor
        if at is not None:
            value = value_at(curve.times, curve.values, at)
        else:
            end = self._group.newest if self._group.newest is not None else self._group.span[1]
            value = last_known(curve.times, curve.values, end, max(STALE_AFTER_S, 1.5 * curve.width_s))
        return self._columns[column].write(value)

    def _describe(self) -> None:
        """Screen readers get each row's values."""
        said = "; ".join(
            f"{row.name}: "
            + ", ".join(f"{column.title} {self.value_text(r, c)}" for c, column in enumerate(self._columns))
            for r, row in enumerate(self._rows)
        )
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)

    # Geometry

    def _cell(self, row: int, column: int) -> QRectF:
        width = (self.width() - _SIDE) / max(1, len(self._columns))
        return QRectF(_SIDE + column * width, _HEAD + row * _ROW, width, _ROW)

    def _plot(self, cell: QRectF) -> QRectF:
        return cell.adjusted(_PAD, _TEXT + 2, -_PAD, -8)

    def _x_at(self, point: QPointF) -> float | None:
        for column in range(len(self._columns)):
            plot = self._plot(self._cell(0, column))
            if plot.left() <= point.x() <= plot.right() and point.y() >= _HEAD:
                low, high = self._group.shown
                return low + (point.x() - plot.left()) / plot.width() * (high - low)
        return None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        small, strong = fonts.font(fonts.LABEL), fonts.semibold(fonts.SMALL)
        self._paint_head(painter, small)
        shown = event.rect()
        for r, row in enumerate(self._rows):
            top = _HEAD + r * _ROW
            if top > shown.bottom() or top + _ROW < shown.top():
                continue
            painter.fillRect(QRectF(0, top, self.width(), 1), self._theme.color("line"))
            self._paint_name(painter, row, top, small, strong)
            painter.setFont(small)
            for c, chart in enumerate(row.cells):
                self._paint_cell(painter, self._cell(r, c), row.color, chart, self.value_text(r, c))
        if shows_focus(self):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_focus(painter, self._theme, QRectF(self.rect()))

    def _paint_head(self, painter: QPainter, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color("dim"))
        for index, column in enumerate(self._columns):
            room = self._cell(0, index)
            painter.drawText(QPointF(room.left() + _PAD, _HEAD - 8), column.title)

    def _paint_name(self, painter: QPainter, row: SmallRow, top: int, small: QFont, strong: QFont) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(row.color)
        painter.drawEllipse(QPointF(14, top + 18), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(strong)
        painter.setPen(self._theme.color("text"))
        painter.drawText(QPointF(24, top + 22), row.name)
        painter.setFont(small)
        painter.setPen(self._theme.color("dim"))
        note = painter.fontMetrics().elidedText(row.note, Qt.TextElideMode.ElideRight, _SIDE - 26)
        painter.drawText(QPointF(24, top + 40), note)

    def _paint_cell(
        self, painter: QPainter, cell: QRectF, color: QColor, chart: SmallChart, text: str
    ) -> None:
        painter.setPen(self._theme.color("text" if text != UNKNOWN else "dim"))
        painter.drawText(QPointF(cell.left() + _PAD, cell.top() + 16), text)
        plot, curve = self._plot(cell), chart.curve
        painter.fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), self._theme.color("line"))
        low, high = self._group.shown
        foot, top = chart.y_range or bounds([curve.values, *_levels(chart.level)], zero=True)
        if chart.level is not None and foot <= chart.level <= top:
            y = plot.bottom() - (chart.level - foot) / (top - foot) * plot.height()
            painter.setPen(QPen(self._theme.color("warning"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        if len(curve):
            _paint_curve(painter, plot, curve, (low, high), (foot, top), color)
        at = self._group.cursor
        if at is not None and low <= at <= high:
            x = plot.left() + (at - low) / (high - low) * plot.width()
            painter.setPen(QPen(self._theme.color("dim"), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    # Mouse and keys

    def _on_cursor(self) -> None:
        if self.isVisible():
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._group.point(self._x_at(event.position()))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._group.to_live()

    def leaveEvent(self, _event: QEvent) -> None:
        self._group.point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not chart_key(self._group, event):
            super().keyPressEvent(event)


def _levels(level: float | None) -> list[Values]:
    return [] if level is None else [np.array([level])]


def thinned(x: Values, y: Values, pixels: int) -> tuple[Values, Values]:
    """At most two points a pixel, the lowest and the highest, so that no peak is lost; a gap of a pixel or
    more stays one."""
    if len(x) <= 2 * pixels or pixels < 2:
        return x, y
    size = -(-len(x) // pixels)
    whole = size * -(-len(x) // size)
    padded = np.full(whole, np.nan)
    padded[: len(y)] = y
    rows = padded.reshape(-1, size)
    known = np.isfinite(rows).any(axis=1)
    low = np.where(known, np.fmin.reduce(rows, axis=1), np.nan)
    high = np.where(known, np.fmax.reduce(rows, axis=1), np.nan)
    times = x[np.minimum(np.arange(len(rows)) * size, len(x) - 1)]
    return np.repeat(times, 2), np.column_stack((low, high)).ravel()


def _paint_curve(
    painter: QPainter,
    plot: QRectF,
    curve: Curve,
    span: tuple[float, float],
    levels: tuple[float, float],
    color: QColor,
) -> None:
    x, y = thinned(curve.times, curve.values, max(2, int(plot.width())))
    low, high = span
    foot, top = levels
    xs = plot.left() + (x - low) / (high - low) * plot.width()
    ys = plot.bottom() - np.clip((y - foot) / max(top - foot, 1e-9), 0.0, 1.0) * plot.height()
    inside = (xs >= plot.left() - plot.width()) & (xs <= plot.right() + plot.width())
    xs = np.clip(xs, plot.left(), plot.right())
    known = np.isfinite(ys) & inside
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    painter.setPen(QPen(color, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start > 1:
            painter.drawPolyline(polygon(xs[start:stop], ys[start:stop]))
        else:
            painter.drawPoint(QPointF(float(xs[start]), float(ys[start])))
