"""The files that a job left: listing them, and fetching them as a Work into one folder and nowhere else."""

from __future__ import annotations

import logging
from pathlib import Path

from console.core.files import sha256_of
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.units import format_bytes
from console.jobs.job import Job, Output
from console.jobs.parsing import parse_outputs
from console.jobs.reading import JobReader
from console.operations.plan import Action, Step, StepContext, Work, work

_log = logging.getLogger(__name__)
# The agent hashes every file before it answers.
LIST_TIMEOUT_S = 300.0


def list_outputs(reader: JobReader, job: Job) -> list[Output]:
    """The outputs whose names may be written here.

    Raises:
        Problem: the server cannot be asked.
    """
    answer = reader.call(job.server, "job.outputs", {"id": job.id}, timeout_s=LIST_TIMEOUT_S)
    outputs, refused = parse_outputs(answer)
    if refused:
        _log.warning(
            "%s: %d outputs of job %s have unsafe names and are left out", job.server, refused, job.id
        )
    return outputs


def prepare_fetch(gate: ServerGate, reader: JobReader, job: Job, to: Path) -> Work[list[Path]]:
    """Fetch all outputs below `to`; files that are there already are left alone or refused, never changed.

    Raises:
        Problem: `job.no_outputs`, `name.taken`, `file.unwritable`, or the server cannot be asked.
    """
    outputs = list_outputs(reader, job)
    if not outputs:
        raise Problem("job.no_outputs", id=job.id)
    target = to.absolute()
    fetch = _Fetch(gate, job, target, [(each, _place(target, each)) for each in outputs])
    names = ", ".join(each.path for each in outputs[:3]) + (", …" if len(outputs) > 3 else "")
    detail = f"{len(outputs)} files, {format_bytes(fetch.total)}: {names}"
    return work(
        action="job.outputs",
        title=f"Fetch the outputs of {job.name or job.id}",
        target=job.id,
        servers=(job.server,),
        actions=(Action(Step("Fetch", detail), fetch.run),),
        result=lambda: [place for _, place in fetch.wanted],
        detail={"id": job.id, "to": str(target), "files": len(outputs), "bytes": fetch.total},
    )


class _Fetch:
    """The one step: all files, or none of those that were not there before."""

    def __init__(self, gate: ServerGate, job: Job, target: Path, wanted: list[tuple[Output, Path]]) -> None:
        self.wanted = wanted
        self.total = sum(each.size_bytes for each, _ in wanted)
        self._gate = gate
        self._job = job
        self._target = target
        self._fetched: list[Path] = []
        self._made: list[Path] = []

    def run(self, step: StepContext) -> None:
        """Fetch; a failure or a cancellation takes back what was half done."""
        try:
            done = 0
            for output, place in self.wanted:
                _make_folder(self._target, place.parent, self._made)
                self._one(step, output, place, done)
                done += output.size_bytes
        except BaseException:
            self._remove()
            raise
        step.progress(self.total, self.total)
        step.note(f"{len(self.wanted)} files, {format_bytes(self.total)}")

    def _one(self, step: StepContext, output: Output, place: Path, before: int) -> None:
        def progress(part: int, _: int) -> None:
            step.progress(before + part, self.total, output.path)
            step.check_cancelled()

        progress(0, 0)
        if place.exists():
            return
        self._fetched.append(place)
        sha256 = self._gate.pull_file(self._job.server, output.absolute, place, progress=progress)
        if output.sha256 is not None and sha256 != output.sha256:
            raise Problem("transfer.mismatch", server=self._job.server, path=output.path)

    def _remove(self) -> None:
        for place in reversed(self._fetched):
            place.unlink(missing_ok=True)
        for folder in reversed(self._made):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _place(target: Path, output: Output) -> Path:
    """Where an output goes. A file that is there already must be the same one."""
    place = target / output.path
    if not place.parent.resolve().is_relative_to(target.resolve()):
        reason = f"a link there leads out of {target}"
        raise Problem("file.unwritable", path=place, reason=reason)
    if place.is_symlink() or place.exists():
        same = place.is_file() and not place.is_symlink() and output.sha256 == sha256_of(place)
        if not same:
            raise Problem("name.taken", kind="file", name=place)
    return place


def _make_folder(target: Path, folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem("file.unwritable", path=folder, reason=error.strerror or error) from error
    made.extend(reversed(missing))
    if not folder.resolve().is_relative_to(target.resolve()):
        raise Problem("file.unwritable", path=folder, reason=f"a link there leads out of {target}")
