"""What a job is, as data: its states, what is asked for, and what is known of it. No I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from console.jobs.usage import Usage


class JobState(StrEnum):
    """Life of a job; a contract with scripts (`tandem job list --state`)."""

    STAGING = "staging"
    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    PREEMPTED = "preempted"
    LOST = "lost"


FINAL_STATES = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.TIMED_OUT,
        JobState.PREEMPTED,
        JobState.LOST,
    }
)


DEFAULT_LOG_LIMIT_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a person asks for.

    Attributes:
        retries: how often a failed or lost attempt is followed by another.
        backoff_s: the pause before the first of those, doubled each time; None is the agent's 10 s.
        preemptible: makes way for higher priority (TERM, grace, KILL) and waits for its next attempt.
        memory_limit_bytes: resident memory of its processes together; None is no limit.
        log_limit_bytes: disk that its log may take: its beginning and its newest part are kept.
        grace_s: between TERM and KILL, whoever ends it; None is 10 s.
        server: where; None with `any_server` picks one that fits the labels.
        argv: the command, kept as given; empty where a recipe gives it.
        workdir: a folder on the server; None is the job's own.
        metrics: patterns of files in its folder to read metrics from; empty looks for the usual ones.
        python: interpreter on the server for "{python}" and recipes; None is the server's default.
        venv: a virtual environment there, activated for the job; instead of `python`.
        conda: name or folder of a conda environment there, activated for the job; instead of `python`.
        code: a folder of this machine whose files go along as a snapshot, and in whose copy the job runs; or
            one script, whose arguments `argv` then are.
        secrets: environment variables by name, each with the entry of the system keyring for its value.
        like: a job of that server whose files it runs with, as they were then.
    """

    argv: tuple[str, ...]
    server: str | None = None
    any_server: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    name: str = ""
    gpus: int = 0
    env: dict[str, str] = field(default_factory=dict)
    workdir: str | None = None
    recipe: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    python: str | None = None
    time_limit_s: float | None = None
    memory_limit_bytes: int | None = None
    log_limit_bytes: int = DEFAULT_LOG_LIMIT_BYTES
    grace_s: float | None = None
    retries: int = 0
    backoff_s: float | None = None
    preemptible: bool = False
    priority: int = 0
    outputs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    venv: str | None = None
    conda: str | None = None
    code: Path | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    like: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of a job that ended without ending the job: it failed, was lost or made way."""

    number: int
    state: JobState
    started: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    signal: int | None = None
    reason: str | None = None
    accelerators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobCode:
    """The snapshot that a job was submitted with.

    Attributes:
        tree: hex SHA-256 of the list of its files, which holds the hashes of their contents.
        commit: git's, where the folder was a repository.
        dirty: whether the files were not what that commit says; None without git.
        source: the folder that it was, on the machine that submitted it.
    """

    tree: str
    files: int | None = None
    bytes: int | None = None
    commit: str | None = None
    dirty: bool | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class JobPython:
    """The Python that a job was given.

    Attributes:
        kind: system, path, venv or conda.
        python: the interpreter's path on the server.
        prefix: the environment's folder, of a venv or conda environment.
        where: what was asked for: the conda environment's name, a path.
    """

    kind: str
    python: str | None = None
    version: str | None = None
    prefix: str | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """What is known of a job: `state` as its server told it last; `reachable`: whether that is current.

    `attempts` are those before the present one; `log_note` says what is odd about its log, `unit_note` why
    systemd did not take it into a unit of its own; `checkpoint` is the last one that the job told of.
    `secrets` are the names of its secrets, each with its entry in the keyring of whoever submitted it.
    `usage` is what
    each attempt used; `tags` are those it was submitted with and this console's own, as is `note`.
    """

    id: str
    name: str
    server: str
    state: JobState
    argv: tuple[str, ...]
    gpus: int
    accelerators: tuple[str, ...]
    submitted: datetime
    submitted_by: str
    started: datetime | None = None
    ended: datetime | None = None
    exit_code: int | None = None
    signal: int | None = None
    reason: str | None = None
    recipe: str | None = None
    workdir: str | None = None
    gpu_seconds: float | None = None
    energy_j: float | None = None
    peak_memory_bytes: int | None = None
    log_size: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()
    log_note: str | None = None
    unit_note: str | None = None
    checkpoint: str | None = None
    code: JobCode | None = None
    python: JobPython | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    usage: tuple[Usage, ...] = ()
    note: str = ""
    reachable: bool = True

    @property
    def final(self) -> bool:
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs to list; empty fields do not filter.

    Attributes:
        user: who submitted it.
        tags: each "key" or "key=value".
        search: each word begins one of id, name, command, recipe, server and its labels, user, tags, note.
    """

    states: frozenset[JobState] = frozenset()
    server: str | None = None
    user: str | None = None
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    search: str = ""
    limit: int = 200


@dataclass(frozen=True, slots=True)
class LogPart:
    """Some bytes of a log, from `offset` on; `ended` once the job has ended and all was read.

    `skipped` bytes before `offset` are gone: the log passed its limit.
    """

    data: bytes
    offset: int
    size: int
    ended: bool
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a job left."""

    path: str
    absolute: str
    size_bytes: int
    sha256: str | None
