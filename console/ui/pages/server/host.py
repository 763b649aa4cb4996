"""The machine below the charts: cores, pressure, disks, interfaces, sensors, limits of a container."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_memory, format_percent, three_digits
from console.telemetry.host_sample import HostDetail, Limits
from console.telemetry.sample import ServerSample
from console.telemetry.snapshot import ServerRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.cards import Card
from console.ui.kit.columns import Column
from console.ui.kit.labels import label, set_text, tip
from console.ui.kit.mini_chart import MiniChart
from console.ui.kit.table import DataTable
from console.ui.numbers import pair_memory
from console.ui.pages.page import GAP
from console.ui.pages.series_source import SeriesSource
from console.ui.pages.server import host_tables
from console.ui.pages.server.core_strip import CoreStrip
from console.ui.theme import fonts

R = TypeVar("R")

_ROW = 30
_HEADER = 34
_MOST_ROWS = 8
_LITTLE_PERCENT = 25.0


def figure_word(figure: str) -> str:
    """A part of the sample that may be the whole machine's."""
    words = {
        "cpu": translate("ServerHost", "CPU"),
        "memory": translate("ServerHost", "memory"),
        "load": translate("ServerHost", "load"),
        "pressure": translate("ServerHost", "pressure"),
        "temperatures": translate("ServerHost", "temperatures"),
        "disk traffic": translate("ServerHost", "disk traffic"),
    }
    return words.get(figure) or safe_line(figure, max_chars=40)


def limits_lines(limits: Limits) -> list[str]:
    """What binds the agent, and whose figures the page shows."""
    used = UNKNOWN if limits.cpu_used_cores is None else three_digits(limits.cpu_used_cores)
    if limits.cpu_limit_cores is None:
        cpu = translate("ServerHost", "CPU {used} cores, no limit").format(used=used)
    else:
        cpu = translate("ServerHost", "CPU {used} of {limit} cores").format(
            used=used, limit=f"{limits.cpu_limit_cores:g}"
        )
    if limits.memory_limit_bytes is None:
        memory = translate("ServerHost", "memory {used}, no limit").format(
            used=format_memory(limits.memory_used_bytes)
        )
    else:
        memory = translate("ServerHost", "memory {used}").format(
            used=pair_memory(limits.memory_used_bytes, limits.memory_limit_bytes)
        )
    lines = [f"{cpu}  ·  {memory}"]
    if limits.machine_figures:
        figures = ", ".join(figure_word(each) for each in limits.machine_figures)
        text = translate("ServerHost", "On this page these are the whole machine's: {figures}.")
        lines.append(text.format(figures=figures))
    return lines


def cores_line(sample: ServerSample) -> str:
    """What stands beside the cores."""
    loads = [UNKNOWN if each is None else three_digits(each) for each in (sample.load1, sample.load5)]
    loads.append(UNKNOWN if sample.load15 is None else three_digits(sample.load15))
    parts = [
        translate("ServerHost", "load {loads}").format(loads="  ".join(loads)),
        translate("ServerHost", "waiting for disks {share}").format(
            share=format_percent(sample.cpu_iowait_percent)
        ),
        translate("ServerHost", "taken by other guests {share}").format(
            share=format_percent(sample.cpu_steal_percent)
        ),
        translate("ServerHost", "swap {used}").format(
            used=pair_memory(sample.swap_used_bytes, sample.swap_total_bytes)
        ),
    ]
    return "   ·   ".join(parts)


class HostPanel(QWidget):
    """Everything of the machine that no chart above shows."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._source = SeriesSource(desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._limits_card())
        column.addWidget(self._cores_card())
        column.addWidget(self._pressure_card())
        self.disks, self.disks_card = self._table(
            self.tr("Disks"), host_tables.disk_columns(), lambda each: each.mount, "disks"
        )
        column.addWidget(self.disks_card)
        below = QHBoxLayout()
        below.setSpacing(GAP)
        self.interfaces, self.interfaces_card = self._table(
            self.tr("Network interfaces"),
            host_tables.interface_columns(),
            lambda each: each.name,
            "interfaces",
        )
        self.temperatures, self.temperatures_card = self._table(
            self.tr("Temperatures"), host_tables.temperature_columns(), lambda each: each.name, "sensors"
        )
        for card in (self.interfaces_card, self.temperatures_card):
            holder = QVBoxLayout()
            holder.addWidget(card)
            holder.addStretch(1)
            below.addLayout(holder, 1)
        column.addLayout(below)
        column.addStretch(1)

    def _limits_card(self) -> Card:
        self.limits_card = Card(self._desk.theme, self.tr("Inside limits"))
        self._limits_text = label(role="dim", size=fonts.SMALL, wrap=True, selectable=True)
        self.limits_card.body.addWidget(self._limits_text)
        self.limits_card.hide()
        return self.limits_card

    def _cores_card(self) -> Card:
        card = Card(self._desk.theme, self.tr("Processor cores"))
        self._cores_line = label(role="dim", size=fonts.SMALL)
        card.header.addStretch(1)
        card.header.addWidget(self._cores_line)
        self.cores = CoreStrip(self._desk.theme)
        card.body.addWidget(self.cores)
        return card

    def _pressure_card(self) -> Card:
        card = Card(self._desk.theme, self.tr("Pressure"))
        card.setToolTip(
            tip(
                self.tr(
                    "Share of the time in which tasks had to wait: some of them, or all that could run. "
                    "Known from Linux 4.20 on, where the kernel was built to measure it."
                )
            )
        )
        theme = self._desk.theme
        row = QHBoxLayout()
        row.setSpacing(24)
        self.pressures = {
            "cpu": MiniChart(theme, self.tr("for a processor"), "accent"),
            "memory": MiniChart(theme, self.tr("for memory"), "inference"),
            "io": MiniChart(theme, self.tr("for disks"), "warning"),
        }
        for chart in self.pressures.values():
            row.addWidget(chart, 1)
        card.body.addLayout(row)
        return card

    def _table(
        self, title: str, columns: Sequence[Column[R]], key: Callable[[R], Hashable], remembered: str
    ) -> tuple[DataTable[R], Card]:
        card = Card(self._desk.theme, title, flush=True)
        table: DataTable[R] = DataTable(
            self._desk.theme,
            title,
            columns,
            key,
            remembered=self._desk.remembered,
            placeholder=self.tr("None is known."),
            row_height=_ROW,
        )
        table.remember_as(remembered)
        card.body.addWidget(table)
        return table, card

    def show_row(self, row: ServerRow) -> None:
        """Numbers and words; an old sample shows none, for nothing of it holds now."""
        sample = row.sample if row.fresh else None
        detail = sample.host.detail if sample is not None and sample.host else HostDetail()
        self.limits_card.setVisible(detail.limits is not None)
        if detail.limits is not None:
            set_text(self._limits_text, "\n".join(limits_lines(detail.limits)))
            where = detail.limits.runtime
            title = self.tr("Inside a container ({runtime})").format(runtime=where) if where else ""
            set_text(self.limits_card.title, title or self.tr("Inside limits"))
        self.cores.set_cores(detail.cores_percent)
        set_text(self._cores_line, "" if sample is None else cores_line(sample))
        self._fill(self.disks, sample.disks if sample is not None else ())
        self._fill(self.interfaces, detail.interfaces)
        self._fill(self.temperatures, detail.temperatures or ())

    @staticmethod
    def _fill(table: DataTable[R], rows: Sequence[R]) -> None:
        table.set_rows(list(rows))
        height = _HEADER + _ROW * min(_MOST_ROWS, max(2, len(rows)))
        if table.height() != height:
            table.setFixedHeight(height)

    def show_curves(self, row: ServerRow) -> None:
        """At the charts' pace."""
        sample = row.sample if row.fresh else None
        detail = sample.host.detail if sample is not None and sample.host else HostDetail()
        for name, chart in self.pressures.items():
            each = detail.pressure_of(name)
            text = self.tr("some {some}  all {all}").format(
                some=format_percent(each.some_percent), all=format_percent(each.full_percent)
            )
            curve = self._source.curve(row.server.name, f"pressure_{name}_percent")
            # Little pressure is seen as such, and not as nothing.
            low = bool(len(curve)) and not bool((curve > _LITTLE_PERCENT).any())
            chart.set(
                UNKNOWN if each.some_percent is None else text,
                curve,
                high=_LITTLE_PERCENT if low else 100.0,
            )
