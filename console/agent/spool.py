"""The queue of one account: tickets as files, one keeper while there are any, leases as kernel locks.

A ticket stays until its job has a start or a result, so a job whose starter died is still started.
"""

import os
import sys
import time
from typing import Any, Dict, List, Optional, Tuple

from . import launch, paths, records
from .execs import base_environment
from .paths import raw
from .wire import AgentError, from_os_error

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def is_name(text: Any) -> bool:
    """Whether a text can be the name of a job's or service's folder."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= 100
        and text[0] not in ".-"
        and all(each in _ID_CHARACTERS for each in text)
    )


def job_folder(ident: str) -> str:
    """The folder of a job."""
    return paths.tandem("jobs", ident)


def put_ticket(spec: Dict[str, Any], durable: bool) -> None:
    """Queue a job; a ticket that is there already is the same one."""
    folder = paths.private_folder("spool")
    ticket = {
        "v": 1,
        "id": spec["id"],
        "gpus": spec["gpus"],
        "priority": spec["priority"],
        "queued": time.time(),
    }
    path = os.path.join(folder, spec["id"])
    try:
        paths.write_json(path, ticket, durable)
    except OSError as error:
        raise from_os_error(error, path) from error


def drop_ticket(ident: str) -> None:
    """Take a job out of the queue."""
    try:
        os.unlink(raw(paths.tandem("spool", ident)))
    except FileNotFoundError:
        return


def has_ticket(ident: str) -> bool:
    """Whether the job waits in the queue."""
    return os.path.exists(raw(paths.tandem("spool", ident)))


def waiting() -> List[str]:
    """The ids in the queue."""
    return [
        name for name in paths.names_in(paths.tandem("spool")) if is_name(name) and not name.endswith(".part")
    ]


def tickets() -> List[Dict[str, Any]]:
    """The readable tickets in the order of their turn: priority, then age."""
    found = []
    for name in waiting():
        ticket = paths.read_json(paths.tandem("spool", name))
        if ticket is None or ticket.get("id") != name or not isinstance(ticket.get("gpus"), int):
            # Half written by someone who will finish it or who has died; the job's own spec knows better.
            spec = paths.read_json(os.path.join(job_folder(name), "spec.json"))
            if spec is None or not isinstance(spec.get("gpus"), int):
                continue
            ticket = {"id": name, "gpus": spec["gpus"], "priority": spec.get("priority"), "queued": 0.0}
        found.append(ticket)

    def turn(ticket: Dict[str, Any]) -> Tuple[float, float, str]:
        priority = records.number_or_none(ticket.get("priority")) or 0
        return (-priority, records.number_or_none(ticket.get("queued")) or 0.0, ticket["id"])

    return sorted(found, key=turn)


def keeper_lock() -> str:
    """The file whose lock the keeper holds; outside the spool, so that it is no ticket."""
    return paths.tandem("keeper.lock")


def tend(bundle: Dict[str, Any], accelerators: Optional[List[Dict[str, Any]]] = None) -> bool:
    """Start a keeper if tickets wait and none lives; whether one was started."""
    if not paths.check_home() or not waiting() or paths.is_locked(keeper_lock()):
        return False
    config = dict(bundle.get("config") or {})
    config["accelerators"] = accelerators
    launch.start(bundle, "keeper", config)
    return True


def marks_of(ident: str) -> List[str]:
    """The environment by which a job's processes are known."""
    return ["TANDEM_JOB_ID=" + ident, "TANDEM_JOB_DIR=" + job_folder(ident)]


def _environment(spec: Dict[str, Any], folder: str, uuids: List[str]) -> Dict[str, str]:
    env = base_environment()
    python = records.text_or_none(spec.get("python"))
    if python and "/" in python:
        env["PATH"] = os.path.dirname(paths.absolute(python)) + os.pathsep + env.get("PATH", os.defpath)
    env["PYTHONUNBUFFERED"] = "1"
    given = spec.get("env")
    env.update({k: v for k, v in given.items() if isinstance(v, str)} if isinstance(given, dict) else {})
    secrets = os.path.join(folder, "secrets")
    for name in paths.names_in(secrets):
        with open(raw(os.path.join(secrets, name)), "rb") as stream:
            env[name] = stream.read().decode("utf-8", "surrogateescape")
    env["TANDEM_JOB_ID"] = str(spec["id"])
    env["TANDEM_JOB_DIR"] = folder
    env["TANDEM_OUTPUTS"] = os.path.join(folder, "outputs")
    env["TANDEM_METRICS"] = os.path.join(folder, "metrics.jsonl")
    if uuids:
        env["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
        env["CUDA_VISIBLE_DEVICES"] = ",".join(uuids)
    return env


def workdir_of(spec: Dict[str, Any], folder: str) -> str:
    """Where the job runs."""
    given = records.text_or_none(spec.get("workdir"))
    return paths.absolute(given) if given else os.path.join(folder, "code")


def command_of(spec: Dict[str, Any]) -> List[str]:
    """The argument list with `{python}` replaced by the job's interpreter."""
    argv = list(spec["argv"])
    if argv[0] == "{python}":
        python = records.text_or_none(spec.get("python")) or sys.executable
        argv[0] = paths.absolute(python) if "/" in python else python
    return argv


def start_job(bundle: Dict[str, Any], ident: str, leases: Dict[str, int]) -> Dict[str, Any]:
    """Start a job's supervisor, which inherits the leases; what it reported, {} where nothing.

    Raises:
        AgentError: the disk is full or not writable; nothing was started and the ticket stays.
    """
    folder = job_folder(ident)
    spec = paths.read_json(os.path.join(folder, "spec.json"))
    if spec is None:
        return {}
    argv = command_of(spec)
    limit = records.number_or_none(spec.get("time_limit_s"))
    plan = {
        "dir": folder,
        "argv": argv,
        "command": os.path.expanduser(argv[0]),
        "env": _environment(spec, folder, sorted(leases)),
        "cwd": workdir_of(spec, folder),
        "umask": bundle.get("umask", 0o077) if spec.get("workdir") else 0o077,
        "time_limit_s": limit,
        "marks": marks_of(ident),
        "accelerators": sorted(leases),
        "lease_fds": sorted(leases.values()),
    }
    word = launch.start(bundle, "supervisor", plan, launch.SUPERVISOR_MODULES, sorted(leases.values())) or {}
    if "code" in word:
        attrs = {"path": word.get("path")}
        if word["code"] == "remote.not_writable":
            attrs["reason"] = word.get("reason")
        raise AgentError(str(word["code"]), **attrs)
    return word
