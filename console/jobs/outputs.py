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
    wanted = [(each, _place(target, each)) for each in outputs]
    total = sum(each.size_bytes for each, _ in wanted)
    fetched: list[Path] = []
    made: list[Path] = []

    def fetch(step: StepContext) -> None:
        try:
            fetch_all(step)
        except BaseException:  # a cancellation too: what was half done is taken back
            remove()
            raise

    def fetch_all(step: StepContext) -> None:
        done = 0
        for output, place in wanted:
            step.check_cancelled()
            _make_folder(target, place.parent, made)
            step.progress(done, total, output.path)
            if not place.exists():
                fetched.append(place)
                before = done

                def progress(part: int, _: int, before: int = before, name: str = output.path) -> None:
                    step.progress(before + part, total, name)
                    step.check_cancelled()

                sha256 = gate.pull_file(job.server, output.absolute, place, progress=progress)
                if output.sha256 is not None and sha256 != output.sha256:
                    raise Problem("transfer.mismatch", server=job.server, path=output.path)
            done += output.size_bytes
        step.progress(total, total)
        step.note(f"{len(wanted)} files, {format_bytes(total)}")

    def remove() -> None:
        for place in reversed(fetched):
            place.unlink(missing_ok=True)
        for folder in reversed(made):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    names = ", ".join(each.path for each in outputs[:3]) + (", …" if len(outputs) > 3 else "")
    detail = f"{len(outputs)} files, {format_bytes(total)}: {names}"
    return work(
        action="job.outputs",
        title=f"Fetch the outputs of {job.name or job.id}",
        target=job.id,
        servers=(job.server,),
        actions=(Action(Step("Fetch", detail), fetch),),
        result=lambda: [place for _, place in wanted],
        detail={"id": job.id, "to": str(target), "files": len(outputs), "bytes": total},
    )


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
