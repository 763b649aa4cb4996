"""What servers say of jobs, turned into values. Pure; nothing of it is trusted, neither sizes nor paths."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePosixPath

from console.core.problems import Problem
from console.core.text import safe_line, safe_text
from console.core.wire_values import MAX_COUNTER, moment_of, number_of, text_of, texts_of, whole_of
from console.jobs.job import (
    FINAL_STATES,
    Attempt,
    Job,
    JobCode,
    JobPython,
    JobState,
    LogPart,
    Output,
)
from console.jobs.usage import parse_usages, spent

JOB_ID = re.compile(r"^[0-9a-z]{1,32}$")
MAX_ARGV = 4096
MAX_ACCELERATORS = 1024
MAX_TAGS = 100
MAX_ATTEMPTS = 1000
_MAX_REASON = 500
_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_DRIVE = re.compile(r"^[A-Za-z]:")


def protocol(server: str, reason: str) -> Problem:
    """The Problem for an answer that makes no sense."""
    return Problem("agent.protocol", server=server, reason=reason)


def _arguments(value: object) -> tuple[str, ...]:
    """A command's words: unlike other texts they may be empty and of several lines."""
    listed = value[:MAX_ARGV] if isinstance(value, list | tuple) else ()
    return tuple(safe_text(each, max_chars=8192) for each in listed if isinstance(each, str))


def _identity(server: str, wire: Mapping[object, object]) -> tuple[str, JobState, datetime]:
    """What every job has: its id, its state, and when it was submitted."""
    job_id = wire.get("id")
    if not isinstance(job_id, str) or not JOB_ID.match(job_id):
        raise protocol(server, f"'{safe_line(str(job_id)[:100], max_chars=60)}' is no job id")
    try:
        state = JobState(str(wire.get("state"))[:40])
    except ValueError:
        shown = safe_line(str(wire.get("state"))[:100], max_chars=40)
        raise protocol(server, f"job {job_id} has the unknown state '{shown}'") from None
    submitted = moment_of(wire.get("submitted"))
    if submitted is None:
        raise protocol(server, f"job {job_id} has no time of submission")
    return job_id, state, submitted


def parse_status(server: str, wire: object) -> Job:
    """One job as its server tells it.

    Raises:
        Problem: `agent.protocol` where id, state or time of submission make no sense.
    """
    if not isinstance(wire, Mapping):
        raise protocol(server, "a job is no object")
    job_id, state, submitted = _identity(server, wire)
    tags, usage = wire.get("tags"), parse_usages(wire.get("usage"))
    total = spent(usage)
    ended = state in FINAL_STATES
    return Job(
        id=job_id,
        name=text_of(wire.get("name"), 120) or "",
        server=server,
        state=state,
        argv=_arguments(wire.get("argv")),
        gpus=whole_of(wire.get("gpus"), 0, MAX_ACCELERATORS) or 0,
        accelerators=texts_of(wire.get("accelerators"), MAX_ACCELERATORS),
        submitted=submitted,
        submitted_by=text_of(wire.get("submitted_by"), 120) or "",
        started=moment_of(wire.get("started")),
        ended=moment_of(wire.get("ended")),
        exit_code=whole_of(wire.get("exit_code"), 0, 255),
        signal=whole_of(wire.get("signal"), 1, 255),
        reason=text_of(wire.get("reason"), _MAX_REASON),
        recipe=text_of(wire.get("recipe"), 80),
        workdir=text_of(wire.get("workdir"), 4096),
        # Of all attempts; what older agents tell is the last one's.
        gpu_seconds=number_of(wire.get("gpu_seconds"), 0, MAX_COUNTER)
        if total.gpu_seconds is None or not ended
        else total.gpu_seconds,
        energy_j=number_of(wire.get("energy_j"), 0, MAX_COUNTER)
        if total.energy_j is None
        else total.energy_j,
        peak_memory_bytes=total.memory_peak_bytes or whole_of(wire.get("peak_memory_bytes"), 0, MAX_COUNTER),
        log_size=whole_of(wire.get("log_size"), 0, MAX_COUNTER),
        tags={
            safe_line(str(key)[:200], max_chars=80): safe_line(str(value)[:1000], max_chars=300)
            for key, value in list(tags.items())[:MAX_TAGS]
        }
        if isinstance(tags, Mapping)
        else {},
        attempts=parse_attempts(wire.get("attempts")),
        unit_note=text_of(wire.get("unit_note"), _MAX_REASON),
        log_note=text_of(wire.get("log_note"), _MAX_REASON),
        code=parse_code(wire.get("code")),
        python=parse_python(wire.get("python")),
        secrets=parse_secrets(wire.get("secrets")),
        usage=usage,
        checkpoint=_checkpoint(wire.get("checkpoint")),
    )


def _checkpoint(wire: object) -> str | None:
    """The path of the last one that the job told of, with its step."""
    path = text_of(wire.get("path"), 1000) if isinstance(wire, Mapping) else None
    step = number_of(wire.get("step"), -MAX_COUNTER, MAX_COUNTER) if isinstance(wire, Mapping) else None
    return path if path is None or step is None else f"{path} (step {step:g})"


def parse_code(wire: object) -> JobCode | None:
    """What a job's code was; None where there is none or its hash makes no sense."""
    if not isinstance(wire, Mapping):
        return None
    tree, dirty = wire.get("tree"), wire.get("dirty")
    if not isinstance(tree, str) or not _SHA256.match(tree):
        return None
    return JobCode(
        tree,
        whole_of(wire.get("files"), 0, MAX_COUNTER),
        whole_of(wire.get("bytes"), 0, MAX_COUNTER),
        text_of(wire.get("commit"), 80),
        dirty if isinstance(dirty, bool) else None,
        text_of(wire.get("source"), 1000),
    )


def parse_python(wire: object) -> JobPython | None:
    """Which Python a job was given."""
    kind = wire.get("kind") if isinstance(wire, Mapping) else None
    if not isinstance(wire, Mapping) or kind not in ("system", "path", "venv", "conda"):
        return None
    python, prefix, where = (text_of(wire.get(each), 1000) for each in ("python", "prefix", "where"))
    return JobPython(str(kind), python, text_of(wire.get("version"), 80), prefix, where)


def parse_secrets(wire: object) -> dict[str, str]:
    """Names of secrets with their keyring entries, never values."""
    listed = list(wire.items())[:MAX_TAGS] if isinstance(wire, Mapping) else []
    return {
        safe_line(str(name), max_chars=200): safe_line(str(entry), max_chars=300) for name, entry in listed
    }


def parse_attempts(wire: object) -> tuple[Attempt, ...]:
    """The attempts before the present one; what makes no sense is left out."""
    found = []
    for each in wire[:MAX_ATTEMPTS] if isinstance(wire, list) else ():
        number = whole_of(each.get("attempt"), 1, MAX_COUNTER) if isinstance(each, Mapping) else None
        state = each.get("state") if isinstance(each, Mapping) else None
        if number is None or state not in FINAL_STATES:
            continue
        found.append(
            Attempt(
                number,
                JobState(state),
                moment_of(each.get("started")),
                moment_of(each.get("ended")),
                whole_of(each.get("exit_code"), 0, 255),
                whole_of(each.get("signal"), 1, 255),
                text_of(each.get("reason"), _MAX_REASON),
                texts_of(each.get("accelerators"), MAX_ACCELERATORS),
            )
        )
    return tuple(found)


def parse_list(server: str, answer: Mapping[str, object]) -> tuple[list[Job], list[Problem]]:
    """The jobs of an answer to job.list; one that makes no sense hides no other.

    Raises:
        Problem: `agent.protocol` where there is no list at all.
    """
    listed = answer.get("jobs")
    if not isinstance(listed, list):
        raise protocol(server, "job.list gave no list")
    jobs, faults = [], []
    for each in listed:
        try:
            jobs.append(parse_status(server, each))
        except Problem as fault:
            faults.append(fault)
    return jobs, faults


def parse_chunk(server: str, wire: Mapping[str, object], key: str = "data_b64") -> bytes:
    """The bytes that an event or answer carries; none where it does not have them.

    Raises:
        Problem: `agent.protocol`.
    """
    try:
        return base64.b64decode(str(wire.get(key, "")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise protocol(server, f"'{key}' is not base64") from error


def parse_log(server: str, answer: Mapping[str, object], offset: int) -> LogPart:
    """An answer to job.log that asked from `offset` on, or for the last bytes where that is negative.

    Raises:
        Problem: `agent.protocol`.
    """
    data = parse_chunk(server, answer)
    skipped = whole_of(answer.get("skipped"), 0, MAX_COUNTER) or 0
    start = whole_of(answer.get("offset"), 0, MAX_COUNTER) if offset < 0 else offset + skipped
    if start is None:
        raise protocol(server, "job.log does not say where its piece begins")
    end = start + len(data)
    size = max(whole_of(answer.get("size"), 0, MAX_COUNTER) or 0, end)
    return LogPart(data, start, size, answer.get("ended") is True and end >= size, skipped)


def safe_relative(path: object) -> str | None:
    """A name under which an output may be written here, or None: relative, no way up, plain characters."""
    if not isinstance(path, str) or not path or len(path) > 1024:
        return None
    if "\\" in path or _DRIVE.match(path) or path != safe_line(path, max_chars=2000):
        return None
    parts = PurePosixPath(path).parts
    if PurePosixPath(path).is_absolute() or any(part in ("..", ".") for part in path.split("/")):
        return None
    return "/".join(parts) if all(len(part.encode()) <= 255 for part in parts) else None


def parse_outputs(answer: Mapping[str, object]) -> tuple[list[Output], int]:
    """The files that a job left, and how many were refused for their names."""
    listed = answer.get("files")
    outputs: list[Output] = []
    refused = 0
    for each in listed if isinstance(listed, list) else ():
        path = safe_relative(each.get("path")) if isinstance(each, Mapping) else None
        absolute = each.get("absolute") if isinstance(each, Mapping) else None
        size = whole_of(each.get("size"), 0, MAX_COUNTER) if isinstance(each, Mapping) else None
        if path is None or not isinstance(absolute, str) or not absolute.startswith("/") or size is None:
            refused += 1
            continue
        sha256 = each.get("sha256")
        sound = isinstance(sha256, str) and _SHA256.match(sha256)
        outputs.append(Output(path, absolute, size, sha256 if sound else None))
    return outputs, refused
