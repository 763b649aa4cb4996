"""Moments as people write them: a time, or a span counted back from now."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from console.core.problems import Problem
from console.core.units import parse_duration


def parse_moment(text: str, *, before: datetime | None = None, zone: tzinfo = UTC) -> datetime:
    """A time (in `zone` where it names none), or a span counted back from `before` (now where left out).

    Raises:
        Problem: `input.invalid`.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            return (before or datetime.now(UTC)) - parse_duration(text)
        except (Problem, OverflowError) as error:
            raise Problem(
                "input.invalid",
                what=f"time '{text}'",
                reason="give a UTC time (2026-01-31T12:00Z) or a span (2h)",
            ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def parse_end(text: str, *, now: datetime | None = None, zone: tzinfo = UTC) -> datetime:
    """A time to come, or a span from `now` on.

    Raises:
        Problem: `input.invalid`, also for a time that is over.
    """
    at = now or datetime.now(UTC)
    found = parse_moment(text, before=at, zone=zone)
    try:
        parse_duration(text)
    except Problem:
        if found <= at:
            raise Problem("input.invalid", what=f"time '{text}'", reason="it is over") from None
        return found
    return at + (at - found)
