"""The fleet's inspector: one accelerator or one server, its curves, processes and health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.core.text import safe_line
from console.core.units import (
    UNKNOWN,
    format_duration,
    format_milliseconds,
    format_percent,
    format_rate,
    format_temperature,
    three_digits,
)
from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import Pill
from console.ui.kit.buttons import Button
from console.ui.kit.inspector import Facts, Inspector
from console.ui.kit.labels import heading
from console.ui.kit.mini_chart import MiniChart
from console.ui.kit.tones import Tone
from console.ui.numbers import pair_memory, pair_power
from console.ui.pages.accelerator_facts import health_rows, throttle_text, trouble_text, troubles
from console.ui.pages.alerts.of_server import AlertList
from console.ui.pages.fleet import words
from console.ui.pages.fleet.metrics import answers
from console.ui.pages.fleet.process_rows import ProcessRows
from console.ui.pages.link_problem import LinkProblem
from console.ui.pages.series_source import SeriesSource
from console.ui.state_words import role_tone, role_word
from console.ui.theme import fonts
from console.ui.times import age_text


class AcceleratorPanel(QWidget):
    """The body for an accelerator."""

    def __init__(self, desk: Desk, source: SeriesSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        theme = desk.theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        pills = QHBoxLayout()
        pills.setSpacing(8)
        self.state = Pill(theme)
        self.simulated = Pill(theme, Tone.QUIET, self.tr("simulated"))
        pills.addWidget(self.state)
        pills.addWidget(self.simulated)
        pills.addStretch(1)
        layout.addLayout(pills)
        self.utilization = MiniChart(theme, self.tr("Utilization"), "accent")
        self.memory = MiniChart(theme, self.tr("Memory"), "inference")
        self.power = MiniChart(theme, self.tr("Power"), "warning")
        self.temperature = MiniChart(theme, self.tr("Temperature"), "ok")
        for chart in (self.utilization, self.memory, self.power, self.temperature):
            layout.addWidget(chart)
        layout.addWidget(heading(self.tr("Processes"), size=fonts.BASE))
        self.processes = ProcessRows()
        layout.addWidget(self.processes)
        layout.addWidget(heading(self.tr("Health"), size=fonts.BASE))
        self.health = Facts(theme)
        layout.addWidget(self.health)
        layout.addStretch(1)

    def show_row(self, row: AcceleratorRow) -> None:
        """Numbers and words."""
        self.state.set(*words.accelerator_state(row))
        self.simulated.setVisible(row.sample.simulated)
        self.processes.show_processes(row.sample.processes if answers(row) else None)
        self.health.set(_health(row))

    def show_curves(self, row: AcceleratorRow) -> None:
        """Curves with their values."""
        sample, name, uuid = row.sample, row.server.name, row.sample.uuid
        there = answers(row)
        used = pair_memory(sample.memory_used_bytes, sample.memory_total_bytes)
        watts = pair_power(sample.power_w, sample.power_limit_w)
        self.utilization.set(
            format_percent(row.utilization_percent),
            self._source.curve(name, "utilization_percent", uuid),
            high=100.0,
        )
        self.memory.set(
            used if there else UNKNOWN,
            self._source.curve(name, "accelerator_memory_used_bytes", uuid),
            high=float(sample.memory_total_bytes) if sample.memory_total_bytes else None,
        )
        self.power.set(
            watts if there else UNKNOWN, self._source.curve(name, "power_w", uuid), high=sample.power_limit_w
        )
        self.temperature.set(
            format_temperature(sample.temperature_c if there else None),
            self._source.curve(name, "temperature_c", uuid),
            high=100.0,
        )
        if sample.power_kind is not None:
            kinds = {"average": self.tr("Power (average)"), "instant": self.tr("Power (instant)")}
            self.power.set_title(kinds[sample.power_kind.value])


def _health(row: AcceleratorRow) -> list[tuple[str, str]]:
    sample = row.sample
    told = [
        (translate("Fleet", "Trouble"), trouble_text(each)) for each in troubles(row, datetime.now(UTC))[:3]
    ]
    if not answers(row):
        detail = safe_line(sample.detail or "", max_chars=160)
        lost = sample.state in (AcceleratorState.LOST, AcceleratorState.ERROR)
        return [(translate("Fleet", "Last word"), detail or UNKNOWN), *told] if lost else []
    if sample.health is not None:
        return told + health_rows(row)
    ecc = UNKNOWN if sample.ecc_uncorrected is None else str(sample.ecc_uncorrected)
    clock = UNKNOWN if sample.clock_sm_mhz is None else f"{sample.clock_sm_mhz:.0f} MHz"
    mig = {True: translate("Fleet", "on"), False: translate("Fleet", "off"), None: UNKNOWN}[sample.mig]
    return [
        *told,
        (translate("Fleet", "ECC uncorrected"), ecc),
        (translate("Fleet", "Throttle"), throttle_text(sample)),
        (translate("Fleet", "SM clock"), clock),
        (translate("Fleet", "Fan"), format_percent(sample.fan_percent)),
        (translate("Fleet", "MIG"), mig),
    ]


class ServerPanel(QWidget):
    """The body for a server."""

    def __init__(self, desk: Desk, source: SeriesSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        theme = desk.theme
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        pills = QHBoxLayout()
        pills.setSpacing(8)
        self.role = Pill(theme)
        self.state = Pill(theme)
        pills.addWidget(self.role)
        pills.addWidget(self.state)
        pills.addStretch(1)
        layout.addLayout(pills)
        self.problem = LinkProblem(desk)
        layout.addWidget(self.problem)
        self.cpu = MiniChart(theme, self.tr("CPU"), "accent")
        self.memory = MiniChart(theme, self.tr("Memory"), "inference")
        self.network = MiniChart(theme, self.tr("Network in"), "training")
        self.load = MiniChart(theme, self.tr("Load"), "warning")
        for chart in (self.cpu, self.memory, self.network, self.load):
            layout.addWidget(chart)
        layout.addWidget(heading(self.tr("Server"), size=fonts.BASE))
        self.facts = Facts(theme)
        layout.addWidget(self.facts)
        layout.addStretch(1)

    def show_row(self, row: ServerRow) -> None:
        """Numbers and words."""
        self.role.set(role_tone(row.server.role), role_word(row.server.role))
        self.state.set(*words.server_state(row))
        self.problem.show_link(row)
        self.facts.set(server_facts(row))

    def show_curves(self, row: ServerRow) -> None:
        """Curves with their values."""
        sample = row.sample if row.fresh else None
        name = row.server.name
        self.cpu.set(
            format_percent(sample.cpu_percent if sample else None),
            self._source.curve(name, "cpu_percent"),
            high=100.0,
        )
        self.memory.set(
            pair_memory(sample.memory_used_bytes, sample.memory_total_bytes) if sample else UNKNOWN,
            self._source.curve(name, "memory_used_bytes"),
            high=float(sample.memory_total_bytes) if sample and sample.memory_total_bytes else None,
        )
        self.network.set(
            format_rate(sample.network_rx_bytes_per_s if sample else None),
            self._source.curve(name, "network_rx_bytes_per_s"),
        )
        load = sample.load1 if sample else None
        self.load.set(UNKNOWN if load is None else three_digits(load), self._source.curve(name, "load1"))


def server_facts(row: ServerRow) -> list[tuple[str, str]]:
    """What is known of a server that does not move."""
    hello, server = row.link.hello, row.server
    user = f"{server.user}@" if server.user else ""
    port = f":{server.port}" if server.port else ""
    facts = [(translate("Fleet", "Address"), f"{user}{server.host}{port}")]
    if server.jump:
        facts.append((translate("Fleet", "Through"), server.jump))
    if hello is not None:
        facts += [
            (translate("Fleet", "System"), safe_line(hello.os or UNKNOWN)),
            (translate("Fleet", "Kernel"), safe_line(hello.kernel or UNKNOWN)),
            (
                translate("Fleet", "Python"),
                safe_line(hello.python or translate("Fleet", "none, read by shell")),
            ),
        ]
    facts.append((translate("Fleet", "Latency"), format_milliseconds(row.link.latency_ms)))
    facts.append((translate("Fleet", "Data age"), age_text(row.age_s)))
    if row.sample is not None:
        cores = UNKNOWN if row.sample.cpu_count is None else str(row.sample.cpu_count)
        facts.append((translate("Fleet", "CPU cores"), cores))
        facts.append((translate("Fleet", "Up for"), format_duration(row.sample.uptime_s)))
    if server.labels:
        facts.append((translate("Fleet", "Labels"), ", ".join(f"{k}={v}" for k, v in server.labels.items())))
    return facts


class FleetInspector(Inspector):
    """Follows the selection of the page."""

    def __init__(self, desk: Desk, menu: Callable[[str], None], parent: QWidget | None = None) -> None:
        """`menu` shows what else can be done with a server, below the More button."""
        super().__init__(desk.theme, translate("Fleet", "Details"), parent)
        self._desk = desk
        self._server = ""
        source = SeriesSource(desk)
        self.accelerator = AcceleratorPanel(desk, source)
        self.server = ServerPanel(desk, source)
        self.alerts = AlertList(desk)
        self.body.addWidget(self.alerts)
        self.body.addWidget(self.accelerator)
        self.body.addWidget(self.server)
        self.open_button = Button(desk.theme, self.tr("Open server"), "primary")
        self.open_button.clicked.connect(lambda: desk.shell.go("server", self._server))
        self.more_button = Button(desk.theme, self.tr("More"))
        self.more_button.clicked.connect(lambda: menu(self._server))
        self.buttons.addWidget(self.open_button)
        self.buttons.addWidget(self.more_button)
        self.buttons.addStretch(1)
        self._row: AcceleratorRow | ServerRow | None = None
        self.show_thing(None)

    def show_thing(self, row: AcceleratorRow | ServerRow | None) -> None:
        """An accelerator, a server, or nothing."""
        self._row = row
        self.accelerator.setVisible(isinstance(row, AcceleratorRow))
        self.server.setVisible(isinstance(row, ServerRow))
        self.open_button.setVisible(row is not None)
        self.more_button.setVisible(row is not None)
        if row is None:
            self.alerts.hide()
            self.set_title(
                self.tr("Nothing selected"), self.tr("Choose a tile or a server to see its curves.")
            )
            return
        self._server = row.server.name
        self.alerts.show_server(self._server)
        self.alerts.setVisible(bool(self.alerts.shown))
        if isinstance(row, AcceleratorRow):
            sample = row.sample
            self.set_title(
                f"{row.server.name} · GPU {sample.index}",
                f"{safe_line(sample.name)}   {short_uuid(sample.uuid)}",
            )
            self.accelerator.show_row(row)
        else:
            self.set_title(row.server.name, f"{row.server.host}")
            self.server.show_row(row)

    def show_curves(self) -> None:
        """At the charts' pace."""
        if isinstance(self._row, AcceleratorRow):
            self.accelerator.show_curves(self._row)
        elif isinstance(self._row, ServerRow):
            self.server.show_curves(self._row)


def short_uuid(uuid: str) -> str:
    """Its ends, as people compare them."""
    text = safe_line(uuid, max_chars=64)
    return text if len(text) <= 16 else f"{text[:8]}…{text[-4:]}"
