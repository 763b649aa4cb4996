"""What a job's attempts used, as values: reading it, adding it up, its cost, and when it was wasted. Pure.

Unknown stays None: an energy that no counter told, a utilization of a divided card, a rate nobody entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.core.clock import iso
from console.core.text import safe_line
from console.core.wire_values import bytes_of, moment_of, number_of, whole_of

MAX_ATTEMPTS = 1000
MAX_GPUS = 1024
_LONGEST = 1e15

WASTED_FROM_SHARE = 0.5
"""An accelerator idle for at least this share of what was observed counts as wasted."""
WASTED_FROM_S = 60.0
"""Shorter looks tell nothing."""
OBSERVED_ENOUGH = 0.5
"""Less than this share of the run observed says nothing about the run."""
OBSERVED_WHOLE = 0.95
"""From here on a sentence speaks of the run without saying how much of it was observed."""


@dataclass(frozen=True, slots=True)
class GpuUsage:
    """One accelerator in one attempt.

    Attributes:
        observed_s: how long its utilization was known.
        busy_s: that time, weighted with the utilization.
        idle_s: of it below the agent's threshold.
        memory_peak_bytes: of the job's own processes; `card_memory_peak_bytes` of all that the card held.
    """

    uuid: str
    index: int | None
    name: str
    observed_s: float
    busy_s: float
    idle_s: float
    energy_j: float | None = None
    memory_peak_bytes: int | None = None
    card_memory_peak_bytes: int | None = None

    @property
    def utilization_percent(self) -> float | None:
        """The mean over what was observed."""
        return 100.0 * self.busy_s / self.observed_s if self.observed_s > 0 else None

    @property
    def idle_share(self) -> float | None:
        return self.idle_s / self.observed_s if self.observed_s > 0 else None

    @property
    def label(self) -> str:
        return self.uuid if self.index is None else str(self.index)


@dataclass(frozen=True, slots=True)
class Usage:
    """One attempt.

    Attributes:
        seconds: how long it ran by the server's own steady clock; None while it runs or where it was lost.
        observed_s: how much of that was looked at.
        server_gpus: how many accelerators its server had then; `leased` how many of them were the job's.
        idle_below_percent: the threshold behind `idle_s`.
    """

    attempt: int
    observed_s: float = 0.0
    seconds: float | None = None
    started: datetime | None = None
    ended: datetime | None = None
    cpu_s: float | None = None
    memory_peak_bytes: int | None = None
    server_gpus: int | None = None
    leased: int | None = None
    idle_below_percent: float | None = None
    gpus: tuple[GpuUsage, ...] = field(default=())


def parse_usages(wire: object) -> tuple[Usage, ...]:
    """What a server tells of a job's attempts; what makes no sense is left out."""
    found = []
    for each in wire[:MAX_ATTEMPTS] if isinstance(wire, list) else ():
        attempt = whole_of(each.get("attempt"), 1, 1 << 31) if isinstance(each, Mapping) else None
        if attempt is None:
            continue
        gpus = each.get("gpus")
        rows = [_gpu(row) for row in gpus[:MAX_GPUS]] if isinstance(gpus, list) else []
        found.append(
            Usage(
                attempt,
                _positive(each.get("observed_s")) or 0.0,
                _positive(each.get("seconds")),
                moment_of(each.get("started")),
                moment_of(each.get("ended")),
                _positive(each.get("cpu_s")),
                bytes_of(each.get("memory_peak_bytes")),
                whole_of(each.get("server_gpus"), 0, MAX_GPUS),
                whole_of(each.get("leased"), 0, MAX_GPUS),
                _positive(each.get("idle_below_percent")),
                tuple(row for row in rows if row is not None),
            )
        )
    return tuple(found)


def _gpu(wire: object) -> GpuUsage | None:
    uuid = wire.get("uuid") if isinstance(wire, Mapping) else None
    if not isinstance(wire, Mapping) or not isinstance(uuid, str) or not uuid:
        return None
    observed_s = _positive(wire.get("observed_s")) or 0.0
    return GpuUsage(
        safe_line(uuid, max_chars=120),
        whole_of(wire.get("index"), 0, MAX_GPUS),
        safe_line(str(wire.get("name") or ""), max_chars=120),
        observed_s,
        min(observed_s, _positive(wire.get("busy_s")) or 0.0),
        min(observed_s, _positive(wire.get("idle_s")) or 0.0),
        _positive(wire.get("energy_j")),
        bytes_of(wire.get("memory_peak_bytes")),
        bytes_of(wire.get("card_memory_peak_bytes")),
    )


def _positive(value: object) -> float | None:
    return number_of(value, 0.0, _LONGEST)


def usage_rows(usages: Iterable[Usage]) -> list[dict[str, object]]:
    """As JSON, in the shape that `parse_usages` reads."""
    return [
        {
            "attempt": each.attempt,
            "observed_s": each.observed_s,
            "seconds": each.seconds,
            "started": None if each.started is None else iso(each.started),
            "ended": None if each.ended is None else iso(each.ended),
            "cpu_s": each.cpu_s,
            "memory_peak_bytes": each.memory_peak_bytes,
            "server_gpus": each.server_gpus,
            "leased": each.leased,
            "idle_below_percent": each.idle_below_percent,
            "gpus": [
                {
                    "uuid": gpu.uuid,
                    "index": gpu.index,
                    "name": gpu.name,
                    "observed_s": gpu.observed_s,
                    "busy_s": gpu.busy_s,
                    "idle_s": gpu.idle_s,
                    "energy_j": gpu.energy_j,
                    "memory_peak_bytes": gpu.memory_peak_bytes,
                    "card_memory_peak_bytes": gpu.card_memory_peak_bytes,
                }
                for gpu in each.gpus
            ],
        }
        for each in usages
    ]


def richer(one: tuple[Usage, ...], other: tuple[Usage, ...]) -> tuple[Usage, ...]:
    """Of two tellings of one job, each attempt as the one has it that saw more of it."""
    found = {each.attempt: each for each in one}
    for each in other:
        known = found.get(each.attempt)
        if known is None or _weight(each) > _weight(known):
            found[each.attempt] = each
    return tuple(found[number] for number in sorted(found))


def _weight(usage: Usage) -> tuple[bool, float]:
    return (usage.seconds is not None, usage.observed_s)


@dataclass(frozen=True, slots=True)
class Spent:
    """All attempts of a job together; what no attempt told is None.

    Attributes:
        seconds: run time, in all attempts.
        gpu_seconds: run time times leased accelerators.
        observed_share: how much of the run was looked at, 0 to 1.
        energy_j: of its accelerators while it held them.
    """

    seconds: float | None
    gpu_seconds: float | None
    observed_share: float | None
    utilization_percent: float | None
    idle_share: float | None
    energy_j: float | None
    cpu_s: float | None
    memory_peak_bytes: int | None
    gpu_memory_peak_bytes: int | None
    gpus: tuple[GpuUsage, ...]


def spent(usages: Iterable[Usage], *, running_s: float | None = None) -> Spent:
    """Add the attempts up.

    Args:
        running_s: how long the last attempt runs by now, where it still does.
    """
    each = list(usages)
    known = _spans(each, running_s)
    seconds = sum(span for _, span in known) if known else None
    observed = sum(min(one.observed_s, span) for one, span in known)
    gpus = _joined(gpu for one in each for gpu in one.gpus)
    watched = sum(gpu.observed_s for gpu in gpus)
    held = [(one.leased, span) for one, span in known if one.leased is not None]
    return Spent(
        seconds,
        sum(count * span for count, span in held) if held else None,
        min(1.0, observed / seconds) if seconds else None,
        100.0 * sum(gpu.busy_s for gpu in gpus) / watched if watched else None,
        sum(gpu.idle_s for gpu in gpus) / watched if watched else None,
        _sum(gpu.energy_j for gpu in gpus),
        _sum(one.cpu_s for one in each),
        max((one.memory_peak_bytes for one in each if one.memory_peak_bytes is not None), default=None),
        max((gpu.memory_peak_bytes for gpu in gpus if gpu.memory_peak_bytes is not None), default=None),
        gpus,
    )


def _spans(usages: list[Usage], running_s: float | None) -> list[tuple[Usage, float]]:
    """Each attempt with how long it ran. One that was lost ran at least as long as it was looked at."""
    found = []
    for place, each in enumerate(usages):
        span = each.seconds
        if span is None and place == len(usages) - 1:
            span = running_s
        if span is None and each.observed_s > 0:
            span = each.observed_s
        if span is not None:
            found.append((each, span))
    return found


def _joined(gpus: Iterable[GpuUsage]) -> tuple[GpuUsage, ...]:
    """The same accelerator in several attempts counts as one."""
    found: dict[str, GpuUsage] = {}
    for gpu in gpus:
        known = found.get(gpu.uuid)
        found[gpu.uuid] = gpu if known is None else _both(known, gpu)
    return tuple(sorted(found.values(), key=lambda gpu: (gpu.index is None, gpu.index or 0, gpu.uuid)))


def _both(one: GpuUsage, other: GpuUsage) -> GpuUsage:
    return GpuUsage(
        other.uuid,
        other.index,
        other.name,
        one.observed_s + other.observed_s,
        one.busy_s + other.busy_s,
        one.idle_s + other.idle_s,
        _sum((one.energy_j, other.energy_j)),
        _highest(one.memory_peak_bytes, other.memory_peak_bytes),
        _highest(one.card_memory_peak_bytes, other.card_memory_peak_bytes),
    )


def _highest(one: int | None, other: int | None) -> int | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def cost_of(
    usages: Iterable[Usage],
    rate_per_hour: float | None,
    server_gpus: int | None,
    *,
    running_s: float | None = None,
) -> float | None:
    """What the attempts cost, in the currency of the server's rate; None where it cannot be told.

    The rate is for the whole server: each accelerator is an equal part of it. A job without accelerators is
    priced only where the server is known to have none; it then has the server's whole rate.

    Args:
        rate_per_hour: None where nobody entered one: the cost is unknown, never 0.
        server_gpus: for attempts that do not tell how many there were.
        running_s: see `spent`.
    """
    spans = _spans(list(usages), running_s)
    if rate_per_hour is None or not spans:
        return None
    total = 0.0
    for each, span in spans:
        count = server_gpus if each.server_gpus is None else each.server_gpus
        if count is None or each.leased is None or (count > 0 and not each.leased):
            return None
        part = min(1.0, each.leased / count) if count else 1.0
        total += rate_per_hour * part * span / 3600.0
    return total


@dataclass(frozen=True, slots=True)
class Waste:
    """Accelerators that a job held without using them.

    Attributes:
        gpus: their numbers, or UUIDs where those are not known.
        share: idle of what was observed, the least of them.
        observed_share: how much of the run was observed; None where its length is unknown.
        of: how many the job held in all.
    """

    gpus: tuple[str, ...]
    share: float
    observed_share: float | None
    of: int

    @property
    def whole(self) -> bool:
        """Whether enough was observed to speak of the run."""
        return self.observed_share is not None and self.observed_share >= OBSERVED_WHOLE


def wasted(total: Spent) -> Waste | None:
    """Idle for at least half of what was observed, with a minute and half of the run observed at least."""
    seen = total.observed_share
    if seen is not None and seen < OBSERVED_ENOUGH:
        return None
    idle = [
        gpu
        for gpu in total.gpus
        if gpu.observed_s >= WASTED_FROM_S and (gpu.idle_share or 0.0) >= WASTED_FROM_SHARE
    ]
    if not idle:
        return None
    share = min(gpu.idle_share or 0.0 for gpu in idle)
    return Waste(tuple(gpu.label for gpu in idle), share, seen, len(total.gpus))


def waste_sentence(waste: Waste) -> str:
    """ "GPU 2 idle for 91 % of the run"; says how much was observed where that was not nearly all."""
    many = len(waste.gpus) > 1
    who = f"GPUs {', '.join(waste.gpus)}" if many else f"GPU {waste.gpus[0]}"
    share = f"{'at least ' if many else ''}{int(100 * waste.share)} %"
    if waste.whole:
        return f"{who} idle for {share} of the run"
    if waste.observed_share is None:
        return f"{who} idle for {share} of what was observed of the run"
    return f"{who} idle for {share} of the {int(100 * waste.observed_share)} % of the run that was observed"
