"""Code by hash: contents in ~/.tandem/code/blobs, which files there are in trees; laying one out as a folder.

A job gets copies, checked while they are made: whatever it does to its folder, what is kept stays as it is.
"""

import hashlib
import json
import os
import shutil
import stat
from typing import Any, Dict, List, Optional, Tuple

from . import paths
from .paths import guarded, raw
from .wire import AgentError, from_os_error

# The copy of its tree that every job keeps: a later look shows what ran.
TREE_FILE = "code.tree"
_MAX_TREE = 32 * 1024 * 1024
_PIECE = 256 * 1024
_HEX = frozenset("0123456789abcdef")

Row = Tuple[str, str, int, str]


def is_hash(text: Any) -> bool:
    """Whether a value is a hex SHA-256."""
    return isinstance(text, str) and len(text) == 64 and all(each in _HEX for each in text)


def blob_name(sha256: str) -> str:
    """Where a content lies, below ~/.tandem/code."""
    return os.path.join("blobs", sha256[:2], sha256)


def tree_name(sha256: str) -> str:
    """Where a tree lies, below ~/.tandem/code."""
    return os.path.join("trees", sha256)


def blob_path(sha256: str) -> str:
    return paths.tandem("code", blob_name(sha256))


def tree_path(sha256: str) -> str:
    return paths.tandem("code", tree_name(sha256))


def rows_of(path: str, wanted: str) -> List[Row]:
    """The files of a tree: (path, kind, size, hash or link target); kind is f, x (executable) or l (link).

    Raises:
        AgentError: `job.code_missing`: it is not there, or not what its name says.
    """
    try:
        descriptor = os.open(raw(path), os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(_MAX_TREE)
    except OSError as error:
        raise AgentError("job.code_missing", reason="it is not kept there") from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise AgentError("job.code_missing", reason="its list of files is damaged")
    found = [(str(p), str(k), int(s), str(h)) for p, k, s, h in json.loads(data.decode("ascii"))["files"]]
    _check(found)
    return found


def _check(rows: List[Row]) -> None:
    """Nothing may be laid out outside of the folder, whoever made the tree."""
    links = {row[0] for row in rows if row[1] == "l"}
    for path, kind, _size, what in rows:
        steps = path.split("/")
        inside = all(step not in ("", ".", "..") for step in steps) and "\0" not in path
        through = any("/".join(steps[:upto]) in links for upto in range(1, len(steps)))
        sound = _stays(path, what) if kind == "l" else kind in ("f", "x") and is_hash(what)
        if not inside or through or not sound:
            raise AgentError("job.code_missing", reason="its list of files leads out of the folder")


def _stays(path: str, target: str) -> bool:
    if not target or os.path.isabs(target) or "\0" in target:
        return False
    joined = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return joined != ".." and not joined.startswith("../")


def size_of(path: str) -> Optional[int]:
    try:
        found = os.lstat(raw(path))
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _touch(path: str) -> None:
    try:
        os.utime(raw(path))
    except OSError:  # gone in between: whoever needs it will say so
        return


# --- what the console asks before it sends


def have(request: Any) -> Dict[str, Any]:
    """code.have: whether a tree is here with all of its contents; it counts as used then."""
    wanted = request.text("tree")
    if not is_hash(wanted) or not paths.check_home():
        return {"have": False}
    try:
        rows = rows_of(tree_path(wanted), wanted)
    except AgentError:
        return {"have": False}
    for _path, kind, size, sha256 in rows:
        if kind != "l" and size_of(blob_path(sha256)) != size:
            return {"have": False}
    _touch(tree_path(wanted))
    return {"have": True}


def missing(request: Any) -> Dict[str, Any]:
    """code.missing: which of these contents are not here, by their place in the list; makes the folders."""
    for name in ("blobs", "trees"):
        paths.private_folder("code", name)
    listed = request.params.get("blobs")
    if not isinstance(listed, list):
        raise request.refuse("'blobs' must be a list")
    found = []
    for index, row in enumerate(listed):
        sha256, size = row
        if not is_hash(sha256):
            raise request.refuse("'blobs' has a name that is no hash")
        if size_of(blob_path(sha256)) == size:
            _touch(blob_path(sha256))
        else:
            found.append(index)
    return {"missing": found, "folder": paths.tandem("code")}


def remove(path: str) -> bool:
    """Take a file away; whether it was there and could be."""
    try:
        os.unlink(raw(path))
    except OSError:
        return False
    return True


# --- a job's folder


def lay_out(tree: str, folder: str) -> None:
    """Make a folder of what a tree holds, and keep the tree's list beside it.

    Raises:
        AgentError: `job.code_missing` (then it can be sent again), `remote.disk_full`, `remote.not_writable`.
    """
    rows = rows_of(tree_path(tree), tree)
    _touch(tree_path(tree))
    guarded(folder, lambda: os.mkdir(raw(folder), 0o700))
    for row in rows:
        _put(folder, row)


def take_back(tree: str, job_folder: str) -> None:
    """Keep again what is no longer kept of a job's code, out of its folder, but no changed file."""
    listed = os.path.join(job_folder, TREE_FILE)
    if not is_hash(tree) or not os.path.exists(raw(listed)):
        return
    for name in ("blobs", "trees"):
        paths.private_folder("code", name)
    for path, kind, size, sha256 in rows_of(listed, tree):
        place = raw(os.path.join(job_folder, "code", path))
        if kind == "l" or size_of(blob_path(sha256)) == size:
            continue
        if os.path.islink(place) or not os.path.isfile(place) or hash_of(place) != sha256:
            continue
        with open(place, "rb") as stream:
            data = stream.read()
        paths.private_folder("code", "blobs", sha256[:2])
        _keep(blob_path(sha256), data)
    if size_of(tree_path(tree)) is None:
        guarded(tree_path(tree), lambda: keep_list_of(listed, tree_path(tree)))


def _keep(place: str, data: bytes) -> None:
    guarded(place, lambda: paths.write_atomically(place, data, 0o400))


def keep_list_of(source: str, place: str) -> None:
    """A list under another name."""
    try:
        os.link(raw(source), raw(place))
    except OSError:
        shutil.copyfile(raw(source), raw(place))


def keep_list(tree: str, place: str) -> None:
    """Keep a tree's list in a job's folder: the same file under another name where the disk can."""
    keep_list_of(tree_path(tree), place)


def restore(tree: str, folder: str, listed: str) -> int:
    """Bring back what a job changed or removed of its code; what it added stays. How many files that were.

    Raises:
        AgentError: as lay_out; also where the job has made a file into a folder.
    """
    changed = 0
    guarded(folder, lambda: os.makedirs(raw(folder), 0o700, exist_ok=True))
    for row in rows_of(listed if os.path.exists(raw(listed)) else tree_path(tree), tree):
        if _is_same(folder, row):
            continue
        place = os.path.join(folder, row[0])
        try:
            if os.path.lexists(raw(place)):
                os.unlink(raw(place))
        except OSError as error:
            raise from_os_error(error, place) from error
        _put(folder, row)
        changed += 1
    return changed


def _is_same(folder: str, row: Row) -> bool:
    path, kind, size, what = row
    place = raw(os.path.join(folder, path))
    try:
        found = os.lstat(place)
        if kind == "l":
            return stat.S_ISLNK(found.st_mode) and os.readlink(place) == raw(what)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size:
            return False
        return bool(found.st_mode & 0o100) == (kind == "x") and hash_of(place) == what
    except OSError:
        return False


def hash_of(place: bytes) -> str:
    """SHA-256 of a file's contents, in hexadecimal."""
    digest = hashlib.sha256()
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        for data in iter(lambda: stream.read(_PIECE), b""):
            digest.update(data)
    return digest.hexdigest()


def _put(folder: str, row: Row) -> None:
    path, kind, _size, what = row
    place = os.path.join(folder, path)
    try:
        os.makedirs(raw(os.path.dirname(place)), 0o700, exist_ok=True)
        if kind == "l":
            os.symlink(raw(what), raw(place))
            return
        _copy(what, place, 0o700 if kind == "x" else 0o600)
    except OSError as error:
        raise from_os_error(error, place) from error


def _copy(sha256: str, place: str, mode: int) -> None:
    """A copy, never a link: the job may write to its file. A content that has rotted is thrown away."""
    try:
        source = os.open(raw(blob_path(sha256)), os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise AgentError("job.code_missing", reason="a file's content is not kept there") from error
    digest = hashlib.sha256()
    target = -1
    try:
        target = os.open(raw(place), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        while True:
            data = os.read(source, _PIECE)
            if not data:
                break
            digest.update(data)
            paths.write_all(target, data)
        os.fchmod(target, mode)
    finally:
        os.close(source)
        if target >= 0:
            os.close(target)
    if digest.hexdigest() != sha256:
        remove(blob_path(sha256))
        raise AgentError("job.code_missing", reason="a file's content was damaged there")
