"""From what was once asked for to a request that can be changed and submitted anew. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from console.core.text import safe_line
from console.core.wire_values import number_of
from console.jobs.job import DEFAULT_LOG_LIMIT_BYTES, Job, JobPython, JobRequest

_MOST_ENV = 1000
_MOST_OUTPUTS = 200
_LONGEST = 1e18


def request_of(job: Job, spec: Mapping[str, object] | None) -> JobRequest:
    """What one would have asked for to get this job; without its spec, what its record tells.

    The command of a recipe stands as it ran. Of secrets only the names and their entries are kept.
    """
    asked = spec or {}
    log_limit = _whole(asked.get("log_limit_bytes"))
    workdir = asked.get("workdir") if spec is not None else None
    environment = _environment(job.python)
    return JobRequest(
        argv=job.argv,
        server=job.server,
        name=job.name,
        gpus=job.gpus,
        env=_env(asked.get("env")),
        workdir=workdir if isinstance(workdir, str) and workdir else None,
        python=None if environment else _text(asked.get("python")),
        venv=environment.get("venv"),
        conda=environment.get("conda"),
        secrets=dict(job.secrets),
        time_limit_s=number_of(asked.get("time_limit_s"), 0, _LONGEST),
        memory_limit_bytes=_whole(asked.get("memory_limit_bytes")),
        log_limit_bytes=DEFAULT_LOG_LIMIT_BYTES if log_limit is None else log_limit,
        grace_s=number_of(asked.get("grace_s"), 0, _LONGEST),
        retries=_whole(asked.get("retries")) or 0,
        backoff_s=number_of(asked.get("backoff_s"), 0, _LONGEST),
        preemptible=asked.get("preemptible") is True,
        priority=int(number_of(asked.get("priority"), -1e9, 1e9) or 0),
        outputs=_outputs(asked.get("outputs")),
        tags=dict(job.tags),
        like=job.id if asked.get("files") or job.code is not None else None,
    )


def _environment(python: JobPython | None) -> dict[str, str]:
    """The virtual or conda environment by its kind; empty where it ran with an interpreter."""
    if python is None or python.kind not in ("venv", "conda"):
        return {}
    place = python.where or python.prefix
    return {python.kind: place} if place else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value and value == safe_line(value, max_chars=4096) else None


def _whole(value: object) -> int | None:
    found = number_of(value, 0, _LONGEST)
    return None if found is None else int(found)


def _env(value: object) -> dict[str, str]:
    rows = list(value.items())[:_MOST_ENV] if isinstance(value, Mapping) else []
    return {name: text for name, text in rows if isinstance(name, str) and isinstance(text, str)}


def _outputs(value: object) -> tuple[str, ...]:
    rows = value[:_MOST_OUTPUTS] if isinstance(value, list) else []
    return tuple(each for each in rows if isinstance(each, str) and each)
