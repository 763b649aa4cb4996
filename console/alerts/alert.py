"""What an alert is, as values that every part of the room and both faces share. No I/O, no judging here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertSeverity(StrEnum):
    """How soon a person has to look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(StrEnum):
    """Where one rule stands for one target; the words are Prometheus's and Grafana's."""

    INACTIVE = "inactive"
    PENDING = "pending"
    """The condition holds, but not for as long as the rule's `for` asks."""
    FIRING = "firing"
    RESOLVED = "resolved"
    NO_DATA = "no data"
    """Nothing is known of what the rule looks at; an alert that fired keeps firing meanwhile."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule is judged for: the fleet (both empty), a server, or one of its accelerators (by UUID)."""

    server: str = ""
    accelerator: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One episode of one rule for one target: from the first moment its condition held to its end.

    Attributes:
        id: new for each episode.
        rule: name of the rule, as in the rules' TOML.
        label: how a person calls the target's part, "gpu-3"; empty for a server or the fleet.
        since: when it came into this state.
        first_seen: when the condition first held in this episode.
        fired, resolved: when it did; None until then.
        last_held: when the condition was last seen to hold.
        value: what was compared, in `unit`; None where there is no number.
        sentence: what is wrong, in one English sentence with names and figures.
        remedy: the next safe action, in one English sentence.
        runbook: address of a page that tells more; empty where the rule names none.
        muted: why nothing is sent for it: id of a silence, "server down" or "drained"; empty where it is.
        owner: to whom it was given; empty where nobody took it.
        acknowledged_by, acknowledged: who said that they know, and when.
    """

    id: str
    rule: str
    severity: AlertSeverity
    target: Target
    label: str
    state: AlertState
    since: datetime
    first_seen: datetime
    fired: datetime | None
    resolved: datetime | None
    last_held: datetime
    value: float | None
    unit: str
    sentence: str
    remedy: str
    runbook: str = ""
    muted: str = ""
    owner: str = ""
    acknowledged_by: str = ""
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """No notifications for what matches, until it ends. An empty part matches everything.

    Attributes:
        by: who set it, "user@machine".
        ended_by: who ended it before its time; empty where nobody did.
    """

    id: str
    rule: str
    server: str
    accelerator: str
    begins: datetime
    ends: datetime
    by: str
    reason: str
    ended_by: str = ""

    def covers(self, rule: str, target: Target, at: datetime) -> bool:
        """Whether it silences this rule for this target at that moment."""
        return (
            self.begins <= at < self.ends
            and self.rule in ("", rule)
            and self.server in ("", target.server)
            and self.accelerator in ("", target.accelerator)
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """A span in which nothing was judged; `until` is None while it lasts."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """Who judges the rules, and since when nobody does.

    Attributes:
        by: "user@machine (alertd)" or "user@machine (window)"; empty where nobody does now.
        last: when the rules were last judged; None where they never were.
        gaps: of the last thirty days, newest first.
    """

    by: str
    last: datetime | None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification on its way through one notifier.

    Attributes:
        alerts: ids of the alerts it tells of; they are of one server, or of the fleet.
        channel: the notifier's name as configured, "ops-slack".
        attempts: how often it was tried.
        delivered: when it went out; None while it has not.
        problem: why the last attempt failed; empty where none did.
        given_up: no further attempt is made.
        ended: ids of those of `alerts` whose end it tells of; of the others it tells that they fire.
    """

    id: str
    alerts: tuple[str, ...]
    channel: str
    attempts: int
    begun: datetime
    delivered: datetime | None
    problem: str
    given_up: bool = False
    ended: tuple[str, ...] = ()
