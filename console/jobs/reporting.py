"""Reports over what jobs used: utilization and cost by user, server, label or job. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.core.csv_text import Cell, csv_text
from console.core.units import UNKNOWN
from console.jobs.usage_records import Part

BY = ("user", "server", "label", "job")
"""What a report adds up by."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one key used; what is not known is None, never 0.

    Attributes:
        key: user, server, "label=value" or job id; `title` is how people know it.
        seconds: run time of all attempts; `gpu_seconds` times the accelerators that they held.
        observed_share: how much of the run time was looked at, 0 to 1.
        utilization_percent, idle_share: over the accelerator time whose utilization is known.
        idle_gpu_seconds: accelerator time known to be idle.
        energy_share: of the accelerator time the part whose energy is known.
        cost: by the rates of the servers as they are now; `cost_share` is the part of the run time priced.
    """

    key: str
    title: str
    jobs: int
    attempts: int
    seconds: float
    gpu_seconds: float
    observed_share: float | None
    utilization_percent: float | None
    idle_share: float | None
    idle_gpu_seconds: float | None
    energy_j: float | None
    energy_share: float | None
    cpu_seconds: float | None
    cost: float | None
    cost_share: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Rows, who used most first, and the total (not their sum where a server has several labels)."""

    by: str
    since: datetime | None
    until: datetime | None
    rows: tuple[ReportRow, ...]
    total: ReportRow


@dataclass(frozen=True, slots=True)
class Rates:
    """What servers cost and how they are labelled, as they are entered now.

    Attributes:
        per_hour: by server; those without a rate are missing.
        gpus_of: how many accelerators a server has, None where unknown.
    """

    per_hour: Mapping[str, float]
    labels: Mapping[str, Mapping[str, str]]
    gpus_of: Callable[[str], int | None]


def report(
    by: str,
    parts: Iterable[Part],
    jobs: Mapping[str, int],
    rates: Rates,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    titles: Mapping[str, str] | None = None,
) -> Report:
    """Add parts up; `jobs` tells how many jobs each key of the parts has."""
    groups: dict[str, list[Part]] = {}
    counts: dict[str, int] = {}
    every = list(parts)
    for part in every:
        for key in _keys(by, part, rates):
            groups.setdefault(key, []).append(part)
    for key, count in jobs.items():
        for name in _names(by, key, rates):
            counts[name] = counts.get(name, 0) + count
    rows = [
        _row(key, (titles or {}).get(key) or key, counts.get(key, 0), own, rates)
        for key, own in groups.items()
    ]
    rows.sort(key=lambda row: (-(row.cost or 0.0), -row.gpu_seconds, -row.seconds, row.title))
    return Report(by, since, until, tuple(rows), _row("", "", sum(jobs.values()), every, rates))


def _keys(by: str, part: Part, rates: Rates) -> list[str]:
    return _names(by, part.server if by == "label" else part.key, rates)


def _names(by: str, key: str, rates: Rates) -> list[str]:
    """The rows that a key of the store counts in."""
    if by != "label":
        return [key or UNKNOWN]
    return [f"{name}={value}" for name, value in sorted(rates.labels.get(key, {}).items())] or [UNKNOWN]


def _row(key: str, title: str, jobs: int, parts: list[Part], rates: Rates) -> ReportRow:
    seconds = sum(part.whole_s for part in parts)
    gpu_s = sum(part.gpu_s for part in parts)
    watched = sum(part.watched_s for part in parts)
    priced = [(part, cost) for part in parts if (cost := _cost(part, rates)) is not None]
    # Weighted as the price is: by accelerator time, by run time where there is none.
    whole, known = sum(map(_weight, parts)), sum(_weight(part) for part, _ in priced)
    energies = [part.energy_j for part in parts if part.energy_j is not None]
    cpu = [part.cpu_s for part in parts if part.cpu_s is not None]
    return ReportRow(
        key,
        title,
        jobs,
        sum(part.attempts for part in parts),
        seconds,
        gpu_s,
        min(1.0, sum(part.observed_s for part in parts) / seconds) if seconds else None,
        100.0 * sum(part.busy_s for part in parts) / watched if watched else None,
        sum(part.idle_s for part in parts) / watched if watched else None,
        sum(part.idle_s for part in parts) if watched else None,
        sum(energies) if energies else None,
        min(1.0, sum(part.energy_of_s for part in parts) / gpu_s) if gpu_s else None,
        sum(cpu) if cpu else None,
        sum(cost for _, cost in priced) if priced else None,
        min(1.0, known / whole) if whole else None,
    )


def _weight(part: Part) -> float:
    return part.gpu_s or part.whole_s


def _cost(part: Part, rates: Rates) -> float | None:
    """As usage.cost_of, for attempts that are priced alike."""
    rate = rates.per_hour.get(part.server)
    if rate is None or part.leased is None or not part.whole_s:
        return None
    count = rates.gpus_of(part.server) if part.server_gpus is None else part.server_gpus
    if count is None or (count > 0 and not part.leased):
        return None
    return rate * (min(1.0, part.leased / count) if count else 1.0) * part.whole_s / 3600.0


def row_document(by: str, row: ReportRow) -> dict[str, str | int | float | None]:
    """A row as JSON; without `by` the total."""
    head: dict[str, str | int | float | None] = {by: row.key, "name": row.title} if by else {}
    return {
        **head,
        "jobs": row.jobs,
        "attempts": row.attempts,
        "seconds": row.seconds,
        "gpu_seconds": row.gpu_seconds,
        "cpu_seconds": row.cpu_seconds,
        "utilization_percent": row.utilization_percent,
        "idle_share": row.idle_share,
        "idle_gpu_seconds": row.idle_gpu_seconds,
        "observed_share": row.observed_share,
        "energy_j": row.energy_j,
        "energy_share": row.energy_share,
        "cost": row.cost,
        "cost_share": row.cost_share,
    }


_UNITS = {"seconds": " [s]", "gpu_seconds": " [s]", "cpu_seconds": " [s]", "utilization_percent": " [%]"}
_UNITS |= {"idle_gpu_seconds": " [s]", "energy_j": " [J]"}


def report_csv(found: Report) -> str:
    """Every row and column, for a spreadsheet; the total is not among them."""
    keys = list(row_document(found.by, found.total))
    rows: list[list[Cell]] = [list(row_document(found.by, row).values()) for row in found.rows]
    return csv_text([key + _UNITS.get(key, "") for key in keys], rows)
