"""A later look at the code of a job: its list, and contents as they were. What keeps code is in snapshots."""

import base64
import os
from typing import Any, Dict, List, Tuple

from . import spool
from .paths import guarded, raw
from .snapshots import TREE_FILE, blob_path, hash_of, is_hash, size_of
from .wire import AgentError

_MAX_PART = 1024 * 1024
_MAX_ANSWER = 2 * 1024 * 1024


def listed(request: Any) -> Dict[str, Any]:
    """code.list: a piece of the list of a job's code; the whole has the hash that its STATUS tells."""
    ident = request.text("id")
    if not spool.is_name(ident):
        raise AgentError("id.unknown", kind="job", given=ident, listing="job list")
    place = os.path.join(spool.job_folder(ident), TREE_FILE)
    data, size = _piece(place, max(0, request.integer("offset", 0)))
    return {"data_b64": base64.b64encode(data).decode("ascii"), "size": size}


def _piece(place: str, offset: int) -> Tuple[bytes, int]:
    def take() -> Tuple[bytes, int]:
        descriptor = os.open(raw(place), os.O_RDONLY | os.O_NOFOLLOW)
        try:
            return os.pread(descriptor, _MAX_PART, offset), os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    return guarded(place, take, reading=True)


def read(request: Any) -> Dict[str, Any]:
    """code.read: contents of a job's code; of each [path, hash, offset] a part, as many as fit one answer.

    A content that is no longer kept is taken from the job's own folder, if it is still the same there.
    """
    ident = request.text("id")
    wanted = request.params.get("wanted")
    if not spool.is_name(ident) or not isinstance(wanted, list):
        raise request.refuse("'id' and 'wanted' are needed")
    parts: List[Dict[str, Any]] = []
    carried = 0
    for path, sha256, offset in wanted:
        if carried >= _MAX_ANSWER:
            break
        part = _part(spool.job_folder(ident), str(path), str(sha256), int(offset))
        carried += len(part.get("data_b64", ""))
        parts.append(part)
    return {"parts": parts}


def _part(folder: str, path: str, sha256: str, offset: int) -> Dict[str, Any]:
    if not is_hash(sha256):
        raise AgentError("job.code_missing", reason="that is no hash")
    place = blob_path(sha256)
    if size_of(place) is None:
        place = os.path.join(folder, "code", path)
        inside = os.path.realpath(os.path.join(folder, "code")) + os.sep
        sound = os.path.realpath(place).startswith(inside) and size_of(place) is not None
        if not sound or hash_of(raw(place)) != sha256:
            return {"path": path, "gone": True}

    data, size = _piece(place, offset)
    return {
        "path": path,
        "offset": offset,
        "size": size,
        "data_b64": base64.b64encode(data).decode("ascii"),
    }
