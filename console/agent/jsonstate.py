"""json.swap and json.read: small state files that two consoles may change: compare, then swap, locked."""

import os
from typing import Any, Dict

from . import paths
from .paths import guarded, raw
from .wire import AgentError

_LOCK_PATIENCE_S = 5.0


def _load(path: str) -> Dict[str, Any]:
    """The file's envelope; a damaged file is an error, never taken for an empty one."""
    if not os.path.lexists(raw(path)):
        return {"generation": 0, "data": None}
    envelope = paths.read_json(path)
    if envelope is None or not isinstance(envelope.get("generation"), int):
        raise AgentError("agent.failed", reason="%s is damaged" % path)
    return envelope  # type: ignore[no-any-return]


def read(request: Any) -> Dict[str, Any]:
    """json.read: the data and its generation; generation 0 where there is no file."""
    path = paths.confined(request.text("path"))
    envelope = _load(path)
    return {"data": envelope.get("data"), "generation": envelope["generation"]}


def swap(request: Any) -> Dict[str, Any]:
    """json.swap: replace the data if its generation is still the expected one."""
    path = paths.confined(request.text("path"))
    expected = request.integer("expect_generation")
    data = request.params.get("data")
    relative = os.path.relpath(os.path.dirname(path), paths.tandem())
    paths.private_folder(*([] if relative == "." else relative.split(os.sep)))

    def act() -> Dict[str, Any]:
        lock = paths.try_lock(path + ".lock", _LOCK_PATIENCE_S)
        if lock is None:
            raise AgentError("agent.failed", reason="%s is being changed for too long" % path)
        try:
            found = _load(path)
            if found["generation"] != expected:
                raise _conflict(path, found)
            generation = expected + 1
            paths.write_json(path, {"generation": generation, "data": data})
            return {"generation": generation}
        finally:
            os.close(lock)

    return guarded(path, act)


def _conflict(path: str, found: Dict[str, Any]) -> AgentError:
    data = found.get("data")
    data = data if isinstance(data, dict) else {}
    name = data.get("name") or os.path.splitext(os.path.basename(path))[0]
    return AgentError("deploy.conflict", name=str(name), who=str(data.get("changed_by") or "another console"))
