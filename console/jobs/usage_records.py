"""What attempts used, in the database: written with their job, added up for reports. Asks no server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.core.clock import iso
from console.jobs.job import Job
from console.jobs.usage import Usage
from console.store.rows import to_json, upsert
from console.store.store import Connection, Store


def put(connection: Connection, job: Job) -> None:
    """Keep what a job's attempts used; inside the write that keeps the job."""
    for each in job.usage:
        upsert(connection, "job_usage", {"job": job.id, **_row(each)}, ("job", "attempt"))


def _row(usage: Usage) -> dict[str, object]:
    energies = [gpu.energy_j for gpu in usage.gpus if gpu.energy_j is not None]
    return {
        "attempt": usage.attempt,
        "ended": None if usage.ended is None else iso(usage.ended),
        # A lost attempt ran at least as long as it was looked at.
        "span_s": usage.seconds if usage.seconds is not None else usage.observed_s or None,
        "leased": usage.leased,
        "server_gpus": usage.server_gpus,
        "observed_s": usage.observed_s,
        "watched_s": sum(gpu.observed_s for gpu in usage.gpus),
        "busy_s": sum(gpu.busy_s for gpu in usage.gpus),
        "idle_s": sum(gpu.idle_s for gpu in usage.gpus),
        "energy_j": sum(energies) if energies else None,
        "cpu_s": usage.cpu_s,
        "memory_peak_bytes": usage.memory_peak_bytes,
    }


@dataclass(frozen=True, slots=True)
class Part:
    """Attempts of one key on one server that are priced alike; see the columns of job_usage.

    Attributes:
        whole_s: run time of attempts; `gpu_s` times what they leased.
        energy_of_s: of `gpu_s` the part whose energy is known.
    """

    key: str
    server: str
    server_gpus: int | None
    leased: int | None
    attempts: int
    whole_s: float
    gpu_s: float
    observed_s: float
    watched_s: float
    busy_s: float
    idle_s: float
    energy_j: float | None
    energy_of_s: float
    cpu_s: float | None


_KEYS = {"user": "j.submitted_by", "server": "j.server", "job": "j.id"}


class UsageRecords:
    """Sums and curves."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def parts(self, by: str, since: datetime | None, until: datetime | None) -> list[Part]:
        """Everything that attempts used which ended in that time or run still, in parts of one price."""
        where, values = _span(since, until)
        sql = f"""SELECT {_KEYS[by]}, j.server, u.server_gpus, u.leased, count(*),
            coalesce(sum(u.span_s), 0.0), coalesce(sum(u.span_s * coalesce(u.leased, 0)), 0.0),
            sum(min(u.observed_s, coalesce(u.span_s, u.observed_s))), sum(u.watched_s), sum(u.busy_s),
            sum(u.idle_s), sum(u.energy_j),
            coalesce(sum(CASE WHEN u.energy_j IS NULL THEN 0 ELSE u.span_s * u.leased END), 0.0), sum(u.cpu_s)
            FROM job_usage u JOIN jobs j ON j.id = u.job WHERE {where} GROUP BY 1, 2, 3, 4"""
        return [Part(*row) for row in self._store.rows(sql, values)]

    def jobs(self, by: str, since: datetime | None, until: datetime | None) -> dict[str, int]:
        """How many jobs each key has in that time."""
        where, values = _span(since, until)
        sql = f"""SELECT {_KEYS[by]}, count(DISTINCT u.job) FROM job_usage u JOIN jobs j ON j.id = u.job
            WHERE {where} GROUP BY 1"""
        return {str(key): int(count) for key, count in self._store.rows(sql, values)}

    def names(self, since: datetime | None, until: datetime | None) -> dict[str, str]:
        """The names of the jobs of that time by id."""
        where, values = _span(since, until)
        sql = f"SELECT DISTINCT j.id, j.name FROM job_usage u JOIN jobs j ON j.id = u.job WHERE {where}"
        return {str(job): str(name) for job, name in self._store.rows(sql, values)}

    def keep_curves(self, job_id: str, curves: Mapping[int, object]) -> None:
        """Keep the curves of attempts that have ended; None for one that has none and never will."""

        def write(connection: Connection) -> None:
            for attempt, curve in curves.items():
                sql = "UPDATE job_usage SET curve = ? WHERE job = ? AND attempt = ?"
                connection.execute(sql, (to_json(curve), job_id, attempt))

        self._store.write(write)

    def unread(self, server: str, ended: tuple[datetime, datetime], limit: int) -> list[str]:
        """Jobs of a server that ended in that time and whose curves were not asked for; newest first."""
        sql = """SELECT DISTINCT j.id, j.ended FROM job_usage u JOIN jobs j ON j.id = u.job
            WHERE j.server = ? AND u.curve IS NULL AND u.observed_s > 0 AND j.ended >= ? AND j.ended < ?
            AND j.state IN ('succeeded', 'failed', 'cancelled', 'timed_out', 'preempted', 'lost')
            ORDER BY j.ended DESC LIMIT ?"""
        rows = self._store.rows(sql, (server, iso(ended[0]), iso(ended[1]), limit))
        return [str(row[0]) for row in rows]

    def curves(self, job_id: str) -> list[object]:
        """The curves that are kept of a job, by attempt."""
        sql = "SELECT curve FROM job_usage WHERE job = ? AND curve IS NOT NULL ORDER BY attempt"
        found = [json.loads(text) for (text,) in self._store.rows(sql, (job_id,))]
        return [each for each in found if each is not None]


def _span(since: datetime | None, until: datetime | None) -> tuple[str, list[str]]:
    """An attempt counts whole, in the time in which it ended; one that runs still as far as it is known."""
    conditions, values = ["1"], []
    if since is not None:
        conditions.append("coalesce(u.ended, '~') >= ?")
        values.append(iso(since))
    if until is not None:
        conditions.append("coalesce(u.ended, j.started, '~') < ?")
        values.append(iso(until))
    return " AND ".join(conditions), values
