"""The queue of one account: a ticket is a file that lives as long as its job, and one keeper tends them.

So a job whose starter died is still started, one whose supervisor died is found, and a retry has its place.
"""

import os
import sys
from typing import Any, Dict, List, Optional

from . import attempts, helper, jobsecrets, launch, paths, procs, pythons, records
from .execs import base_environment
from .paths import raw
from .wire import AgentError, from_os_error

DEFAULT_GRACE_S = 10.0
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
    ticket = dict(fields_of(spec), queued=procs.now())
    path = os.path.join(folder, spec["id"])
    try:
        paths.write_json(path, ticket, durable)
    except OSError as error:
        raise from_os_error(error, path) from error


def fields_of(spec: Dict[str, Any]) -> Dict[str, Any]:
    """What the queue needs to know of a job, out of its spec."""
    return {
        "v": 1,
        "id": spec.get("id"),
        "gpus": spec.get("gpus"),
        "priority": spec.get("priority"),
        "time_limit_s": spec.get("time_limit_s"),
        "preemptible": spec.get("preemptible") is True,
        "attempt": 1,
    }


def drop_ticket(ident: str) -> None:
    """Take a job out of the queue."""
    try:
        os.unlink(raw(paths.tandem("spool", ident)))
    except FileNotFoundError:
        return


def has_ticket(ident: str) -> bool:
    """Whether the job waits in the queue or runs out of it."""
    return os.path.exists(raw(paths.tandem("spool", ident)))


def waiting() -> List[str]:
    """The ids that have a ticket."""
    return [
        name for name in paths.names_in(paths.tandem("spool")) if is_name(name) and not name.endswith(".part")
    ]


def ticket_of(ident: str) -> Optional[Dict[str, Any]]:
    """A job's ticket; one that is damaged is made out of the job's own spec, None where that is too."""
    ticket = paths.read_json(paths.tandem("spool", ident))
    if ticket is not None and ticket.get("id") == ident and isinstance(ticket.get("gpus"), int):
        return dict(ticket)
    # Half written by someone who will finish it or who has died; the job's own spec knows better.
    spec = paths.read_json(os.path.join(job_folder(ident), "spec.json"))
    if spec is None or not isinstance(spec.get("gpus"), int):
        return None
    return dict(fields_of(spec), id=ident, queued=0.0, attempt=attempts.next_number(job_folder(ident)))


def ask_to_leave(ident: str, attempt: int) -> None:
    """Ask an attempt of a preemptible job to make way; it is the supervisor that heeds it."""
    path = os.path.join(job_folder(ident), attempts.preempt_name(attempt))
    paths.write_json(path, {"time": procs.iso(procs.now())}, durable=False)


def is_leaving(ident: str, attempt: int) -> bool:
    """Whether an attempt was asked to make way."""
    return os.path.exists(raw(os.path.join(job_folder(ident), attempts.preempt_name(attempt))))


def reason_to_wait(ident: str) -> Optional[str]:
    """Why a job waits, as the keeper last saw it."""
    told = (paths.read_json(paths.tandem("queue.json")) or {}).get("reasons")
    return records.text_or_none(told.get(ident)) if isinstance(told, dict) else None


def kept_limits() -> Dict[str, Any]:
    """The limits of this account's queue here; `slots` is how many jobs may run at once."""
    return paths.read_json(paths.tandem("limits.json")) or {}


def slots() -> Optional[int]:
    """How many jobs may run at once; None for no limit."""
    found = kept_limits().get("slots")
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else None


def keeper_lock() -> str:
    """The file whose lock the keeper holds; outside the spool, so that it is no ticket."""
    return paths.tandem("keeper.lock")


def keeper_bundle() -> str:
    """The file from which a supervisor can start the keeper when no agent is there."""
    return paths.tandem("keeper.bundle")


def _keep_bundle(bundle: Dict[str, Any]) -> None:
    path = keeper_bundle()
    told = paths.read_json(path + ".json") or {}
    if told.get("sha256") == bundle.get("sha256") and os.path.exists(raw(path)):
        return
    keys = ("boot", "boot_line", "libraries", "probes", "modules", "sha256")
    content = {key: bundle.get(key) for key in keys}
    content.update(entry="keeper", config=bundle.get("config") or {})
    try:
        paths.write_atomically(path, launch.packed(content), durable=False)
        paths.write_json(path + ".json", {"sha256": bundle.get("sha256")}, durable=False)
    except OSError as error:
        raise from_os_error(error, path) from error


def tend(bundle: Dict[str, Any]) -> bool:
    """Start a keeper if there are tickets and none lives; whether one was started."""
    if not paths.check_home() or not waiting() or paths.is_locked(keeper_lock()):
        return False
    _keep_bundle(bundle)
    launch.start(bundle, "keeper", dict(bundle.get("config") or {}))
    return True


def marks_of(ident: str) -> List[str]:
    """The environment by which a job's processes are known."""
    return ["TANDEM_JOB_ID=" + ident, "TANDEM_JOB_DIR=" + job_folder(ident)]


def _environment(spec: Dict[str, Any], folder: str, visible: Dict[str, str]) -> Dict[str, str]:
    env = base_environment()
    pythons.activate(env, spec)
    env["PYTHONUNBUFFERED"] = "1"
    given = spec.get("env")
    env.update({k: v for k, v in given.items() if isinstance(v, str)} if isinstance(given, dict) else {})
    env.update(jobsecrets.read(folder))
    env["TANDEM_JOB_ID"] = str(spec["id"])
    env["TANDEM_JOB_DIR"] = folder
    env["TANDEM_OUTPUTS"] = os.path.join(folder, "outputs")
    env["TANDEM_METRICS"] = os.path.join(folder, "metrics.jsonl")
    env.update(visible)
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


def plan_of(
    bundle: Dict[str, Any], ident: str, leases: Dict[str, List[int]], visible: Dict[str, str]
) -> Optional[Dict[str, Any]]:
    """What a supervisor needs to run a job's next attempt; None where its spec cannot be read.

    Args:
        leases: the descriptors that hold each accelerator, by its UUID.
        visible: the environment that shows it those alone.
    """
    folder = job_folder(ident)
    spec = paths.read_json(os.path.join(folder, "spec.json"))
    if spec is None:
        return None
    argv = pythons.wrapped(command_of(spec), spec)
    ticket = dict(ticket_of(ident) or fields_of(spec), path=paths.tandem("spool", ident))
    attempt = attempts.next_number(folder)
    environment = _environment(spec, folder, visible)
    environment["TANDEM_ATTEMPT"] = str(attempt)
    helper.into(environment, helper.place(bundle))
    return {
        "dir": folder,
        "argv": argv,
        "command": os.path.expanduser(argv[0]),
        "env": environment,
        "cwd": workdir_of(spec, folder),
        "umask": bundle.get("umask", 0o077) if spec.get("workdir") else 0o077,
        "time_limit_s": records.number_or_none(spec.get("time_limit_s")),
        "memory_limit_bytes": records.number_or_none(spec.get("memory_limit_bytes")),
        "log_limit_bytes": records.number_or_none(spec.get("log_limit_bytes")),
        "retries": records.number_or_none(spec.get("retries")),
        "backoff_s": records.number_or_none(spec.get("backoff_s")),
        "preemptible": spec.get("preemptible") is True,
        "grace_s": records.number_or_none(spec.get("grace_s")) or DEFAULT_GRACE_S,
        "marks": marks_of(ident),
        "accelerators": sorted(leases),
        "lease_fds": sorted(each for held in leases.values() for each in held),
        "attempt": attempt,
        "unit": "tandem-job-%s-%d.scope" % (ident, attempt),
        # The first attempt's folder has just been made; a later one's may have been changed by the job.
        "code": spec.get("code") if attempt > 1 else None,
        "secrets_gone": jobsecrets.gone(folder, spec),
        "ticket": ticket,
        "keeper": {"lock": keeper_lock(), "bundle": keeper_bundle(), "argv": launch.boot_argv(bundle)},
    }


def start_job(bundle: Dict[str, Any], ident: str) -> Dict[str, Any]:
    """Start the supervisor of a job that needs no accelerator; what it reported, {} where nothing.

    Raises:
        AgentError: the disk is full or not writable; nothing was started and the ticket stays.
    """
    plan = plan_of(bundle, ident, {}, {})
    if plan is None:
        return {}
    return checked(launch.start(bundle, "supervisor", plan, launch.SUPERVISOR_MODULES))


def checked(word: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    """What a supervisor reported of its start, {} for nothing.

    Raises:
        AgentError: it could not start the job.
    """
    word = word or {}
    if "code" in word:
        attrs = {"path": word.get("path")}
        if word["code"] == "remote.not_writable":
            attrs["reason"] = word.get("reason")
        raise AgentError(str(word["code"]), **attrs)
    return word
