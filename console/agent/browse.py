"""file.stat, list, measure, folder, rename, delete, text, replace: what a file browser asks, anywhere.

These write outside ~/.tandem, so each says exactly what it does and refuses what nobody means.
"""

import base64
import bisect
import hashlib
import os
import shutil
import stat
from typing import Any, Dict, List, Optional, Tuple

from . import paths
from .paths import guarded, raw
from .wire import AgentError, from_os_error

MAX_ENTRIES = 20000
MAX_TEXT = 1024 * 1024
# Of one answer, as JSON may write it; a frame holds a third more.
_PAGE_BYTES = 3 * 1024 * 1024
_MAX_NAMES = 1000000
_MAX_COUNTED = 200000
_NAMED = 5


def _path(request: Any, name: str = "path") -> str:
    """A path as text, or in base64 where its bytes are no UTF-8."""
    encoded = request.params.get(name + "_b64")
    if isinstance(encoded, str):
        try:
            text = base64.b64decode(encoded).decode("utf-8", "surrogateescape")
        except ValueError as error:
            raise request.refuse("'%s_b64' is not base64" % name) from error
        return paths.absolute(text)
    return paths.absolute(request.text(name))


def _named(name: str) -> Dict[str, Any]:
    """A name as it can be shown, and its bytes where they are no UTF-8."""
    data = raw(name)
    try:
        return {"name": data.decode("utf-8")}
    except UnicodeDecodeError:
        encoded = base64.b64encode(data).decode("ascii")
        return {"name": data.decode("utf-8", "replace"), "name_b64": encoded}


def _kind(mode: int) -> str:
    for test, kind in ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link")):
        if test(mode):
            return kind
    return "other"


def _owner(uid: int, known: Dict[int, str]) -> str:
    if uid not in known:
        try:
            import pwd

            known[uid] = pwd.getpwuid(uid).pw_name
        except (ImportError, KeyError):
            known[uid] = str(uid)
    return known[uid]


def _entry(folder: str, name: str, owners: Dict[int, str]) -> Optional[Dict[str, Any]]:
    full = os.path.join(folder, name)
    try:
        found = os.lstat(raw(full))
    except OSError:
        return None  # gone since the folder was read
    entry = _named(name)
    entry.update(
        kind=_kind(found.st_mode),
        size=found.st_size,
        mode=stat.S_IMODE(found.st_mode),
        mtime=found.st_mtime,
        owner=_owner(found.st_uid, owners),
    )
    if stat.S_ISLNK(found.st_mode):
        try:
            entry["target"] = os.readlink(raw(full)).decode("utf-8", "replace")
            entry["leads_to"] = _kind(os.stat(raw(full)).st_mode)
        except OSError:
            entry["leads_to"] = None
    return entry


def stat_file(request: Any) -> Dict[str, Any]:
    """file.stat: what is at a path."""
    path = _path(request)
    try:
        found = os.stat(raw(path))
    except (FileNotFoundError, NotADirectoryError):
        return {"exists": False, "size": None, "mode": None, "mtime": None, "is_dir": False}
    except OSError as error:
        raise AgentError("agent.failed", reason="%s: %s" % (path, error.strerror)) from error
    return {
        "exists": True,
        "size": found.st_size,
        "mode": stat.S_IMODE(found.st_mode),
        "mtime": found.st_mtime,
        "is_dir": stat.S_ISDIR(found.st_mode),
    }


def _names(path: str) -> List[bytes]:
    """The names in a folder, sorted as bytes."""
    names = []
    with os.scandir(raw(path)) as found:
        for each in found:
            names.append(each.name)
            if len(names) >= _MAX_NAMES:
                break
    names.sort()
    return names


def _after(request: Any) -> bytes:
    """The last name of the answer before; nothing for the first one."""
    encoded = request.params.get("after_b64")
    if encoded is None:
        return b""
    try:
        return base64.b64decode(encoded)
    except (TypeError, ValueError) as error:
        raise request.refuse("'after_b64' is not base64") from error


def list_folder(request: Any) -> Dict[str, Any]:
    """file.list: what is in a folder, in the order of the names' bytes; names are bytes of anybody's choice.

    Where `more` comes, ask again with it as `after_b64`: what stays meanwhile is told once, not twice.
    """
    path = _path(request)
    limit = min(MAX_ENTRIES, max(1, request.integer("limit", MAX_ENTRIES)))
    names = guarded(path, lambda: _names(path), reading=True)
    start = bisect.bisect_right(names, _after(request))
    owners = {}  # type: Dict[int, str]
    entries, size, at = [], 0, start
    for at in range(start, len(names)):
        if at - start >= limit or size > _PAGE_BYTES or request.cancelled.is_set():
            break
        plain = min(names[at]) >= 32 and max(names[at]) < 127
        size += len(names[at]) * (1 if plain else 6) + 150
        entry = _entry(path, names[at].decode("utf-8", "surrogateescape"), owners)
        if entry:
            size += 6 * len(entry.get("target", ""))
            entries.append(entry)
    else:
        at = len(names)
    shown = _named(path)
    answer = {"path": shown["name"], "entries": entries, "total": len(names)}
    if at < len(names):
        answer["more"] = base64.b64encode(names[at - 1]).decode("ascii")
    if "name_b64" in shown:
        answer["path_b64"] = shown["name_b64"]
    return answer


def measure(request: Any) -> Dict[str, Any]:
    """file.measure: how many files, folders and bytes a delete would take, and the first names of them."""
    path = _path(request)
    answer = {"files": 0, "folders": 0, "bytes": 0, "complete": True, "is_folder": False}  # type: Dict[str, Any]
    try:
        found = os.lstat(raw(path))
        if not stat.S_ISDIR(found.st_mode):
            answer.update(files=1, bytes=found.st_size)
            return answer
        top = _names(path)
    except OSError as error:
        raise from_os_error(error, path, True) from error
    answer["is_folder"] = True
    answer["names"] = [name.decode("utf-8", "replace") for name in top[:_NAMED]]
    answer["more_names"] = max(0, len(top) - _NAMED)
    for folder, folders, names in os.walk(raw(path)):
        for name in names + folders:
            try:
                answer["bytes"] += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                continue
        answer["files"] += len(names)
        answer["folders"] += len(folders)
        if answer["files"] + answer["folders"] > _MAX_COUNTED or request.cancelled.is_set():
            answer["complete"] = False
            break
    return answer


def make_folder(request: Any) -> Dict[str, Any]:
    """file.folder: a new folder and those above it; one that is there already is told."""
    path = _path(request)
    _refuse_ours_below(path)

    def act() -> None:
        if os.path.lexists(raw(path)):
            raise AgentError("remote.exists", path=path)
        os.makedirs(raw(path))

    guarded(path, act)
    return {}


def rename(request: Any) -> Dict[str, Any]:
    """file.rename: to a name that is free; never over something."""
    path, to = _path(request), _path(request, "to")
    _refuse_ours(path)
    _refuse_ours(to)

    def act() -> None:
        os.lstat(raw(path))
        if os.path.lexists(raw(to)):
            raise AgentError("remote.exists", path=to)
        os.rename(raw(path), raw(to))

    guarded(path, act)
    return {}


def _refuse_ours_below(path: str) -> None:
    """Our own folder has its own ways."""
    root = paths.tandem()
    if path == root or path.startswith(root + os.sep):
        raise AgentError("remote.protected", path=path, reason="it is Tandem's own")


def _refuse_ours(path: str) -> None:
    """What is ours and what holds it, and the roots of things, nobody means to delete."""
    _refuse_ours_below(path)
    home = paths.home_folder()
    if path in ("/", os.path.normpath(home)) or os.path.normpath(home).startswith(path.rstrip("/") + "/"):
        raise AgentError("remote.protected", path=path, reason="your home folder is in it")
    if os.path.ismount(raw(path)) and not os.path.islink(raw(path)):
        raise AgentError("remote.protected", path=path, reason="it is a file system of its own")


def delete(request: Any) -> Dict[str, Any]:
    """file.delete: a file, a link (never what it leads to), or with `recursive` a folder and all in it."""
    path = _path(request)
    recursive = bool(request.params.get("recursive", False))
    real = os.path.join(
        os.path.realpath(raw(os.path.dirname(path))).decode("utf-8", "surrogateescape"),
        os.path.basename(path),
    )
    for each in {path, real}:
        _refuse_ours(each)

    def act() -> None:
        found = os.lstat(raw(path))
        if not stat.S_ISDIR(found.st_mode):
            os.unlink(raw(path))
        elif recursive:
            shutil.rmtree(raw(path))
        else:
            os.rmdir(raw(path))

    guarded(path, act)
    return {}


def _read_text(path: str) -> Tuple[bytes, os.stat_result]:
    from .files import _open_for_reading

    descriptor = _open_for_reading(path)
    try:
        found = os.fstat(descriptor)
        if found.st_size > MAX_TEXT:
            raise AgentError("remote.not_text", path=path, reason="it is larger than %d bytes" % MAX_TEXT)
        data = b""
        while len(data) <= MAX_TEXT:
            piece = os.read(descriptor, MAX_TEXT + 1 - len(data))
            if not piece:
                break
            data += piece
    finally:
        os.close(descriptor)
    return data, found


def text(request: Any) -> Dict[str, Any]:
    """file.text: a small file of UTF-8 text, with the hash that `file.replace` wants."""
    path = _path(request)
    data, found = guarded(path, lambda: _read_text(path), reading=True)
    if len(data) > MAX_TEXT:
        raise AgentError("remote.not_text", path=path, reason="it grows while it is read")
    if b"\0" in data:
        raise AgentError("remote.not_text", path=path, reason="it holds bytes that are no text")
    try:
        shown = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AgentError("remote.not_text", path=path, reason="it is not UTF-8") from error
    return {
        "text": shown,
        "sha256": hashlib.sha256(data).hexdigest(),
        "mode": stat.S_IMODE(found.st_mode),
        "mtime": found.st_mtime,
    }


def replace(request: Any) -> Dict[str, Any]:
    """file.replace: a text file whole or not at all, where it is still what was read; keeps mode and owner.

    Without `expect_sha256` the file must not be there yet.
    """
    path = _path(request)
    _refuse_ours(path)
    data = request.text("text").encode("utf-8")
    if len(data) > MAX_TEXT:
        raise AgentError("remote.not_text", path=path, reason="it is larger than %d bytes" % MAX_TEXT)
    expected = request.params.get("expect_sha256")

    def act() -> None:
        if expected is None:
            if os.path.lexists(raw(path)):
                raise AgentError("remote.exists", path=path)
            paths.write_atomically(path, data, 0o666 & ~int(request.agent.bundle.get("umask", 0o077)))
            return
        # A link stays a link: what it leads to is written.
        real = os.path.realpath(raw(path)).decode("utf-8", "surrogateescape")
        _refuse_ours(real)
        held, found = _read_text(real)
        if hashlib.sha256(held).hexdigest() != expected:
            raise AgentError("remote.changed", path=path)
        temporary = "%s.%d.part" % (real, os.getpid())
        paths.write_new(temporary, data, stat.S_IMODE(found.st_mode))
        try:
            if (found.st_uid, found.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(raw(temporary), found.st_uid, found.st_gid)
            os.rename(raw(temporary), raw(real))
        except OSError:
            os.unlink(raw(temporary))
            raise
        paths.sync_folder(os.path.dirname(real))

    guarded(path, act)
    return {"sha256": hashlib.sha256(data).hexdigest()}
