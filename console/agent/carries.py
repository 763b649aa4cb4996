"""carry.*: copies between servers and fetches on this one. What runs detached is carrier.py's."""

import os
import shutil
from typing import Any, Dict, List

from . import launch, paths, records, spool
from .paths import raw
from .wire import AgentError

CARRIER_MODULES = (
    "wire", "homes", "paths", "procs", "child", "copier", "copy_files", "copy_in", "copy_out", "block_sums",
    "hashing", "peers", "giving", "taking", "carrier", "carrying", "fetching",
)  # fmt: skip
_KEPT = 100


def _folder(ident: str) -> str:
    return paths.tandem("copies", ident)


def _known(ident: str) -> str:
    if spool.is_name(ident) and paths.check_home() and os.path.isdir(raw(_folder(ident))):
        return _folder(ident)
    raise AgentError("id.unknown", kind="copy", given=ident, listing="copies list")


def identifiers() -> "List[str]":
    """All that are kept here, in the order of their ids."""
    if not paths.check_home():
        return []
    return [name for name in paths.names_in(paths.tandem("copies")) if spool.is_name(name)]


def describe(ident: str) -> Dict[str, Any]:
    """How one stands, computed from its folder."""
    folder = _folder(ident)
    record = records.Record(folder)
    spec = paths.read_json(os.path.join(folder, "spec.json")) or {}
    state = paths.read_json(os.path.join(folder, "state.json")) or {}
    phase = {"new": "starting", "ended": str(record.result.get("state"))}.get(record.phase, record.phase)
    if record.never_started():
        phase, record.reason = "lost", "it was never started"
    taken = record.result.get("taken") or state.get("taken")
    if taken and phase in ("running", "lost"):
        # It is all there; whether others still get it from here is another matter.
        phase = "giving" if phase == "running" else "succeeded"
    return {
        "id": ident,
        "state": phase,
        "spec": spec,
        "phase": state.get("phase"),
        "done": records.number_or_none(state.get("done")),
        "total": records.number_or_none(state.get("total")),
        "files": records.number_or_none(state.get("files")),
        "giver": records.text_or_none(state.get("giver")),
        "sent": state.get("sent") or {},
        "taken": taken,
        "digest": records.text_or_none(record.result.get("digest")),
        "error": record.result.get("error"),
        "reason": record.reason,
        "started": records.text_or_none(record.start.get("started")),
        "ended": records.text_or_none(record.result.get("ended")),
        "pid": record.pid,
    }


def live() -> "List[str]":
    """Those that run."""
    running = ("starting", "running", "giving")
    return [ident for ident in identifiers() if describe(ident)["state"] in running]


def start(request: Any) -> Dict[str, Any]:
    """carry.start: start a copy's part or a fetch, once per id; its ports, still closed."""
    ident, kind = request.text("id"), request.text("kind")
    if not spool.is_name(ident) or kind not in ("copy", "fetch"):
        raise request.refuse("'id' must be a name and 'kind' copy or fetch")
    config = {key: value for key, value in request.params.items() if key not in ("id", "spec")}
    paths.private_folder("copies")
    folder = _folder(ident)
    try:
        os.mkdir(raw(folder), 0o700)
    except FileExistsError:
        raise AgentError("remote.in_use", what="copy " + ident) from None
    spec = dict(request.mapping("spec"), id=ident, kind=kind)
    paths.guarded(folder, lambda: paths.write_json(os.path.join(folder, "spec.json"), spec))
    config.update({"dir": folder, "umask": request.agent.bundle.get("umask", 0o077)})
    word = launch.start(request.agent.bundle, "carrier", config, CARRIER_MODULES) or {}
    if not word.get("started"):
        shutil.rmtree(raw(folder), ignore_errors=True)
        if "code" in word:
            code = str(word.pop("code"))
            raise AgentError(code, **word)
        reason = describe(ident)["error"] if os.path.isdir(raw(folder)) else None
        raise AgentError("agent.failed", reason="its process did not report its start %s" % (reason or ""))
    _forget_oldest(ident)
    return {"id": ident, "pid": word.get("pid"), "addresses": word.get("addresses") or []}


def _forget_oldest(but: str) -> None:
    """Ended ones are kept for the person to look at, the newest hundred of them."""
    ended = [each for each in identifiers() if each != but and describe(each)["state"] not in ("running",)]
    ended.sort(key=lambda each: os.stat(raw(_folder(each))).st_mtime)
    for ident in ended[:-_KEPT]:
        if not paths.is_locked(os.path.join(_folder(ident), "lock")):
            shutil.rmtree(raw(_folder(ident)), ignore_errors=True)


def go(request: Any) -> Dict[str, Any]:
    """carry.go: all parts are ready; where the peers are that are to be called."""
    folder = _known(request.text("id"))
    said = {"addresses": request.mapping("addresses", {}), "absent": request.params.get("absent") or []}
    target = os.path.join(folder, "go.json")
    paths.guarded(folder, lambda: paths.write_json(target, said))
    return {}


def show(request: Any) -> Dict[str, Any]:
    """carry.show: one."""
    ident = request.text("id")
    _known(ident)
    return describe(ident)


def list_all(_request: Any) -> Dict[str, Any]:
    """carry.list: all that are kept here."""
    return {"copies": [describe(ident) for ident in identifiers()]}


def cancel(request: Any) -> Dict[str, Any]:
    """carry.cancel: end it; what was half done is removed. One that has ended is left as it is."""
    ident = request.text("id")
    records.end(records.Record(_known(ident)), [], 5.0)
    return describe(ident)


def remove(request: Any) -> Dict[str, Any]:
    """carry.remove: forget one that has ended."""
    ident = request.text("id")
    folder = _known(ident)
    if ident in live():
        raise AgentError("remote.in_use", what="copy " + ident)
    paths.guarded(folder, lambda: shutil.rmtree(raw(folder)))
    return {}
