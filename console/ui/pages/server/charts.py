"""The charts of a server: four of its accelerators, four of the host, one cursor over all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from console.core.units import (
    GIB,
    UNKNOWN,
    format_memory,
    format_percent,
    format_power,
    format_rate,
    format_temperature,
    three_digits,
)
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.ui.desk import Desk
from console.ui.kit.chart import Chart, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.kit.chart_scale import nice_ceiling
from console.ui.numbers import highest
from console.ui.pages.series_source import Series, SeriesSource
from console.ui.times import zone_of

Write = Callable[[float | None], str]
_HEIGHT = 186


def _bare(value: float | None) -> str:
    return UNKNOWN if value is None else three_digits(round(value, 2))


def _memory_ceiling(total_bytes: float) -> float:
    """Ticks at whole gibibytes."""
    return nice_ceiling(total_bytes / GIB) * GIB


class ServerCharts(QWidget):
    """Eight charts in two columns; those of accelerators only where there are any."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._source = SeriesSource(desk)
        self.group = ChartGroup(self)
        self._drawn: tuple[object, float] = (None, 0.0)
        percent = (0.0, 100.0)
        self.utilization = self._chart(self.tr("Utilization"), format_percent, percent)
        self.memory = self._chart(self.tr("Accelerator memory"), format_memory)
        self.temperature = self._chart(self.tr("Temperature"), format_temperature, percent)
        self.power = self._chart(self.tr("Power"), format_power)
        self.cpu = self._chart(self.tr("CPU"), format_percent, percent)
        self.host_memory = self._chart(self.tr("Memory"), format_memory)
        self.network = self._chart(
            self.tr("Network"),
            format_rate,
            lines=(Line(self.tr("in"), "accent"), Line(self.tr("out"), "inference")),
        )
        self.load = self._chart(self.tr("Load"), _bare, write_axis=lambda value: f"{value:g}")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for index, chart in enumerate(self.charts):
            self._grid.addWidget(chart, index // 2, index % 2)

    @property
    def charts(self) -> tuple[Chart, ...]:
        return (*self.of_accelerators, self.cpu, self.host_memory, self.network, self.load)

    @property
    def of_accelerators(self) -> tuple[Chart, ...]:
        return (self.utilization, self.memory, self.temperature, self.power)

    def _chart(
        self,
        title: str,
        write: Write,
        y_range: tuple[float, float] | None = None,
        lines: tuple[Line, ...] = (Line(""),),
        write_axis: Callable[[float], str] | None = None,
    ) -> Chart:
        chart = Chart(
            self._desk.theme,
            title,
            self.group,
            write,
            lines=lines,
            y_range=y_range,
            write_axis=write_axis,
            zone=zone_of(self._desk.context.options),
        )
        chart.setMinimumHeight(_HEIGHT)
        return chart

    def show_server(self, row: ServerRow) -> None:
        """The curves now; drawn again only when a sample came or a second has passed."""
        low, high = self._source.span(row.server.name)
        newest = row.sample.received_s if row.sample else None
        drawn = (newest, row.server.name, self._desk.range.key)
        if drawn == self._drawn[0] and high - self._drawn[1] < 1.0:
            return
        self._drawn = (drawn, high)
        self.group.follow(low, high)
        rows = row.accelerators
        for chart in self.of_accelerators:
            chart.setVisible(bool(rows))
        if rows:
            self._show_accelerators(row.server.name, rows)
        name = row.server.name
        self.cpu.set_data([self._source.get(name, "cpu_percent")])
        total = row.sample.memory_total_bytes if row.sample else None
        self.host_memory.set_y_range((0.0, _memory_ceiling(float(total))) if total else None)
        self.host_memory.set_data([self._source.get(name, "memory_used_bytes")])
        self.network.set_data(
            [self._source.get(name, key) for key in ("network_rx_bytes_per_s", "network_tx_bytes_per_s")]
        )
        self.load.set_data([self._source.get(name, "load1")])

    def _show_accelerators(self, name: str, rows: tuple[AcceleratorRow, ...]) -> None:
        lines = tuple(Line(f"GPU {row.sample.index}") for row in rows)
        top = highest([float(row.sample.memory_total_bytes or 0) or None for row in rows])
        self.memory.set_y_range((0.0, _memory_ceiling(top)) if top else None)
        keys = ("utilization_percent", "accelerator_memory_used_bytes", "temperature_c", "power_w")
        for chart, key in zip(self.of_accelerators, keys, strict=True):
            chart.set_lines(lines)
            chart.set_data([self._read(name, key, row) for row in rows])

    def _read(self, name: str, key: str, row: AcceleratorRow) -> Series:
        return self._source.get(name, key, row.sample.uuid)
