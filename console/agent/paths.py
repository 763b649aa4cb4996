"""The private folder ~/.tandem: where it is, whether it is safe, and how files get there whole.

The supervisor is started with few modules and must start fast: only os-level imports here.
"""

import errno
import fcntl
import json
import os
import stat
import time

from . import homes
from .wire import AgentError, from_os_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, TypeVar

    T = TypeVar("T")

FOLDER = ".tandem"
# JSON files of ours are small; whatever is larger is not ours.
MAX_JSON = 8 * 1024 * 1024


def home_folder() -> str:
    """$HOME: never the passwd entry, never the working directory."""
    home = os.environ.get("HOME", "")
    if not os.path.isabs(home):
        raise AgentError("remote.unsafe_home", path="$HOME", reason="it is not set to an absolute path")
    return home


def tandem(*parts: str) -> str:
    """A path below ~/.tandem, for this machine where several share the home; nothing is checked or made."""
    root = os.path.join(home_folder(), FOLDER)
    return os.path.join(root, *homes.steps(raw(root), parts))


def raw(text: str) -> bytes:
    """A path or argument as the kernel takes it, whatever locale this Python believes in."""
    return text.encode("utf-8", "surrogateescape")


def _check_private(path: str) -> None:
    found = os.lstat(raw(path))
    reason = None
    if stat.S_ISLNK(found.st_mode):
        reason = "it is a symbolic link"
    elif not stat.S_ISDIR(found.st_mode):
        reason = "it is not a folder"
    elif found.st_uid != os.geteuid():
        reason = "it belongs to another account"
    elif found.st_mode & 0o022:
        reason = "others may write to it"
    if reason:
        raise AgentError("remote.unsafe_home", path=path, reason=reason)


def check_home() -> bool:
    """Whether ~/.tandem exists; an unsafe one is refused, and no part of it is read."""
    path = tandem()
    try:
        _check_private(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise from_os_error(error, path) from error
    return True


def private_folder(*parts: str) -> str:
    """The folder below ~/.tandem, made where it is missing, every component checked."""
    path = tandem()
    _make_private(path)
    homes.claim(raw(path))
    for step in homes.steps(raw(path), parts):
        path = os.path.join(path, step)
        _make_private(path)
    return path


def _make_private(path: str) -> None:
    try:
        try:
            os.mkdir(raw(path), 0o700)
        except FileExistsError:
            _check_private(path)
            if os.lstat(raw(path)).st_mode & 0o077:
                os.chmod(raw(path), 0o700)
    except OSError as error:
        raise from_os_error(error, path) from error


def confined(path: str) -> str:
    """The absolute form of a path that must lie below ~/.tandem, with no symbolic link on the way."""
    full = absolute(path)
    root = tandem()
    if not full.startswith(root + os.sep):
        raise AgentError("remote.not_writable", path=path, reason="it is not below ~/" + FOLDER)
    check_home()
    walked = root
    for step in os.path.relpath(full, root).split(os.sep)[:-1]:
        walked = os.path.join(walked, step)
        if os.path.islink(raw(walked)):
            raise AgentError("remote.unsafe_home", path=walked, reason="it is a symbolic link")
    return full


def absolute(path: str) -> str:
    """A path as people give it: `~/` and relative ones are taken from HOME; ours are this machine's."""
    if "\0" in path or not path:
        raise AgentError("remote.path_missing", path=path.replace("\0", "\\0"))
    if path == "~" or path.startswith("~/"):
        path = "." + path[1:]
    full = os.path.normpath(os.path.join(home_folder(), path))
    root = tandem() + os.sep
    return tandem(*full[len(root) :].split(os.sep)) if full.startswith(root) else full


def sync_folder(path: str) -> None:
    """Make a rename in this folder last through a power cut."""
    descriptor = os.open(raw(path), os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder, which is all they can do.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_new(path: str, data: bytes, mode: int = 0o600, durable: bool = True) -> None:
    """Write a file that must not exist yet; what was half written is removed."""
    descriptor = os.open(raw(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        try:
            write_all(descriptor, data)
            os.fchmod(descriptor, mode)
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        os.unlink(raw(path))
        raise


def write_atomically(path: str, data: bytes, mode: int = 0o600, durable: bool = True) -> None:
    """Replace a file whole: temporary file, fsync, rename, fsync of the folder."""
    temporary = "%s.%d.%d.part" % (path, os.getpid(), time.monotonic() * 1e9)
    write_new(temporary, data, mode, durable)
    try:
        os.rename(raw(temporary), raw(path))
    except OSError:
        os.unlink(raw(temporary))
        raise
    if durable:
        sync_folder(os.path.dirname(path))


def write_json(path: str, value: "Any", durable: bool = True) -> None:
    """Replace a JSON file whole."""
    write_atomically(path, json.dumps(value, indent=1).encode("ascii"), durable=durable)


def read_json(path: str) -> "Any":
    """The JSON object in a file, or None where it is missing, half written or damaged."""
    try:
        with open(raw(path), "rb") as stream:
            value = json.loads(stream.read(MAX_JSON).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def names_in(path: str) -> "List[str]":
    """The names in a folder, sorted; none where it is missing."""
    try:
        found = os.listdir(raw(path))
    except OSError:
        return []
    return sorted(name.decode("utf-8", "surrogateescape") for name in found)


def lock_file(path: str) -> bytes:
    """Where the lock of this name lies: a home on the network has its locks on a local disk."""
    return homes.lock_place(raw(tandem()), raw(path))


def open_lock(path: str, make: bool = True) -> "Optional[int]":
    """A descriptor to lock; None where the file is missing and must not be made."""
    flags = os.O_RDWR | os.O_NOFOLLOW | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(lock_file(path), flags | (os.O_CREAT if make else 0), 0o600)
    except FileNotFoundError:
        return None


def try_lock(path: str, patience_s: float = 0.0) -> "Optional[int]":
    """A descriptor that holds the file's lock alone, or None where someone else holds it.

    Readers look by taking the lock shared for a moment, so a holder-to-be needs a little patience.
    """
    descriptor = open_lock(path)
    assert descriptor is not None
    give_up = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                os.close(descriptor)
                raise
        if time.monotonic() >= give_up:
            os.close(descriptor)
            return None
        time.sleep(0.003)


def is_locked(path: str) -> bool:
    """Whether a live process holds the file's lock; makes nothing."""
    try:
        descriptor = open_lock(path, make=False)
    except OSError:
        return False
    if descriptor is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    finally:
        os.close(descriptor)
    return False


def is_locked_for(path: str, seconds: float) -> bool:
    """Whether a lock stays held that long: who has just told its end may hold it a moment more."""
    deadline = time.monotonic() + seconds
    while is_locked(path):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.02)
    return False


def guarded(path: str, act: "Callable[[], T]", reading: bool = False) -> "T":
    """Do something to a path and tell a failed system call as a Problem."""
    try:
        return act()
    except OSError as error:
        raise from_os_error(error, path, reading) from error
