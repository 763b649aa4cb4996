"""What is told together, when, and when again: parcels of alerts of one server for one channel. Pure: claims,
messages and attempts are others'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from console.alerts.alert import Alert, AlertSeverity, AlertState, Delivery
from console.alerts.channel import Channel

ENDED = "/ended"
"""Behind an alert's id: the key under which the right to tell of its end is claimed."""
CLAIM_AT_ONCE_S = 45.0
"""What waits longer is claimed before it waits: the board forgets after a minute what nobody claimed."""

_ORDER = (AlertSeverity.CRITICAL, AlertSeverity.WARNING, AlertSeverity.INFO)


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a parcel is brought; seconds.

    Attributes:
        first_s, most_s: pause after the first failure, doubled with each further one, and its bound.
        give_up_s: after which no further attempt is made.
        timeout_s: for one attempt in all.
        look_s: between two looks at what is to be told again.
    """

    first_s: float = 5.0
    most_s: float = 600.0
    give_up_s: float = 24 * 3600.0
    timeout_s: float = 15.0
    look_s: float = 5.0

    def pause_s(self, failures: int, chance: float, retry_after_s: float | None, lasting: bool) -> float:
        """Seconds until the next attempt.

        Args:
            failures: so far, this one counted.
            chance: between 0 and 1; spreads consoles that failed together.
            retry_after_s: what the other side asked for.
            lasting: only a person can mend it.
        """
        if retry_after_s is not None:
            return max(retry_after_s, self.first_s) * (1 + 0.1 * chance)
        full = self.most_s if lasting else min(self.first_s * 2.0 ** min(failures - 1, 30), self.most_s)
        return full * (0.5 + 0.5 * chance)


class Kind(StrEnum):
    """Why an alert is in a parcel."""

    FIRED = "fired"
    REPEATED = "repeated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert of a parcel; `claimed` once it is ours to tell. Repetitions are not claimed."""

    alert: Alert
    kind: Kind
    claimed: bool = False

    @property
    def key(self) -> str:
        """What is claimed."""
        return self.alert.id + ENDED if self.kind is Kind.ENDED else self.alert.id

    @property
    def over(self) -> bool:
        """Whether the alert has ended."""
        return self.kind is Kind.ENDED or self.alert.state is AlertState.RESOLVED


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way.

    Attributes:
        server: empty for the fleet.
        due_s: monotonic moment of its next attempt.
        attempts: made so far.
        busy: an attempt is being made.
        ended: when it was delivered or given up; None before.
        problem: why the last attempt failed.
        begun_s: as `begun`, on the clock that nobody sets.
    """

    id: str
    channel: str
    server: str
    begun: datetime
    due_s: float
    entries: tuple[Entry, ...]
    attempts: int = 0
    busy: bool = False
    ended: datetime | None = None
    given_up: bool = False
    problem: str = ""
    begun_s: float = 0.0

    @property
    def open(self) -> bool:
        """Whether something may still join it."""
        return self.ended is None and not self.busy

    @property
    def repeated(self) -> bool:
        """Whether it tells nothing new."""
        return all(each.kind is Kind.REPEATED for each in self.entries)

    def delivery(self) -> Delivery:
        """How it is shown."""
        return Delivery(
            id=self.id,
            alerts=tuple(each.alert.id for each in self.entries),
            channel=self.channel,
            attempts=self.attempts,
            begun=self.begun,
            delivered=None if self.given_up else self.ended,
            problem=self.problem,
            given_up=self.given_up,
            ended=tuple(each.alert.id for each in self.entries if each.kind is Kind.ENDED),
        )

    def joined(self, entry: Entry, due_s: float) -> Parcel:
        """With one more; what was tried already keeps its pause, but for what is critical and new."""
        kept = tuple(each for each in self.entries if each.alert.id != entry.alert.id)
        soon = self.attempts == 0 or (entry.kind is Kind.FIRED and _critical(entry.alert))
        return replace(self, entries=(*kept, entry), due_s=min(self.due_s, due_s) if soon else self.due_s)

    def over(self, alert: Alert) -> Parcel | None:
        """What is left where an alert in it ended before it was told; None where nothing is.

        What nobody was told of and nobody has claimed needs no telling; the rest is told as over.
        """
        left = tuple(
            replace(each, alert=alert) if each.alert.id == alert.id else each
            for each in self.entries
            if each.alert.id != alert.id or (each.claimed and each.kind is not Kind.REPEATED)
        )
        return replace(self, entries=left) if left else None

    def absorbed(self, later: Parcel) -> Parcel:
        """With what was to be told after it, so that what failed is not told as firing when it is over."""
        made = self
        for entry in later.entries:
            known = any(each.alert.id == entry.alert.id for each in made.entries)
            if known and entry.kind is Kind.ENDED:
                made = made.over(entry.alert) or made
            elif not known:
                made = made.joined(entry, later.due_s)
        return made


def _critical(alert: Alert) -> bool:
    return alert.severity is AlertSeverity.CRITICAL


def is_wanted(channel: Channel, alert: Alert, kind: Kind) -> bool:
    """Whether a channel tells of it, its filter of servers apart."""
    if not channel.enabled or alert.muted or (kind is Kind.ENDED and not channel.resolved):
        return False
    return _ORDER.index(alert.severity) <= _ORDER.index(channel.severity)


def wait_s(channel: Channel, alert: Alert, kind: Kind, since_last_s: float | None) -> float:
    """Seconds until a new parcel with it goes out.

    Args:
        since_last_s: since the last message of this channel and server; None where there was none.
    """
    if since_last_s is None or (kind is Kind.FIRED and _critical(alert)):
        return channel.wait_s
    return max(channel.wait_s, channel.interval_s - since_last_s)


def turn_of(channel: Channel, alert: Alert, now: datetime) -> int:
    """How often it should have been told again by now: 0 before its first time, or where nobody needs it."""
    if channel.repeat_s is None or alert.fired is None or alert.state is not AlertState.FIRING:
        return 0
    if alert.acknowledged_by:
        return 0
    return max(0, int((now - alert.fired).total_seconds() // channel.repeat_s))


def worst_first(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What still fires before what ended, the worst and the oldest first."""
    return tuple(
        sorted(
            entries, key=lambda each: (each.over, _ORDER.index(each.alert.severity), each.alert.first_seen)
        )
    )
