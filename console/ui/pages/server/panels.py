"""The charts of a server as data: a further panel is one entry here. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from console.telemetry.metrics import BY_KEY, MetricScope
from console.telemetry.sample import AcceleratorSample
from console.telemetry.snapshot import ServerRow
from console.ui.i18n import translate
from console.ui.kit.chart import Limit
from console.ui.kit.chart_scale import nice_ceiling
from console.ui.numbers import highest
from console.ui.theme.tokens import Token

Write = Callable[[float | None], str]
Range = tuple[float, float] | None


def write_bare(value: float | None) -> str:
    """A number without a unit."""
    return UNKNOWN if value is None else three_digits(round(value, 2))


def write_megahertz(value: float | None) -> str:
    return UNKNOWN if value is None else f"{three_digits(round(value))} MHz"


def _fit(_row: ServerRow) -> Range:
    return None


def _percent(_row: ServerRow) -> Range:
    return (0.0, 100.0)


def _no_limits(_samples: Sequence[AcceleratorSample]) -> tuple[Limit, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart.

    Attributes:
        key: stable, for tests and remembered choices.
        metrics: of accelerators one, drawn once for each of them; of the host one or more, a line each.
        names, tokens: of the host's lines, where there are several.
        y_range: fixed bounds, or None to fit what is shown.
        limits: levels out of the shown accelerators' last samples.
        small: whether it is among the small charts of each accelerator.
        large: whether it is among the large charts.
    """

    key: str
    title: Callable[[], str]
    metrics: tuple[str, ...]
    write: Write
    y_range: Callable[[ServerRow], Range] = _fit
    limits: Callable[[Sequence[AcceleratorSample]], tuple[Limit, ...]] = _no_limits
    names: tuple[Callable[[], str], ...] = ()
    tokens: tuple[Token, ...] = ()
    write_axis: Callable[[float], str] | None = None
    small: bool = True
    large: bool = True

    @property
    def of_accelerators(self) -> bool:
        return BY_KEY[self.metrics[0]].scope is MetricScope.ACCELERATOR


def _gibibytes(total: float | None) -> Range:
    """Ticks at whole gibibytes."""
    return (0.0, nice_ceiling(total / GIB) * GIB) if total else None


def _accelerator_memory(row: ServerRow) -> Range:
    totals = [each.sample.memory_total_bytes for each in row.accelerators]
    return _gibibytes(highest([float(total) for total in totals if total]))


def _host_memory(row: ServerRow) -> Range:
    total = row.sample.memory_total_bytes if row.sample else None
    return _gibibytes(float(total) if total else None)


def power_limits(samples: Sequence[AcceleratorSample]) -> tuple[Limit, ...]:
    """The power limits of these cards, each once."""
    found = sorted({each.power_limit_w for each in samples if each.power_limit_w})
    words = translate("ServerCharts", "limit {value}")
    return tuple(Limit(value, words.format(value=format_power(value))) for value in found[:3])


def temperature_limits(samples: Sequence[AcceleratorSample]) -> tuple[Limit, ...]:
    """Where these cards begin to slow down: temperature and margin of the same moment."""
    found = {
        float(round(each.temperature_c + each.temperature_margin_c))
        for each in samples
        if each.temperature_c is not None and each.temperature_margin_c is not None
    }
    words = translate("ServerCharts", "slows down at {value}")
    lowest = sorted(found)[:1]  # they differ by a degree between cards; the nearest matters
    return tuple(Limit(value, words.format(value=format_temperature(value))) for value in lowest)


PANELS: tuple[Panel, ...] = (
    Panel(
        "utilization",
        lambda: translate("ServerCharts", "Utilization"),
        ("utilization_percent",),
        format_percent,
        _percent,
    ),
    Panel(
        "memory",
        lambda: translate("ServerCharts", "Accelerator memory"),
        ("accelerator_memory_used_bytes",),
        format_memory,
        _accelerator_memory,
    ),
    Panel(
        "temperature",
        lambda: translate("ServerCharts", "Temperature"),
        ("temperature_c",),
        format_temperature,
        _percent,
        temperature_limits,
    ),
    Panel(
        "power",
        lambda: translate("ServerCharts", "Power"),
        ("power_w",),
        format_power,
        limits=power_limits,
    ),
    Panel(
        "clock",
        lambda: translate("ServerCharts", "SM clock"),
        ("clock_sm_mhz",),
        write_megahertz,
        large=False,
    ),
    Panel(
        "fan",
        lambda: translate("ServerCharts", "Fan"),
        ("fan_percent",),
        format_percent,
        _percent,
        large=False,
    ),
    Panel("cpu", lambda: translate("ServerCharts", "CPU"), ("cpu_percent",), format_percent, _percent),
    Panel(
        "host_memory",
        lambda: translate("ServerCharts", "Memory"),
        ("memory_used_bytes",),
        format_memory,
        _host_memory,
    ),
    Panel(
        "network",
        lambda: translate("ServerCharts", "Network"),
        ("network_rx_bytes_per_s", "network_tx_bytes_per_s"),
        format_rate,
        names=(lambda: translate("ServerCharts", "in"), lambda: translate("ServerCharts", "out")),
        tokens=("accent", "inference"),
    ),
    Panel(
        "load",
        lambda: translate("ServerCharts", "Load"),
        ("load1",),
        write_bare,
        write_axis=lambda value: f"{value:g}",
    ),
)
