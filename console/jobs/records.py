"""Jobs in the database: a history and a cache of what servers said. Asks no server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from console.core.clock import iso, parse_iso
from console.jobs import search, usage_records
from console.jobs.job import FINAL_STATES, Attempt, Job, JobFilter, JobState
from console.jobs.merging import merged
from console.jobs.notes import JobNotes, Overlay, overlay_of, with_overlay
from console.jobs.parsing import parse_attempts, parse_code, parse_python, parse_secrets
from console.jobs.usage import parse_usages, usage_rows
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store

_FINAL = tuple(sorted(state.value for state in FINAL_STATES))


class JobRecords:
    """What the store holds of jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._notes = JobNotes(store)
        self._search = search.JobSearch(store)

    def put(self, jobs: Sequence[Job], *, seen: datetime) -> list[Job]:
        """Take news in; returns what is known now, in the same order. What is no news is not written.

        A new job and a new state are on the disk before this returns.
        """
        known = {job.id: job for job in self._known([job.id for job in jobs])}
        # What was added here is not the server's: it is kept apart.
        jobs = [
            replace(job, note="", tags=known[job.id].tags if job.id in known else job.tags) for job in jobs
        ]
        after = [merged(known.get(job.id), job) for job in jobs]
        news = [
            (job, before)
            for job, now in zip(jobs, after, strict=True)
            if (before := known.get(job.id)) is None or replace(now, reachable=False) != before
        ]
        if not news:
            return self._notes.on(after)
        notes = self._notes.of([job.id for job, _ in news])

        def write(connection: Connection) -> dict[str, Job]:
            return {job.id: _put(connection, job, seen, notes.get(job.id)) for job, _ in news}

        durable = any(before is None or before.state is not job.state for job, before in news)
        written = self._store.write(write, durable=durable)
        return self._notes.on([written.get(job.id, job) for job in after])

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
        return self._notes.on([_job(rows[0])])[0] if rows else None

    def ids(self, prefix: str) -> list[str]:
        """Ids that begin so."""
        low, high = prefix, prefix + "\U0010ffff"
        rows = self._store.read("SELECT id FROM jobs WHERE id >= ? AND id < ? LIMIT 50", (low, high))
        return [str(row["id"]) for row in rows]

    def find(self, wanted: JobFilter) -> list[Job]:
        """Jobs that fit, newest first."""
        asked = self._asked(wanted)
        if asked is not None:
            ids = self._search.ask(asked, wanted.since, max(0, wanted.limit))
            known = {job.id: job for job in self._known(ids)}
            return self._notes.on([known[job] for job in ids if job in known])
        conditions, values = ["1"], list[object]()
        if wanted.since is not None:
            conditions.append("submitted >= ?")
            values.append(iso(wanted.since))
        sql = f"SELECT * FROM jobs WHERE {' AND '.join(conditions)} ORDER BY submitted DESC, id DESC LIMIT ?"
        rows = self._store.read(sql, (*values, max(0, wanted.limit)))
        return self._notes.on([_job(row) for row in rows])

    def count(self, wanted: JobFilter) -> int:
        """How many jobs fit, whatever the limit."""
        asked = self._asked(wanted)
        if asked is not None:
            return self._search.count(asked, wanted.since)
        since = "" if wanted.since is None else iso(wanted.since)
        return int(self._store.rows("SELECT count(*) FROM jobs WHERE submitted >= ?", (since,))[0][0])

    def _asked(self, wanted: JobFilter) -> str | None:
        asked = search.question(wanted, self._search.labels() if wanted.search else {})
        while asked is not None and (missing := self._search.missing()):
            self._search.add(self._notes.on(self._known(missing)))
        return asked

    def annotate(self, job_id: str, note: str, tags: dict[str, str], *, at: datetime) -> Job | None:
        """Keep a note and these tags with a job; None where it is not known here."""

        def write(connection: Connection) -> Job | None:
            job = _read(connection, job_id)
            if job is None:
                return None
            overlay: Overlay = (note, overlay_of(job.tags, tags))
            row = {"job": job_id, "note": note, "tags": to_json(overlay[1]), "changed": iso(at)}
            upsert(connection, "job_notes", row, ("job",))
            shown = with_overlay(job, overlay)
            search.index(connection, shown)
            return shown

        return self._store.write(write, durable=True)

    def named(self, name: str, *, before: datetime) -> list[Job]:
        """The newest job of that name submitted before a moment, if there is one."""
        sql = "SELECT * FROM jobs WHERE submitted < ? AND name = ? ORDER BY submitted DESC LIMIT 1"
        return self._notes.on([_job(row) for row in self._store.read(sql, (iso(before), name))])

    def users(self) -> list[str]:
        """Who has submitted jobs, by name."""
        return [
            str(user) for (user,) in self._store.rows("SELECT DISTINCT submitted_by FROM jobs ORDER BY 1")
        ]

    def keep_spec(self, job_id: str, spec: dict[str, object]) -> None:
        """What was asked for, for a time when its server is away."""
        row = {"job": job_id, "spec": to_json(spec)}
        self._store.write(lambda connection: upsert(connection, "job_specs", row, ("job",)))

    def spec(self, job_id: str) -> dict[str, object] | None:
        """What was asked for, where that is kept."""
        rows = self._store.rows("SELECT spec FROM job_specs WHERE job = ?", (job_id,))
        return dict(json.loads(rows[0][0])) if rows else None

    def at_work(self, since: datetime) -> set[str]:
        """Servers with a job that had not ended when last heard of, or has ended since then."""
        marks = ", ".join("?" * len(_FINAL))
        sql = f"SELECT DISTINCT server FROM jobs WHERE state NOT IN ({marks}) OR ended >= ?"
        return {str(name) for (name,) in self._store.rows(sql, (*_FINAL, iso(since)))}

    def unfinished(self, server: str) -> list[Job]:
        """Jobs of a server that had not ended when last heard of."""
        marks = ", ".join("?" * len(_FINAL))
        sql = f"SELECT * FROM jobs WHERE server = ? AND state NOT IN ({marks})"
        return [_job(row) for row in self._store.read(sql, (server, *_FINAL))]


def _read(connection: Connection, job_id: str) -> Job | None:
    cursor = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,))
    row = cursor.fetchone()
    return _job(dict(zip((each[0] for each in cursor.description), row, strict=True))) if row else None


def _put(connection: Connection, news: Job, seen: datetime, overlay: Overlay | None) -> Job:
    job = merged(_read(connection, news.id), news)
    upsert(connection, "jobs", {**_row(job), "seen": iso(seen)}, ("id",))
    usage_records.put(connection, job)
    search.index(connection, with_overlay(job, overlay))
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
                "unit_note": job.unit_note,
                "checkpoint": job.checkpoint,
                "code": asdict(job.code) if job.code else None,
                "python": asdict(job.python) if job.python else None,
                "secrets": job.secrets,
                "usage": usage_rows(job.usage),
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
        unit_note=extra.get("unit_note"),
        checkpoint=extra.get("checkpoint"),
        code=parse_code(extra.get("code")),
        python=parse_python(extra.get("python")),
        secrets=parse_secrets(extra.get("secrets")),
        usage=parse_usages(extra.get("usage")),
        reachable=False,
    )
