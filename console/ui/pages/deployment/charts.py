"""The four charts of a deployment: requests, latency, errors, and how busy what it runs on is."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from console.core.units import UNKNOWN, format_milliseconds, format_percent, three_digits
from console.serving.deployment import Deployment
from console.ui.desk import Desk
from console.ui.kit.chart import Chart, Event, Line
from console.ui.kit.chart_group import ChartGroup
from console.ui.pages.deployment.ring import MOST, DeploymentRing
from console.ui.pages.deployments.columns import rate_text
from console.ui.pages.series_source import SeriesSource
from console.ui.theme.tokens import Token
from console.ui.times import zone_of

SHORTEST_S = 120.0
LONGEST_S = 900.0
APART = 0.22
_TOKENS: tuple[Token, ...] = ("inference", "accent", "warning", "training")


class DeploymentCharts(QWidget):
    """One cursor and one span for all four."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._group = ChartGroup(self)
        self._source = SeriesSource(desk)
        self._shown: tuple[int, int] = (-1, -1)
        self._serial = 0
        zone = zone_of(desk.context.options)
        self.requests = Chart(
            desk.theme, self.tr("Requests per second"), self._group, rate_text, zone=zone, write_axis=_bare
        )
        self.latency = Chart(
            desk.theme,
            self.tr("Latency, ms"),
            self._group,
            format_milliseconds,
            lines=(Line("p50", "inference"), Line("p99", "warning")),
            zone=zone,
            write_axis=_bare,
        )
        self.errors = Chart(
            desk.theme,
            self.tr("Errors, % of requests"),
            self._group,
            _error,
            lines=(Line("", "critical"),),
            zone=zone,
            write_axis=_bare,
        )
        self.busy = Chart(
            desk.theme,
            self.tr("Utilization, %"),
            self._group,
            format_percent,
            y_range=(0.0, 100.0),
            zone=zone,
            write_axis=_bare,
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        for place, chart in enumerate((self.requests, self.latency, self.errors, self.busy)):
            chart.setMinimumHeight(170)
            grid.addWidget(chart, place // 2, place % 2)
            grid.setColumnStretch(place % 2, 1)

    def begin(self) -> None:
        """Another deployment."""
        self._serial += 1
        self._group.reset()

    def show_ring(self, ring: DeploymentRing, deployment: Deployment | None) -> None:
        """Draw; called on every beat, so nothing is made anew where nothing is."""
        low, high = self._span(ring)
        self._group.follow(low, high)
        if deployment is not None:
            self._show_busy(deployment)
        self._show_events(deployment, low, high)
        stamp = (self._serial, len(ring) if len(ring) < MOST else self._desk.clock.ticks)
        if stamp == self._shown:
            return
        self._shown = stamp
        times = ring.times
        names = ring.releases(low)
        if len(names) > 1:
            self.requests.set_lines(
                [Line(name, _TOKENS[place % len(_TOKENS)]) for place, name in enumerate(names)]
            )
            self.requests.set_data([(times, ring.rps(name)) for name in names])
        else:
            self.requests.set_lines([Line(names[0] if names else "", "inference")])
            self.requests.set_data([(times, ring.totals)])
        self.latency.set_data([(times, ring.p50), (times, ring.p99)])
        self.errors.set_data([(times, ring.errors)])

    def _span(self, ring: DeploymentRing) -> tuple[float, float]:
        """As much as was seen, between two minutes and a quarter of an hour: an empty plot tells nothing."""
        now = self._desk.context.clock.now().timestamp()
        first = ring.first
        seen = now - first if first is not None else 0.0
        return now - min(LONGEST_S, max(SHORTEST_S, seen)), now

    def _show_events(self, deployment: Deployment | None, low: float, high: float) -> None:
        """When a release came: a dashed line in every chart, its name in the first."""
        releases = deployment.releases if deployment else ()
        began = [(each.created.timestamp(), each.model) for each in releases]
        inside = sorted(((at, name) for at, name in began if low <= at <= high), reverse=True)
        events: list[Event] = []
        for at, name in inside:
            # Words that would lie on each other: the newer one is read.
            apart = not events or events[-1].x - at > (high - low) * APART
            events.append(Event(at, name if apart else ""))
        self.requests.set_events(events)
        for chart in (self.latency, self.errors, self.busy):
            chart.set_events([Event(at, "") for at, _ in inside])

    def _show_busy(self, deployment: Deployment) -> None:
        """The accelerators of its replicas; the server's processors where it uses none."""
        uuids = sorted(
            {
                uuid
                for release in deployment.releases
                for each in release.replicas
                for uuid in each.accelerators
            }
        )
        if not uuids:
            self.busy.set_lines([Line(self.tr("CPU of {server}").format(server=deployment.server), "accent")])
            self.busy.set_data([self._source.get(deployment.server, "cpu_percent")])
            return
        names = {
            row.sample.uuid: f"GPU {row.sample.index}"
            for server in self._desk.snapshot().servers
            if server.server.name == deployment.server
            for row in server.accelerators
        }
        self.busy.set_lines([Line(names.get(uuid, uuid)) for uuid in uuids])
        self.busy.set_data(
            [self._source.get(deployment.server, "utilization_percent", uuid) for uuid in uuids]
        )


def _bare(value: float) -> str:
    return three_digits(value)


def _error(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f} %"
