"""Pairs of numbers in one unit, and their bounds; single numbers are console.core.units' matter."""

from __future__ import annotations

from console.core.units import UNKNOWN, three_digits

_MEMORY = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"), (1.0, "B"))
_WATTS = ((1e6, "MW"), (1e3, "kW"), (1.0, "W"))


def _pair(used: float | None, total: float | None, steps: tuple[tuple[float, str], ...]) -> str:
    reference = total if total else used
    if reference is None:
        return UNKNOWN
    factor, unit = next((step for step in steps if abs(reference) >= step[0]), steps[-1])
    shown = UNKNOWN if used is None else three_digits(round(used / factor, 1))
    return (
        f"{shown} {unit}" if total is None else f"{shown} / {three_digits(round(total / factor, 1))} {unit}"
    )


def pair_memory(used: float | None, total: float | None) -> str:
    """ "41.2 / 79.6 GiB"; the total's unit serves both."""
    return _pair(used, total, _MEMORY)


def pair_power(used: float | None, limit: float | None) -> str:
    """ "418 / 700 W"."""
    return _pair(used, limit, _WATTS)


def share(used: float | None, total: float | None) -> float | None:
    """Percent, None where either is not known or there is no total."""
    return None if used is None or not total else used / total * 100


def mean(values: list[float | None]) -> float | None:
    """Over the known ones."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def highest(values: list[float | None]) -> float | None:
    """Of the known ones."""
    return max((value for value in values if value is not None), default=None)
