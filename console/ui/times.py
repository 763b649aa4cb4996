"""Moments as the person reads them: in UTC or this machine's zone, always with the zone's name near."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from console.core.options import Options
from console.core.units import UNKNOWN, format_duration


def zone_of(options: Options) -> tzinfo:
    """UTC, or the machine's own zone where the person chose it."""
    if options.flag("ui.utc"):
        return UTC
    local = datetime.now().astimezone().tzinfo
    return local or UTC


def clock_text(moment: datetime, zone: tzinfo) -> str:
    """ "12:15:24 UTC"."""
    shown = moment.astimezone(zone)
    return f"{shown:%H:%M:%S} {shown.tzname()}"


def age_text(seconds: float | None) -> str:
    """How old, in whole seconds: tenths would only flicker."""
    return format_duration(None if seconds is None else float(max(1, round(seconds))))


def moment_text(moment: datetime | None, zone: tzinfo, *, now: datetime | None = None) -> str:
    """Hours and minutes of a day near, else the date too."""
    if moment is None:
        return UNKNOWN
    shown = moment.astimezone(zone)
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    return f"{shown:%H:%M:%S}" if shown.date() == today else f"{shown:%Y-%m-%d %H:%M}"
