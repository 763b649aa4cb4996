"""How busy a job's accelerators were over an attempt, as its server kept it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.core.wire_values import moment_of, number_of, objects_of, texts_of, whole_of

MAX_POINTS = 2000
_MAX_CURVES = 1000
_MAX_GPUS = 1024
_LONGEST = 1e12
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One attempt; NaN where nothing is known.

    Attributes:
        times: seconds since 1970, the middle of each point.
        utilization: percent by UUID.
        processors: how many of the server's processors it kept busy.
        memory: resident bytes of its processes together, the peak of each point.
        wire: as the server told it, to be kept.
    """

    attempt: int
    times: Values
    utilization: dict[str, Values]
    processors: Values
    memory: Values
    wire: Mapping[object, object]


def parse_curves(wire: object) -> list[Curve]:
    """What job.usage tells; a curve that makes no sense is left out."""
    found = [_curve(each) for each in objects_of(wire, _MAX_CURVES)]
    return sorted((each for each in found if each is not None), key=lambda each: each.attempt)


def _curve(wire: Mapping[object, object]) -> Curve | None:
    attempt, first = whole_of(wire.get("attempt"), 1, 1 << 31), moment_of(wire.get("first"))
    width, uuids = number_of(wire.get("width_s"), 0.01, _LONGEST), texts_of(wire.get("gpus"), _MAX_GPUS)
    points = wire.get("points")
    if attempt is None or first is None or width is None or not isinstance(points, list):
        return None
    rows = [row for each in points[:MAX_POINTS] if (row := _row(each, 4 + 2 * len(uuids))) is not None]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 4 + 2 * len(uuids))
    spans, busy = table[:, 4::2], table[:, 5::2]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(spans > 0, np.clip(100.0 * busy / spans, 0.0, 100.0), np.nan)
        processors = np.where(table[:, 1] > 0, table[:, 2] / table[:, 1], np.nan)
    times = first.timestamp() + (table[:, 0] + 0.5) * width
    return Curve(
        attempt,
        times,
        {uuid: shares[:, place] for place, uuid in enumerate(uuids)},
        processors,
        table[:, 3],
        wire,
    )


def _row(value: object, length: int) -> list[float] | None:
    if not isinstance(value, list) or len(value) != length:
        return None
    numbers = [number_of(each, 0, 1 << 60) for each in value]
    # Only the peak of memory may be missing from a point.
    if any(each is None for place, each in enumerate(numbers) if place != 3):
        return None
    return [float("nan") if each is None else each for each in numbers]
