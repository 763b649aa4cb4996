"""Where pulled files land: part files beside their place, fsync, rename, modes and times. No servers here."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import stat
from pathlib import Path
from typing import Self

from console.agent.hashing import Hasher
from console.core.problems import Problem
from console.fleet.copying.pace import Pace
from console.fleet.copying.tree import LARGE_BYTES, Entry

_SETTLE_FILES = 2048
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_PIECE = 1024 * 1024


def unwritable(path: Path, error: OSError) -> Problem:
    """The Problem for a local place that could not be written."""
    return Problem("file.unwritable", path=path, reason=error.strerror or error)


class Landing:
    """The local side of one pull; `with` takes away small files that never got their names.

    Args:
        root: where the file or the folder goes.
    """

    def __init__(self, root: Path, is_dir: bool) -> None:
        self._root = root
        self._is_dir = is_dir
        self._checked: set[Path] = set()
        self._waiting: list[tuple[Path, Path]] = []
        self._hashed: dict[str, tuple[int, hashlib._Hash]] = {}

    def __enter__(self) -> Self:
        if not self._is_dir:
            try:
                self._root.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise unwritable(self._root.parent, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        for temporary, _path in self._waiting:
            temporary.unlink(missing_ok=True)
        self._waiting = []

    def _place(self, entry: Entry) -> Path:
        """Where an entry goes: below the root, through folders that are no links."""
        if not entry.path:
            return self._root
        walked = self._root
        for name in entry.path.split("/")[:-1]:
            walked = walked / name
            if walked not in self._checked:
                if walked.is_symlink():
                    raise Problem("file.unwritable", path=walked, reason="it is a link that leads elsewhere")
                self._checked.add(walked)
        return self._root / entry.path

    # --- folders

    def folder(self, entry: Entry) -> None:
        """Make a folder; it stays open to us until `finish_folder`."""
        path = self._place(entry)
        try:
            if entry.path and path.is_symlink():
                raise Problem("file.unwritable", path=path, reason="it is a link that leads elsewhere")
            path.mkdir(mode=0o700, parents=not entry.path, exist_ok=True)
            mode = path.stat().st_mode
            if mode & 0o700 != 0o700:
                path.chmod(stat.S_IMODE(mode) | 0o700)
        except OSError as error:
            raise unwritable(path, error) from error

    def finish_folder(self, entry: Entry) -> None:
        """Its mode and time, after everything in it."""
        path = self._place(entry)
        try:
            os.utime(path, ns=(entry.mtime_ns, entry.mtime_ns))
            path.chmod(entry.mode & 0o777)
        except OSError as error:
            raise unwritable(path, error) from error

    # --- small files

    def small(self, entry: Entry, content: memoryview, mode: int, mtime_ns: int) -> None:
        """Write a file that gets its name with the next `settle`."""
        path = self._place(entry)
        temporary = path.with_name(f".{path.name[:100]}.{len(self._waiting)}.part")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NOFOLLOW
            descriptor = os.open(temporary, flags, 0o600)
            try:
                self._waiting.append((temporary, path))
                while content:
                    content = content[os.write(descriptor, content) :]
                _attributes(descriptor, temporary, mode, mtime_ns)
                if _syncfs() is None:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise unwritable(path, error) from error
        if len(self._waiting) >= _SETTLE_FILES:
            self.settle()

    def settle(self) -> None:
        """Sync what was written and give it its names."""
        if not self._waiting:
            return
        try:
            _sync(self._waiting[0][1].parent)
            while self._waiting:
                temporary, path = self._waiting[-1]
                temporary.replace(path)
                self._waiting.pop()
            _sync(self._root if self._is_dir else self._root.parent)
        except OSError as error:
            raise unwritable(self._root, error) from error

    # --- large files

    def _part(self, path: Path, key: str) -> Path:
        name = os.fsdecode(os.fsencode(path.name)[:200])
        return path.with_name(f".{name}.{key}.part")

    def wanted(self, entry: Entry, key: str, pace: Pace) -> tuple[int, str | None]:
        """From where on a file is wanted and the hash of what is here: of a part, or of the whole file."""
        if entry.size <= LARGE_BYTES:
            return 0, None
        path = self._place(entry)
        for place in (self._part(path, key), path):
            try:
                found = place.lstat()
                whole = place is path and found.st_size == entry.size
                if not stat.S_ISREG(found.st_mode) or not (whole or (place is not path and found.st_size)):
                    continue
                size = min(found.st_size, entry.size)
                digest = _hash(place, size, pace)
            except OSError:
                continue
            self._hashed[entry.path] = size, digest
            return size, digest.hexdigest()
        return 0, None

    def old(self, entry: Entry, key: str, least_bytes: int) -> Path | None:
        """The file under the entry's name, where it is not too small; None where a part of the new one is."""
        path = self._place(entry)
        try:
            found = path.lstat()
        except OSError:
            return None
        small = not stat.S_ISREG(found.st_mode) or found.st_size < least_bytes
        return None if small or self._part(path, key).exists() else path

    def large(self, entry: Entry, key: str, offset: int) -> LandingFile:
        """A part file to write from `offset` on; what is before it was compared by the server."""
        path = self._place(entry)
        part = self._part(path, key)
        size, digest = self._hashed.pop(entry.path, (0, hashlib.sha256()))
        if offset != size:  # the server did not take it for the same, or answers what was not asked
            size, digest = 0, hashlib.sha256()
        if size and not part.exists():
            return LandingFile(path, path, size, digest)
        return LandingFile(part, path, size, digest)


class LandingFile:
    """One large file that comes. Left without `finish` by a cut, its part stays, to go on with."""

    def __init__(self, part: Path, path: Path, offset: int, digest: hashlib._Hash) -> None:
        self._part, self._path = part, path
        self._hasher = Hasher(digest)
        self.size = offset
        try:
            if part == path:  # the file itself is what was wanted: nothing will be written
                self._descriptor = os.open(path, os.O_RDONLY | _NOFOLLOW)
                return
            self._descriptor = os.open(part, os.O_RDWR | os.O_CREAT | _NOFOLLOW, 0o600)
            os.ftruncate(self._descriptor, offset)
            os.lseek(self._descriptor, offset, os.SEEK_SET)
        except OSError as error:
            raise unwritable(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, _: object) -> None:
        self._hasher.close()
        os.close(self._descriptor)
        cut = isinstance(error, Problem) and error.code in ("ssh.lost", "ssh.timeout")
        if kind is not None and not cut and self._part != self._path:
            self._part.unlink(missing_ok=True)

    def write(self, data: bytes | memoryview) -> None:
        """The next bytes; they are hashed while they are written, and must stay as they are until then."""
        self._hasher.update(data)
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            raise unwritable(self._path, error) from error
        self.size += len(data)

    def sha256(self) -> str:
        """Hex, of all of it."""
        return self._hasher.hexdigest()

    def finish(self, mode: int, mtime_ns: int) -> None:
        """It is whole: sync it and give it its name."""
        try:
            _attributes(self._descriptor, self._part, mode, mtime_ns)
            os.fsync(self._descriptor)
            if self._part != self._path:
                self._part.replace(self._path)
                _sync_folder(self._path.parent)
        except OSError as error:
            raise unwritable(self._path, error) from error

    def discard(self) -> None:
        """It is not what was sent: nothing of it is kept."""
        if self._part != self._path:
            self._part.unlink(missing_ok=True)


def _hash(path: Path, size: int, pace: Pace | None) -> hashlib._Hash:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while size and (data := file.read(min(_PIECE, size))):
            digest.update(data)
            size -= len(data)
            if pace is not None:
                pace.check()
    return digest


def _attributes(descriptor: int, path: Path, mode: int, mtime_ns: int) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode & 0o777)
    if os.utime in os.supports_fd:
        os.utime(descriptor, ns=(mtime_ns, mtime_ns))
    else:
        os.utime(path, ns=(mtime_ns, mtime_ns))


def _syncfs() -> ctypes._NamedFuncPointer | None:
    """Linux's way to sync thousands of small files by one call; None where there is none."""
    if os.name != "posix":
        return None
    found: ctypes._NamedFuncPointer | None = getattr(ctypes.CDLL(None), "syncfs", None)
    return found


def _sync(folder: Path) -> None:
    call = _syncfs()
    if call is not None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            call(descriptor)
        finally:
            os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems cannot
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
