"""The values of a notifier: what a message carries, what a channel sets, and why one was not sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

FIRING, RESOLVED = "firing", "resolved"


class NotSent(Exception):
    """A message did not go out. The reason never names an address with a token, or any secret.

    Args:
        reason: half a sentence: "HTTP 404: no_service".
        retry_after_s: how long the other side wants to be left alone, where it says so.
        lasting: only a person can mend it; it is still tried again, but seldom.
    """

    def __init__(self, reason: str, *, retry_after_s: float | None = None, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert as a message tells it. Every text is one harmless line.

    Attributes:
        severity: "info", "warning" or "critical".
        state: FIRING or RESOLVED.
        server: empty for one of the whole fleet.
        label: the part of the server, "gpu-3"; empty for the server itself.
        since: when its condition first held.
        ended: when it was over; None while it is not.
        value: what was compared, in `unit`; None where there is no number.
        remedy: the next safe action.
        runbook: an http or https address; empty where there is none.
    """

    id: str
    rule: str
    severity: str
    state: str
    server: str
    label: str
    since: datetime
    ended: datetime | None
    value: float | None
    unit: str
    sentence: str
    remedy: str
    runbook: str = ""

    @property
    def place(self) -> str:
        """Server and part in words."""
        return " ".join(part for part in (self.server, self.label) if part) or "the fleet"

    @property
    def head(self) -> str:
        """The first line about it."""
        word = "RESOLVED" if self.state == RESOLVED else self.severity.upper()
        ended = f" until {_moment(self.ended)}" if self.ended is not None else ""
        return f"{word}: {self.rule} on {self.place}, since {_moment(self.since)}{ended}"

    def lines(self) -> list[str]:
        """All about it, for a message of plain text."""
        told = [self.head]
        if self.sentence:
            told.append(f"  {self.sentence}")
        if self.remedy and self.state == FIRING:
            told.append(f"  Next: {self.remedy}")
        if self.runbook:
            told.append(f"  Runbook: {self.runbook}")
        return told


@dataclass(frozen=True, slots=True)
class Message:
    """What fires, or has ended, on one server (or for the fleet) and is told together.

    Attributes:
        id: the same at every attempt, so that who is told twice can know it.
        server: empty for the fleet.
        alerts: the worst first, those that ended last.
        more: how many further ones are not listed.
        repeated: it was told before and still fires.
        test: a person tries the channel; `alerts` is empty.
        sender: who sends it, "user@machine".
        sent: when.
    """

    id: str
    server: str
    alerts: tuple[AlertLine, ...]
    more: int
    repeated: bool
    test: bool
    sender: str
    sent: datetime

    @property
    def title(self) -> str:
        """One line for a subject or a heading."""
        if self.test:
            return "[TEST] Tandem reaches this channel"
        firing = [each for each in self.alerts if each.state == FIRING]
        word = firing[0].severity.upper() if firing else "RESOLVED"
        count = len(self.alerts) + self.more
        what = self.alerts[0].rule if count == 1 else f"{count} alerts"
        again = "still " if self.repeated and firing else ""
        place = self.alerts[0].place if count == 1 else self.server or "the fleet"
        return f"[{word}] {again}{what} on {place}"

    def lines(self) -> list[str]:
        """The body in plain text, without the title."""
        if self.test:
            return ["This is a test; nothing is wrong.", self.signature]
        told: list[str] = []
        for each in self.alerts:
            told += [*each.lines(), ""]
        if self.more:
            told += [f"and {self.more} more, see the alert page", ""]
        return [*told, self.signature]

    @property
    def signature(self) -> str:
        """Who sent it; some chats let a message in only where it has a known word, such as "Tandem"."""
        return f"Sent by Tandem of {self.sender}, {_moment(self.sent)}, message {self.id}"


def _moment(moment: datetime | None) -> str:
    return "–" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@dataclass(frozen=True, slots=True)
class NotifierField:
    """One setting of a channel of this kind; every value is a text.

    Attributes:
        name: its key in the file: lower case with underscores.
        secret: kept in the keyring or taken from the environment, never written down or shown.
        choices: allowed values, or empty.
    """

    name: str
    title: str
    description: str = ""
    secret: bool = False
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()


def _nothing_wrong(settings: Mapping[str, str]) -> str | None:
    del settings
    return None


@dataclass(frozen=True, slots=True)
class NotifierKind:
    """A way to tell people: one kind of chat, mail or receiver.

    Attributes:
        name: unique: "slack".
        send: called on a thread of its own with the message, every setting (secrets too, defaults filled in)
            and the seconds that it may take; answers in half a sentence what the other side said.
            Raises NotSent; whatever else it raises is a fault of the plugin and counts as not sent.
        check: half a sentence on what is wrong with the settings as far as it can be told without
            sending, or None; secrets that are not known yet are missing there.
    """

    name: str
    title: str
    fields: tuple[NotifierField, ...]
    send: Callable[[Message, Mapping[str, str], float], str]
    check: Callable[[Mapping[str, str]], str | None] = _nothing_wrong
