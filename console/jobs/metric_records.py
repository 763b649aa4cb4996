"""What jobs measured, in the database: thinned curves, and how far each file was read. Asks no server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from console.core.clock import iso
from console.core.text import safe_line
from console.core.wire_values import MAX_COUNTER, text_of, whole_of
from console.jobs.measured import (
    MAX_KEPT,
    JobMetrics,
    Piece,
    Raw,
    Source,
    named,
    numbers_in,
    pack,
    thinned,
    unpack,
)
from console.store.rows import to_json
from console.store.store import Connection, Store

MAX_CURVES = 2000
_MAX_PARTS = 48
_REMEMBERED = 12

_Sources = dict[str, dict[str, dict[str, object]]]


@dataclass(frozen=True, slots=True)
class SourceNews:
    """A file as an answer tells of it: how far it was read, and whether it is another file than before."""

    name: str
    kind: str
    cursor: Mapping[str, object]
    replaced: bool


@dataclass(frozen=True, slots=True)
class MetricNews:
    """What an answer to job.metrics brought.

    Attributes:
        more: there is more to be read at once.
        complete: the job has ended and everything was read.
        cut: there are more files or curves than are read.
    """

    sources: tuple[SourceNews, ...]
    curves: tuple[Raw, ...]
    more: bool
    complete: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class ReadState:
    """How far a job's files were read; `cursors` is what the agent gets back."""

    generation: int
    cursors: Mapping[str, Mapping[str, object]]
    complete: bool
    cut: bool


class MetricRecords:
    """Curves of jobs in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._last: dict[str, JobMetrics] = {}

    def state(self, job_id: str) -> ReadState:
        """How far the job was read; generation 0 for not at all."""
        found = self._state_row(job_id)
        if found is None:
            return ReadState(0, {}, complete=False, cut=False)
        generation, sources, complete, extra = found
        cursors = {name: dict(each["cursor"]) for name, each in sources.items()}
        return ReadState(generation, cursors, complete, extra.get("cut") is True)

    def unread(self, server: str, since: datetime, limit: int) -> list[str]:
        """Jobs of a server, submitted since then, that ended and were not read to their end; newest first."""
        sql = (
            "SELECT j.id FROM jobs j LEFT JOIN job_metric_state m ON m.job = j.id WHERE j.server = ?"
            " AND j.state IN ('succeeded', 'failed', 'cancelled', 'timed_out', 'preempted')"
            " AND j.started IS NOT NULL AND j.submitted >= ? AND coalesce(m.complete, 0) = 0"
            " ORDER BY j.submitted DESC LIMIT ?"
        )
        return [str(row[0]) for row in self._store.rows(sql, (server, iso(since), limit))]

    def _state_row(self, job_id: str) -> tuple[int, _Sources, bool, dict[str, object]] | None:
        sql = "SELECT generation, sources, complete, extra FROM job_metric_state WHERE job = ?"
        rows = self._store.rows(sql, (job_id,))
        if not rows:
            return None
        generation, sources, complete, extra = rows[0]
        return int(generation), json.loads(sources), bool(complete), json.loads(extra)

    def metrics(self, job_id: str) -> JobMetrics:
        """All that is kept of a job; the very same object while nothing has changed."""
        found = self._state_row(job_id)
        if found is None:
            return JobMetrics()
        with self._lock:
            last = self._last.get(job_id)
            if last is None or last.generation != found[0]:
                last = self._read(job_id, *found)
                self._last.pop(job_id, None)
                self._last[job_id] = last
                while len(self._last) > _REMEMBERED:
                    self._last.pop(next(iter(self._last)))
        return last

    def _read(
        self, job_id: str, generation: int, sources: _Sources, complete: bool, extra: dict[str, object]
    ) -> JobMetrics:
        kept: dict[int, list[bytes]] = {}
        sql = (
            "SELECT p.curve, p.points FROM job_curve_parts p JOIN job_curves c ON c.id = p.curve"
            " WHERE c.job = ? ORDER BY p.curve, p.part"
        )
        for curve, data in self._store.rows(sql, (job_id,)):
            kept.setdefault(int(curve), []).append(data)
        sql = "SELECT id, source, name, seen FROM job_curves WHERE job = ? ORDER BY id"
        pieces = [
            Piece(source, name, int(seen), numbers_in(b"".join(kept[int(curve)])))
            for curve, source, name, seen in self._store.rows(sql, (job_id,))
            if int(curve) in kept
        ]
        return JobMetrics(
            named(pieces),
            tuple(_source(name, each) for name, each in sorted(sources.items())),
            generation,
            complete,
            extra.get("cut") is True,
        )

    def add(self, job_id: str, news: MetricNews, *, before: int) -> bool:
        """Keep what was read from the state `before` on (its generation); False where another was faster."""
        known = self.state(job_id)
        if not news.sources and (known.complete, known.cut) == (news.complete, news.cut):
            return known.generation == before

        def write(connection: Connection) -> bool:
            sql = "SELECT generation, sources FROM job_metric_state WHERE job = ?"
            row = connection.execute(sql, (job_id,)).fetchone()
            if (row[0] if row else 0) != before:
                return False
            if connection.execute("SELECT 1 FROM jobs WHERE id = ?", (job_id,)).fetchone() is None:
                return False
            sources = json.loads(row[1]) if row else {}
            for each in news.sources:
                sources[each.name] = {"kind": each.kind, "cursor": dict(each.cursor)}
                if each.replaced:
                    connection.execute(
                        "DELETE FROM job_curves WHERE job = ? AND source = ?", (job_id, each.name)
                    )
            for raw in news.curves:
                _append(connection, job_id, raw)
            connection.execute(
                "INSERT INTO job_metric_state (job, generation, sources, complete, extra)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (job) DO UPDATE SET generation = excluded.generation,"
                " sources = excluded.sources, complete = excluded.complete, extra = excluded.extra",
                (job_id, before + 1, to_json(sources), int(news.complete), to_json({"cut": news.cut})),
            )
            return True

        return self._store.write(write)


def _append(connection: Connection, job_id: str, raw: Raw) -> None:
    """Add points to a curve; one that has become long or is in many parts is thinned into one."""
    sql = "SELECT id, seen, kept FROM job_curves WHERE job = ? AND source = ? AND name = ?"
    row = connection.execute(sql, (job_id, raw.source, raw.name)).fetchone()
    if row is None:
        count = connection.execute("SELECT count(*) FROM job_curves WHERE job = ?", (job_id,)).fetchone()[0]
        if count >= MAX_CURVES:
            return
        made = connection.execute(
            "INSERT INTO job_curves (job, source, name, seen, kept) VALUES (?, ?, ?, 0, 0)",
            (job_id, raw.source, raw.name),
        )
        row = (made.lastrowid, 0, 0)
    curve, seen, kept = row
    points = [(seen + ordinal, step, time, value) for ordinal, step, time, value in raw.points]
    parts = connection.execute(
        "SELECT count(*), coalesce(max(part), -1) FROM job_curve_parts WHERE curve = ?", (curve,)
    ).fetchone()
    number = parts[1] + 1
    if kept + len(points) > 2 * MAX_KEPT or parts[0] >= _MAX_PARTS:
        sql = "SELECT points FROM job_curve_parts WHERE curve = ? ORDER BY part"
        old = [point for (data,) in connection.execute(sql, (curve,)) for point in unpack(data)]
        points = [*old, *points]
        if len(points) > 2 * MAX_KEPT:
            points = thinned(points)
        connection.execute("DELETE FROM job_curve_parts WHERE curve = ?", (curve,))
        number, kept = 0, 0
    connection.execute(
        "INSERT INTO job_curve_parts (curve, part, points) VALUES (?, ?, ?)", (curve, number, pack(points))
    )
    connection.execute(
        "UPDATE job_curves SET seen = ?, kept = ? WHERE id = ?",
        (seen + raw.seen, kept + len(points), curve),
    )


def _source(name: str, row: Mapping[str, Mapping[str, object]]) -> Source:
    cursor = row["cursor"]
    return Source(
        safe_line(name, max_chars=300),
        str(row.get("kind")),
        whole_of(cursor.get("offset"), 0, MAX_COUNTER),
        whole_of(cursor.get("size"), 0, MAX_COUNTER),
        text_of(cursor.get("problem"), 300),
        whole_of(cursor.get("bad"), 0, MAX_COUNTER) or 0,
    )
