"""Checkpoint and stop: asking a job to save and end, and waiting for it. Its supervisor sees to it."""

from __future__ import annotations

from console.core.problems import Problem
from console.core.units import format_duration
from console.jobs.job import Job
from console.jobs.parsing import protocol
from console.jobs.reading import JobReader
from console.operations.plan import Action, Step, StepContext, Work, work

CHECKPOINT_S = 120.0
MOST_S = 86400.0
_LOOK_S = 0.25
_LONGEST_LOOK_S = 2.0
# The supervisor counts the time; this is how much later its result may be seen.
_PATIENCE_S = 30.0


def prepare_stop(reader: JobReader, job: Job, within_s: float) -> Work[Job]:
    """See JobService.prepare_stop. Cancelling the operation ends the waiting, not what was asked."""
    if job.final:
        raise Problem("job.finished", id=job.id, state=job.state.value)
    if not 0 < within_s <= MOST_S:
        raise Problem(
            "input.invalid", what="time for the checkpoint", reason=f"it lies between 0 and {MOST_S:g} s"
        )
    kept = [job]

    def ask(step: StepContext) -> None:
        params: dict[str, object] = {"id": job.id, "grace_s": within_s}
        answer = reader.call(job.server, "job.stop", params, timeout_s=40.0)
        if not isinstance(answer.get("state"), str):
            raise protocol(job.server, "job.stop does not say how the job stands")
        step.note("it was told; the server ends it in time whether this console stays or not")

    def wait(step: StepContext) -> None:
        spent, pause = 0.0, _LOOK_S
        while spent < within_s + _PATIENCE_S:
            kept[0] = reader.show(job, patient=True)
            if kept[0].final:
                step.note(kept[0].reason or kept[0].state.value)
                return
            step.progress(min(spent, within_s), within_s, format_duration(max(0.0, within_s - spent)))
            step.wait_s(pause)
            spent += pause
            pause = min(_LONGEST_LOOK_S, pause * 1.3)
        raise Problem("job.not_ended", id=job.id, server=job.server, seconds=f"{within_s:g}")

    limit = format_duration(within_s)
    return work(
        action="job.stop",
        title=f"Checkpoint and stop {job.name or job.id} on {job.server}",
        target=job.id,
        servers=(job.server,),
        actions=(
            Action(Step("Ask for a checkpoint", "SIGTERM to all of it, as to a job that makes way"), ask),
            Action(Step("Wait for its end", f"killed where it has not ended within {limit}"), wait),
        ),
        result=lambda: kept[0],
        detail={"id": job.id, "state": job.state.value, "within_s": within_s},
        outlives=True,
    )
