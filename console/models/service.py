"""The registry of models: versions with their artifacts, metrics, aliases and where they came from."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from console.core.clock import Clock
from console.core.home import Home
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.measured import STEP_TIME
from console.jobs.service import JobService
from console.models.blobs import Blobs, copy_hashed
from console.models.formats import expect_format, look_at_format
from console.models.model import AddModel, Model, ModelVersion
from console.models.records import ModelRecords, NewVersion, version_unknown
from console.operations.plan import Action, Step, StepContext, Work, work
from console.store.store import Store

_NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$")
_ALIAS = re.compile(r"^[A-Za-z_][A-Za-z0-9._-]{0,39}$")
# What a job reports about its own course says nothing of the model.
_COURSE = frozenset({"step", "epoch", "time"})


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an artifact is: on this machine where `server` is None."""

    path: str
    size_bytes: int
    server: str | None = None
    sha256: str | None = None

    @property
    def name(self) -> str:
        """The file's own name, for the records and for messages."""
        return safe_line(
            PurePosixPath(self.path).name if self.server else Path(self.path).name, max_chars=200
        )


@dataclass(slots=True)
class _Adding:
    """What the steps of one add hand to each other."""

    incoming: Path | None = None
    sha256: str = ""
    format: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    version: int = 0


class ModelService:
    """All that can be done with models. Any thread may call.

    Args:
        gate: the way to artifacts that lie on servers.
        jobs: for the outputs and metrics of the job that made a model.
        account: who registers, "user@machine".
    """

    def __init__(
        self, store: Store, home: Home, gate: ServerGate, jobs: JobService, clock: Clock, account: str
    ) -> None:
        self._blobs = Blobs(home)
        self._records = ModelRecords(store, self._blobs.path)
        self._gate = gate
        self._jobs = jobs
        self._clock = clock
        self._account = account

    # --- adding

    def prepare_add(self, wanted: AddModel) -> Work[ModelVersion]:
        """A plan that copies an artifact into the home and registers it as the name's next version.

        With `from_job` the path is an output of that job, or a path on its server where it is absolute.

        Raises:
            Problem: `model.file_missing`, `model.format_unknown`, `model.format_refused`,
                `input.invalid`, `id.unknown`, or the server cannot be asked.
        """
        _check(wanted)
        job = self._jobs.resolve(wanted.from_job) if wanted.from_job else None
        source = self._source(wanted, job)
        expected = expect_format(source.name, wanted.format)
        state = _Adding()

        def take(step: StepContext) -> None:
            self._take(step, source, state)

        def give_back() -> None:
            if state.incoming is not None:
                state.incoming.unlink(missing_ok=True)

        def check(step: StepContext) -> None:
            assert state.incoming is not None
            state.format = look_at_format(state.incoming, source.name, expected)
            reported = self._reported(job) if job else {}
            state.metrics = {**reported, **wanted.metrics}
            step.note(state.format)

        def register(step: StepContext) -> None:
            self._register(wanted, source, job, state)
            step.note(f"{wanted.name}@{state.version}")

        where = f"from {source.server}" if source.server else "from this machine"
        size = format_bytes(source.size_bytes)
        return work(
            action="model.add",
            title=f"Add {source.name} as a version of {wanted.name}",
            target=wanted.name,
            servers=(source.server,) if source.server else (),
            actions=(
                Action(Step("Copy", f"{size} {where}", undoable=True), take, give_back),
                Action(Step("Check", expected or "a look inside tells its format"), check),
                Action(
                    Step("Register", f"the next version of {wanted.name}", undoable=True),
                    register,
                    lambda: self._records.remove(wanted.name, state.version, self._blobs.remove),
                ),
            ),
            result=lambda: self.get(f"{wanted.name}@{state.version}"),
            detail={
                "name": wanted.name,
                "path": source.path,
                "bytes": source.size_bytes,
                "format": expected,
                "from_job": job,
                "metrics": dict(wanted.metrics),
            },
        )

    def _source(self, wanted: AddModel, job: str | None) -> _Source:
        if job is not None and not wanted.path.startswith("/"):
            output = self._output(job, wanted.path)
            if output is not None:
                return output
        if wanted.server is not None:
            return self._on_server(wanted.server, wanted.path)
        local = Path(wanted.path).expanduser().absolute()
        if job is not None and not local.exists():
            if wanted.path.startswith("/"):
                return self._on_server(self._jobs.show(job).server, wanted.path)
            raise Problem("model.file_missing", path=f"{wanted.path} among the outputs of job {job}")
        try:
            if local.is_dir():
                raise Problem(
                    "model.format_refused", path=local, reason="it is a folder; a model is one file"
                )
            return _Source(str(local), local.stat().st_size)
        except FileNotFoundError as error:
            raise Problem("model.file_missing", path=local) from error
        except OSError as error:
            raise Problem("file.unreadable", path=local, reason=error.strerror or error) from error

    def _output(self, job: str, path: str) -> _Source | None:
        for each in self._jobs.outputs(job):
            if each.path == path:
                return _Source(each.absolute, each.size_bytes, self._jobs.show(job).server, each.sha256)
        return None

    def _on_server(self, server: str, path: str) -> _Source:
        found = self._gate.call(server, "file.stat", {"path": path})
        size = found.get("size")
        if found.get("exists") is not True or not isinstance(size, int):
            raise Problem("model.file_missing", path=f"{path} on {server}")
        if found.get("is_dir") is True:
            raise Problem("model.format_refused", path=path, reason="it is a folder; a model is one file")
        return _Source(path, size, server)

    def _take(self, step: StepContext, source: _Source, state: _Adding) -> None:
        state.incoming = self._blobs.incoming()

        def progress(done: int, total: int = source.size_bytes) -> None:
            step.progress(done, total)
            step.check_cancelled()

        try:
            if source.server is None:
                state.sha256 = copy_hashed(Path(source.path), state.incoming, progress)
            else:
                state.sha256 = self._gate.pull_file(
                    source.server, source.path, state.incoming, progress=progress
                )
                if source.sha256 is not None and state.sha256 != source.sha256:
                    raise Problem("transfer.mismatch", server=source.server, path=source.path)
        except BaseException:
            state.incoming.unlink(missing_ok=True)
            raise
        step.note(f"{format_bytes(state.incoming.stat().st_size)}, SHA-256 {state.sha256[:12]}…")

    def _reported(self, job: str) -> dict[str, float]:
        """The last value of everything that a job reported about its model."""
        reported = self._jobs.metrics(job, whole=True)
        return {
            name: value
            for name, value in reported.last().items()
            if name not in _COURSE and math.isfinite(value) and not name.startswith(STEP_TIME)
        }

    def _register(self, wanted: AddModel, source: _Source, job: str | None, state: _Adding) -> None:
        incoming = state.incoming
        assert incoming is not None
        new = NewVersion(
            name=wanted.name,
            format=state.format,
            sha256=state.sha256,
            size_bytes=incoming.stat().st_size,
            file_name=source.name,
            created=self._clock.now(),
            created_by=self._account,
            metrics=state.metrics,
            job=job,
        )

        def move_in() -> None:
            self._blobs.adopt(incoming, new.sha256)

        try:
            state.version = self._records.add(new, move_in)
        except BaseException:
            self._records.drop_orphan(new.sha256, self._blobs.remove)
            raise

    # --- looking and naming

    def list(self) -> list[Model]:
        """Every model by name, its versions newest first."""
        return self._records.all()

    def show(self, ref: str) -> Model:
        """A model with all versions, or with the one that a ref names.

        Raises:
            Problem: `model.unknown`, `model.version_unknown`.
        """
        name, selector = split_ref(ref)
        if selector is None:
            return self._records.one(name)
        return Model(name, (self.get(ref),))

    def get(self, ref: str) -> ModelVersion:
        """The version that "name" (the newest), "name@3" or "name@alias" means.

        Raises:
            Problem: `model.unknown`, `model.version_unknown`.
        """
        name, selector = split_ref(ref)
        versions = self._records.one(name).versions
        if selector is None:
            return versions[0]
        for each in versions:
            if selector == str(each.version) or selector in each.aliases:
                return each
        raise version_unknown(name, selector, sorted(each.version for each in versions))

    def set_alias(self, name: str, version: int, alias: str) -> ModelVersion:
        """Point an alias at a version; it leaves the version it pointed at before.

        Raises:
            Problem: `input.invalid`, `model.unknown`, `model.version_unknown`.
        """
        if not _ALIAS.match(alias):
            reason = "it begins with a letter and takes letters, digits, dots, dashes and underscores"
            raise Problem("input.invalid", what=f"alias '{safe_line(alias)[:60]}'", reason=reason)
        self._records.set_alias(name, version, alias)
        return self.get(f"{name}@{version}")


def _check(wanted: AddModel) -> None:
    if not _NAME.match(wanted.name):
        reason = "it takes letters, digits, dots, dashes and underscores"
        raise Problem("input.invalid", what=f"model name '{safe_line(wanted.name)[:80]}'", reason=reason)
    for name, value in wanted.metrics.items():
        if not math.isfinite(value):
            raise Problem("input.invalid", what=f"metric {safe_line(name)[:80]}", reason="it is no number")


def split_ref(ref: str) -> tuple[str, str | None]:
    """ "name@what" as its two parts; what follows is None where only a name is given."""
    name, at, selector = ref.partition("@")
    return name, selector if at else None
