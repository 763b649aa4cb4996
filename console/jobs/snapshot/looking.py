"""A later look at the code that a job ran: its files, one of them, all as a folder, two jobs compared."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.job import Job, JobCode
from console.jobs.parsing import parse_chunk, protocol
from console.jobs.reading import JobReader
from console.jobs.snapshot.tree import (
    EXECUTABLE,
    LINK,
    MAX_TREE_BYTES,
    CodeFile,
    Difference,
    Tree,
    differences,
    parse_tree,
)
from console.operations.plan import Action, Step, StepContext, Work, work

TIMEOUT_S = 60.0
_AT_ONCE = 64


class CodeReader:
    """Asks the servers that ran the jobs. It blocks."""

    def __init__(self, reader: JobReader) -> None:
        self._reader = reader
        self._trees: dict[str, Tree] = {}

    def tree(self, job: Job) -> Tree:
        """The list of a job's files.

        Raises:
            Problem: `job.no_code`, or the server cannot be asked.
        """
        code = _code_of(job)
        known = self._trees.get(code.tree)
        if known is not None:
            return known
        data = b""
        while len(data) < MAX_TREE_BYTES:
            params: dict[str, object] = {"id": job.id, "offset": len(data)}
            answer = self._reader.call(job.server, "code.list", params, timeout_s=TIMEOUT_S)
            piece = parse_chunk(job.server, answer)
            data += piece
            size = answer.get("size")
            if not piece or not isinstance(size, int) or len(data) >= size:
                break
        tree = parse_tree(job.server, data, code.tree)
        # What a hash names never changes; a few are enough for a page that is looked at.
        self._trees = {**dict(list(self._trees.items())[-7:]), code.tree: tree}
        return tree

    def file(self, job: Job, path: str) -> bytes:
        """The content of one file; of a link, where it leads.

        Raises:
            Problem: `job.no_such_code`, `job.code_gone`, or the server cannot be asked.
        """
        found = self.tree(job).find(path)
        if found is None:
            raise Problem("job.no_such_code", id=job.id, path=safe_line(path, max_chars=200))
        if found.kind == LINK:
            return found.what.encode("utf-8", "surrogateescape")
        return next(data for _, data in self.contents(job, [found]))

    def contents(self, job: Job, files: Iterable[CodeFile]) -> Iterator[tuple[CodeFile, bytes]]:
        """Files with their contents, each checked by its hash, in their order.

        Raises:
            Problem: `job.code_gone`, `transfer.mismatch`, or the server cannot be asked.
        """
        waiting = list(files)
        while waiting:
            some = waiting[:_AT_ONCE]
            parts = self._parts(job, [(each, 0) for each in some])
            for file, part in zip(some, parts, strict=False):
                data = self._data_of(job, file, part)
                while len(data) < file.size:
                    more = self._data_of(job, file, self._parts(job, [(file, len(data))])[0])
                    if not more:
                        break
                    data += more
                if hashlib.sha256(data).hexdigest() != file.what:
                    raise Problem("transfer.mismatch", server=job.server, path=safe_line(file.path))
                yield file, data
            waiting = waiting[min(len(parts), len(some)) :]

    def _parts(self, job: Job, wanted: list[tuple[CodeFile, int]]) -> list[dict[str, object]]:
        rows = [[file.path, file.what, offset] for file, offset in wanted]
        answer = self._reader.call(
            job.server, "code.read", {"id": job.id, "wanted": rows}, timeout_s=TIMEOUT_S
        )
        parts = answer.get("parts")
        if not isinstance(parts, list) or not parts or not all(isinstance(each, dict) for each in parts):
            raise protocol(job.server, "code.read gave no parts")
        return parts

    def _data_of(self, job: Job, file: CodeFile, part: dict[str, object]) -> bytes:
        if part.get("gone") is True:
            commit = job.code.commit if job.code and job.code.commit else "–"
            raise Problem(
                "job.code_gone", id=job.id, path=safe_line(file.path), server=job.server, commit=commit[:12]
            )
        return parse_chunk(job.server, part)

    def compare(self, before: Job, after: Job) -> list[Difference]:
        """What two jobs' code does not have alike.

        Raises:
            Problem: as `tree`.
        """
        return differences(self.tree(before), self.tree(after))

    def prepare_fetch(self, job: Job, to: Path) -> Work[Path]:
        """Copy the code that a job ran into a new or empty folder here.

        Raises:
            Problem: `name.taken`, `file.unwritable`, and as `tree`.
        """
        tree, target = self.tree(job), to.expanduser().absolute()
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise Problem("name.taken", kind="file or folder that is not empty", name=target)
        detail = f"{len(tree.files)} files, {format_bytes(tree.total_bytes)}"

        def fetch(step: StepContext) -> None:
            try:
                _write(tree, target, self.contents(job, [e for e in tree.files if e.kind != LINK]), step)
            except OSError as error:
                raise Problem("file.unwritable", path=target, reason=error.strerror or error) from error
            step.note(detail)

        return work(
            action="job.code",
            title=f"Fetch the code of {job.name or job.id}",
            target=job.id,
            servers=(job.server,),
            actions=(Action(Step("Fetch", f"{detail} to {target}"), fetch),),
            result=lambda: target,
            detail={"id": job.id, "to": str(target), "tree": tree.hash},
        )


def _code_of(job: Job) -> JobCode:
    if job.code is None:
        raise Problem("job.no_code", id=job.id)
    return job.code


def _write(tree: Tree, target: Path, contents: Iterator[tuple[CodeFile, bytes]], step: StepContext) -> None:
    """Everything, or nothing: what was half done is taken back."""
    made: list[Path] = []
    done = 0
    try:
        _folder(target, made)
        for file, data in contents:
            step.check_cancelled()
            place = target / file.path
            _folder(place.parent, made)
            made.append(place)
            with place.open("xb") as stream:
                stream.write(data)
            if file.kind == EXECUTABLE and os.name == "posix":
                place.chmod(0o755)
            done += len(data)
            step.progress(done, tree.total_bytes, file.path)
        # Last: nothing is ever written through a link.
        for file in tree.files:
            if file.kind == LINK:
                _folder((target / file.path).parent, made)
                made.append(target / file.path)
                (target / file.path).symlink_to(file.what)
    except BaseException:
        for place in reversed(made):
            if place.is_dir() and not place.is_symlink():
                place.rmdir()
            else:
                place.unlink(missing_ok=True)
        raise


def _folder(folder: Path, made: list[Path]) -> None:
    for each in reversed([folder, *folder.parents]):
        if not each.is_dir():
            each.mkdir()
            made.append(each)
