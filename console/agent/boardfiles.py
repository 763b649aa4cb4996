"""The files of a board of alerts, given its folder: read all, make once, swap, append. No locks here.

The console uses this module for its own board, also where there is no fcntl: only os-level imports.
"""

import hashlib
import os
import re
import stat
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Mapping, Optional, Tuple

FOLDERS = ("silences", "notes", "claims", "sent")
JUDGE_LOCK = "judge.lock"
BOARD_LOCK = "board.lock"
ALERTD_LOCK = "alertd.lock"
# What a reader is shown of each: claims are for judges alone.
_SHOWN = ("silences", "notes", "sent")
_PLAIN = ("judged.json", "alerts.json", "rules.toml", "alerts.toml")
_NAME = re.compile(r"\A(silences|notes|claims|sent)/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json\Z")
# JSON in JSON grows by its quotes; an answer of the agent may have 4 MiB.
MAX_FILE = 2 * 1024 * 1024
_MAX_ALL = 3 * 1024 * 1024
_MAX_NAMES = 2000
_ENDED, _ENDED_BEFORE = "ended.jsonl", "ended.before.jsonl"
_MAX_ENDED = 4 * 1024 * 1024
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def raw(text: str) -> "bytes":
    """A path as the kernel takes it, whatever locale this Python believes in."""
    return text.encode("utf-8", "surrogateescape")


def is_name(name: str) -> bool:
    """Whether a file of a board may be called so; nothing that leads out of its folder is."""
    return name in _PLAIN or _NAME.match(name) is not None


def digest(text: str) -> str:
    """What a swap compares."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make(folder: str) -> None:
    """The folder and those within, private to this account."""
    for each in ("",) + FOLDERS:
        os.makedirs(raw(os.path.join(folder, each)), 0o700, exist_ok=True)


def read(folder: str, known: "Mapping[str, str]") -> "Dict[str, Dict[str, str]]":
    """What lies on the board.

    Args:
        known: name -> version of what the reader has already.

    Returns:
        `versions` of all files, `files` with the text of those that are new, `faults` with the reason why
        one was not read: nothing that lies here may hide the rest.
    """
    files, versions, faults = {}, {}, {}  # type: Dict[str, str], Dict[str, str], Dict[str, str]
    room = _MAX_ALL
    for name in _shown(folder, faults):
        path = os.path.join(folder, *name.split("/"))
        try:
            found = os.lstat(raw(path))
            version = "%d-%d-%d" % (found.st_mtime_ns, found.st_size, found.st_ino)
            if known.get(name) == version:
                versions[name] = version
                continue
            text = _text(path)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            faults[name] = _why(error)
            continue
        room -= len(text)
        if room < 0:
            faults[name] = "there is too much on the board to read it all"
            continue
        versions[name], files[name] = version, text
    return {"files": files, "versions": versions, "faults": faults}


def _shown(folder: str, faults: "Dict[str, str]") -> "List[str]":
    found = list(_PLAIN)
    for each in _SHOWN:
        inside = sorted(_names(os.path.join(folder, each)))
        for name in inside[:_MAX_NAMES]:
            full = each + "/" + name
            if is_name(full):
                found.append(full)
            elif not name.startswith("."):  # those are half written
                faults[full] = "it is no file of Tandem's"
        if len(inside) > _MAX_NAMES:
            faults[each] = "it holds %d files and only %d are read" % (len(inside), _MAX_NAMES)
    return found


def _names(folder: str) -> "List[str]":
    try:
        found = os.listdir(raw(folder))
    except FileNotFoundError:
        return []
    return [name.decode("utf-8", "replace") for name in found]


def claims(folder: str) -> "List[Tuple[str, str]]":
    """Name and text of every claim that can be read."""
    found = []
    for name in sorted(_names(os.path.join(folder, "claims"))):
        full = "claims/" + name
        if is_name(full):
            text = text_of(folder, full)
            if text is not None:
                found.append((full, text))
    return found


def text_of(folder: str, name: str) -> "Optional[str]":
    """The text of one file; None where it is not there or cannot be read as text."""
    try:
        return _text(os.path.join(folder, *name.split("/")))
    except (OSError, ValueError):
        return None


def _text(path: str) -> str:
    descriptor = os.open(raw(path), os.O_RDONLY | _NOFOLLOW | _BINARY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a plain file")
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            data = stream.read(MAX_FILE + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_FILE:
        raise ValueError("it is larger than a file of a board may be")
    return data.decode("utf-8")


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def create(folder: str, name: str, text: str) -> "Optional[str]":
    """Make a file that must not exist yet, whole or not at all; of two at once one succeeds.

    Returns:
        None where it was made, else what is there ("" where that cannot be read).
    """
    path = _place(folder, name)
    draft = _draft(path, text, True)
    try:
        os.link(raw(draft), raw(path))
    except FileExistsError:
        return text_of(folder, name) or ""
    except OSError:
        return _create_without_links(folder, name, text)
    finally:
        os.unlink(raw(draft))
    _sync_folder(os.path.dirname(path))
    return None


def _create_without_links(folder: str, name: str, text: str) -> "Optional[str]":
    """The same on a file system without hard links: made at once, written after."""
    path = _place(folder, name)
    try:
        descriptor = os.open(raw(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    except FileExistsError:
        return text_of(folder, name) or ""
    try:
        _write(descriptor, text.encode("utf-8"), True)
    except OSError:
        os.unlink(raw(path))
        raise
    return None


def swap(folder: str, name: str, expect: str, text: str) -> "Optional[str]":
    """Replace a file if it is still what the caller knows; the board's lock must be held.

    Args:
        expect: the digest of the text that is replaced, "" where there must be no file.

    Returns:
        None where it was replaced, else what is there ("" for nothing that can be read).
    """
    path = _place(folder, name)
    found = text_of(folder, name)
    if (digest(found) if found is not None else "") != expect:
        return found or ""
    _replace(path, text, True)
    return None


def write(folder: str, name: str, text: str, durable: bool = True) -> None:
    """Replace a file whole; for the judge, who alone writes it."""
    _replace(_place(folder, name), text, durable)


def remove(folder: str, name: str) -> None:
    """Remove a file; one that is gone is no error."""
    try:
        os.unlink(raw(_place(folder, name)))
    except FileNotFoundError:
        return


def age_s(folder: str, name: str) -> float:
    """Seconds since a file was written, by the clock that stamps it; 0 where it is gone."""
    try:
        return max(0.0, time.time() - os.lstat(raw(_place(folder, name))).st_mtime)
    except OSError:
        return 0.0


def _place(folder: str, name: str) -> str:
    if not is_name(name):
        raise ValueError("'%s' is no file of a board" % name[:80])
    return os.path.join(folder, *name.split("/"))


def _replace(path: str, text: str, durable: bool) -> None:
    draft = _draft(path, text, durable)
    try:
        os.replace(raw(draft), raw(path))
    except OSError:
        os.unlink(raw(draft))
        raise
    if durable:
        _sync_folder(os.path.dirname(path))


def _draft(path: str, text: str, durable: bool) -> str:
    folder, name = os.path.split(path)
    os.makedirs(raw(folder), 0o700, exist_ok=True)
    draft = os.path.join(folder, ".%s.%d.%d" % (name, os.getpid(), time.monotonic() * 1e9))
    descriptor = os.open(raw(draft), os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        _write(descriptor, text.encode("utf-8"), durable)
    except OSError:
        os.unlink(raw(draft))
        raise
    return draft


def _write(descriptor: int, data: bytes, durable: bool) -> None:
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(raw(folder), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        return  # some network file systems cannot, which is all they can do
    finally:
        os.close(descriptor)


def append_ended(folder: str, lines: str) -> None:
    """Add lines to what has ended; a file that grew too long becomes the one before, whose old one goes."""
    path = os.path.join(folder, _ENDED)
    descriptor = os.open(raw(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY | _NOFOLLOW, 0o600)
    size = os.fstat(descriptor).st_size
    try:
        _write(descriptor, lines.encode("utf-8"), True)
    except OSError:
        os.truncate(raw(path), size)  # a half line would take the next one with it
        raise
    if size > _MAX_ENDED:
        os.replace(raw(path), raw(os.path.join(folder, _ENDED_BEFORE)))


def ended(folder: str, limit: int) -> str:
    """The last whole lines of what has ended, at most `limit` bytes."""
    data = b""
    for name in (_ENDED, _ENDED_BEFORE):
        if len(data) >= limit:
            break
        try:
            with open(raw(os.path.join(folder, name)), "rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                wanted = limit - len(data)
                stream.seek(max(0, size - wanted))
                part = stream.read(wanted)
        except FileNotFoundError:
            continue
        if size > wanted:
            part = part[part.find(b"\n") + 1 :]
        data = part + data
    return data.decode("utf-8", "replace")


def boot() -> "Tuple[str, float]":
    """Which run of this machine it is, and its seconds, sleep included; ("", 0) where that is not told."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as stream:
            return stream.read(64).strip(), time.clock_gettime(7)  # CLOCK_BOOTTIME
    except (OSError, AttributeError):
        return "", 0.0
