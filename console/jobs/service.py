"""Jobs for the rest of Tandem: submit, list, show, follow, wait, cancel, fetch.

The server holds the truth; the store is a history and a cache that `refresh` rebuilds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from console.core.clock import Clock
from console.core.ids import resolve_prefix
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.fleet.inventory import ServerBook
from console.jobs.following import together
from console.jobs.foreign import ForeignProcess, ForeignWork, Seen
from console.jobs.history import JobHistory
from console.jobs.job import Job, JobFilter, JobRequest, LogPart, Output
from console.jobs.log_source import JobLog
from console.jobs.masking import Mask, masked_part
from console.jobs.measured import JobMetrics, Raw
from console.jobs.metric_reading import MetricReader
from console.jobs.metric_records import MetricRecords
from console.jobs.outputs import list_outputs, prepare_fetch
from console.jobs.reading import JobReader
from console.jobs.records import JobRecords
from console.jobs.snapshot.gather import Snapshot, gather
from console.jobs.snapshot.looking import CodeReader
from console.jobs.snapshot.sending import CodeSender, OpenLink, ToSend
from console.jobs.stopping import CHECKPOINT_S, prepare_stop
from console.jobs.submitting import SecretOf, Submitter
from console.operations.plan import Work
from console.plugin.loader import PluginSet
from console.store.store import Store

# Inside the class `list` is the method.
_Jobs = list[Job]
_Foreign = list[ForeignProcess]
_Outputs = list[Output]
_Paths = list[Path]

_log = logging.getLogger(__name__)
_LATELY = timedelta(hours=12)
_MIB = 1024 * 1024
_FIRST_LOOK_S = 0.1
_LONGEST_LOOK_S = 1.0


class JobService:
    """All that can be done with jobs. Any thread may call; what asks a server blocks.

    Args:
        gate: the way to servers.
        account: who submits, "user@machine".
        open_link: connections for copies, by which code travels.
        limits: MiB that the code of one job may be, and that a server may keep.
        secret_of: the value of a job's secret, asked for where it must be.
        known_secret: the same without asking: what hides it in logs.
        gpus_of: how many accelerators a server has, None where that is not known.

    Attributes:
        history: jobs looked back at.
    """

    def __init__(
        self,
        store: Store,
        gate: ServerGate,
        book: ServerBook,
        plugins: PluginSet,
        clock: Clock,
        account: str,
        *,
        open_link: OpenLink,
        limits: Callable[[str], float],
        secret_of: SecretOf,
        known_secret: Callable[[str], str | None],
        gpus_of: Callable[[str], int | None] = lambda _server: None,
    ) -> None:
        self._known_secret = known_secret
        self._limits = limits
        self._sender = CodeSender(gate, open_link, lambda: int(limits("jobs.code_kept_mib") * _MIB))
        self._book = book
        self._gate = gate
        self._clock = clock
        self._records = JobRecords(store)
        self._reader = JobReader(gate, self._records, clock)
        self._metrics = MetricReader(gate, self._reader, self._records, MetricRecords(store), clock)
        self.code = CodeReader(self._reader)
        self._submitter = Submitter(
            gate,
            book,
            plugins,
            self._reader,
            self._records,
            clock,
            account,
            self._sender,
            self._code_limit,
            secret_of,
            self.code,
        )
        self._foreign = ForeignWork(self._reader, clock, account)
        self.history = JobHistory(store, self._records, self._reader, book, clock, gpus_of, self._metrics)

    # --- what changes something

    def prepare_submit(self, request: JobRequest) -> Work[Job]:
        """A plan that hands a job to its server. With `any_server` the servers are asked here already.

        Raises:
            Problem: `input.invalid`, `recipe.*`, `server.unknown`, `server.drained`,
                `job.no_server_fits`, `file.*`, `code.*`; with code also where its server cannot be asked.
        """
        return self._submitter.prepare_submit(request)

    def prepare_again(self, job_id: str) -> Work[Job]:
        """Submit once more what a job was, on its server and with its code as it was; its secrets come from
        the keyring again, or are asked for.

        Raises:
            Problem: `id.unknown`.
        """
        return self._submitter.prepare_again(self._known(job_id))

    def foreign(self, server: str | None = None) -> tuple[_Foreign, dict[str, Problem]]:
        """What uses accelerators without being a job; and why a server could not be asked.

        Raises:
            Problem: `server.unknown`.
        """
        names = [self._book.get(server).name] if server else [each.name for each in self._book.list()]
        return self._foreign.look(names)

    def prepare_adopt(self, server: str, pid: int, process: Seen | None = None) -> Work[Job]:
        """Watch a running process as a job; only the very one that was looked at, where one is given.

        Raises:
            Problem: `server.unknown`.
        """
        return self._foreign.prepare_adopt(self._book.get(server).name, pid, process)

    def prepare_cancel(self, job_id: str) -> Work[Job]:
        """A plan that ends a job: a polite signal, then a hard one.

        Raises:
            Problem: `job.finished`, `id.unknown`.
        """
        return self._submitter.prepare_cancel(self.show(job_id))

    def prepare_stop(self, job_id: str, within_s: float = CHECKPOINT_S) -> Work[Job]:
        """A plan that asks a job to save a checkpoint and end, and waits for that.

        Raises:
            Problem: `job.finished`, `id.unknown`, `input.invalid`.
        """
        return prepare_stop(self._reader, self.show(job_id), within_s)

    def prepare_fetch_outputs(self, job_id: str, to: Path) -> Work[_Paths]:
        """A plan that copies what a job left into a folder here; each file's hash is checked.

        Raises:
            Problem: `job.no_outputs`, `name.taken`, `file.unwritable`, or the server cannot be asked.
        """
        return prepare_fetch(self._gate, self._reader, self._known(job_id), to)

    # --- code

    def _code_limit(self) -> int:
        return int(self._limits("jobs.code_limit_mib") * _MIB)

    def gather(self, folder: Path) -> Snapshot:
        """What of a folder or script here would travel with a job; asks no server.

        Raises:
            Problem: `file.*`, `code.*`.
        """
        return gather(folder, self._code_limit())

    def to_send(self, server: str, snapshot: Snapshot) -> ToSend:
        """What a server lacks of it.

        Raises:
            Problem: `server.unknown`, or the server cannot be asked.
        """
        return self._sender.lacks(self._book.get(server).name, snapshot)

    def known(self, job_id: str) -> Job:
        """A job as it was last heard of; from its server where it never was.

        Raises:
            Problem: `id.unknown`.
        """
        return self._known(job_id)

    # --- looking

    def list(self, wanted: JobFilter | None = None) -> _Jobs:
        """Jobs as last heard of, newest first. Asks no server: see `refresh`."""
        return [self._reader.marked(job) for job in self._records.find(wanted or JobFilter())]

    def refresh(self, server: str | None = None) -> dict[str, Problem]:
        """Read the jobs of one server or all into the store; returns the Problems of those that gave none."""
        names = [server] if server is not None else [each.name for each in self._book.list()]
        problems = self._reader.refresh(names)
        for name in names:
            if name not in problems:
                self._metrics.gather(name)
                self.history.gather(name)
        return problems

    def tend(self, connected: Collection[str]) -> None:
        """Follow up what is not over: how jobs end and what they leave is here though nobody looked.

        Asks only servers that are connected and have work, or had some lately.
        """
        for name in sorted(self._records.at_work(self._clock.now() - _LATELY) & set(connected)):
            for server, problem in self.refresh(name).items():
                _log.info("jobs of %s: %s", server, problem.sentence)

    def show(self, job_id: str) -> Job:
        """One job, as its server tells it now; as last heard of, `reachable` False, where that is away.

        Raises:
            Problem: `id.unknown`.
        """
        return self._reader.show(self._known(job_id))

    def resolve(self, prefix: str) -> str:
        """The full id that begins so; servers are asked where the store knows none.

        Raises:
            Problem: `id.unknown`, `id.ambiguous`.
        """
        found = self._records.ids(prefix) if prefix else []
        if prefix and not found:
            self.refresh()
            found = self._records.ids(prefix)
        return resolve_prefix(prefix, found, kind="job", listing="job list")

    def log(self, job_id: str, offset: int = 0, limit: int = 65536) -> LogPart:
        """A piece of the log; a negative offset counts from its end.

        Raises:
            Problem: `id.unknown`, or the server cannot be asked.
        """
        job = self._known(job_id)
        mask = self._mask(job)
        if not mask:
            return self._reader.log(job, offset, limit)
        return masked_part(lambda at, count: self._reader.log(job, at, count), mask, offset, limit)

    def follow(self, job_id: str, offset: int = 0) -> Iterator[bytes]:
        """The log from `offset` on, as it grows, to the end of the job.

        Raises:
            Problem: `id.unknown`, or the server cannot be asked any more.
        """
        job = self._known(job_id)
        pieces, mask = self._reader.follow(job, offset), self._mask(job)
        return mask.stream(pieces) if mask else pieces

    def _mask(self, job: Job) -> Mask:
        """Hides the values of a job's secrets, as far as this console knows them."""
        found = [self._known_secret(entry) for entry in job.secrets.values()]
        return Mask([value for value in found if value is not None])

    def log_source(self, job_id: str) -> JobLog:
        """The log by lines: for who shows a part of it or looks for something in it.

        Raises:
            Problem: `id.unknown`.
        """
        return self.log_of(self._known(job_id))

    def log_of(self, job: Job) -> JobLog:
        """The same of a job that is at hand; asks nobody."""
        return JobLog(self._reader, self._gate, job, self._mask(job))

    def metrics(self, job_id: str, *, whole: bool = False) -> JobMetrics:
        """What the job measured so far; what is kept where its server is away.

        Args:
            whole: read long files to their end now, instead of a piece a call.

        Raises:
            Problem: `id.unknown`.
        """
        return self._metrics.metrics(self._known(job_id), **({"rounds": None} if whole else {}))

    def follow_metrics(self, job_ids: Sequence[str]) -> Iterator[tuple[str, tuple[Raw, ...]]]:
        """All that the jobs measure from their first points on, as it comes, to the end of the last job.

        Raises:
            Problem: `id.unknown`, or a server cannot be asked any more: once all others are at their end.
        """
        jobs = [self._known(each) for each in dict.fromkeys(job_ids)]
        return together({job.id: self._metrics.follow(job) for job in jobs})

    def outputs(self, job_id: str) -> _Outputs:
        """The files that the job left.

        Raises:
            Problem: `id.unknown`, or the server cannot be asked.
        """
        return list_outputs(self._reader, self._known(job_id))

    def wait(self, job_id: str, timeout_s: float | None = None) -> Job:
        """Wait until the job has ended or the time is over; a link that is lost meanwhile is waited out.

        Raises:
            Problem: `id.unknown`, or what only a person can mend (a host key, a login).
        """
        deadline = None if timeout_s is None else self._clock.monotonic_s() + timeout_s
        job = self._known(job_id)
        pause_s = _FIRST_LOOK_S
        while True:
            job = self._reader.show(job, patient=True)
            if job.final:
                self._metrics.keep([job])
                return job
            left = None if deadline is None else deadline - self._clock.monotonic_s()
            if left is not None and left <= 0:
                return job
            self._clock.sleep_s(pause_s if left is None else min(pause_s, left))
            pause_s = min(pause_s * 1.3, _LONGEST_LOOK_S)

    def _known(self, job_id: str) -> Job:
        """The job as the store has it, from the servers where it does not."""
        found = self._records.get(job_id)
        if found is None:
            self.refresh()
            found = self._records.get(job_id)
        if found is None:
            raise Problem("id.unknown", kind="job", given=job_id, listing="job list")
        return found
