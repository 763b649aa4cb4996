"""A chart of lines over time (or steps): one cursor for all of a page, gaps as gaps, values at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.core.clock import from_epoch
from console.core.units import UNKNOWN
from console.telemetry.spans import Curve
from console.ui.i18n import translate
from console.ui.kit.buttons import paint_focus, shows_focus
from console.ui.kit.cards import Plate
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_keys import chart_key
from console.ui.kit.chart_legend import Legend
from console.ui.kit.chart_scale import bounds, last_known, value_at
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.read_out import ReadOut
from console.ui.kit.sparkline import Values
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token
from console.ui.times import age_text, moment_text

if TYPE_CHECKING:
    from console.ui.kit.chart_parts import Area


STALE_AFTER_S = 10.0
"""A live curve that ends earlier than this before now has no current value."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart. Without a token it takes a colour of the series scale: the one of its place, or
    `series`, so that it keeps its colour when others are hidden."""

    name: str
    token: Token | None = None
    faint: bool = False
    series: int | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A level that matters: a power limit, the temperature at which a card slows down."""

    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """A dashed line with a word: job started, release switched."""

    x: float
    text: str


class Chart(Plate):
    """One plot on a plate. The page sets the span by its ChartGroup and the data by `set_data`."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        group: ChartGroup,
        write: Callable[[float | None], str],
        *,
        lines: Sequence[Line] = (Line(""),),
        y_range: tuple[float, float] | None = None,
        zero: bool = True,
        over_time: bool = True,
        zone: tzinfo = UTC,
        write_axis: Callable[[float], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`write` turns a value into text with its unit; `write_axis` the same for ticks, without."""
        super().__init__(theme, parent=parent)
        self._group = group
        self._write = write
        self._over_time = over_time
        self._y_range = y_range
        self._zero = zero
        self._lines: tuple[Line, ...] = ()
        self._areas: list[Area] = []
        self._marks: list[Any] = []
        self._events: tuple[Event, ...] = ()
        self._limits: tuple[Limit, ...] = ()
        self._limit_marks: list[Any] = []
        self._zone = zone
        self._width_s = 0.0
        self._pointed = False
        self._said = ""
        self._title_text = title
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setMinimumHeight(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._build(title, over_time, zone, write_axis or (lambda value: write(value)))
        self.set_lines(lines)
        group.cursor_moved.connect(self._on_cursor)
        group.span_changed.connect(self._on_span)
        theme.changed.connect(self._on_theme)

    def _build(self, title: str, over_time: bool, zone: tzinfo, write_axis: Callable[[float], str]) -> None:
        import pyqtgraph as pg

        from console.ui.kit.chart_parts import TimeAxis, ValueAxis, ZoomBox, dress_axes

        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 10, 12, 6)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 4, 0)
        top.setSpacing(12)
        self._title = label(title, role="dim", size=fonts.SMALL)
        self._legend = Legend(self._theme)
        self._value = heading("", size=16)
        top.addWidget(self._title)
        top.addWidget(self._legend, 1)
        top.addWidget(self._value)
        layout.addLayout(top)
        axes: dict[str, Any] = {"left": ValueAxis(write_axis)}
        if over_time:
            axes["bottom"] = TimeAxis(zone)
        self._view = pg.PlotWidget(viewBox=ZoomBox(self._group), axisItems=axes)
        self._view.setBackground(self._theme.color("card"))
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.installEventFilter(self)
        self._plot = self._view.getPlotItem()
        self._plot.hideButtons()
        self._plot.setMenuEnabled(False)
        # pyqtgraph makes this menu without a parent, so it would outlive the chart.
        menu = self._plot.ctrlMenu
        menu.setParent(self._view, menu.windowFlags())
        dress_axes(self._theme, self._plot)
        self._cursor = pg.InfiniteLine(angle=90, movable=False, pen=self._pen("dim", dashed=False))
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self._view.scene().sigMouseMoved.connect(self._on_mouse)
        layout.addWidget(self._view, 1)
        self.read_out = ReadOut(self._theme, self)

    def _pen(self, token: Token, *, dashed: bool) -> Any:
        import pyqtgraph as pg

        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        return pg.mkPen(self._theme.color(token), width=1, style=style)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Other lines; their data must be set again."""
        from console.ui.kit.chart_parts import Area

        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        for area in self._areas:
            area.remove()
        fill = len(self._lines) <= 2
        self._areas = [
            Area(self._plot, self._color(index), fill=fill and not line.faint)
            for index, line in enumerate(self._lines)
        ]
        self._legend.set_entries([(line.name, self._color(i)) for i, line in enumerate(self._lines)])

    def _color(self, index: int) -> Any:
        line = self._lines[index]
        if line.faint:
            return self._theme.color("dim", 0.6)
        if line.token:
            return self._theme.color(line.token)
        return self._theme.series(index if line.series is None else line.series)

    def set_data(self, series: Sequence[tuple[Values, Values]]) -> None:
        """x and y of every line, in their order; NaN is a gap."""
        self._width_s = 0.0
        for area, (x, y) in zip(self._areas, series, strict=True):
            area.set_data(x, y)
        self._fit([y for _, y in series])

    def set_curves(self, curves: Sequence[Curve]) -> None:
        """As `set_data`; of roll-ups the lowest and highest values are drawn as a band behind the line."""
        self._width_s = max((each.width_s for each in curves), default=0.0)
        for area, each in zip(self._areas, curves, strict=True):
            if each.width_s:
                area.set_data(each.times, each.values, each.low, each.high)
            else:
                area.set_data(each.times, each.values)
        few = len(curves) <= 2  # only then are bands drawn
        self._fit([each.high if few else each.values for each in curves])

    def _fit(self, values: Sequence[Values]) -> None:
        levels = [np.array([limit.value for limit in self._limits])]
        low, high = self._y_range or bounds([*values, *levels], zero=self._zero)
        self._plot.setYRange(low, high, padding=0.0)
        self._write_values()

    def set_y_range(self, y_range: tuple[float, float] | None) -> None:
        """Fixed bounds, or None to fit the data."""
        self._y_range = y_range

    def set_events(self, events: Sequence[Event]) -> None:
        """Dashed lines with words."""
        import pyqtgraph as pg

        if tuple(events) == self._events:
            return
        self._events = tuple(events)
        for mark in self._marks:
            self._plot.removeItem(mark)
        self._marks = [
            pg.InfiniteLine(
                event.x,
                angle=90,
                movable=False,
                pen=self._pen("accent", dashed=True),
                label=event.text,
                labelOpts={"position": 0.94, "color": self._theme.color("dim"), "movable": False},
            )
            for event in self._events
        ]
        for mark in self._marks:
            mark.label.setFont(fonts.font(fonts.LABEL))
            self._plot.addItem(mark, ignoreBounds=True)

    def set_limits(self, limits: Sequence[Limit]) -> None:
        """Dashed levels with words; they are always inside what is shown."""
        import pyqtgraph as pg

        if tuple(limits) == self._limits:
            return
        self._limits = tuple(limits)
        for mark in self._limit_marks:
            self._plot.removeItem(mark)
        self._limit_marks = [
            pg.InfiniteLine(
                limit.value,
                angle=0,
                movable=False,
                pen=self._pen("warning", dashed=True),
                label=limit.text,
                labelOpts={
                    "position": 0.02,
                    "anchors": [(0.0, 1.0), (0.0, 1.0)],
                    "color": self._theme.color("warning"),
                    "movable": False,
                },
            )
            for limit in self._limits
        ]
        for mark in self._limit_marks:
            mark.label.setFont(fonts.font(fonts.LABEL))
            self._plot.addItem(mark, ignoreBounds=True)

    def _on_span(self) -> None:
        low, high = self._group.shown
        self._plot.setXRange(low, high, padding=0.0)

    def _on_mouse(self, at: QPointF) -> None:
        box = self._plot.vb
        self._pointed = bool(box.sceneBoundingRect().contains(at))
        self._group.point(float(box.mapSceneToView(at).x()) if self._pointed else None)

    def _on_cursor(self) -> None:
        at = self._group.cursor
        self._cursor.setVisible(at is not None)
        if at is not None:
            self._cursor.setValue(at)
        self._write_values()

    def _write_values(self) -> None:
        at = self._group.cursor
        end, tolerance = self._newest()
        values = [
            last_known(area.x, area.y, end, tolerance) if at is None else value_at(area.x, area.y, at)
            for area in self._areas
        ]
        texts = [self._write(value) for value in values]
        self._legend.set_values(texts if len(texts) > 1 else [])
        set_text(self._value, texts[0] if len(texts) == 1 else "")
        self._describe(texts)
        if at is not None and self._lines and (self._pointed or self.hasFocus()):
            self._show_read_out(at, texts)
        else:
            self.read_out.hide()

    def _newest(self) -> tuple[float | None, float]:
        """Where a current value would stand, and how far before it one may."""
        low, high = self._group.span
        if self._group.newest is not None:
            return self._group.newest, max(STALE_AFTER_S, 1.5 * self._width_s)
        return high if self._over_time else None, max(STALE_AFTER_S, (high - low) / 50)

    def _show_read_out(self, at: float, texts: list[str]) -> None:
        rows: list[tuple[QColor, str, str]] = [
            (self._color(index), line.name or self._title_text, text)
            for index, (line, text) in enumerate(zip(self._lines, texts, strict=True))
        ]
        rows += [
            (self._theme.color("warning"), limit.text, self._write(limit.value)) for limit in self._limits
        ]
        box = self._plot.vb
        scene = box.mapViewToScene(QPointF(at, 0.0))
        view = self._view.mapTo(self, QPoint(0, 0))
        left = view.x() + self._view.mapFromScene(scene).x()
        room = QRect(4, view.y() + 6, self.width() - 8, self.height() - view.y() - 6)
        self.read_out.show_at(left, room, self._head(at), rows)

    def _head(self, at: float) -> str:
        if not self._over_time:
            return f"{at:,.0f}"
        return cursor_words(at, self._group.newest, self._zone, self._width_s)

    def _describe(self, texts: list[str]) -> None:
        named = [f"{line.name} {text}".strip() for line, text in zip(self._lines, texts, strict=True)]
        low, high = bounds([area.y for area in self._areas], zero=False)
        known = any(text != UNKNOWN for text in texts)
        said = "; ".join(named) + (f" ({self._write(low)} – {self._write(high)})" if known else "")
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)

    def _on_theme(self) -> None:
        from console.ui.kit.chart_parts import dress_axes

        dress_axes(self._theme, self._plot)
        self._view.setBackground(self._theme.color("card"))
        for index, area in enumerate(self._areas):
            area.recolor(self._color(index))
        self._cursor.setPen(self._pen("dim", dashed=False))
        self._legend.set_entries([(line.name, self._color(i)) for i, line in enumerate(self._lines)])
        events, self._events = self._events, ()
        self.set_events(events)
        limits, self._limits = self._limits, ()
        self.set_limits(limits)

    def eventFilter(self, _watched: Any, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._pointed = False
            self._group.point(None)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not chart_key(self._group, event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._group.point(None)
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if shows_focus(self):
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_focus(painter, self._theme, QRectF(self.rect()), 8)


def cursor_words(at: float, newest: float | None, zone: tzinfo, width_s: float = 0.0) -> str:
    """The moment under a cursor: when, how long ago, and what a point stands for."""
    moment = from_epoch(at)
    parts = [f"{moment_text(moment, zone)} {moment.astimezone(zone).tzname()}"]
    if newest is not None:
        age = age_text(max(0.0, newest - at))
        parts.append(translate("Chart", "{age} ago").format(age=age))
    if width_s:
        parts.append(translate("Chart", "mean of {span}").format(span=age_text(width_s)))
    return "  ·  ".join(parts)
