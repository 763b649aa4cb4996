"""One picture of the whole fleet at one moment: tiles, map, table, strip and inspector all read this.

Counts are computed here once, so that no two places can disagree. No I/O lives here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Role, Server
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ServerSample

IDLE_BELOW_PERCENT = 5.0
"""Below this an accelerator counts as idle (all-smi's and job_defense_shield's bound)."""


class Severity(IntEnum):
    """The worst is seen first: lists sort by this, descending."""

    OK = 0
    UNKNOWN = 1
    WARNING = 2
    CRITICAL = 3


class Activity(IntEnum):
    """What one accelerator does; every accelerator is exactly one of these."""

    BUSY = 0
    IDLE = 1
    LOST = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class AcceleratorRow:
    """One accelerator with the server that it hangs on.

    Attributes:
        sample: its last values.
        fresh: whether they may be shown as current; an old value is never shown as one.
    """

    server: Server
    sample: AcceleratorSample
    fresh: bool
    utilization_percent: float | None = field(init=False)
    """Only what is current and answered: a lost or old accelerator never shows a utilization."""
    activity: Activity = field(init=False)
    severity: Severity = field(init=False)

    def __post_init__(self) -> None:
        # Told once: map, table, cards and badges ask for them thousands of times a beat.
        put = object.__setattr__
        answers = self.fresh and self.sample.state is AcceleratorState.OK
        put(self, "utilization_percent", self.sample.utilization_percent if answers else None)
        put(self, "activity", self._activity())
        put(self, "severity", self._severity())

    @property
    def key(self) -> tuple[str, str]:
        """Stable identity: server name and UUID."""
        return (self.server.name, self.sample.uuid)

    def _activity(self) -> Activity:
        if self.sample.state in (AcceleratorState.LOST, AcceleratorState.ERROR):
            return Activity.LOST
        utilization = self.utilization_percent
        if utilization is None:
            return Activity.UNKNOWN
        return Activity.IDLE if utilization < IDLE_BELOW_PERCENT else Activity.BUSY

    @property
    def holds_idle(self) -> bool:
        """Idle while some process holds its memory."""
        return self.activity is Activity.IDLE and bool(self.sample.processes)

    def _severity(self) -> Severity:
        sample = self.sample
        health = sample.health
        sick = health is not None and (
            health.remapped_rows_failed or health.recovery_action not in (None, "none")
        )
        if self.activity is Activity.LOST or (sample.ecc_uncorrected or 0) > 0 or sick:
            return Severity.CRITICAL
        if not self.fresh or sample.state is AcceleratorState.UNKNOWN:
            return Severity.UNKNOWN
        hot = bool(sample.throttle) and any(reason.startswith("hw_") for reason in sample.throttle)
        waits = health is not None and (health.remapped_rows_pending or health.retired_pages_pending)
        return Severity.WARNING if hot or waits or self.holds_idle else Severity.OK


@dataclass(frozen=True, slots=True)
class ServerRow:
    """One server with its link and last sample."""

    server: Server
    link: LinkView
    sample: ServerSample | None
    age_s: float | None
    fresh: bool
    accelerators: tuple[AcceleratorRow, ...]
    told: Severity | None = field(default=None, compare=False, repr=False)
    """Its severity where that is known from the moment before; the age alone does not change it."""
    source: str | None = None
    """The source whose sample it is, where the server was not heard itself."""

    @property
    def drained(self) -> str | None:
        """Why it takes no new work, as it says itself, else as last heard here; None where it does."""
        said = self.sample.drained if self.sample is not None else None
        return (self.server.drained if said is None else said) or None

    @property
    def severity(self) -> Severity:
        return self._severity() if self.told is None else self.told

    def _severity(self) -> Severity:
        worst = max((row.severity for row in self.accelerators), default=Severity.OK)
        if self.link.state is LinkState.REFUSED:
            return Severity.CRITICAL
        if worst is Severity.CRITICAL:
            return worst
        if self.link.state in (LinkState.LOST, LinkState.WAITING, LinkState.STALE):
            return Severity.WARNING
        if not self.fresh:
            return Severity.UNKNOWN
        return max(worst, Severity.WARNING) if self.sample and self.sample.problems else worst


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers that every part of the window shows. A sum over unknown values is None."""

    servers: int
    links_up: int
    accelerators: int
    busy: int
    idle: int
    lost: int
    unknown: int
    simulated: int
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    power_w: float | None
    power_limit_w: float | None
    critical: int
    warning: int


@dataclass(frozen=True, slots=True)
class FleetSnapshot:
    """The fleet at one moment."""

    time: datetime
    servers: tuple[ServerRow, ...]
    counts: Counts
    oldest: tuple[str, float] | None = None
    """Name of the server whose data is oldest, and its age in seconds."""

    def accelerators(self) -> Iterator[AcceleratorRow]:
        """Every accelerator of the fleet, in the order of the servers."""
        for row in self.servers:
            yield from row.accelerators

    def server(self, name: str) -> ServerRow | None:
        """The row of a server, or None."""
        return next((row for row in self.servers if row.server.name == name), None)

    def of_role(self, role: Role) -> tuple[ServerRow, ...]:
        """Servers of one engine; those that are both count as training."""
        wanted = {Role.TRAIN, Role.BOTH} if role is Role.TRAIN else {role}
        return tuple(row for row in self.servers if row.server.role in wanted)


def _total(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _total_int(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def count(servers: tuple[ServerRow, ...]) -> Counts:
    """Count a set of rows."""
    rows = [row for server in servers for row in server.accelerators]
    current = [row.sample for row in rows if row.fresh and row.sample.state is AcceleratorState.OK]
    activities = [row.activity for row in rows]
    severities = [server.severity for server in servers]
    return Counts(
        servers=len(servers),
        links_up=sum(server.link.state is LinkState.UP for server in servers),
        accelerators=len(rows),
        busy=activities.count(Activity.BUSY),
        idle=activities.count(Activity.IDLE),
        lost=activities.count(Activity.LOST),
        unknown=activities.count(Activity.UNKNOWN),
        simulated=sum(row.sample.simulated for row in rows),
        memory_used_bytes=_total_int([each.memory_used_bytes for each in current]),
        memory_total_bytes=_total_int([each.memory_total_bytes for each in current]),
        power_w=_total([each.power_w for each in current]),
        power_limit_w=_total([each.power_limit_w for each in current]),
        critical=severities.count(Severity.CRITICAL),
        warning=severities.count(Severity.WARNING),
    )
