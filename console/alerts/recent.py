"""What a rule needs to know of the moments before: since when a link is down, accelerators that were there,
jumps of a server's clock, counters that rise. Values and memory only; ages by the monotonic clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from console.fleet.link_state import LinkState
from console.telemetry.sample import ServerSample
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow

KNOWN_FOR_S = 7 * 86_400.0
"""So long an accelerator that is gone is missed; then the server is taken as one without it."""

STEP_TOLD_S = 600.0
"""So long a jump of a server's clock is told."""

_SEVERAL = 3
_LEAST_STEP_S = 1.0
_REPLAY_WINDOW_S = 60.0
_REPLAYS_PER_LANE = {1: 0.15, 2: 0.3, 3: 0.48, 4: 0.96, 5: 1.92, 6: 3.84}
"""Replays a minute and lane that DCGM takes for sound (DcgmHealthWatch.cpp), by PCIe generation."""

STAND_IN = "unknown-"
"""How the UUID begins that an accelerator has which was lost before it ever told its own."""


class Trouble(Enum):
    """Why a server is not reached."""

    DOWN = "down"
    REFUSED = "refused"
    AGENT = "agent"


Expected = Mapping[str, Mapping[str, str]]
"""server -> UUID -> name of accelerators that it is known to have, out of the stored equipment."""


@dataclass(slots=True)
class Recent:
    """Of one server.

    Attributes:
        trouble: why it is not reached; stays while it is tried again. None where it is, or nothing is known.
        known: UUID -> (name, when it was there last) of the accelerators.
        steps: (when, seconds) of each jump of its clock.
        replays: UUID -> (when, count) of a PCIe counter, as far back as its rate is told.
        missing: how those are called that are gone.
    """

    trouble: Trouble | None = None
    known: dict[str, tuple[str, float]] = field(default_factory=dict)
    steps: list[tuple[float, float]] = field(default_factory=list)
    replays: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    now_s: float = 0.0
    _looked: bool = False
    _up_s: float | None = None
    _sample: ServerSample | None = None
    _present: tuple[str, ...] = ()

    def look(self, row: ServerRow, now_s: float) -> None:
        """Take over how it is now."""
        first, self._looked, self.now_s = not self._looked, True, now_s
        self._look_at_link(row)
        if row.link.state not in (LinkState.UP, LinkState.STALE):
            self._up_s = None
        elif self._up_s is None:
            # Nobody saw it come up: then the age of its data alone tells how long nothing came.
            self._up_s = now_s - row.age_s if first and row.age_s is not None else now_s
        sample = row.sample
        if sample is not None and sample is not self._sample:
            self._look_at_clock(sample, now_s)
            self._sample = sample
        if self.steps and now_s - self.steps[0][0] > STEP_TOLD_S:
            self.steps = [each for each in self.steps if now_s - each[0] <= STEP_TOLD_S]
        if row.fresh:
            self._look_at_accelerators(row.accelerators, now_s)

    def _look_at_link(self, row: ServerRow) -> None:
        state, problem = row.link.state, row.link.problem
        if state in (LinkState.UP, LinkState.STALE, LinkState.OFF):
            self.trouble = None
        elif state is LinkState.REFUSED:
            self.trouble = Trouble.REFUSED
        elif state in (LinkState.LOST, LinkState.WAITING):
            agent = problem is not None and problem.code.startswith("agent.")
            self.trouble = Trouble.AGENT if agent else Trouble.DOWN

    def _look_at_clock(self, sample: ServerSample, now_s: float) -> None:
        before = self._sample
        if before is None or before.boot_id != sample.boot_id:
            return
        if sample.uptime_s is None or before.uptime_s is None:
            return
        # Its wall clock against its own run: neither our clock nor the line has a part in it.
        step = (sample.time - before.time).total_seconds() - (sample.uptime_s - before.uptime_s)
        if abs(step) >= _LEAST_STEP_S:
            self.steps.append((now_s, step))

    def _look_at_accelerators(self, rows: tuple[AcceleratorRow, ...], now_s: float) -> None:
        present = tuple([each.sample.uuid for each in rows])
        if present != self._present:
            for uuid in self._present:
                if uuid in self.known:
                    self.known[uuid] = (self.known[uuid][0], now_s)
            for each in rows:
                if not each.sample.uuid.startswith(STAND_IN):
                    self.known[each.sample.uuid] = (_name(each), now_s)
            self._present = present
        elif len(self.known) == len(present):
            return
        here = set(present)
        self.known = {
            uuid: (name, seen)
            for uuid, (name, seen) in self.known.items()
            if uuid in here or now_s - seen <= KNOWN_FOR_S
        }
        gone = [name for uuid, (name, _) in self.known.items() if uuid not in here]
        # One that was lost before it told its UUID stands there as itself already.
        nameless = sum(uuid.startswith(STAND_IN) for uuid in present)
        self.missing = tuple(sorted(gone)[: max(0, len(gone) - nameless)])

    def silent_s(self, row: ServerRow) -> float | None:
        """How long nothing came over a link that is up: what came over the one before does not count."""
        if self._up_s is None:
            return None
        up_s = self.now_s - self._up_s
        return up_s if row.age_s is None else min(up_s, row.age_s)

    def clock_step_s(self) -> float | None:
        """The largest jump of the last minutes, forward above zero; 0 where there was none."""
        if self._sample is None or self._sample.uptime_s is None:
            return None
        return max((seconds for _, seconds in self.steps), key=abs, default=0.0)

    def replay_percent(self, row: AcceleratorRow) -> float | None:
        """PCIe replays of the last minute, in percent of what its lanes and generation may have."""
        health = row.sample.health
        if health is None or health.pcie_replays is None:
            return None
        seen = self.replays.setdefault(row.sample.uuid, [])
        if len(seen) == 1 and health.pcie_replays == seen[0][1]:
            return 0.0
        if not seen or health.pcie_replays < seen[-1][1]:
            seen[:] = [(self.now_s, health.pcie_replays)]
        elif health.pcie_replays != seen[-1][1]:
            seen.append((self.now_s, health.pcie_replays))
        # The first of those kept is the count with which the minute began.
        while len(seen) > 1 and self.now_s - seen[1][0] >= _REPLAY_WINDOW_S:
            seen.pop(0)
        if health.pcie_generation is None or health.pcie_width is None:
            return None
        allowed = _REPLAYS_PER_LANE[min(6, health.pcie_generation)] * health.pcie_width
        return (seen[-1][1] - seen[0][1]) / allowed * 100


def _name(row: AcceleratorRow) -> str:
    return f"{label_of(row)} ({row.sample.name})"


def label_of(row: AcceleratorRow) -> str:
    """How a person calls an accelerator."""
    return f"gpu-{row.sample.index}"


class Memory:
    """Recent of every server of the fleet.

    Attributes:
        unreached: whether none of several servers is reached; None where there are not several.
    """

    def __init__(self) -> None:
        self.unreached: bool | None = None
        self._of: dict[str, Recent] = {}

    def look(self, snapshot: FleetSnapshot, now_s: float, expected: Expected | None) -> Mapping[str, Recent]:
        """Take over how the fleet is now; who is no more in the inventory is forgotten."""
        found: dict[str, Recent] = {}
        for row in snapshot.servers:
            name = row.server.name
            own = self._of.get(name)
            if own is None:
                own = Recent()
            for uuid, title in (expected or {}).get(name, {}).items():
                own.known.setdefault(uuid, (title, now_s))
            own.look(row, now_s)
            found[name] = own
        self._of = found
        self.unreached = _unreached(snapshot, found)
        return found


def _unreached(snapshot: FleetSnapshot, recent: Mapping[str, Recent]) -> bool | None:
    """Whether no server is reached: then it is rather our own line than each of them."""
    watched = [row for row in snapshot.servers if row.link.state is not LinkState.OFF]
    if len(watched) < _SEVERAL:
        return None
    return all(recent[row.server.name].trouble is Trouble.DOWN for row in watched)
