"""The metrics that lists, charts and history know, as data: one place for keys, units and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.telemetry.sample import AcceleratorSample, ServerSample


class MetricScope(StrEnum):
    """What a metric is measured on."""

    SERVER = "server"
    ACCELERATOR = "accelerator"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric.

    Attributes:
        key: its name in the store and in the API; unique over both scopes.
        field: the attribute of ServerSample or AcceleratorSample that holds it.
        unit: "%", "B", "B/s", "°C", "W", "MHz", or empty for a bare number.
        title: short, translatable.
        semantics: one sentence on what the number means, for help and tool tips.
        maximum: the top of its scale where it has a natural one.
    """

    key: str
    field: str
    unit: str
    title: str
    scope: MetricScope
    semantics: str
    maximum: float | None = None

    def value_of(self, sample: ServerSample | AcceleratorSample) -> float | None:
        """This metric of a sample of its scope; None where the server could not give it."""
        value = getattr(sample, self.field)
        return None if value is None else float(value)


_SERVER, _ACCELERATOR = MetricScope.SERVER, MetricScope.ACCELERATOR

METRICS: tuple[MetricSpec, ...] = (
    MetricSpec(
        "cpu_percent",
        "cpu_percent",
        "%",
        "CPU",
        _SERVER,
        "Share of all cores' time that was not idle since the sample before.",
        100.0,
    ),
    MetricSpec(
        "memory_used_bytes",
        "memory_used_bytes",
        "B",
        "Memory",
        _SERVER,
        "Memory that programs could not get without swapping.",
    ),
    MetricSpec(
        "load1", "load1", "", "Load", _SERVER, "Processes that ran or waited, averaged over one minute."
    ),
    MetricSpec(
        "network_rx_bytes_per_s",
        "network_rx_bytes_per_s",
        "B/s",
        "Network in",
        _SERVER,
        "Bytes received a second over all interfaces but loopback.",
    ),
    MetricSpec(
        "network_tx_bytes_per_s",
        "network_tx_bytes_per_s",
        "B/s",
        "Network out",
        _SERVER,
        "Bytes sent a second over all interfaces but loopback.",
    ),
    MetricSpec(
        "uptime_s",
        "uptime_s",
        "s",
        "Uptime",
        _SERVER,
        "Seconds since the server started; it falls where it did.",
    ),
    MetricSpec(
        "utilization_percent",
        "utilization_percent",
        "%",
        "Utilization",
        _ACCELERATOR,
        "Share of time in which at least one kernel ran; it does not tell how full the chip was.",
        100.0,
    ),
    MetricSpec(
        "accelerator_memory_used_bytes",
        "memory_used_bytes",
        "B",
        "Accelerator memory",
        _ACCELERATOR,
        "Memory of the accelerator that is allocated.",
    ),
    MetricSpec(
        "temperature_c",
        "temperature_c",
        "°C",
        "Temperature",
        _ACCELERATOR,
        "Temperature of the chip.",
    ),
    MetricSpec(
        "power_w",
        "power_w",
        "W",
        "Power",
        _ACCELERATOR,
        "Power drawn by the whole card; whether averaged or of the moment, the sample says.",
    ),
    MetricSpec(
        "fan_percent", "fan_percent", "%", "Fan", _ACCELERATOR, "Speed that the fan is told to have.", 100.0
    ),
    MetricSpec(
        "clock_sm_mhz", "clock_sm_mhz", "MHz", "SM clock", _ACCELERATOR, "Clock of the computing units."
    ),
)

BY_KEY: dict[str, MetricSpec] = {spec.key: spec for spec in METRICS}
SERVER_METRICS: tuple[MetricSpec, ...] = tuple(spec for spec in METRICS if spec.scope is _SERVER)
ACCELERATOR_METRICS: tuple[MetricSpec, ...] = tuple(spec for spec in METRICS if spec.scope is _ACCELERATOR)
