"""Alerts, channels and secrets as these tests need them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from console.alerts.alert import Alert, AlertSeverity, AlertState, Target
from console.alerts.channel import Channel
from console.alerts.channels import ChannelBook
from console.core.home import Home, shipped
from console.core.problems import Problem
from console.plugin.api import NotifierKind
from console.plugin.loader import load

SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_numbers = itertools.count(1)

HOSTILE = (
    'gpu-1\x1b[31m\n@all <!channel> <@U024> <at user_id="all">所有人</at> @所有人 @everyone '
    "*bold* [x](http://evil) <b>&amp;</b>\u202e"
)


@cache
def kinds() -> tuple[NotifierKind, ...]:
    """What ships."""
    return load(Home(Path("/nonexistent/tandem-home")), shipped("plugins")).notifiers


@dataclass
class MemorySecrets:
    """Stands for the keyring: what is a fault of it is tested with the house's own."""

    held: dict[str, str] = field(default_factory=dict)
    locked: bool = False

    def value_of(self, name: str) -> str | None:
        return self.held.get(name)

    def put(self, name: str, value: str) -> None:
        if self.locked:
            raise Problem("secret.keyring", reason="the collection is locked")
        self.held[name] = value

    def kept(self) -> tuple[str, ...]:
        return tuple(self.held)

    def forget(self, name: str) -> None:
        del self.held[name]


def book_of(
    folder: Path, *channels: Channel, secrets: dict[str, dict[str, str]] | None = None
) -> ChannelBook:
    """A book with these channels saved; secrets by channel and field."""
    book = ChannelBook(folder / "notifiers.toml", kinds(), MemorySecrets(), environ={})
    for each in channels:
        book.save(each, (secrets or {}).get(each.name, {}))
    return book


def alert(rule: str = "gpu.ecc", server: str = "gpu-1", **changes: Any) -> Alert:
    """One that fires."""
    made = Alert(
        id=f"alert{next(_numbers):04d}",
        rule=rule,
        severity=AlertSeverity.CRITICAL,
        target=Target(server, "GPU-aaaa"),
        label="gpu-3",
        state=AlertState.FIRING,
        since=SINCE,
        first_seen=SINCE,
        fired=SINCE,
        resolved=None,
        last_held=SINCE,
        value=2.0,
        unit="",
        sentence="gpu-3 has 2 uncorrected memory errors.",
        remedy="Drain the server and reset the accelerator.",
        runbook="https://runbooks.lab.test/ecc",
    )
    return replace(made, **changes)


def ended(one: Alert) -> Alert:
    """The same, over."""
    moment = SINCE.replace(hour=4)
    return replace(one, state=AlertState.RESOLVED, resolved=moment, since=moment)
