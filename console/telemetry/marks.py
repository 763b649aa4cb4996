"""Events of a server on the axis of its charts. Pure, and nothing is kept for them.

A start is where the uptime falls, a lost accelerator where its numbers end while the server's go on, an XID
has its own time in the kernel's log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from console.telemetry.metrics import Floats
from console.telemetry.sample import AcceleratorSample
from console.telemetry.spans import Curve

MOST = 24
_SHORTEST_LOSS_S = 5.0
_SAME_START_S = 5.0


class MarkKind(StrEnum):
    """What happened."""

    BOOT = "boot"
    LOST = "lost"
    FAULT = "fault"
    ALERT = "alert"
    """What alerts/marks.py puts beside the others; nothing here makes one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One event. `code` is an XID; `index` an accelerator's; `text` an alert's own words."""

    time_s: float
    kind: MarkKind
    index: int | None = None
    code: int | None = None
    text: str = ""


def boots(uptime: Curve) -> list[Mark]:
    """Starts of the server: those between two points, and the one before the last point."""
    known = np.flatnonzero(np.isfinite(uptime.values))
    if not len(known):
        return []
    times, values = uptime.times[known], uptime.values[known]
    # The mean of the span in which it started lies between both; where the fall goes on, the next one tells.
    fell = set((np.flatnonzero(np.diff(values) < -1.0) + 1).tolist())
    starts: list[float] = []
    for place in sorted(fell):
        if place + 1 not in fell:
            after = min(place + 1, len(times) - 1)
            starts.append(float(times[after] - values[after]))
    starts.append(float(times[-1] - values[-1]))
    found: list[Mark] = []
    for start in sorted(starts):
        if not found or start - found[-1].time_s > max(_SAME_START_S, 2 * uptime.width_s):
            found.append(Mark(start, MarkKind.BOOT))
    return found


def losses(server: Curve, index: int, curves: Sequence[Curve]) -> list[Mark]:
    """Where an accelerator's numbers end while the server's go on.

    Args:
        curves: any of its metrics; it answers while one of them is known.
    """
    at = server.times[np.isfinite(server.values)]
    answers = np.zeros(len(at), dtype=bool)
    for each in curves:
        answers |= _known_at(each, at)
    ends = np.flatnonzero(answers[:-1] & ~answers[1:]) + 1
    found = []
    for place in ends:
        back = np.flatnonzero(answers[place:])
        until = at[place + back[0]] if len(back) else at[-1]
        if until - at[place] >= max(_SHORTEST_LOSS_S, server.width_s) or not len(back):
            found.append(Mark(float(at[place]), MarkKind.LOST, index))
    return found


def _known_at(curve: Curve, at: Floats) -> np.typing.NDArray[np.bool_]:
    if not len(curve):
        return np.zeros(len(at), dtype=bool)
    places = np.clip(np.searchsorted(curve.times, at), 0, len(curve) - 1)
    same: np.typing.NDArray[np.bool_] = (curve.times[places] == at) & np.isfinite(curve.values[places])
    return same


def faults(accelerators: Sequence[AcceleratorSample]) -> list[Mark]:
    """XIDs of the kernel's log."""
    return [
        Mark(fault.time.timestamp(), MarkKind.FAULT, each.index, fault.code)
        for each in accelerators
        if each.health is not None
        for fault in each.health.faults or ()
    ]


def marks(
    server: Curve,
    uptime: Curve,
    accelerators: Sequence[AcceleratorSample],
    curves: Mapping[str, Sequence[Curve]],
    low_s: float,
    high_s: float,
) -> tuple[Mark, ...]:
    """All of them within a span, oldest first; the newest where there are very many.

    Args:
        curves: of each accelerator, by its UUID.
    """
    found = [*boots(uptime), *faults(accelerators)]
    for each in accelerators:
        found += losses(server, each.index, curves.get(each.uuid, ()))
    inside = sorted(
        (each for each in found if low_s <= each.time_s <= high_s), key=lambda each: (each.time_s, each.kind)
    )
    return tuple(inside[-MOST:])
