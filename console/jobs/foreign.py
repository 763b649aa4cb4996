"""Work that Tandem did not start: seen on accelerators, and adopted as a job that is watched from then on."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from console.core.clock import Clock, iso
from console.core.ids import new_id
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.wire_values import (
    MAX_COUNTER,
    bytes_of,
    moment_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.fleet.processes import RemoteProcess
from console.jobs.job import DEFAULT_LOG_LIMIT_BYTES, Job
from console.jobs.parsing import parse_status
from console.jobs.reading import JobReader
from console.operations.plan import Action, Step, StepContext, Work, work

_PARALLEL = 16
_MOST = 4096
_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class ForeignProcess:
    """A process on accelerators that is no job of ours; what its server does not tell is None."""

    server: str
    pid: int
    started_ticks: int | None
    boot_id: str
    user: str | None
    command: str | None
    started: datetime | None
    container: str | None
    slurm_job: str | None
    memory_bytes: int | None
    accelerators: tuple[str, ...]


Seen = ForeignProcess | RemoteProcess
"""A process as it was looked at: on accelerators, or in the list of its server."""


class ForeignWork:
    """Looks for it and adopts it."""

    def __init__(self, reader: JobReader, clock: Clock, account: str) -> None:
        self._reader = reader
        self._clock = clock
        self._account = account

    def look(self, servers: list[str]) -> tuple[list[ForeignProcess], dict[str, Problem]]:
        """What is there now, by server; and why a server could not be asked."""

        def one(server: str) -> list[ForeignProcess] | Problem:
            try:
                return parse_foreign(server, self._reader.call(server, "job.foreign", {}))
            except Problem as problem:
                return problem

        with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="jobs foreign") as pool:
            found = list(pool.map(one, servers))
        rows = [row for each in found if not isinstance(each, Problem) for row in each]
        pairs = zip(servers, found, strict=True)
        return rows, {server: each for server, each in pairs if isinstance(each, Problem)}

    def prepare_adopt(self, server: str, pid: int, process: Seen | None) -> Work[Job]:
        """See JobService.prepare_adopt."""
        name = safe_line((process and process.command) or f"process {pid}", max_chars=_NAME_CHARS)
        spec: dict[str, object] = {
            "v": 1,
            "id": new_id(),
            "name": name,
            "argv": ["?"],
            "gpus": 0,
            "submitted": iso(self._clock.now()),
            "submitted_by": self._account,
            "tags": {"adopted": str(pid)},
            "log_limit_bytes": DEFAULT_LOG_LIMIT_BYTES,
        }
        params: dict[str, object] = {"spec": spec, "pid": pid}
        if process is not None:
            told = process.identity if isinstance(process, RemoteProcess) else process
            params["boot_id"] = told.boot_id
            if told.started_ticks is not None:
                params["started_ticks"] = told.started_ticks
        kept: list[Job] = []

        def adopt(step: StepContext) -> None:
            self._reader.call(server, "job.adopt", params)
            answer = self._reader.call(server, "job.show", {"id": spec["id"]})
            kept.append(self._reader.take([parse_status(server, answer)])[0])
            step.note(f"job {kept[0].id}")

        return work(
            action="job.adopt",
            title=f"Adopt process {pid} on {server}",
            target=str(spec["id"]),
            servers=(server,),
            actions=(Action(Step("Watch it as a job", f"{name}; it goes on as it is"), adopt),),
            result=lambda: kept[0],
            detail={"id": spec["id"], "pid": pid},
        )


def parse_foreign(server: str, answer: Mapping[str, object]) -> list[ForeignProcess]:
    """The answer to job.foreign; a row that makes no sense hides no other."""
    found = []
    for row in objects_of(answer.get("processes"), _MOST):
        pid = whole_of(row.get("pid"), 0, MAX_COUNTER)
        if pid is None:
            continue
        found.append(
            ForeignProcess(
                server,
                pid,
                whole_of(row.get("started_ticks"), 0, MAX_COUNTER),
                text_of(row.get("boot_id")) or "",
                text_of(row.get("user")),
                text_of(row.get("command"), 300),
                moment_of(row.get("started")),
                text_of(row.get("container")),
                text_of(row.get("slurm_job")),
                bytes_of(row.get("memory_bytes")),
                texts_of(row.get("accelerators"), _MOST),
            )
        )
    return found
