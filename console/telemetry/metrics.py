"""The metrics that lists, charts and history know, as data: one place for keys, units and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from console.telemetry.sample import AcceleratorSample, ServerSample

Floats = npt.NDArray[np.float64]


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
        mean: the attribute of AcceleratorMeans that holds what is true of the whole time between two
        samples; it is preferred to the sample's own value, which may be a moment's.
    """

    key: str
    field: str
    unit: str
    title: str
    scope: MetricScope
    semantics: str
    maximum: float | None = None
    mean: str = ""

    def value_of(self, sample: ServerSample | AcceleratorSample) -> float | None:
        """This metric of a sample of its scope; None where the server could not give it."""
        value = getattr(sample, self.field)
        if self.mean and isinstance(sample, AcceleratorSample) and sample.means is not None:
            true = getattr(sample.means, self.mean)
            value = value if true is None else true
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
        "swap_used_bytes", "swap_used_bytes", "B", "Swap", _SERVER, "Memory that was moved out to disk."
    ),
    MetricSpec(
        "pressure_cpu_percent",
        "pressure_cpu_percent",
        "%",
        "CPU pressure",
        _SERVER,
        "Share of the time in which some task waited for a processor.",
        100.0,
    ),
    MetricSpec(
        "pressure_memory_percent",
        "pressure_memory_percent",
        "%",
        "Memory pressure",
        _SERVER,
        "Share of the time in which some task waited for memory.",
        100.0,
    ),
    MetricSpec(
        "pressure_io_percent",
        "pressure_io_percent",
        "%",
        "I/O pressure",
        _SERVER,
        "Share of the time in which some task waited for a disk.",
        100.0,
    ),
    MetricSpec(
        "disk_read_bytes_per_s",
        "disk_read_bytes_per_s",
        "B/s",
        "Disk read",
        _SERVER,
        "Bytes read a second from all physical disks.",
    ),
    MetricSpec(
        "disk_write_bytes_per_s",
        "disk_write_bytes_per_s",
        "B/s",
        "Disk written",
        _SERVER,
        "Bytes written a second to all physical disks.",
    ),
    MetricSpec(
        "disk_busy_percent",
        "disk_busy_percent",
        "%",
        "Disk busy",
        _SERVER,
        "Share of the time in which the busiest disk had work.",
        100.0,
    ),
    MetricSpec(
        "host_temperature_c",
        "hottest_c",
        "°C",
        "Host temperature",
        _SERVER,
        "The highest of the machine's own temperatures.",
    ),
    MetricSpec(
        "utilization_percent",
        "utilization_percent",
        "%",
        "Utilization",
        _ACCELERATOR,
        "Share of time in which at least one kernel ran; it does not tell how full the chip was.",
        100.0,
        mean="utilization_percent",
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
        mean="power_w",
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

_of_server = attrgetter(*(spec.field for spec in SERVER_METRICS))
_of_accelerator = attrgetter(*(spec.field for spec in ACCELERATOR_METRICS))
_TRUER = tuple((at, attrgetter(spec.mean)) for at, spec in enumerate(ACCELERATOR_METRICS) if spec.mean)


def figures(sample: ServerSample) -> Floats:
    """All metrics of a sample at once, NaN where unknown: SERVER_METRICS, then ACCELERATOR_METRICS of each
    accelerator. The same as `value_of` of each, which takes ten times as long."""
    row = list(_of_server(sample))
    for accelerator in sample.accelerators:
        begin = len(row)
        row += _of_accelerator(accelerator)
        if (means := accelerator.means) is not None:
            for at, true_of in _TRUER:
                if (true := true_of(means)) is not None:
                    row[begin + at] = true
    return np.array(row, dtype=np.float64)
