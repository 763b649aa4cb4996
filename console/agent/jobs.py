"""job.submit, list, show, cancel and remove. A job is started at most once per id, whatever is retried."""

import base64
import os
import shutil
import stat
import time
from typing import Any, Dict, List, Optional

from . import (
    attempts,
    checkpoints,
    drained,
    jobsecrets,
    jobspec,
    meter,
    paths,
    procs,
    records,
    snapshots,
    spool,
)
from .paths import raw
from .records import number_or_none, text_or_none, texts
from .wire import AgentError, from_os_error

# The console accepts frames of 4 MiB; older jobs beyond it are left out of a list.
_MAX_LISTED_BYTES = 3 * 1024 * 1024


def unknown(ident: str) -> AgentError:
    """The error for an id that this server does not have."""
    return AgentError("id.unknown", kind="job", given=ident, listing="job list")


def known_folder(ident: str) -> str:
    """The folder of a job that exists."""
    if not spool.is_name(ident) or not paths.check_home():
        raise unknown(ident)
    folder = spool.job_folder(ident)
    try:
        is_folder = stat.S_ISDIR(os.lstat(raw(folder)).st_mode)
    except OSError:
        is_folder = False
    if not is_folder:
        raise unknown(ident)
    return folder


def status(ident: str) -> Dict[str, Any]:
    """The STATUS of the protocol, computed from the job's folder."""
    folder = spool.job_folder(ident)
    record = records.Record(folder)
    spec = paths.read_json(os.path.join(folder, "spec.json")) or {}
    start, result = record.start, record.result
    past = attempts.ended(folder)
    state = _state(ident, record, spec)
    return {
        "id": ident,
        "name": text_or_none(spec.get("name")) or ident,
        "state": state,
        "argv": texts(spec.get("argv")),
        "gpus": number_or_none(spec.get("gpus")),
        "accelerators": texts(start.get("accelerators")),
        "submitted": text_or_none(spec.get("submitted")),
        "started": text_or_none(start.get("started")),
        "ended": text_or_none(result.get("ended")),
        "exit_code": number_or_none(result.get("exit_code")),
        "signal": number_or_none(result.get("signal")),
        "reason": record.reason or _why(ident, state, spec),
        "pid": record.pid,
        "boot_id": text_or_none(start.get("boot_id")),
        "log_size": record.log_size(),
        "submitted_by": text_or_none(spec.get("submitted_by")),
        "tags": spec.get("tags") if isinstance(spec.get("tags"), dict) else {},
        "recipe": spec.get("recipe"),
        "energy_j": number_or_none(result.get("energy_j")),
        "gpu_seconds": number_or_none(result.get("gpu_seconds")),
        "peak_memory_bytes": number_or_none(result.get("peak_memory_bytes")),
        "workdir": spool.workdir_of(spec, folder),
        "attempt": attempts.number_of(start) if start else len(past) + 1,
        "attempts": past,
        "checkpoint": checkpoints.told(folder),
        "code": spec.get("code") if isinstance(spec.get("code"), dict) else None,
        "python": _python_of(spec),
        "secrets": spec.get("secret_names") if isinstance(spec.get("secret_names"), dict) else {},
        "usage": meter.usage_of(folder, result, past),
        "log_note": text_or_none((paths.read_json(os.path.join(folder, "log.hole")) or {}).get("reason")),
        "unit_note": text_or_none((paths.read_json(os.path.join(folder, "unit")) or {}).get("reason")),
    }


def _python_of(spec: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Which Python it was given; one that was named without having been asked has no version."""
    chosen = spec.get("environment")
    if isinstance(chosen, dict):
        return chosen
    python = text_or_none(spec.get("python"))
    return {"kind": "path", "python": python, "version": None} if python else None


def _why(ident: str, state: str, spec: Dict[str, Any]) -> Optional[str]:
    if not spec:
        return "its description cannot be read"
    return spool.reason_to_wait(ident) if state == "queued" else None


def _state(ident: str, record: records.Record, spec: Dict[str, Any]) -> str:
    if record.phase == "ended":
        return str(record.result["state"])
    if record.phase == "lost" and _comes_again(ident, record, spec):
        return "queued"
    if record.phase in ("running", "lost"):
        return record.phase
    if not record.locked and spool.has_ticket(ident) and _waits_its_turn(record, spec):
        return "queued"
    if record.never_started() and not spool.has_ticket(ident):
        record.reason = "it was never started"
        return "lost"
    return "starting"


def _comes_again(ident: str, record: records.Record, spec: Dict[str, Any]) -> bool:
    """Whether the keeper is about to queue a lost job anew; so long it is not told as an end."""
    spent = attempts.spent(attempts.ended(record.folder))
    retries = number_or_none(spec.get("retries")) or 0
    return not record.start.get("adopted") and spent < retries and spool.has_ticket(ident)


def _waits_its_turn(record: records.Record, spec: Dict[str, Any]) -> bool:
    if spec.get("gpus") or attempts.ended(record.folder):
        return True
    return spool.slots() is not None or drained.reason() is not None


def _draft(ident: str) -> str:
    """A name in the folder of all jobs that no job has."""
    jobs = paths.private_folder("jobs")
    return os.path.join(jobs, ".new-%s-%d-%d" % (ident, os.getpid(), time.monotonic() * 1e9))


def _lay_out_code(spec: Dict[str, Any], draft: str) -> None:
    """The folder with the job's code in it: before there is a ticket, for it may take a while."""
    code = os.path.join(draft, "code")
    paths.guarded(draft, lambda: os.mkdir(raw(draft), 0o700))
    try:
        if not spec["code"]:
            paths.guarded(code, lambda: os.mkdir(raw(code), 0o700))
            return
        tree = spec["code"]["tree"]
        snapshots.lay_out(tree, code)
        listed = os.path.join(draft, snapshots.TREE_FILE)
        paths.guarded(listed, lambda: snapshots.keep_list(tree, listed))
    except AgentError:
        shutil.rmtree(raw(draft), ignore_errors=True)
        raise


def _write_folder(spec: Dict[str, Any], draft: str) -> bool:
    """Make the job's folder whole or not at all; False where the id has been used."""
    folder = spool.job_folder(spec["id"])
    secrets = spec.pop("secrets")
    try:
        os.mkdir(raw(os.path.join(draft, "outputs")), 0o700)
        jobsecrets.write(draft, secrets)
        for name, text in spec["files"].items():
            target = os.path.join(draft, "code", name)
            os.makedirs(raw(os.path.dirname(target)), 0o700, exist_ok=True)
            paths.write_new(target, raw(text), 0o700 if text.startswith("#!") else 0o600, durable=False)
        spec["files"] = sorted(spec["files"])
        paths.write_json(os.path.join(draft, "spec.json"), spec)
        # A rename onto a folder that holds anything fails: this is what makes an id count once.
        os.rename(raw(draft), raw(folder))
    except OSError as error:
        shutil.rmtree(raw(draft), ignore_errors=True)
        if os.path.isdir(raw(folder)):
            return False
        raise from_os_error(error, folder) from error
    paths.sync_folder(os.path.dirname(folder))
    return True


def submit(request: Any) -> Dict[str, Any]:
    """job.submit: start or queue a job; its STATUS. The same spec again answers how the first one stands."""
    spec = jobspec.check_spec(request, request.mapping("spec"))
    ident = spec["id"]
    folder = spool.job_folder(ident)
    if paths.check_home() and os.path.isdir(raw(folder)):
        return _again(request.agent, spec)
    jobspec.check_reach(spec, folder)
    why = drained.reason()
    if why is not None:
        raise AgentError("server.drained", reason=why)
    usable = request.agent.accelerators.usable() if spec["gpus"] else []
    if spec["gpus"] > len(usable):
        raise AgentError("job.gpus_unavailable", wanted=spec["gpus"], present=len(usable))
    asked = dict(spec)
    draft = _draft(ident)
    _lay_out_code(spec, draft)
    try:
        # What waits its turn must outlive a power cut; what is started at once would be lost with it anyway.
        spool.put_ticket(spec, durable=spec["gpus"] > 0 or spool.slots() is not None)
        is_ours = _write_folder(spec, draft)
    except AgentError:
        shutil.rmtree(raw(draft), ignore_errors=True)
        # Unless another agent has just made this very job.
        if not os.path.isdir(raw(folder)):
            spool.drop_ticket(ident)
        raise
    if not is_ours:
        return _again(request.agent, asked)
    if spec["gpus"] or spool.slots() is not None:
        spool.tend(request.agent.bundle)
        return status(ident)
    return _start_now(request.agent, ident, folder)


def again(request: Any) -> Dict[str, Any]:
    """job.again: submit what an earlier job was, with its code as it was then, under a new id.

    Its secrets were forgotten with its end, so they are given anew. Code that is no longer kept is taken
    from the old job's folder, as far as it is still the same there.
    """
    old = known_folder(request.text("id"))
    spec = paths.read_json(os.path.join(old, "spec.json"))
    if spec is None:
        raise AgentError("remote.path_missing", path=os.path.join(old, "spec.json"))
    spec.update(
        request.mapping("changes"), files=_files_of(spec, old), secrets=request.mapping("secrets", {})
    )
    if isinstance(spec.get("code"), dict):
        snapshots.take_back(str(spec["code"].get("tree")), old)
    request.params = {"spec": spec}
    return submit(request)


def files_of(request: Any) -> Dict[str, Any]:
    """job.files: the texts that were given along with a job, as they are in its folder now."""
    folder = known_folder(request.text("id"))
    spec = paths.read_json(os.path.join(folder, "spec.json"))
    if spec is None:
        raise AgentError("remote.path_missing", path=os.path.join(folder, "spec.json"))
    return {"files": _files_of(spec, folder)}


def _files_of(spec: Dict[str, Any], folder: str) -> Dict[str, str]:
    files = {}
    for name in texts(spec.get("files")):
        path = os.path.join(folder, "code", name)
        data = paths.guarded(path, lambda path=path: _text_of(path), reading=True)  # type: ignore[misc]
        files[name] = data
    return files


def _text_of(path: str) -> str:
    with open(raw(path), "rb") as stream:
        return stream.read().decode("utf-8", "surrogateescape")


def _start_now(agent: Any, ident: str, folder: str) -> Dict[str, Any]:
    try:
        spool.start_job(agent.bundle, ident)
    except AgentError:
        # Nothing runs: the id is free again.
        spool.drop_ticket(ident)
        shutil.rmtree(raw(folder), ignore_errors=True)
        raise
    # Whether it has said something or not, its ticket stays: the keeper looks after it from here.
    agent.tend_soon()
    return status(ident)


def _again(agent: Any, spec: Dict[str, Any]) -> Dict[str, Any]:
    """The answer to an id that was used: its state for the same job, a refusal for another."""
    ident = spec["id"]
    found = paths.read_json(os.path.join(spool.job_folder(ident), "spec.json"))
    if found is not None and (found.get("argv"), found.get("submitted")) != (
        spec["argv"],
        spec.get("submitted"),
    ):
        raise AgentError("job.exists", id=ident)
    spool.tend(agent.bundle)
    return status(ident)


def _now(ident: str) -> str:
    return str(status(ident)["state"])


def identifiers() -> List[str]:
    """All jobs that have a folder here, oldest id first."""
    if not paths.check_home():
        return []
    return [name for name in paths.names_in(paths.tandem("jobs")) if spool.is_name(name)]


def list_jobs(request: Any) -> Dict[str, Any]:
    """job.list: newest first; with `since`, those that changed after it or still live."""
    since = request.params.get("since")
    if since is not None and not isinstance(since, str):
        raise request.refuse("'since' must be an ISO 8601 text")
    found = []
    size = 0
    cache = request.agent.finished
    for ident in reversed(identifiers()):
        row: Optional[Dict[str, Any]] = cache.get(ident)
        if row is None:
            row = status(ident)
            # A result never changes; a lost job's leftovers may.
            if row["ended"] is not None:
                cache[ident] = row
        if since and row["state"] in records.FINAL and (row["ended"] or row["submitted"] or "~") < since:
            continue
        size += 700 + sum(len(each) for each in row["argv"]) * 2
        size += sum(400 + 300 * len(each["gpus"]) for each in row["usage"])
        if size > _MAX_LISTED_BYTES:
            break
        found.append(row)
    spool.tend(request.agent.bundle)
    return {"jobs": found, "complete": size <= _MAX_LISTED_BYTES}


def show(request: Any) -> Dict[str, Any]:
    """job.show: one job's STATUS."""
    ident = request.text("id")
    known_folder(ident)
    return status(ident)


def spec_of(request: Any) -> Dict[str, Any]:
    """job.spec: what was asked for; its secrets were never in it."""
    path = os.path.join(known_folder(request.text("id")), "spec.json")
    spec = paths.read_json(path)
    if spec is None:
        raise AgentError("remote.path_missing", path=path)
    return {"spec": spec}


def cancel(request: Any) -> Dict[str, Any]:
    """job.cancel: a waiting job is taken out of the queue, a running one ended; idempotent."""
    ident = request.text("id")
    folder = known_folder(ident)
    grace_s = max(0.0, min(3600.0, request.number("grace_s", 10.0)))
    record = records.Record(folder)
    if record.phase == "new":
        record = _cancel_waiting(ident, folder)
    record = records.end(record, spool.marks_of(ident), grace_s)
    state = _now(ident)
    if state in ("succeeded", "failed", "timed_out"):
        raise AgentError("job.finished", id=ident, state=state)
    return {"state": state}


def _cancel_waiting(ident: str, folder: str) -> records.Record:
    """End a job before its start, under the very lock that its supervisor would need."""
    path = os.path.join(folder, "result.json")
    deadline = time.monotonic() + 5.0
    lock = None
    while lock is None:
        lock = paths.guarded(folder, lambda: paths.try_lock(os.path.join(folder, "lock")))
        record = records.Record(folder)
        if record.phase != "new" or time.monotonic() > deadline:
            break
        if lock is None:
            time.sleep(0.02)
    if lock is None:
        return record
    try:
        if record.phase == "new":
            reason = "it was cancelled before it started"
            result = {"v": 1, "state": "cancelled", "reason": reason, "ended": procs.iso(procs.now())}
            paths.guarded(path, lambda: paths.write_json(path, result))
            jobsecrets.forget(folder)
            spool.drop_ticket(ident)
    finally:
        os.close(lock)
    return records.Record(folder)


def remove(request: Any) -> Dict[str, Any]:
    """job.remove: delete the folder of a job that has ended."""
    ident = request.text("id")
    folder = known_folder(ident)
    if _now(ident) not in records.FINAL or paths.is_locked_for(os.path.join(folder, "lock"), 3.0):
        raise AgentError("remote.in_use", what="job " + ident)
    spool.drop_ticket(ident)
    gone = paths.tandem("jobs", ".gone-%s-%d" % (ident, time.monotonic() * 1e9))
    paths.guarded(folder, lambda: os.rename(raw(folder), raw(gone)))
    paths.guarded(gone, lambda: shutil.rmtree(raw(gone)))
    request.agent.finished.pop(ident, None)
    request.agent.metric_places.pop(ident, None)
    return {}


def encoded(data: bytes) -> str:
    """Bytes as the protocol carries them."""
    return base64.b64encode(data).decode("ascii")
