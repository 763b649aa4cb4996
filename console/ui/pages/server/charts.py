"""The charts of a server: large ones in two columns or small ones for each accelerator, on one axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.alerts.marks import together
from console.telemetry.export import Named
from console.telemetry.marks import Mark, MarkKind, marks
from console.telemetry.metrics import BY_KEY
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.ui.desk import LONGEST_S, SHORTEST_S, Desk
from console.ui.i18n import translate
from console.ui.kit.chart import Chart, Event, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.small_charts import SmallChart, SmallCharts, SmallColumn, SmallRow
from console.ui.pages.alerts.of_server import PastAlerts
from console.ui.pages.server.chart_bar import LARGE, ChartBar
from console.ui.pages.server.feed import CurveFeed, Key
from console.ui.pages.server.panels import PANELS, Panel
from console.ui.times import zone_of

_HEIGHT = 186
_YOUNG_S = 120.0
_MARK_KEYS: tuple[Key, ...] = (("memory_used_bytes", None), ("uptime_s", None))
_ANSWERS = ("temperature_c", "accelerator_memory_used_bytes")
"""An accelerator answers while one of these is known; utilization is not, where it is divided."""


class ServerCharts(QWidget):
    """See the module. `bar` belongs above it and is laid out by the page."""

    def __init__(self, desk: Desk, panels: Sequence[Panel] = PANELS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._panels = tuple(panels)
        self.group = ChartGroup(self, limits=(SHORTEST_S, LONGEST_S))
        self.bar = ChartBar(desk, self.group)
        self.feed = CurveFeed(desk)
        self._drawn: object = None
        self._drawn_at = 0.0
        self.marks: tuple[Mark, ...] = ()
        self._past = PastAlerts(desk, self)
        self._row: ServerRow | None = None
        self._young = False
        self._shown_rows: tuple[AcceleratorRow, ...] = ()
        self.by_key: dict[str, Chart] = {each.key: self._chart(each) for each in self._panels if each.large}
        self._grid_box = QWidget()
        self._grid = QGridLayout(self._grid_box)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self.small = SmallCharts(desk.theme, self.tr("Small charts of each accelerator"), self.group)
        self._small_panels = tuple(each for each in self._panels if each.small and each.of_accelerators)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.small)
        column.addWidget(self._grid_box, 1)
        self._laid_out: tuple[str, ...] = ()
        self.bar.view_chosen.connect(lambda _key: self.draw_anew())
        self.bar.chips.changed.connect(self.draw_anew)
        self.group.span_changed.connect(self._on_span)
        self.group.live_wanted.connect(desk.range.to_live)
        desk.range.changed.connect(self._on_range)

    def _chart(self, panel: Panel) -> Chart:
        lines = [Line(name(), token) for name, token in zip(panel.names, panel.tokens, strict=True)]
        chart = Chart(
            self._desk.theme,
            panel.title(),
            self.group,
            panel.write,
            lines=lines or (Line(""),),
            write_axis=panel.write_axis,
            zone=zone_of(self._desk.context.options),
            parent=self,
        )
        chart.setFixedHeight(_HEIGHT)
        chart.hide()
        return chart

    def chart(self, key: str) -> Chart:
        """The large chart of a panel."""
        return self.by_key[key]

    # What is shown

    @property
    def live(self) -> bool:
        """Whether the view ends now and moves on."""
        return self.group.zoom is None and self._desk.range.fixed is None

    def _on_range(self) -> None:
        self.group.reset()
        self.draw_anew()

    def _on_span(self) -> None:
        if self.group.zoom is not None:
            self.draw_anew()

    def draw_anew(self) -> None:
        """Draw at once: another choice, view or span."""
        self._drawn = None
        if self._row is not None and self.isVisible():
            self.show_server(self._row)

    def show_server(self, row: ServerRow) -> None:
        """The curves now; drawn again only when something came or a second has passed."""
        if self._row is None or row.server.name != self._row.server.name:
            self.group.reset()
        self._row = row
        now_s = self._desk.context.clock.now().timestamp()
        newest = row.sample.received_s if row.sample else None
        drawn = (newest, row.server.name, self._desk.range.key, self.feed.arrivals)
        if drawn == self._drawn and now_s - self._drawn_at < 1.0:
            return
        self._drawn, self._drawn_at = drawn, now_s
        self.group.newest = now_s
        self.group.follow(*self._base(row, now_s))
        self._pick(row)
        keys, young = self._keys(row.accelerators), self._young and self.group.zoom is None
        self.feed.show(row.server.name, keys, *self.group.shown, rings_only=young)
        self.bar.show_span(live=self.live, now_s=now_s)
        self._read_marks(row)
        large = self.bar.view == LARGE or not row.accelerators
        self.small.setVisible(not large)
        self._lay_out([each for each in self._panels if each.large and self._wanted(each, row, large=large)])
        for panel in self._panels:
            if panel.key in self._laid_out:
                self._show_panel(panel, row)
        if not large:
            self._show_small(row)

    def _wanted(self, panel: Panel, row: ServerRow, *, large: bool) -> bool:
        return (large and bool(row.accelerators)) if panel.of_accelerators else True

    def _base(self, row: ServerRow, now_s: float) -> tuple[float, float]:
        """The page's span. A live one begins with a young server's first sample, where nothing older is
        kept, so that the first minutes are not squeezed into a corner."""
        low, high = self._desk.range.span(now_s)
        self._young = False
        if self._desk.range.live and not self.feed.older(row.server.name, low):
            first = self.feed.first_live(row.server.name)
            if first is not None and first > low:
                self._young = True
                low = min(first, now_s - min(_YOUNG_S, self._desk.range.seconds))
        return low, high

    def _pick(self, row: ServerRow) -> None:
        things = [(each.sample.uuid, f"GPU {each.sample.index}") for each in row.accelerators]
        self.bar.chips.set_things(things if len(things) > 1 else [])
        self.bar.views.setVisible(bool(things))
        picked = set(self.bar.chips.shown)
        self._shown_rows = tuple(
            each for each in row.accelerators if not picked or each.sample.uuid in picked
        )

    def _keys(self, rows: Sequence[AcceleratorRow]) -> list[Key]:
        keys = list(_MARK_KEYS)
        for panel in self._panels:
            if panel.of_accelerators:
                keys += [(panel.metrics[0], each.sample.uuid) for each in rows]
            else:
                keys += [(metric, None) for metric in panel.metrics]
        return keys

    def _lay_out(self, panels: Sequence[Panel]) -> None:
        """Two columns of those that are shown."""
        keys = tuple(each.key for each in panels)
        if keys == self._laid_out:
            return
        self._laid_out = keys
        for chart in self.by_key.values():
            self._grid.removeWidget(chart)
            chart.hide()
        for index, key in enumerate(keys):
            self._grid.addWidget(self.by_key[key], index // 2, index % 2)
            self.by_key[key].show()

    # Drawing

    def _show_panel(self, panel: Panel, row: ServerRow) -> None:
        chart = self.by_key[panel.key]
        chart.set_y_range(panel.y_range(row))
        if panel.of_accelerators:
            places = {each.sample.uuid: place for place, each in enumerate(row.accelerators)}
            chart.set_lines(
                [Line(f"GPU {r.sample.index}", series=places[r.sample.uuid]) for r in self._shown_rows]
            )
            chart.set_limits(panel.limits([each.sample for each in self._shown_rows if each.fresh]))
            chart.set_curves([self.feed.curve(panel.metrics[0], r.sample.uuid) for r in self._shown_rows])
        else:
            chart.set_curves([self.feed.curve(metric) for metric in panel.metrics])
        chart.set_events([Event(each.time_s, mark_words(each)) for each in self.marks])

    def _show_small(self, row: ServerRow) -> None:
        """A column for each metric of which anything is known; a card without fans has none for them."""
        places = {each.sample.uuid: place for place, each in enumerate(row.accelerators)}
        found = {
            panel.key: [self.feed.curve(panel.metrics[0], each.sample.uuid) for each in self._shown_rows]
            for panel in self._small_panels
        }
        known = [p for p in self._small_panels if any(np.isfinite(c.values).any() for c in found[p.key])]
        panels = known or list(self._small_panels)
        self.small.set_columns([SmallColumn(each.title(), each.write) for each in panels])
        rows = []
        for at, each in enumerate(self._shown_rows):
            cells = []
            for panel in panels:
                limits = panel.limits([each.sample]) if each.fresh else ()
                level = limits[0].value if limits else None
                cells.append(SmallChart(found[panel.key][at], panel.y_range(row), level))
            color = self._desk.theme.series(places[each.sample.uuid])
            rows.append(SmallRow(f"GPU {each.sample.index}", each.sample.name, color, tuple(cells)))
        self.small.set_rows(rows)

    def _read_marks(self, row: ServerRow) -> None:
        samples = [each.sample for each in row.accelerators]
        curves = {s.uuid: [self.feed.curve(metric, s.uuid) for metric in _ANSWERS] for s in samples}
        server, uptime = (self.feed.curve(*key) for key in _MARK_KEYS)
        found = marks(server, uptime, samples, curves, *self.group.shown)
        self.marks = together(found, self._past.marks(row.server.name, *self.group.shown))

    # Export

    def named_curves(self) -> list[Named]:
        """Everything that is shown, with titles and units for a table."""
        found = []
        for panel in self._panels:
            unit = BY_KEY[panel.metrics[0]].unit
            if panel.of_accelerators:
                found += [
                    Named(
                        f"{panel.title()} GPU {each.sample.index}",
                        unit,
                        self.feed.curve(panel.metrics[0], each.sample.uuid),
                    )
                    for each in self._shown_rows
                ]
                continue
            names = [name() for name in panel.names] or [""]
            found += [
                Named(f"{panel.title()} {name}".strip(), unit, self.feed.curve(metric))
                for name, metric in zip(names, panel.metrics, strict=True)
            ]
        return found


def mark_words(mark: Mark) -> str:
    """An event in two or three words."""
    if mark.kind is MarkKind.BOOT:
        return translate("ServerCharts", "started")
    if mark.kind is MarkKind.ALERT:
        return mark.text
    if mark.kind is MarkKind.LOST:
        return translate("ServerCharts", "GPU {index} lost").format(index=mark.index)
    return translate("ServerCharts", "XID {code} on GPU {index}").format(code=mark.code, index=mark.index)
