"""Who keeps accelerators' memory without using them, and since when; the judging is pure.

What is not known is never idleness: a divided card (MIG) tells no utilization, a time nobody watched ends
what can be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import numpy as np

from console.core.clock import Clock, from_epoch
from console.core.units import UNKNOWN
from console.telemetry.history import History
from console.telemetry.live import LiveTelemetry
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ProcessInfo
from console.telemetry.snapshot import AcceleratorRow, ServerRow
from console.telemetry.spans import Curve, joined

BRIDGED_S = 300.0
"""A gap up to so long (a link that came back, a console that was restarted) does not end an idle time."""

HOLDS_FROM_BYTES = 1 << 30
"""Without a known process an accelerator counts as held from here on: less is the driver's own."""

_METRIC = "utilization_percent"
_FRESH_S = 60.0
_LOOKS = ((86_400.0, 1500), (30 * 86_400.0, 4500))
"""How far back is looked, and how finely: a day by the minute, then thirty days by ten minutes."""


class IdleState(StrEnum):
    """What is known of a holder."""

    IDLE = "idle"
    UNKNOWN = "unknown"


class GroupBy(StrEnum):
    """What idle holders are added up by."""

    USER = "user"
    SERVER = "server"
    JOB = "job"
    LABEL = "label"


class Why(StrEnum):
    """Why it is not known whether a holder is idle."""

    DIVIDED = "mig"
    NOT_TOLD = "not told"
    TOO_SHORT = "not watched long enough"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a curve of utilization says. `since_s` is None for one that is in use.

    Attributes:
        at_least: it was idle already when it began to be known.
        mean, peak: over that time.
    """

    since_s: float | None
    at_least: bool = False
    mean: float | None = None
    peak: float | None = None


@dataclass(frozen=True, slots=True)
class IdleHolder:
    """One process on one accelerator; without `process` its memory is held by something that is not told.

    Attributes:
        since: when it was last in use; with `at_least` it is only known that it was earlier.
        seconds: how long that is; None where nothing is known.
        peak_percent: the highest utilization in that time: a short burst among the means.
        index: None of one that is known from the past alone.
        labels: the server's, as "key=value".
        job: the job of ours that has, or had, the accelerator.
        account: whose it was, where no process tells.
        past: it is told out of the store, which keeps no processes.
    """

    server: str
    index: int | None
    uuid: str
    accelerator: str
    state: IdleState
    process: ProcessInfo | None
    memory_bytes: int | None
    total_bytes: int | None
    why: Why | None = None
    since: datetime | None = None
    at_least: bool = False
    seconds: float | None = None
    mean_percent: float | None = None
    peak_percent: float | None = None
    labels: tuple[str, ...] = ()
    job: str | None = None
    account: str | None = None
    past: bool = False

    @property
    def user(self) -> str | None:
        return self.account if self.process is None else self.process.user

    @property
    def key(self) -> tuple[str, str, int, str]:
        pid = -1 if self.process is None else self.process.pid
        return (self.server, self.uuid, pid, self.job or "")


def judge(curve: Curve, now_s: float, below: float) -> Verdict | None:
    """Since when the curve has been below a bound; None where its end is not known any more."""
    known = np.flatnonzero(np.isfinite(curve.values))
    if not len(known):
        return None
    times, values, highs = curve.times[known], curve.values[known], curve.high[known]
    half = curve.width_s / 2
    if now_s - (times[-1] + half) > max(_FRESH_S, curve.width_s):
        return None
    used = np.flatnonzero(values >= below)
    gaps = np.flatnonzero(np.diff(times) > BRIDGED_S + curve.width_s)
    after_use = int(used[-1]) + 1 if len(used) else 0
    after_gap = int(gaps[-1]) + 1 if len(gaps) else 0
    first = max(after_use, after_gap)
    if first >= len(times):
        return Verdict(None)
    at_least = not len(used) or after_gap > after_use
    part = slice(first, None)
    # Of a span at the edge of what is known only its end is sure; after a use its beginning is.
    since_s = min(float(times[first]) + (half if at_least else -half), now_s)
    return Verdict(since_s, at_least, float(values[part].mean()), float(highs[part].max()))


def holders_of(sample: AcceleratorSample) -> list[tuple[ProcessInfo | None, int | None]]:
    """(process, its memory) of those that hold something; a holder that is not told is one without
    process."""
    if sample.processes:
        return [(each, each.memory_bytes) for each in sample.processes if each.memory_bytes != 0]
    used = sample.memory_used_bytes
    return [(None, used)] if used is not None and used >= HOLDS_FROM_BYTES else []


class IdleHolders:
    """Reads the store: never on the window's thread.

    Args:
        history: curves of more than the rings hold.
    """

    def __init__(self, telemetry: LiveTelemetry, history: History, clock: Clock) -> None:
        self._telemetry = telemetry
        self._history = history
        self._clock = clock
        self._known: dict[tuple[str, str, float], tuple[float, Verdict]] = {}

    def find(
        self,
        servers: Iterable[ServerRow],
        *,
        below_percent: float,
        after_s: float,
        jobs: Mapping[tuple[str, str], str] | None = None,
    ) -> tuple[IdleHolder, ...]:
        """Everyone who holds memory of accelerators that are idle for that long, the longest first, and
        those of whom it cannot be told. `jobs`: which job has an accelerator, by server and UUID.

        Raises:
            Problem: the store's.
        """
        found: list[IdleHolder] = []
        now_s = self._clock.now().timestamp()
        for server in servers:
            for row in server.accelerators:
                if row.fresh and row.sample.state is AcceleratorState.OK:
                    job = (jobs or {}).get((server.server.name, row.sample.uuid))
                    found += [replace(each, job=job) for each in self._of(row, now_s, below_percent, after_s)]
        return tuple(sorted(found, key=_order))

    def _of(self, row: AcceleratorRow, now_s: float, below: float, after_s: float) -> list[IdleHolder]:
        sample, name = row.sample, row.server.name
        held = holders_of(sample)
        if not held:
            return []
        now = sample.utilization_percent
        if sample.means is not None and sample.means.utilization_percent is not None:
            now = sample.means.utilization_percent
        if sample.mig:
            return _told(row, held, why=Why.DIVIDED)
        if now is None:
            return _told(row, held, why=Why.NOT_TOLD)
        if now >= below:
            return []
        verdict = self._verdict(name, sample.uuid, now_s, below)
        if verdict is None:
            return _told(row, held, why=Why.NOT_TOLD)
        if verdict.since_s is None:
            return []
        if now_s - verdict.since_s < after_s:
            return _told(row, held, verdict, now_s, Why.TOO_SHORT) if verdict.at_least else []
        return _told(row, held, verdict, now_s)

    def _verdict(self, server: str, uuid: str, now_s: float, below: float) -> Verdict | None:
        times, values = self._telemetry.series(server, _METRIC, uuid)
        verdict = judge(Curve(times, values, values, values), now_s, below) if len(times) else None
        key = (server, uuid, below)
        if verdict is not None and not verdict.at_least:
            self._known.pop(key, None)
            return verdict
        kept = self._known.get(key)
        since_s = None if verdict is None else verdict.since_s
        # Idle over the whole ring since it was judged last: what the store said then still holds.
        if kept is not None and since_s is not None and since_s <= kept[0]:
            self._known[key] = (now_s, kept[1])
            return kept[1]
        # Only where the minutes of the ring cannot tell is the store asked, and only as far as it must be.
        for seconds, points in _LOOKS:
            if verdict is not None and not verdict.at_least:
                break
            stored = self._history.stored(server, _METRIC, uuid, now_s - seconds, now_s, points)
            further = judge(joined(stored, times, values), now_s, below)
            if further is not None and (verdict is None or _reaches(further, verdict)):
                verdict = further
        if verdict is not None and verdict.since_s is not None:
            self._known[key] = (now_s, verdict)
        return verdict


def _reaches(further: Verdict, verdict: Verdict) -> bool:
    """Whether a coarser look says more than the finer one."""
    if further.since_s is None or verdict.since_s is None:
        return False
    return not further.at_least or further.since_s < verdict.since_s


def _told(
    row: AcceleratorRow,
    held: Sequence[tuple[ProcessInfo | None, int | None]],
    verdict: Verdict | None = None,
    now_s: float = 0.0,
    why: Why | None = None,
) -> list[IdleHolder]:
    since_s = None if verdict is None else verdict.since_s
    return [
        IdleHolder(
            server=row.server.name,
            index=row.sample.index,
            uuid=row.sample.uuid,
            accelerator=row.sample.name,
            state=IdleState.IDLE if why is None else IdleState.UNKNOWN,
            process=process,
            memory_bytes=memory,
            total_bytes=row.sample.memory_total_bytes,
            why=why,
            since=None if since_s is None else from_epoch(since_s),
            at_least=verdict is not None and verdict.at_least,
            seconds=None if since_s is None else now_s - since_s,
            mean_percent=None if verdict is None else verdict.mean,
            peak_percent=None if verdict is None else verdict.peak,
            labels=tuple(f"{key}={value}" for key, value in sorted(row.server.labels.items())),
        )
        for process, memory in held
    ]


def _order(holder: IdleHolder) -> tuple[bool, float, str, int]:
    unknown = holder.state is IdleState.UNKNOWN
    return (unknown, -round(holder.seconds or 0.0), holder.server, holder.index or 0)


@dataclass(frozen=True, slots=True)
class HolderGroup:
    """Idle holders of one account, server, job or label together.

    Attributes:
        accelerators: how many they keep from others.
        idle_s: the idle time of all these accelerators added up.
    """

    name: str
    accelerators: int
    memory_bytes: int
    longest_s: float
    idle_s: float


def grouped(holders: Iterable[IdleHolder], by: GroupBy) -> tuple[HolderGroup, ...]:
    """Those that are idle, added up; who keeps most comes first. What is not known is "–".

    A server with several labels counts with each of them.
    """
    groups: dict[str, list[IdleHolder]] = {}
    for each in holders:
        if each.state is IdleState.IDLE:
            for name in _names(each, by):
                groups.setdefault(name, []).append(each)
    made = [_group(name, own) for name, own in groups.items()]
    return tuple(sorted(made, key=lambda group: (-group.accelerators, -group.memory_bytes, group.name)))


def _names(holder: IdleHolder, by: GroupBy) -> tuple[str, ...]:
    if by is GroupBy.LABEL:
        return holder.labels or (UNKNOWN,)
    told = {GroupBy.USER: holder.user, GroupBy.SERVER: holder.server, GroupBy.JOB: holder.job}[by]
    return (told or UNKNOWN,)


def _group(name: str, own: list[IdleHolder]) -> HolderGroup:
    # Two processes on one accelerator keep it from others once, not twice.
    spans: dict[tuple[str, str, str | None], float] = {}
    for each in own:
        place = (each.server, each.uuid, each.job)
        spans[place] = max(spans.get(place, 0.0), each.seconds or 0.0)
    return HolderGroup(
        name,
        len({(each.server, each.uuid) for each in own}),
        sum(each.memory_bytes or 0 for each in own),
        max(each.seconds or 0.0 for each in own),
        sum(spans.values()),
    )
