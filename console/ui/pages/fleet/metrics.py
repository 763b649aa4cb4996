"""What the map can show of an accelerator: a share of its scale, and the words for it. No Qt here."""

from __future__ import annotations

from enum import StrEnum

from console.core.units import UNKNOWN, format_percent, format_power, format_temperature
from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow
from console.ui.numbers import pair_memory, pair_power, share

COOLEST_C, HOTTEST_C = 30.0, 90.0


class MapMetric(StrEnum):
    """What colours the tiles."""

    UTILIZATION = "utilization"
    MEMORY = "memory"
    TEMPERATURE = "temperature"
    POWER = "power"
    HEALTH = "health"


def answers(row: AcceleratorRow) -> bool:
    """Whether its values may be shown as current."""
    return row.fresh and row.sample.state is AcceleratorState.OK


def scaled(row: AcceleratorRow, metric: MapMetric) -> float | None:
    """Between 0 and 100 on the metric's scale; None where it is not known or health is meant."""
    if not answers(row):
        return None
    sample = row.sample
    if metric is MapMetric.UTILIZATION:
        return row.utilization_percent
    if metric is MapMetric.MEMORY:
        return share(sample.memory_used_bytes, sample.memory_total_bytes)
    if metric is MapMetric.POWER:
        return share(sample.power_w, sample.power_limit_w)
    if metric is MapMetric.TEMPERATURE and sample.temperature_c is not None:
        return min(100.0, max(0.0, (sample.temperature_c - COOLEST_C) / (HOTTEST_C - COOLEST_C) * 100))
    return None


def words(row: AcceleratorRow, metric: MapMetric) -> str:
    """The value with its unit."""
    sample = row.sample
    if not answers(row):
        return UNKNOWN
    if metric is MapMetric.MEMORY:
        return pair_memory(sample.memory_used_bytes, sample.memory_total_bytes)
    if metric is MapMetric.TEMPERATURE:
        return format_temperature(sample.temperature_c)
    if metric is MapMetric.POWER:
        return (
            pair_power(sample.power_w, sample.power_limit_w)
            if sample.power_limit_w
            else format_power(sample.power_w)
        )
    return format_percent(row.utilization_percent)


def short_words(row: AcceleratorRow, metric: MapMetric) -> str:
    """What fits into a large tile: digits only."""
    value = row.sample.temperature_c if metric is MapMetric.TEMPERATURE else scaled(row, metric)
    return "" if value is None or not answers(row) else f"{value:.0f}"
