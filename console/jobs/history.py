"""Jobs looked back at: notes and tags, what was asked for, what was used at what cost, two runs compared."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.core.clock import Clock
from console.core.problems import Problem
from console.fleet.inventory import ServerBook
from console.jobs.cloning import request_of
from console.jobs.comparing import Field, Run, compare
from console.jobs.curves import Curve, parse_curves
from console.jobs.job import Job, JobFilter, JobRequest
from console.jobs.metric_reading import MetricReader
from console.jobs.notes import checked_note, checked_tags
from console.jobs.parsing import protocol
from console.jobs.reading import JobReader, is_unreachable
from console.jobs.records import JobRecords
from console.jobs.reporting import Rates, Report, report
from console.jobs.usage import Spent, Waste, cost_of, spent, wasted
from console.jobs.usage_records import UsageRecords
from console.store.store import Store

_log = logging.getLogger(__name__)

# After the end of a job the meter on its server has still to write the last of its curve.
_SETTLED = timedelta(seconds=15)
_GATHER_SPAN = timedelta(days=7)
_GATHER = 4


@dataclass(frozen=True, slots=True)
class Account:
    """What a job used in all, what that cost by its server's rate, and what of it was wasted."""

    spent: Spent
    cost: float | None
    waste: Waste | None


class JobHistory:
    """Any thread may call; `spec` and `curves` may ask a server.

    Args:
        gpus_of: how many accelerators a server has, None where that is not known.
    """

    def __init__(
        self,
        store: Store,
        records: JobRecords,
        reader: JobReader,
        book: ServerBook,
        clock: Clock,
        gpus_of: Callable[[str], int | None],
        metrics: MetricReader,
    ) -> None:
        self._metrics = metrics
        self._records = records
        self._usage = UsageRecords(store)
        self._reader = reader
        self._book = book
        self._clock = clock
        self._gpus_of = gpus_of

    # --- notes and tags

    def annotate(self, job_id: str, *, note: str | None = None, tags: dict[str, str] | None = None) -> Job:
        """Keep a note and the whole set of tags with a job, here only; None leaves either as it is.

        Raises:
            Problem: `id.unknown`, `input.invalid`.
        """
        job = self.known(job_id)
        kept_note = job.note if note is None else checked_note(note)
        kept_tags = dict(job.tags) if tags is None else checked_tags(tags)
        changed = self._records.annotate(job_id, kept_note, kept_tags, at=self._clock.now())
        if changed is None:
            raise _unknown(job_id)
        return self._reader.marked(changed)

    def count(self, wanted: JobFilter) -> int:
        """How many jobs fit, whatever the limit."""
        return self._records.count(wanted)

    def users(self) -> list[str]:
        """Who has submitted jobs."""
        return self._records.users()

    # --- what was asked for

    def spec(self, job: Job) -> dict[str, object] | None:
        """What was asked for; None where neither its server nor this console can tell.

        Raises:
            Problem: the answer made no sense.
        """
        kept = self._records.spec(job.id)
        if kept is not None:
            return kept
        try:
            answer = self._reader.call(job.server, "job.spec", {"id": job.id})
        except Problem as problem:
            if is_unreachable(problem) or problem.code in ("id.unknown", "remote.path_missing"):
                return None
            raise
        spec = answer.get("spec")
        if not isinstance(spec, dict):
            raise protocol(job.server, "job.spec gave no object")
        self._records.keep_spec(job.id, spec)
        return spec

    def request_of(self, job_id: str) -> JobRequest:
        """A request that asks for what a job was, to be changed and submitted.

        Raises:
            Problem: `id.unknown`, or the answer made no sense.
        """
        job = self.known(job_id)
        return request_of(job, self.spec(job))

    def compare(self, left: str, right: str, *, ask: bool = True) -> tuple[Field, ...]:
        """Two jobs side by side.

        Args:
            ask: servers too, for what is not known here yet; without it the answer is there at once.

        Raises:
            Problem: `id.unknown`, or an answer made no sense.
        """
        runs = []
        for job_id in (left, right):
            job = self.known(job_id)
            spec = self.spec(job) if ask else self._records.spec(job.id)
            runs.append(Run(job, spec, self._metrics.metrics(job, rounds=None if ask else 0).curves))
        return compare(runs[0], runs[1])

    def run_before(self, job: Job) -> Job | None:
        """The newest run of the same name that was submitted before; None where there is none."""
        alike = self._records.named(job.name, before=job.submitted)
        return self._reader.marked(alike[0]) if alike else None

    # --- what was used

    def account(self, job: Job) -> Account:
        """What a job used and what that cost; so far, where it runs still and its server is heard."""
        running_s = None
        if not job.final and job.reachable and job.started is not None and job.usage:
            running_s = max(0.0, (self._clock.now() - job.started).total_seconds())
        total = spent(job.usage, running_s=running_s)
        rate = next((each.cost_per_hour for each in self._book.list() if each.name == job.server), None)
        cost = cost_of(job.usage, rate, self._gpus_of(job.server), running_s=running_s)
        return Account(total, cost, wasted(total))

    def curves(self, job: Job) -> list[Curve]:
        """How busy its accelerators were over each attempt; those of ended jobs are kept here.

        Raises:
            Problem: the answer made no sense.
        """
        kept = parse_curves(self._usage.curves(job.id))
        if job.final and kept:
            return kept
        try:
            answer = self._reader.call(job.server, "job.usage", {"id": job.id})
        except Problem as problem:
            if problem.code == "id.unknown" and job.final:
                # It was removed there: there will be no more than is kept.
                self._usage.keep_curves(job.id, dict.fromkeys([each.attempt for each in job.usage], None))
            if is_unreachable(problem) or problem.code == "id.unknown":
                return kept
            raise
        found = parse_curves(answer.get("curves"))
        if job.final and (job.ended is None or job.ended < self._clock.now() - _SETTLED):
            none = dict.fromkeys([each.attempt for each in job.usage], None)
            self._usage.keep_curves(job.id, {**none, **{each.attempt: each.wire for each in found}})
        return found

    def gather(self, server: str) -> None:
        """Keep the curves of a few jobs of the last days that ended there, whether anybody looks or not.

        They are here then when their server is not; faults are only logged.
        """
        now = self._clock.now()
        for job_id in self._usage.unread(server, (now - _GATHER_SPAN, now - _SETTLED), _GATHER):
            try:
                self.curves(self.known(job_id))
            except Problem as problem:
                _log.warning("curves of job %s: %s", job_id, problem.sentence)

    def report(self, by: str, since: datetime | None = None, until: datetime | None = None) -> Report:
        """What all jobs used that this console knows of, added up.

        Args:
            by: one of reporting.BY.
            since, until: attempts that ended in that time, or run still.
        """
        servers = self._book.list()
        rates = Rates(
            {each.name: each.cost_per_hour for each in servers if each.cost_per_hour is not None},
            {each.name: each.labels for each in servers},
            self._gpus_of,
        )
        key = "server" if by == "label" else by
        titles = self._usage.names(since, until) if by == "job" else None
        parts, jobs = self._usage.parts(key, since, until), self._usage.jobs(key, since, until)
        return report(by, parts, jobs, rates, since=since, until=until, titles=titles)

    def known(self, job_id: str) -> Job:
        """A job as last heard of; asks nobody.

        Raises:
            Problem: `id.unknown`.
        """
        found = self._records.get(job_id)
        if found is None:
            raise _unknown(job_id)
        return self._reader.marked(found)


def _unknown(job_id: str) -> Problem:
    return Problem("id.unknown", kind="job", given=job_id, listing="job list")
