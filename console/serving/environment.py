"""The Python on a server that has a runtime's packages: the one named, else one made from its lock file."""

from __future__ import annotations

import hashlib

from console.core.home import shipped
from console.core.problems import Problem
from console.core.text import safe_line, safe_text
from console.operations.plan import StepContext
from console.plugin.api import Runtime
from console.serving.remote import Remote, Service

_LOOK_S = 0.5
_MAKE_S = 3600.0
_STAGES = 3
# Looks without importing: torch alone takes seconds, and the replica imports it right after.
_LOOK_FOR = """
import importlib.util, sys
lacking = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
sys.exit("No module named " + ", ".join(lacking) if lacking else 0)
"""
# Fixed text: the newest interpreter from 3.10 on that can make environments.
_FIND_PYTHON = """
for each in python3.13 python3.12 python3.11 python3.10 python3; do
  found=$(command -v "$each") || continue
  "$found" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || continue
  printf '%s\\n' "$found"; exit 0
done
exit 1
"""


def named_python(remote: Remote, path: str, runtime: Runtime) -> str:
    """The interpreter that a person named, once it is seen to have what the runtime needs.

    Raises:
        Problem: `deploy.no_python`.
    """
    try:
        ran = remote.run([path, "-c", _LOOK_FOR, *runtime.requires], timeout_s=120.0)
    except Problem as problem:
        if problem.code not in ("job.command_missing", "agent.failed"):
            raise
        raise _unfit(remote, path, "there is no such interpreter") from problem
    if ran.exit_code != 0:
        lines = [line for line in safe_text(ran.output).split("\n") if line.strip()]
        raise _unfit(remote, path, safe_line(lines[-1], max_chars=200) if lines else "it does not run")
    return path


def _unfit(remote: Remote, path: str, reason: str) -> Problem:
    return Problem("deploy.no_python", server=remote.server, path=path, reason=reason.rstrip("."))


def made_python(remote: Remote, runtime: Runtime, step: StepContext) -> str:
    """The interpreter of ~/.tandem/envs/<hash of the lock>, made by a service where it is not there.

    Another console that makes the same one is waited for; what is half done is removed by the service.

    Raises:
        Problem: `deploy.environment`, `operation.cancelled` from the step.
    """
    lock = runtime.lock.read_text("utf-8")
    digest = hashlib.sha256(lock.encode()).hexdigest()[:16]
    folder = f"{remote.home}/.tandem/envs/{digest}"
    python = f"{folder}/bin/python"
    if remote.size_of(f"{folder}/ready") is not None:
        step.note("made before")
        return python
    service = f"env.{digest}"
    script = (shipped("resources") / "serving" / "make_environment.py").read_text("utf-8")
    files = {"make_environment.py": script, "requirements.lock": lock}
    argv = [_find_python(remote), "-u", "make_environment.py", folder, "requirements.lock"]
    ours = True
    try:
        remote.start_service(service, argv, env={}, files=files)
    except Problem as problem:
        if problem.code != "remote.in_use":
            raise
        ours = False
    try:
        ended = _watch(remote, service, step)
    except BaseException:
        if ours:
            remote.end_service(service)
        raise
    if remote.size_of(f"{folder}/ready") is None:
        raise Problem("deploy.environment", server=remote.server, reason=_why(ended))
    if ours:
        remote.end_service(service)
    step.note("made")
    return python


def _find_python(remote: Remote) -> str:
    ran = remote.run(["/bin/sh", "-c", _FIND_PYTHON])
    found = safe_line(ran.output)
    if ran.exit_code != 0 or not found.startswith("/"):
        reason = "there is no Python 3.10 or newer with venv (Debian: python3-venv)"
        raise Problem("deploy.environment", server=remote.server, reason=reason)
    return found


def _watch(remote: Remote, service: str, step: StepContext) -> Service | None:
    """Wait for the service's end, its log as progress."""
    stage, waited = 0, 0.0
    while True:
        found = remote.service(service)
        if found is None or not found.alive:
            return found
        for line in found.log_tail.split("\n"):
            word, _, rest = line.partition(" ")
            if word == "TANDEM" and rest[:1].isdigit():
                stage = max(stage, int(rest[:1]))
        step.progress(stage, _STAGES, found.last_lines(1))
        step.wait_s(_LOOK_S)
        waited += _LOOK_S
        if waited > _MAKE_S:
            reason = f"it took longer than {_MAKE_S:.0f} s"
            raise Problem("deploy.environment", server=remote.server, reason=reason)


def _why(ended: Service | None) -> str:
    return "it was stopped" if ended is None else ended.last_lines(2).rstrip(".")
