"""Two runs side by side: what was asked for, with what code and environment, what came out. Pure.

Whatever a job's spec and record offer is compared; fields that are alike can be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.core.clock import iso
from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration, format_energy, format_memory
from console.jobs.job import Job
from console.jobs.measured import Curve
from console.jobs.usage import spent

MAX_FIELDS = 2000
_MAX_CHARS = 2000
# Different in every run, and told elsewhere.
_NOT_COMPARED = frozenset({"id", "submitted", "v", "secrets", "argv", "env", "files", "tags"})


class Part(StrEnum):
    """Where a field comes from, in the order in which it is shown."""

    RUN = "run"
    SPEC = "spec"
    CODE = "code"
    ENVIRONMENT = "environment"
    METRICS = "metrics"
    USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing of two runs; None where one has it not."""

    part: Part
    name: str
    left: str | None
    right: str | None

    @property
    def differs(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True, slots=True)
class Run:
    """A job with what was asked for (None where nobody can tell) and what it measured."""

    job: Job
    spec: Mapping[str, object] | None
    metrics: Mapping[str, Curve]


def compare(left: Run, right: Run) -> tuple[Field, ...]:
    """Every field of both, those of a part together."""
    one, other = _fields(left), _fields(right)
    keys = sorted({*one, *other}, key=lambda key: (list(Part).index(key[0]), _place(key, one, other), key[1]))
    return tuple(_field(key, one.get(key), other.get(key)) for key in keys[:MAX_FIELDS])


def _place(key: tuple[Part, str], *sides: Mapping[tuple[Part, str], object]) -> int:
    places = [list(side).index(key) for side in sides if key in side]
    return min(places)


def _field(key: tuple[Part, str], left: object, right: object) -> Field:
    return Field(key[0], key[1], _text(left), _text(right))


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return safe_line(text, max_chars=_MAX_CHARS)


def _fields(run: Run) -> dict[tuple[Part, str], object]:
    job, found = run.job, dict[tuple[Part, str], object]()
    found[(Part.RUN, "name")] = job.name
    found[(Part.RUN, "server")] = job.server
    found[(Part.RUN, "state")] = job.state.value
    found[(Part.RUN, "exit code")] = job.exit_code
    found[(Part.RUN, "submitted by")] = job.submitted_by
    found[(Part.RUN, "submitted")] = iso(job.submitted)
    for key, value in sorted(job.tags.items()):
        found[(Part.RUN, f"tag {key}")] = value
    for place, word in enumerate(job.argv):
        found[(Part.SPEC, f"argv {place}")] = word
    spec = run.spec or {}
    for name, leaf in _flat(spec, _NOT_COMPARED):
        part = Part.CODE if name.split(".")[0] in ("code", "snapshot", "files") else Part.SPEC
        found[(part, name.replace("_", " "))] = leaf
    files = spec.get("files")
    if isinstance(files, list):
        found[(Part.CODE, "files")] = ", ".join(map(str, files)) or None
    env = spec.get("env")
    for name, text in sorted(env.items()) if isinstance(env, Mapping) else ():
        found[(Part.ENVIRONMENT, str(name))] = text
    for name, curve in sorted(run.metrics.items()):
        found[(Part.METRICS, f"{name} last")] = curve.last
        found[(Part.METRICS, f"{name} min")] = curve.low
        found[(Part.METRICS, f"{name} max")] = curve.high
    _usage(job, found)
    return found


def _usage(job: Job, found: dict[tuple[Part, str], object]) -> None:
    total = spent(job.usage)
    took = (job.ended - job.started).total_seconds() if job.ended and job.started else None
    idle = None if total.idle_share is None else 100.0 * total.idle_share
    known: tuple[tuple[str, float | None, Callable[[float | None], str]], ...] = (
        ("took", took, format_duration),
        ("GPU time", job.gpu_seconds, format_duration),
        ("GPU use", total.utilization_percent, _percent),
        ("GPU idle", idle, _percent),
        ("energy", job.energy_j, format_energy),
        ("processor time", total.cpu_s, format_duration),
        ("peak memory", job.peak_memory_bytes, format_memory),
        ("peak GPU memory", total.gpu_memory_peak_bytes, format_memory),
    )
    found[(Part.USAGE, "attempts")] = len(job.attempts) + 1
    for name, value, words in known:
        found[(Part.USAGE, name)] = None if value is None else words(value)


def _percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.1f} %"


def _flat(value: Mapping[str, object], left_out: frozenset[str]) -> Iterable[tuple[str, object]]:
    """Every leaf by its dotted name; lists of plain values as one."""
    for key, each in sorted(value.items()):
        if key in left_out:
            continue
        if isinstance(each, Mapping):
            yield from ((f"{key}.{name}", leaf) for name, leaf in _flat(each, frozenset()))
        elif isinstance(each, list):
            yield str(key), ", ".join(map(str, each)) or None
        else:
            yield str(key), each
