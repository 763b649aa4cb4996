"""What a job measured, as values: its curves under names a person knows, the files they came from. Pure."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from console.agent.thinning import Point, thin
from console.core.clock import from_epoch, iso
from console.core.csv_text import Cell, csv_text

OWN_SOURCE = "$TANDEM_METRICS"
MAX_KEPT = 4000
"""Points of a curve that are kept here; more are thinned so that lowest, highest and odd ones stay."""
STEP_TIME = "step_time/"
TOTAL = STEP_TIME + "total"
_WIDTH = 4
_RECENT = 50


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric. The four columns have one entry a point; NaN is unknown, in `values` it is what was said.

    Attributes:
        name: unique within the job: the metric's own name, with its folder where another has the same.
        ordinals: which point of the curve it is, from 0.
        times: seconds since 1970.
        seen: how many were reported; more than there are here where the curve was thinned.
    """

    name: str
    ordinals: array[float]
    steps: array[float]
    times: array[float]
    values: array[float]
    seen: int

    def __len__(self) -> int:
        return len(self.values)

    @property
    def thinned(self) -> bool:
        return self.seen > len(self.values)

    @property
    def last(self) -> float | None:
        """The newest value, which may be NaN or infinite; None where there is none."""
        return self.values[-1] if self.values else None

    @property
    def low(self) -> float | None:
        """The lowest value that is a number."""
        return min(filter(math.isfinite, self.values), default=None)

    @property
    def high(self) -> float | None:
        """The highest value that is a number."""
        return max(filter(math.isfinite, self.values), default=None)

    @property
    def odd(self) -> int:
        """How many of the points here are NaN or infinite."""
        return sum(not math.isfinite(value) for value in self.values)

    def places(self) -> list[float]:
        """Where each point stands on the axis of steps: at its step, else counted."""
        return [
            step if math.isfinite(step) else ordinal
            for step, ordinal in zip(self.steps, self.ordinals, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that metrics are read from.

    Attributes:
        kind: json, csv or tfevents.
        read, size: bytes; None where they are not known.
        problem: why it, or the rest of it, cannot be read; `bad`: records or lines that are damaged.
    """

    name: str
    kind: str
    read: int | None
    size: int | None
    problem: str | None
    bad: int


@dataclass(frozen=True, slots=True)
class JobMetrics:
    """All that a job measured, as far as it was read.

    Attributes:
        generation: changes with every change of it.
        complete: the job has ended and nothing more will come.
        cut: there are more files or curves than are read.
    """

    curves: Mapping[str, Curve] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    generation: int = 0
    complete: bool = False
    cut: bool = False

    def last(self) -> dict[str, float]:
        """The newest value of each."""
        return {name: each.last for name, each in self.curves.items() if each.last is not None}


_LITTLE = array("H", [1]).tobytes() == b"\x01\x00"


def numbers_in(data: bytes) -> array[float]:
    """Packed little-endian doubles, four a point; an incomplete point at the end is none."""
    numbers = array("d")
    numbers.frombytes(data[: len(data) // (8 * _WIDTH) * 8 * _WIDTH])
    if not _LITTLE:
        numbers.byteswap()
    return numbers


def unpack(data: bytes) -> list[Point]:
    """Points out of packed doubles."""
    return list(zip(*[iter(numbers_in(data))] * _WIDTH, strict=True))


def pack(points: Iterable[Point]) -> bytes:
    """The reverse of `unpack`."""
    numbers = array("d", (number for point in points for number in point))
    if not _LITTLE:
        numbers.byteswap()
    return numbers.tobytes()


@dataclass(frozen=True, slots=True)
class Raw:
    """New points of one metric of one file as a server gave them; `seen`: how many before thinning."""

    source: str
    name: str
    seen: int
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Piece:
    """One metric of one file as it is kept: four numbers a point, and how many points were seen."""

    source: str
    name: str
    seen: int
    numbers: array[float]


def piece_of(raw: Raw) -> Piece:
    """New points by themselves."""
    return Piece(raw.source, raw.name, raw.seen, numbers_in(pack(raw.points)))


def named(pieces: Sequence[Piece]) -> dict[str, Curve]:
    """Curves by the names a person knows.

    A metric's own name, where only one run has it; else with the folder of its file, or the file. Files of
    one folder and kind that have the same metric are one run that went on.
    """
    metrics: dict[str, dict[tuple[str, str], list[Piece]]] = {}
    for piece in pieces:
        metrics.setdefault(piece.name, {}).setdefault(_run_of(piece.source), []).append(piece)
    found: dict[str, Curve] = {}
    for name in sorted(metrics):
        runs = metrics[name]
        labels = _labels(list(runs))
        for run, parts in runs.items():
            shown = name if len(runs) == 1 or run == (OWN_SOURCE, "") else f"{labels[run]}/{name}"
            while shown in found:
                shown += "'"
            found[shown] = _joined(shown, sorted(parts, key=lambda each: each.source))
    return found


def _run_of(source: str) -> tuple[str, str]:
    if source == OWN_SOURCE:
        return (OWN_SOURCE, "")
    path = PurePosixPath(source)
    if "tfevents" in path.name:
        return (str(path.parent), "tfevents")
    return (source, "file")


def _labels(runs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The shortest ends of their paths that tell runs apart."""
    paths = {run: [part for part in PurePosixPath(run[0]).parts if part != "."] for run in runs}
    for length in range(1, 1 + max((len(parts) for parts in paths.values()), default=0)):
        labels = {run: "/".join(parts[-length:]) or run[1] for run, parts in paths.items()}
        if len(set(labels.values())) == len(labels):
            return labels
    return {run: f"{run[0]} {run[1]}".strip() for run in runs}


def _joined(name: str, pieces: Sequence[Piece]) -> Curve:
    columns = [array("d") for _ in range(_WIDTH)]
    before = 0
    for piece in pieces:
        for place, column in enumerate(columns):
            part = piece.numbers[place::_WIDTH]
            if place == 0 and before:
                part = array("d", (before + ordinal for ordinal in part))
            column.extend(part)
        before += piece.seen
    ordinals, steps, times, values = columns
    return Curve(name, ordinals, steps, times, values, before)


def thinned(points: Sequence[Point], limit: int = MAX_KEPT) -> list[Point]:
    """Points of a curve, no more than are kept."""
    return thin(list(points), limit)


# --- what is made of them


@dataclass(frozen=True, slots=True)
class StepPart:
    """A part of the time of a step: `seconds` of one step on average, `share` of the whole step."""

    name: str
    seconds: float
    share: float


OTHER = ""
"""The name of what no part was told for."""


def step_parts(curves: Mapping[str, Curve]) -> list[StepPart]:
    """What a step's time goes into, by the last points: largest first, the rest last; [] where not told."""
    means = {
        name.removeprefix(STEP_TIME): mean
        for name, curve in curves.items()
        if name.startswith(STEP_TIME) and name != TOTAL and (mean := _recent_mean(curve)) is not None
    }
    if not means:
        return []
    inside = sum(means.values())
    total = _recent_mean(curves[TOTAL]) if TOTAL in curves else None
    whole = max(inside, total or 0.0)
    if whole <= 0:
        return []
    parts = [StepPart(name, each, each / whole) for name, each in means.items()]
    parts.sort(key=lambda each: (-each.seconds, each.name))
    if total is not None and total > inside:
        parts.append(StepPart(OTHER, total - inside, (total - inside) / whole))
    return parts


def _recent_mean(curve: Curve) -> float | None:
    recent = [each for each in curve.values[-_RECENT:] if math.isfinite(each) and each >= 0]
    return sum(recent) / len(recent) if recent else None


def curve_rows(curves: Iterable[Curve]) -> Iterator[tuple[str, float | None, str | None, float]]:
    """Name, step, time (ISO 8601) and value of every point; None where unknown, the value as it was said."""
    for curve in curves:
        for step, time, value in zip(curve.steps, curve.times, curve.values, strict=True):
            moment = iso(from_epoch(time)) if math.isfinite(time) else None
            yield curve.name, step if math.isfinite(step) else None, moment, value


def number_text(value: float) -> float | str:
    """A value for JSON: what is no number is the text NaN, Infinity or -Infinity."""
    if math.isnan(value):
        return "NaN"
    return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def metrics_csv(jobs: Sequence[tuple[str, Iterable[Curve]]]) -> str:
    """One line a point: job, metric, step, time, value."""
    rows: list[list[Cell]] = [
        [job, name, step, time, value]
        for job, curves in jobs
        for name, step, time, value in curve_rows(curves)
    ]
    return csv_text(["job", "metric", "step", "time", "value"], rows)
