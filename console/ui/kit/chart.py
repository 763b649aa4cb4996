"""A chart of lines over time (or steps): one cursor for all of a page, gaps as gaps, values in the legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.core.units import UNKNOWN
from console.ui.kit.buttons import paint_focus, shows_focus
from console.ui.kit.cards import Plate
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_legend import Legend
from console.ui.kit.chart_scale import bounds, last_known, value_at
from console.ui.kit.labels import heading, label, set_text
from console.ui.kit.sparkline import Values
from console.ui.theme import fonts
from console.ui.theme.theme import Theme
from console.ui.theme.tokens import Token

if TYPE_CHECKING:
    from console.ui.kit.chart_parts import Area


STALE_AFTER_S = 10.0
"""A live curve that ends earlier than this before now has no current value."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart. Without a token it takes the next colour of the series scale."""

    name: str
    token: Token | None = None
    faint: bool = False


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
        return self._theme.color(line.token) if line.token else self._theme.series(index)

    def set_data(self, series: Sequence[tuple[Values, Values]]) -> None:
        """x and y of every line, in their order; NaN is a gap."""
        for area, (x, y) in zip(self._areas, series, strict=True):
            area.set_data(x, y)
        low, high = self._y_range or bounds([y for _, y in series], zero=self._zero)
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
            self._plot.addItem(mark, ignoreBounds=True)

    def _on_span(self) -> None:
        low, high = self._group.shown
        self._plot.setXRange(low, high, padding=0.0)

    def _on_mouse(self, at: QPointF) -> None:
        box = self._plot.vb
        inside = box.sceneBoundingRect().contains(at)
        self._group.point(float(box.mapSceneToView(at).x()) if inside else None)

    def _on_cursor(self) -> None:
        at = self._group.cursor
        self._cursor.setVisible(at is not None)
        if at is not None:
            self._cursor.setValue(at)
        self._write_values()

    def _write_values(self) -> None:
        at = self._group.cursor
        low, high = self._group.span
        end = high if self._over_time else None
        tolerance = max(STALE_AFTER_S, (high - low) / 50)
        values = [
            last_known(area.x, area.y, end, tolerance) if at is None else value_at(area.x, area.y, at)
            for area in self._areas
        ]
        texts = [self._write(value) for value in values]
        self._legend.set_values(texts if len(texts) > 1 else [])
        set_text(self._value, texts[0] if len(texts) == 1 else "")
        self._describe(texts)

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

    def eventFilter(self, _watched: Any, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._group.point(None)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        low, high = self._group.shown
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            at = self._group.cursor
            start = high if at is None else at
            self._group.point(min(high, max(low, start + step * (high - low) / 100)))
        elif event.key() == Qt.Key.Key_Home:
            self._group.reset()
        else:
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
