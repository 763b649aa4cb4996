"""file.*: small files, and the end of a transfer: check the hash, fsync, rename."""

import base64
import hashlib
import os
import shutil
import stat
from typing import Any, Dict

from . import paths
from .paths import guarded, raw
from .wire import AgentError

_MAX_READ = 1024 * 1024
_CHUNK = 1024 * 1024


def _safe(path: str) -> str:
    """An absolute path; below ~/.tandem no component may be a symbolic link."""
    full = paths.absolute(path)
    if full.startswith(paths.tandem() + os.sep):
        return paths.confined(full)
    return full


def _mode(request: Any) -> int:
    return request.integer("mode", 0o600) & 0o777  # type: ignore[no-any-return]


def _open_for_reading(path: str) -> int:
    """A descriptor; a pipe or device is refused before it can block."""
    descriptor = os.open(raw(path), os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise AgentError("agent.failed", reason="%s is not a regular file" % path)
    return descriptor


def hash_of(path: str, cancelled: Any = None) -> Dict[str, Any]:
    """The SHA-256 and size of a regular file."""
    digest, size = hashlib.sha256(), 0
    descriptor = _open_for_reading(path)
    try:
        while cancelled is None or not cancelled.is_set():
            data = os.read(descriptor, _CHUNK)
            if not data:
                break
            digest.update(data)
            size += len(data)
    finally:
        os.close(descriptor)
    return {"sha256": digest.hexdigest(), "size": size}


def sha256(request: Any) -> Dict[str, Any]:
    """file.sha256: the hash of a file."""
    path = paths.absolute(request.text("path"))
    return guarded(path, lambda: hash_of(path, request.cancelled), reading=True)


def read(request: Any) -> Dict[str, Any]:
    """file.read: a piece of a file."""
    path = paths.absolute(request.text("path"))
    offset = max(0, request.integer("offset", 0))
    limit = min(_MAX_READ, max(0, request.integer("limit", _MAX_READ)))

    def act() -> Dict[str, Any]:
        descriptor = _open_for_reading(path)
        try:
            data = os.pread(descriptor, limit, offset)
            size = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
        return {"data_b64": base64.b64encode(data).decode("ascii"), "size": size}

    return guarded(path, act, reading=True)


def write(request: Any) -> Dict[str, Any]:
    """file.write: a small file, whole or not at all."""
    path = _safe(request.text("path"))
    data = base64.b64decode(request.text("data_b64"))
    guarded(path, lambda: paths.write_atomically(path, data, _mode(request)))
    return {}


def commit(request: Any) -> Dict[str, Any]:
    """file.commit: the part file becomes the file, if it is what was sent."""
    part, path = _safe(request.text("part")), _safe(request.text("path"))
    wanted = request.text("sha256").lower()

    def act() -> Dict[str, Any]:
        if os.path.islink(raw(part)):
            raise AgentError("remote.not_writable", path=part, reason="it is a symbolic link")
        if hash_of(part)["sha256"] != wanted:
            os.unlink(raw(part))
            raise AgentError("transfer.mismatch", path=path)
        descriptor = os.open(raw(part), os.O_RDONLY)
        try:
            os.fchmod(descriptor, _mode(request))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(raw(part), raw(path))
        paths.sync_folder(os.path.dirname(path))
        return {}

    return guarded(path, act)


def mkdir(request: Any) -> Dict[str, Any]:
    """file.mkdir: a folder and its parents; below ~/.tandem private ones."""
    path = paths.absolute(request.text("path"))
    root = paths.tandem()
    if path == root or path.startswith(root + os.sep):
        relative = os.path.relpath(path, root)
        paths.private_folder(*([] if relative == "." else relative.split(os.sep)))
    else:
        guarded(path, lambda: os.makedirs(raw(path), 0o755, exist_ok=True))
    return {}


def remove(request: Any) -> Dict[str, Any]:
    """file.remove: a file or a folder below ~/.tandem; what is not there is no error."""
    path = paths.confined(request.text("path"))

    def act() -> None:
        try:
            if os.path.isdir(raw(path)) and not os.path.islink(raw(path)):
                shutil.rmtree(raw(path))
            else:
                os.unlink(raw(path))
        except FileNotFoundError:
            return

    guarded(path, act)
    return {}


def free(request: Any) -> Dict[str, Any]:
    """file.free: the room on the disk that holds a path or will hold it."""
    path = paths.absolute(request.text("path"))
    while not os.path.exists(raw(path)) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    found = guarded(path, lambda: os.statvfs(raw(path)))
    return {"free_bytes": found.f_bavail * found.f_frsize, "total_bytes": found.f_blocks * found.f_frsize}
