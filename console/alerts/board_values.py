"""The values of a board as the JSON of its files, and back: cleaned, bounded, a clock's difference out. Pure.

What cannot be read raises ValueError with the reason; whoever reads names the file and goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from console.alerts.alert import (
    Alert,
    AlertSeverity,
    AlertState,
    Delivery,
    Gap,
    Silence,
    Target,
)
from console.core.clock import iso, parse_iso
from console.core.text import safe_line

_MAX_TEXT = 1000
_MAX_KEY = 120
_MAX_ITEMS = 5000
_MAX_DEPTH_TEXT = "it is nested too deeply"


@dataclass(frozen=True, slots=True)
class Note:
    """What people did with one alert: who has it, and who knows."""

    owner: str = ""
    acknowledged_by: str = ""
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beacon:
    """What the judge last said of itself.

    Attributes:
        by: as in Judged; empty where it ended in order.
        machine: the machine it judges on, by its own short id; empty where that has none.
        last: when it last judged.
        boot, boot_s: that moment by the machine's own run; ("", 0) where that is not told.
        every_s: seconds between two turns.
        gaps: closed ones, newest first.
        problem: why it cannot do all it should, one sentence; empty where it can.
    """

    by: str
    machine: str
    last: datetime
    boot: str
    boot_s: float
    every_s: float
    gaps: tuple[Gap, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes one notification upon itself.

    Attributes:
        key: id of the alert, or that with "/ended".
        by: the process that claimed it.
        delivers: whether another judge has to go on where this one dies.
        done: what became of it; empty while it is on its way.
    """

    key: str
    channel: str
    by: str
    at: datetime
    delivers: bool
    done: str = ""


class Moments:
    """Moments of the board as this console's clock would have told them, and back.

    Args:
        ahead_s: how far the board's clock is ahead of ours, in seconds.
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        self._ahead = timedelta(seconds=ahead_s)

    def write(self, moment: datetime | None) -> str | None:
        """Our moment in the board's time."""
        return None if moment is None else iso(moment + self._ahead)

    def read(self, value: object) -> datetime:
        """The board's moment in ours.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(value, str) or len(value) > 64:
            raise ValueError("a moment is missing or no moment")
        try:
            return parse_iso(value) - self._ahead
        except OverflowError as error:
            raise ValueError("a moment is out of range") from error

    def maybe(self, value: object) -> datetime | None:
        """The same for one that may be missing."""
        return None if value is None else self.read(value)


AS_IS = Moments()


def parsed(text: str) -> dict[str, object]:
    """The JSON object in a file.

    Raises:
        ValueError: it is none.
    """
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError(_MAX_DEPTH_TEXT) from error
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if not isinstance(found, dict):
        raise ValueError("it does not hold one JSON object")
    return found


def written(value: Mapping[str, object]) -> str:
    """A JSON object as it lies in a file; compact, since boards travel."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _text(of: Mapping[str, object], name: str) -> str:
    value = of.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"'{name}' is no text")
    return safe_line(value[: 4 * _MAX_TEXT], max_chars=_MAX_TEXT)


def _number(of: Mapping[str, object], name: str) -> float | None:
    value = of.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise ValueError(f"'{name}' is no number")
    return float(value)


def _items(of: Mapping[str, object], name: str) -> Sequence[object]:
    value = of.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"'{name}' is no list")
    return value[:_MAX_ITEMS]


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("an item is no object")
    return value


def alert_document(alert: Alert, moments: Moments = AS_IS) -> dict[str, object]:
    """An alert as JSON."""
    made: dict[str, object] = {}
    for each in fields(alert):
        value = getattr(alert, each.name)
        if isinstance(value, Target):
            made["server"], made["accelerator"] = value.server, value.accelerator
        elif isinstance(value, AlertState | AlertSeverity):
            made[each.name] = value.value
        else:
            made[each.name] = moments.write(value) if isinstance(value, datetime) else value
    return made


def alert_from(value: object, moments: Moments = AS_IS) -> Alert:
    """The alert in a JSON object.

    Raises:
        ValueError: it is none.
    """
    of = _object(value)
    if not _text(of, "id"):
        raise ValueError("an alert has no id")
    return Alert(
        id=_text(of, "id"),
        rule=_text(of, "rule"),
        severity=AlertSeverity(_text(of, "severity")),
        target=Target(_text(of, "server"), _text(of, "accelerator")),
        label=_text(of, "label"),
        state=AlertState(_text(of, "state")),
        since=moments.read(of.get("since")),
        first_seen=moments.read(of.get("first_seen")),
        fired=moments.maybe(of.get("fired")),
        resolved=moments.maybe(of.get("resolved")),
        last_held=moments.read(of.get("last_held")),
        value=_number(of, "value"),
        unit=_text(of, "unit"),
        sentence=_text(of, "sentence"),
        remedy=_text(of, "remedy"),
        runbook=_text(of, "runbook"),
        muted=_text(of, "muted"),
        owner=_text(of, "owner"),
        acknowledged_by=_text(of, "acknowledged_by"),
        acknowledged=moments.maybe(of.get("acknowledged")),
    )


@dataclass(frozen=True, slots=True)
class Published:
    """What a judge published.

    Attributes:
        alerts: all that stand.
        telling: keys of notifications that were not surely on their way.
    """

    alerts: tuple[Alert, ...] = ()
    telling: frozenset[str] = frozenset()


def published_document(published: Published) -> dict[str, object]:
    """What a judge published, as JSON."""
    return {
        "alerts": [alert_document(each) for each in published.alerts],
        "telling": sorted(published.telling),
    }


def published_from(text: str, moments: Moments = AS_IS) -> Published:
    """What a judge published, from its file.

    Raises:
        ValueError: the file holds something else.
    """
    of = parsed(text)
    telling = frozenset(str(each)[:_MAX_KEY] for each in _items(of, "telling"))
    return Published(tuple(alert_from(each, moments) for each in _items(of, "alerts")), telling)


def silence_document(silence: Silence, moments: Moments = AS_IS) -> dict[str, object]:
    """A silence as JSON."""
    return {
        each.name: moments.write(value) if isinstance(value, datetime) else value
        for each in fields(silence)
        for value in [getattr(silence, each.name)]
    }


def silence_from(text: str, moments: Moments = AS_IS) -> Silence:
    """The silence in a file.

    Raises:
        ValueError: it is none.
    """
    of = parsed(text)
    names = ("id", "rule", "server", "accelerator", "by", "reason", "ended_by")
    begins, ends = moments.read(of.get("begins")), moments.read(of.get("ends"))
    if not _text(of, "id"):
        raise ValueError("a silence has no id")
    return Silence(begins=begins, ends=ends, **{name: _text(of, name) for name in names})


def note_document(note: Note, moments: Moments = AS_IS) -> dict[str, object]:
    """A note as JSON."""
    return {
        "owner": note.owner,
        "acknowledged_by": note.acknowledged_by,
        "acknowledged": moments.write(note.acknowledged),
    }


def note_from(text: str, moments: Moments = AS_IS) -> Note:
    """The note in a file.

    Raises:
        ValueError: it is none.
    """
    of = parsed(text)
    return Note(_text(of, "owner"), _text(of, "acknowledged_by"), moments.maybe(of.get("acknowledged")))


def noted(alert: Alert, note: Note | None) -> Alert:
    """An alert with what people did with it."""
    if note is None:
        return alert
    return replace(
        alert, owner=note.owner, acknowledged_by=note.acknowledged_by, acknowledged=note.acknowledged
    )


def beacon_document(beacon: Beacon) -> dict[str, object]:
    """A beacon as JSON."""
    return {
        "by": beacon.by,
        "machine": beacon.machine,
        "last": iso(beacon.last),
        "boot": beacon.boot,
        "boot_s": beacon.boot_s,
        "every_s": beacon.every_s,
        "gaps": [[iso(gap.since), iso(gap.until)] for gap in beacon.gaps if gap.until is not None],
        "problem": beacon.problem,
    }


def beacon_from(text: str, moments: Moments = AS_IS) -> Beacon:
    """The beacon in a file.

    Raises:
        ValueError: it is none.
    """
    of = parsed(text)
    gaps = []
    for each in _items(of, "gaps"):
        if not isinstance(each, list) or len(each) != 2:
            raise ValueError("a gap is no pair of moments")
        gaps.append(Gap(moments.read(each[0]), moments.read(each[1])))
    return Beacon(
        by=_text(of, "by"),
        machine=_text(of, "machine"),
        last=moments.read(of.get("last")),
        boot=_text(of, "boot"),
        boot_s=_number(of, "boot_s") or 0.0,
        every_s=min(3600.0, max(0.1, _number(of, "every_s") or 5.0)),
        gaps=tuple(gaps),
        problem=_text(of, "problem"),
    )


def claim_document(claim: Claim, moments: Moments = AS_IS) -> dict[str, object]:
    """A claim as JSON."""
    return {
        "key": claim.key,
        "channel": claim.channel,
        "by": claim.by,
        "at": moments.write(claim.at),
        "delivers": claim.delivers,
        "done": claim.done,
    }


def claim_from(text: str) -> Claim:
    """The claim in a file.

    Raises:
        ValueError: it is none.
    """
    of = parsed(text)
    at = AS_IS.read(of.get("at"))
    names = ("key", "channel", "by", "done")
    return Claim(at=at, delivers=of.get("delivers") is True, **{name: _text(of, name) for name in names})


def delivery_document(delivery: Delivery) -> dict[str, object]:
    """A delivery as JSON."""
    return {
        each.name: iso(value) if isinstance(value, datetime) else value
        for each in fields(delivery)
        for value in [getattr(delivery, each.name)]
    }


def deliveries_from(text: str, moments: Moments = AS_IS) -> tuple[Delivery, ...]:
    """The deliveries of one judge's file.

    Raises:
        ValueError: it holds something else.
    """
    return tuple(_delivery(_object(each), moments) for each in _items(parsed(text), "deliveries"))


def _delivery(of: Mapping[str, object], moments: Moments) -> Delivery:
    return Delivery(
        id=_text(of, "id"),
        alerts=tuple(str(each)[:_MAX_KEY] for each in _items(of, "alerts")),
        channel=_text(of, "channel"),
        attempts=int(_number(of, "attempts") or 0),
        begun=moments.read(of.get("begun")),
        delivered=moments.maybe(of.get("delivered")),
        problem=_text(of, "problem"),
        given_up=of.get("given_up") is True,
        ended=tuple(str(each)[:_MAX_KEY] for each in _items(of, "ended")),
    )
