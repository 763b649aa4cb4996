"""Which Python a job gets: what is asked of the server before anything is submitted there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from console.core.problems import Problem
from console.jobs.job import JobRequest
from console.jobs.parsing import parse_python
from console.jobs.reading import JobReader
from console.jobs.spec import PYTHON

TIMEOUT_S = 45.0
_PYTHON = re.compile(r"^(python|pypy)[0-9.]*$")


def words(request: JobRequest, default: str | None) -> str:
    """The choice in words, for a plan."""
    if request.venv:
        return f"virtual environment {request.venv}"
    if request.conda:
        return f"conda environment {request.conda}"
    chosen = request.python or default
    return f"interpreter {chosen}" if chosen else ""


def look(
    reader: JobReader, server: str, request: JobRequest, spec: Mapping[str, object]
) -> dict[str, object]:
    """The fields of the spec that say which Python it is, as the server found it.

    Raises:
        Problem: `job.python_missing`, `job.conda_missing`, `job.conda_ambiguous`, or it cannot be asked. A
            Python that nobody named and that is not there is left to the submit: the job may need none.
    """
    named = request.venv or request.conda or request.python
    kind = "venv" if request.venv else "conda" if request.conda else "path" if request.python else "system"
    if named is None:
        argv = spec["argv"]
        first = str(argv[0]) if isinstance(argv, list) and argv else ""
        if first != PYTHON and not _PYTHON.match(PurePosixPath(first).name):
            return {}
        # What stands in the command is what runs; "{python}" is the server's default.
        named = str(spec["python"] or "") if first == PYTHON else first
    params: dict[str, object] = {"kind": kind, "where": named}
    try:
        answer = reader.call(server, "job.python", params, timeout_s=TIMEOUT_S)
    except Problem as problem:
        if kind == "system" and problem.code == "job.python_missing":
            return {}
        raise
    found = parse_python(answer)
    if found is None or found.python is None:
        raise Problem("agent.protocol", server=server, reason="job.python named no interpreter")
    fields: dict[str, object] = {"environment": dict(answer)}
    return fields if kind == "system" else {**fields, "python": answer["python"]}
