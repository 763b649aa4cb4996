"""From a parcel to the message that a notifier gets, cleaned and bounded; and hiding secrets in a text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from console.alerts.grouping import Entry, Parcel, worst_first
from console.core.text import safe_line
from console.plugin.api import FIRING, RESOLVED, AlertLine, Message

MAX_LISTED = 20
HIDDEN = "•••"

_MAX_NAME = 120
_MAX_SENTENCE = 500
_LEAST_HIDDEN = 4


def message_of(parcel: Parcel, sender: str, now: datetime) -> Message:
    """What a parcel says now; at a later attempt it may say that something is over by then."""
    entries = worst_first(parcel.entries)
    return Message(
        id=parcel.id,
        server=safe_line(parcel.server, max_chars=_MAX_NAME),
        alerts=tuple(_line(each) for each in entries[:MAX_LISTED]),
        more=max(0, len(entries) - MAX_LISTED),
        repeated=parcel.repeated,
        test=False,
        sender=safe_line(sender, max_chars=_MAX_NAME),
        sent=now,
    )


def trial_message(ident: str, sender: str, now: datetime) -> Message:
    """What a person sends to see whether a channel works."""
    return Message(ident, "", (), 0, False, True, safe_line(sender, max_chars=_MAX_NAME), now)


def _line(entry: Entry) -> AlertLine:
    alert = entry.alert
    ended = (alert.resolved or alert.since) if entry.over else None
    return AlertLine(
        id=alert.id,
        rule=safe_line(alert.rule, max_chars=_MAX_NAME),
        severity=alert.severity.value,
        state=RESOLVED if entry.over else FIRING,
        server=safe_line(alert.target.server, max_chars=_MAX_NAME),
        label=safe_line(alert.label, max_chars=_MAX_NAME),
        since=alert.first_seen,
        ended=ended,
        value=alert.value,
        unit=safe_line(alert.unit, max_chars=_MAX_NAME),
        sentence=safe_line(alert.sentence, max_chars=_MAX_SENTENCE),
        remedy=safe_line(alert.remedy, max_chars=_MAX_SENTENCE),
        runbook=_address(alert.runbook),
    )


def _address(runbook: str) -> str:
    """A runbook's address, where it is one that a person may follow."""
    line = safe_line(runbook)
    try:
        parts = urlsplit(line)
    except ValueError:
        return ""
    return line if parts.scheme in ("http", "https") and parts.netloc and " " not in line else ""


def hide(text: str, secrets: Iterable[str]) -> str:
    """One harmless line without any of the secrets: not whole, and of an address no path and no value."""
    shown = safe_line(text)
    parts = {piece for secret in secrets for piece in _pieces(secret) if len(piece) >= _LEAST_HIDDEN}
    for piece in sorted(parts, key=len, reverse=True):
        shown = shown.replace(piece, HIDDEN)
    return shown


def _pieces(secret: str) -> Iterable[str]:
    yield secret
    if secret.startswith(("http://", "https://")):
        try:
            parts = urlsplit(secret)
        except ValueError:
            return
        yield parts.path
        yield parts.query
        yield from (value for _key, value in parse_qsl(parts.query))
        # The last part of a path is what makes it one's own: .../hook/TOKEN.
        yield from (part for part in parts.path.split("/") if len(part) >= 2 * _LEAST_HIDDEN)
