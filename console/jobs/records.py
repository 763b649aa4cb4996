"""Jobs in the database: a history and a cache of what servers said. Asks no server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from console.core.clock import iso, parse_iso
from console.jobs.job import FINAL_STATES, Attempt, Job, JobFilter, JobState
from console.jobs.merging import merged
from console.jobs.parsing import parse_attempts
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store

_FINAL = tuple(sorted(state.value for state in FINAL_STATES))


class JobRecords:
    """What the store holds of jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, jobs: Sequence[Job], *, seen: datetime) -> list[Job]:
        """Take news in; returns what is known now, in the same order. What is no news is not written.

        A new job and a new state are on the disk before this returns.
        """
        known = {job.id: job for job in self._known([job.id for job in jobs])}
        after = [merged(known.get(job.id), job) for job in jobs]
        news = [
            (job, before)
            for job, now in zip(jobs, after, strict=True)
            if (before := known.get(job.id)) is None or replace(now, reachable=False) != before
        ]
        if not news:
            return after

        def write(connection: Connection) -> dict[str, Job]:
            return {job.id: _put(connection, job, seen) for job, _ in news}

        durable = any(before is None or before.state is not job.state for job, before in news)
        written = self._store.write(write, durable=durable)
        return [written.get(job.id, job) for job in after]

    def _known(self, ids: Sequence[str]) -> list[Job]:
        found: list[Job] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ", ".join("?" * len(some))
            rows = self._store.read(f"SELECT * FROM jobs WHERE id IN ({marks})", some)
            found += [_job(row) for row in rows]
        return found

    def get(self, job_id: str) -> Job | None:
        """One job, or None."""
        rows = self._store.read("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return _job(rows[0]) if rows else None

    def ids(self, prefix: str) -> list[str]:
        """Ids that begin so."""
        low, high = prefix, prefix + "\U0010ffff"
        rows = self._store.read("SELECT id FROM jobs WHERE id >= ? AND id < ? LIMIT 50", (low, high))
        return [str(row["id"]) for row in rows]

    def find(self, wanted: JobFilter) -> list[Job]:
        """Jobs that fit, newest first."""
        conditions, values = ["1"], list[object]()
        if wanted.states:
            conditions.append(f"state IN ({', '.join('?' * len(wanted.states))})")
            values += sorted(state.value for state in wanted.states)
        if wanted.server is not None:
            conditions.append("server = ?")
            values.append(wanted.server)
        if wanted.since is not None:
            conditions.append("submitted >= ?")
            values.append(iso(wanted.since))
        for word in wanted.search.split():
            conditions.append(
                "instr(lower(id || ' ' || name || ' ' || argv || ' ' || server || ' ' || coalesce(recipe, '')"
                " || ' ' || submitted_by), ?) > 0"
            )
            values.append(word.lower())
        sql = f"SELECT * FROM jobs WHERE {' AND '.join(conditions)} ORDER BY submitted DESC, id DESC LIMIT ?"
        return [_job(row) for row in self._store.read(sql, (*values, max(0, wanted.limit)))]

    def unfinished(self, server: str) -> list[Job]:
        """Jobs of a server that had not ended when last heard of."""
        marks = ", ".join("?" * len(_FINAL))
        sql = f"SELECT * FROM jobs WHERE server = ? AND state NOT IN ({marks})"
        return [_job(row) for row in self._store.read(sql, (server, *_FINAL))]


def _put(connection: Connection, news: Job, seen: datetime) -> Job:
    cursor = connection.execute("SELECT * FROM jobs WHERE id = ?", (news.id,))
    row = cursor.fetchone()
    known = _job(dict(zip((each[0] for each in cursor.description), row, strict=True))) if row else None
    job = merged(known, news)
    upsert(connection, "jobs", {**_row(job), "seen": iso(seen)}, ("id",))
    return job


def _row(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "server": job.server,
        "name": job.name,
        "state": job.state.value,
        "argv": to_json(list(job.argv)),
        "gpus": job.gpus,
        "accelerators": to_json(list(job.accelerators)),
        "submitted": iso(job.submitted),
        "submitted_by": job.submitted_by,
        "started": iso(job.started) if job.started else None,
        "ended": iso(job.ended) if job.ended else None,
        "exit_code": job.exit_code,
        "signal": job.signal,
        "reason": job.reason,
        "recipe": job.recipe,
        "workdir": job.workdir,
        "gpu_seconds": job.gpu_seconds,
        "energy_j": job.energy_j,
        "peak_memory_bytes": job.peak_memory_bytes,
        "log_size": job.log_size,
        "tags": to_json(job.tags),
        "extra": to_json(
            {
                "attempts": [_attempt_row(each) for each in job.attempts],
                "log_note": job.log_note,
                "checkpoint": job.checkpoint,
            }
        ),
    }


def _attempt_row(attempt: Attempt) -> dict[str, object]:
    return {
        **asdict(attempt),
        "attempt": attempt.number,
        "state": attempt.state.value,
        "started": iso(attempt.started) if attempt.started else None,
        "ended": iso(attempt.ended) if attempt.ended else None,
        "accelerators": list(attempt.accelerators),
    }


def _job(row: Row) -> Job:
    extra = json.loads(row["extra"])
    return Job(
        id=row["id"],
        name=row["name"],
        server=row["server"],
        state=JobState(row["state"]),
        argv=tuple(json.loads(row["argv"])),
        gpus=row["gpus"],
        accelerators=tuple(json.loads(row["accelerators"])),
        submitted=parse_iso(row["submitted"]),
        submitted_by=row["submitted_by"],
        started=parse_iso(row["started"]) if row["started"] else None,
        ended=parse_iso(row["ended"]) if row["ended"] else None,
        exit_code=row["exit_code"],
        signal=row["signal"],
        reason=row["reason"],
        recipe=row["recipe"],
        workdir=row["workdir"],
        gpu_seconds=row["gpu_seconds"],
        energy_j=row["energy_j"],
        peak_memory_bytes=row["peak_memory_bytes"],
        log_size=row["log_size"],
        tags=dict(json.loads(row["tags"])),
        attempts=parse_attempts(extra.get("attempts")),
        log_note=extra.get("log_note"),
        checkpoint=extra.get("checkpoint"),
        reachable=False,
    )
