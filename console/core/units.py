"""Numbers for people: one rule for rounding, units beside them, and "–" for what is not known."""

from __future__ import annotations

import re
from datetime import timedelta

from console.core.problems import Problem

UNKNOWN = "–"
_SIZE = re.compile(r"^(?P<number>\d+(\.\d+)?)\s*((?P<unit>[KMGTkmgt])i?)?[Bb]?$")
_DURATION = re.compile(r"^(?P<number>\d+(?:\.\d+)?)(?P<unit>s|m|h|d)?$")
_SECONDS = {None: 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def three_digits(value: float) -> str:
    """Three significant digits, never in exponent form for the sizes that occur here."""
    magnitude = abs(value)
    if magnitude >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.1f}" if magnitude >= 10 else f"{value:.2f}"


def _scaled(value: float | None, steps: tuple[tuple[float, str], ...]) -> str:
    if value is None:
        return UNKNOWN
    for factor, unit in steps:
        if abs(value) >= factor:
            return f"{three_digits(value / factor)} {unit}"
    return f"{three_digits(value)} {steps[-1][1]}"


def format_bytes(value: float | None) -> str:
    """Decimal bytes, for files, disks and what is sent."""
    return _scaled(value, ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B")))


GIB = 1024**3


def format_memory(value: float | None) -> str:
    """Memory in binary units, said as such: an 80 GB card shows as 80 GiB, not as 85.9 GB."""
    return _scaled(value, ((1024**4, "TiB"), (GIB, "GiB"), (1024**2, "MiB"), (1024, "KiB"), (1, "B")))


def format_rate(value: float | None) -> str:
    """Bytes a second."""
    return UNKNOWN if value is None else f"{format_bytes(value)}/s"


def format_power(value: float | None) -> str:
    """Watts."""
    return _scaled(value, ((1e6, "MW"), (1e3, "kW"), (1, "W")))


def format_energy(joules: float | None) -> str:
    """Joules, as Wh from 3.6 kJ on."""
    return _scaled(joules, ((3.6e9, "MWh"), (3.6e6, "kWh"), (3.6e3, "Wh"), (1, "J")))


def format_percent(value: float | None) -> str:
    """A percentage without decimals."""
    return UNKNOWN if value is None else f"{value:.0f} %"


def format_temperature(value: float | None) -> str:
    """Degrees Celsius."""
    return UNKNOWN if value is None else f"{value:.0f} °C"


def format_milliseconds(value: float | None) -> str:
    """Milliseconds, three significant digits."""
    return UNKNOWN if value is None else f"{three_digits(value)} ms"


def format_duration(seconds: float | None) -> str:
    """A span in its two largest units: 1 h 14 min."""
    if seconds is None:
        return UNKNOWN
    if seconds < 10:
        return f"{three_digits(seconds)} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def parse_bytes(text: str) -> int:
    """Bytes, or a number with K, M, G or T (powers of 1024; KiB and KB are read the same).

    Raises:
        Problem: `input.invalid`.
    """
    found = _SIZE.match(text.strip())
    if not found:
        raise Problem("input.invalid", what=f"size '{text}'", reason="write bytes or 512K, 64M, 1.5G, 2T")
    return int(float(found["number"]) * 1024 ** (" KMGT".index((found["unit"] or " ").upper())))


def parse_duration(text: str) -> timedelta:
    """Seconds, or a number with s, m, h or d.

    Raises:
        Problem: `input.invalid`.
    """
    found = _DURATION.match(text.strip())
    if not found:
        raise Problem("input.invalid", what=f"duration '{text}'", reason="write seconds or 90s, 15m, 2h, 7d")
    return timedelta(seconds=float(found["number"]) * _SECONDS[found["unit"]])
