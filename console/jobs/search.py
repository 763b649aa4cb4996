"""Finding jobs among a hundred thousand as one types: what is indexed of a job, and the index's questions.

Words are found by their beginnings. What a filter asks for (state, server, user, tag) stands in the same
index as marks of our own, so that one question answers both, the newest first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from console.jobs.job import Job, JobFilter
from console.store.store import Connection, Store

MAX_INDEXED_CHARS = 8000
_BATCH = 2000
_MOST_SERVERS = 500


def _mark(kind: str, value: str) -> str:
    """A word that no person types: letters and digits only, as the index cuts words."""
    return f"x{kind}x{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}"


def text_of(job: Job) -> str:
    """Everything by which one would look for it."""
    tags = " ".join(f"{key} {value}" for key, value in job.tags.items())
    parts = (job.id, job.name, job.recipe or "", job.server, job.submitted_by, tags, job.note, *job.argv)
    return " ".join(parts)[:MAX_INDEXED_CHARS].encode("utf-8", "replace").decode()


def facets_of(job: Job) -> str:
    """Marks for what is filtered by."""
    marks = [_mark("s", job.state.value), _mark("h", job.server)]
    marks += [_mark("u", each) for each in {job.submitted_by, job.submitted_by.partition("@")[0]}]
    for key, value in job.tags.items():
        marks += [_mark("t", key), _mark("t", f"{key}={value}")]
    return " ".join(marks)


def _quoted(word: str) -> str:
    escaped = word.replace('"', '""')
    return f'"{escaped}"'


def question(wanted: JobFilter, labels: Mapping[str, Mapping[str, str]]) -> str | None:
    """The index's question, None where the filter asks for nothing that is in it.

    Args:
        labels: of every server, which change while jobs stay: they are looked at now.
    """
    parts = []
    for word in wanted.search.split():
        if not any(each.isalnum() for each in word):
            continue
        found = f"text : {_quoted(word)} *"
        servers = _with_label(word.casefold(), labels)
        if servers:
            found = f"({found} OR {_any('h', servers)})"
        parts.append(found)
    if wanted.states:
        parts.append(_any("s", sorted(state.value for state in wanted.states)))
    if wanted.server is not None:
        parts.append(_any("h", [wanted.server]))
    if wanted.user is not None:
        parts.append(_any("u", [wanted.user]))
    parts += [_any("t", [tag]) for tag in wanted.tags]
    return " AND ".join(parts) or None


def _any(kind: str, values: Iterable[str]) -> str:
    return "(" + " OR ".join(f"facets : {_quoted(_mark(kind, value))}" for value in values) + ")"


def _with_label(word: str, labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    found = [
        server
        for server, pairs in labels.items()
        if any(
            text.casefold().startswith(word)
            for key, value in pairs.items()
            for text in (key, value, f"{key}={value}")
        )
    ]
    return found[:_MOST_SERVERS]


def first_of(moment: datetime) -> int:
    """The lowest number that a job submitted then can have in the index."""
    return int(moment.timestamp() * 1000) * 1000


class JobSearch:
    """The index in the store. What is missing in it (an older file, a restored one) is added when asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._complete = False

    def labels(self) -> dict[str, dict[str, str]]:
        """The labels of the servers that have any."""
        rows = self._store.rows("SELECT name, labels FROM servers WHERE labels != '{}'")
        return {str(name): dict(json.loads(text)) for name, text in rows}

    def missing(self) -> list[str]:
        """Some of the jobs that are not in the index yet; none once it is complete."""
        if self._complete:
            return []
        sql = "SELECT id FROM jobs WHERE id NOT IN (SELECT job FROM job_docs) LIMIT ?"
        found = [str(job) for (job,) in self._store.rows(sql, (_BATCH,))]
        self._complete = not found
        return found

    def add(self, jobs: Sequence[Job]) -> None:
        """Put jobs into the index."""

        def write(connection: Connection) -> None:
            for job in jobs:
                index(connection, job)

        self._store.write(write)

    def ask(self, asked: str, since: datetime | None, limit: int) -> list[str]:
        """Ids of the newest jobs that fit."""
        lowest = 0 if since is None else first_of(since)
        sql = (
            "SELECT d.job FROM job_search f CROSS JOIN job_docs d ON d.docid = f.rowid"
            " WHERE job_search MATCH ? AND f.rowid >= ? ORDER BY f.rowid DESC LIMIT ?"
        )
        return [str(job) for (job,) in self._store.rows(sql, (asked, lowest, limit))]

    def count(self, asked: str, since: datetime | None) -> int:
        """How many jobs fit."""
        lowest = 0 if since is None else first_of(since)
        sql = "SELECT count(*) FROM job_search WHERE job_search MATCH ? AND rowid >= ?"
        return int(self._store.rows(sql, (asked, lowest))[0][0])


def index(connection: Connection, job: Job) -> None:
    """Put a job into the index anew; inside the write that changes it."""
    row = connection.execute("SELECT docid FROM job_docs WHERE job = ?", (job.id,)).fetchone()
    new = (text_of(job), facets_of(job))
    if row is not None:
        sql = "SELECT text, facets FROM job_search WHERE rowid = ?"
        if connection.execute(sql, row).fetchone() == new:
            return
        sql = "UPDATE job_search SET text = ?, facets = ? WHERE rowid = ?"
        connection.execute(sql, (*new, row[0]))
        return
    docid = first_of(job.submitted) + int(hashlib.sha256(job.id.encode()).hexdigest()[:8], 16) % 1000
    while connection.execute("SELECT 1 FROM job_docs WHERE docid = ?", (docid,)).fetchone():
        docid += 1
    connection.execute("INSERT INTO job_docs (docid, job) VALUES (?, ?)", (docid, job.id))
    connection.execute("INSERT INTO job_search (rowid, text, facets) VALUES (?, ?, ?)", (docid, *new))
