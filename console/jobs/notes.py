"""Notes and tags that a person gives to jobs: kept in this console's database and its backups only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from console.core.problems import Problem
from console.core.text import safe_line, safe_text
from console.jobs.job import Job
from console.store.store import Store

MAX_NOTE_CHARS = 10_000
MAX_TAGS = 100

Overlay = tuple[str, dict[str, str | None]]
"""A note, and tags: None hides one that the job was submitted with."""


class JobNotes:
    """What was added here to which job."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, ids: Sequence[str]) -> dict[str, Overlay]:
        """Those of them that have any."""
        found: dict[str, Overlay] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            sql = f"SELECT job, note, tags FROM job_notes WHERE job IN ({', '.join('?' * len(some))})"
            for job, note, tags in self._store.rows(sql, some):
                found[str(job)] = (str(note), dict(json.loads(tags)))
        return found

    def on(self, jobs: Sequence[Job]) -> list[Job]:
        """The jobs with their notes and with all their tags."""
        added = self.of([job.id for job in jobs])
        return [with_overlay(job, added.get(job.id)) for job in jobs] if added else list(jobs)


def with_overlay(job: Job, overlay: Overlay | None) -> Job:
    """A job as its server tells it, with what was added here."""
    if overlay is None:
        return job
    note, own = overlay
    tags = {key: value for key, value in {**job.tags, **own}.items() if value is not None}
    return replace(job, tags=tags, note=note)


def overlay_of(submitted: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str | None]:
    """What has to be kept so that a job submitted with some tags shows others."""
    hidden: dict[str, str | None] = {key: None for key in submitted if key not in tags}
    return {**hidden, **{key: value for key, value in tags.items() if submitted.get(key) != value}}


def checked_note(text: str) -> str:
    """A note as it is kept.

    Raises:
        Problem: `input.invalid`, it is too long.
    """
    if len(text) > MAX_NOTE_CHARS:
        raise Problem("input.invalid", what="note", reason=f"it is longer than {MAX_NOTE_CHARS} characters")
    return safe_text(text).strip()


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags as they are kept: one line each.

    Raises:
        Problem: `input.invalid`.
    """
    found = {
        safe_line(key, max_chars=80).strip(): safe_line(value, max_chars=300) for key, value in tags.items()
    }
    if "" in found or any("=" in key for key in found):
        raise Problem("input.invalid", what="tag", reason="its name is empty or holds a '='")
    if len(found) > MAX_TAGS:
        raise Problem("input.invalid", what="tags", reason=f"more than {MAX_TAGS} are given")
    return found
