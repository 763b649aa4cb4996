"""The guided round as the window follows it: its operation, its jobs' curves, its result. No widget here."""

from __future__ import annotations

from dataclasses import dataclass

from console.demo.round import RoundSummary
from console.jobs import measured
from console.jobs.job import Job
from console.jobs.service import JobService
from console.operations.operation import FINAL, OperationView, State
from console.operations.service import Handle, Operations

CURVE = "loss"
_SUBMIT = "job.submit"


@dataclass(slots=True)
class Curve:
    """The loss of one training job of the round; `whole` once the job has ended."""

    job: Job
    points: measured.Curve
    whole: bool = False


class RoundRun:
    """One run of the round; outlives the sheet that shows it."""

    def __init__(self, handle: Handle[object], operations: Operations, jobs: JobService) -> None:
        self.handle = handle
        self._operations = operations
        self._jobs = jobs
        self._others: set[str] = set()
        self.curves: dict[str, Curve] = {}
        self.summary: RoundSummary | None = None

    @property
    def view(self) -> OperationView:
        return self.handle.view()

    @property
    def running(self) -> bool:
        return self.view.state not in FINAL

    def job_ids(self) -> list[str]:
        """The jobs that were submitted since it began, the oldest first; reads memory only."""
        began = self.view.started
        ended = self.view.ended
        return [
            view.plan.target
            for view in reversed(self._operations.views())
            if view.plan.action == _SUBMIT
            and view.state is State.DONE
            and view.started >= began
            and (ended is None or view.started <= ended)
        ]

    def look(self, ids: list[str]) -> dict[str, Curve]:
        """Read the curves that are not whole yet; blocks, on a worker thread.

        Raises:
            Problem: a job is not known any more.
        """
        found = dict(self.curves)
        for job_id in ids:
            known = found.get(job_id)
            if job_id in self._others or (known is not None and known.whole):
                continue
            job = self._jobs.show(job_id)
            points = self._jobs.metrics(job_id).curves.get(CURVE)
            if points is not None and len(points) > 1:
                found[job_id] = Curve(job, points, job.final)
            elif job.final:
                self._others.add(job_id)
        return found

    def result(self) -> RoundSummary | None:
        """The numbers at its end; call it when it is done."""
        found = self.handle.result()
        return found if isinstance(found, RoundSummary) else None
