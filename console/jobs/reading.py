"""Reading jobs from servers: one, all of a server, and logs. Starts and ends nothing there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from console.core.clock import Clock, iso
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.units import format_bytes
from console.jobs.job import Job, JobState, LogPart
from console.jobs.parsing import parse_chunk, parse_list, parse_log, parse_status, protocol
from console.jobs.records import JobRecords

_log = logging.getLogger(__name__)

MAX_LOG_PIECE = 1024 * 1024
LIST_TIMEOUT_S = 30.0
_PARALLEL = 16
_FULL_EVERY_S = 600.0
_MISSING_AT_ONCE = 50
FOLLOW_ATTEMPTS = 6
# What may pass by itself; all else waits for a person.
_PASSING = frozenset(
    {"ssh.lost", "ssh.timeout", "ssh.unreachable", "ssh.refused", "ssh.unresolved", "ssh.channel_refused"}
    | {"agent.timeout", "agent.overrun"}
)
GONE = "its folder is no longer on the server"


def is_unreachable(problem: Problem) -> bool:
    """Whether a Problem says that a server cannot be asked now, whatever the question."""
    return problem.code.startswith(("ssh.", "server.")) or problem.code in (
        "agent.timeout",
        "agent.protocol",
        "agent.no_python",
        "agent.python_missing",
        "agent.noise",
    )


def gap_line(skipped: int) -> bytes:
    """What stands in a log where its middle was given back to the server's disk."""
    return f"\n[tandem: {format_bytes(skipped)} of the log are gone: it passed its limit]\n".encode()


def may_pass(problem: Problem) -> bool:
    """Whether waiting can help."""
    return problem.code in _PASSING


class JobReader:
    """Brings what servers say into the records; knows which servers answered last."""

    def __init__(self, gate: ServerGate, records: JobRecords, clock: Clock) -> None:
        self._gate = gate
        self._records = records
        self._clock = clock
        self._lock = Lock()
        self._answered: dict[str, bool] = {}
        self._full_at: dict[str, float] = {}
        self._newest_end: dict[str, str] = {}

    def marked(self, job: Job) -> Job:
        """The job with whether its server answered when last asked."""
        with self._lock:
            return replace(job, reachable=self._answered.get(job.server, False))

    def note(self, server: str, *, answered: bool) -> None:
        """Remember how the last question to a server went."""
        with self._lock:
            self._answered[server] = answered

    def call(
        self, server: str, method: str, params: dict[str, object], *, timeout_s: float = 15.0
    ) -> dict[str, object]:
        """One request, with what it says of the server's reachability kept."""
        try:
            answer = self._gate.call(server, method, params, timeout_s=timeout_s)
        except Problem as problem:
            self.note(server, answered=not is_unreachable(problem))
            raise
        self.note(server, answered=True)
        return answer

    def take(self, jobs: list[Job]) -> list[Job]:
        """Keep news; returns what is known now."""
        return [self.marked(job) for job in self._records.put(jobs, seen=self._clock.now())]

    # --- one job

    def show(self, known: Job, *, patient: bool = False) -> Job:
        """A known job, asked for again where that can tell more; as known where its server is away.

        Args:
            patient: the caller waits: a server that waiting cannot bring back raises.

        Raises:
            Problem: the answer made no sense.
        """
        now = self.marked(known)
        if now.reachable and known.final and known.state is not JobState.LOST:
            return now
        try:
            answer = self.call(known.server, "job.show", {"id": known.id})
        except Problem as problem:
            if is_unreachable(problem) and (may_pass(problem) or not patient):
                return self.marked(known)
            if problem.code == "id.unknown":
                return self._gone(known)
            raise
        return self.take([parse_status(known.server, answer)])[0]

    def _gone(self, known: Job) -> Job:
        """The server does not know it any more: how it ended cannot be known."""
        if known.final:
            return self.marked(known)
        return self.take([replace(known, state=JobState.LOST, reason=GONE)])[0]

    # --- all jobs of servers

    def refresh(self, servers: list[str]) -> dict[str, Problem]:
        """Read the jobs of servers; returns why those that gave none did not."""
        if len(servers) == 1:
            outcomes = [self._refresh_one(servers[0])]
        else:
            with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="jobs refresh") as pool:
                outcomes = list(pool.map(self._refresh_one, servers))
        return {server: problem for server, problem in zip(servers, outcomes, strict=True) if problem}

    def _refresh_one(self, server: str) -> Problem | None:
        try:
            self._read_list(server)
        except Problem as problem:
            return problem
        return None

    def _read_list(self, server: str) -> None:
        now = self._clock.monotonic_s()
        with self._lock:
            full_at = self._full_at.get(server)
            since = self._newest_end.get(server)
        full = full_at is None or since is None or now - full_at > _FULL_EVERY_S
        params: dict[str, object] = {} if full else {"since": since}
        unfinished = self._records.unfinished(server)
        answer = self.call(server, "job.list", params, timeout_s=LIST_TIMEOUT_S)
        jobs, faults = parse_list(server, answer)
        for fault in faults:
            _log.warning("%s", fault.sentence)
        self.take(jobs)
        listed = {job.id for job in jobs}
        for job in [each for each in unfinished if each.id not in listed][:_MISSING_AT_ONCE]:
            self.show(job)
        # What ends later than the newest end seen is news; both are of the server's own clock.
        ends = [iso(job.ended) for job in jobs if job.ended is not None]
        with self._lock:
            if full:
                self._full_at[server] = now
            if ends:
                self._newest_end[server] = max([*ends, self._newest_end.get(server, "")])

    # --- log

    def log(self, job: Job, offset: int, limit: int) -> LogPart:
        """A piece of the log; a negative offset counts from its end.

        Raises:
            Problem: the server cannot be asked.
        """
        wanted = max(0, min(limit, MAX_LOG_PIECE))
        answer = self.call(job.server, "job.log", {"id": job.id, "offset": offset, "limit": wanted})
        return parse_log(job.server, answer, offset)

    def follow(self, job: Job, offset: int) -> Iterator[bytes]:
        """The log from `offset` to its end, as it grows; goes on at the same byte after a lost link.

        Raises:
            Problem: the link was lost several times in a row, or the answer made no sense.
        """
        failures = 0
        while True:
            try:
                for part in self._follow_once(job, offset):
                    failures = 0
                    offset = part.offset + len(part.data)
                    if part.skipped:
                        yield gap_line(part.skipped)
                    yield part.data
                return
            except Problem as problem:
                failures += 1
                if not may_pass(problem) or failures >= FOLLOW_ATTEMPTS:
                    raise
            self._clock.sleep_s(min(0.25 * 2**failures, 5.0))

    def _follow_once(self, job: Job, offset: int) -> Iterator[LogPart]:
        stream = self._gate.stream(job.server, "job.follow", {"id": job.id, "offset": offset})
        try:
            for event in stream:
                skipped = event.get("skipped", 0)
                if not isinstance(skipped, int) or skipped < 0 or event.get("offset") != offset + skipped:
                    raise protocol(job.server, "a piece of a log is not where the one before ended")
                part = LogPart(parse_chunk(job.server, event), offset + skipped, 0, False, skipped)
                offset = part.offset + len(part.data)
                yield part
            if stream.result().get("ended") is not True:
                raise Problem("ssh.lost", server=job.server, reason="the log ended before its job")
        finally:
            stream.close()
