"""Taking the files of an earlier job to another server: its code by hash, and the texts given with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console.core.problems import Problem
from console.jobs.job import Job
from console.jobs.parsing import protocol
from console.jobs.reading import JobReader
from console.jobs.snapshot.gather import Snapshot
from console.jobs.snapshot.looking import CodeReader
from console.operations.plan import StepContext


@dataclass(frozen=True)
class Carried:
    """What has to come along.

    Attributes:
        of: the job whose files they are.
        files: texts by their names.
        snapshot: its code; the contents are fetched when it is known which are lacking.
    """

    of: Job
    files: dict[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None


def look(reader: JobReader, code: CodeReader, job: Job, *, with_code: bool) -> Carried:
    """What the job's server has of it.

    Raises:
        Problem: that server cannot be asked, or does not have it any more.
    """
    answer = reader.call(job.server, "job.files", {"id": job.id})
    files = answer.get("files")
    if not isinstance(files, Mapping) or not all(
        isinstance(name, str) and isinstance(text, str) for name, text in files.items()
    ):
        raise protocol(job.server, "job.files gave no texts")
    snapshot = None
    if with_code and job.code is not None:
        source = Path(job.code.source or f"job {job.id}")
        snapshot = Snapshot(source, code.tree(job), {}, job.code.commit, job.code.dirty)
    return Carried(job, dict(files), snapshot)


def fetch(
    code: CodeReader, carried: Carried, wanted: Collection[str], folder: Path, step: StepContext
) -> None:
    """Bring these contents into a folder here, each checked by its hash, for as long as they are sent on.

    Raises:
        Problem: `job.code_gone`, `file.unwritable`, `transfer.mismatch`, or the server cannot be asked.
    """
    assert carried.snapshot is not None
    by_hash = {each.what: each for each in carried.snapshot.tree.files if each.what in set(wanted)}
    done = 0
    for file, data in code.contents(carried.of, by_hash.values()):
        step.check_cancelled()
        place = folder / file.what
        try:
            place.write_bytes(data)
        except OSError as error:
            raise Problem("file.unwritable", path=place, reason=error.strerror or error) from error
        carried.snapshot.places[file.what] = place
        done += len(data)
        step.progress(done, sum(each.size for each in by_hash.values()), file.path)
