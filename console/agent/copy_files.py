"""What both ends of a copy do to one file on the server: hash, write, sync. Nothing here knows of frames."""

import contextlib
import ctypes
import hashlib
import os
import threading
from typing import Any, Iterator, Optional

from .hashing import AHEAD, Hasher
from .paths import raw

PIECE = 256 * 1024
_COPY = 1024 * 1024
_SYNC_EVERY = 64 * 1024 * 1024
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Writeback:
    """Keeps the disk busy while bytes come, so that the last fsync has little left to do."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._since = 0
        self._thread: "Optional[threading.Thread]" = None

    def wrote(self, count: int) -> None:
        """So many bytes more are in the file."""
        self._since += count
        if self._since < _SYNC_EVERY or (self._thread is not None and self._thread.is_alive()):
            return
        self._since = 0
        self._thread = threading.Thread(target=self._sync)
        self._thread.daemon = True
        self._thread.start()

    def _sync(self) -> None:
        with contextlib.suppress(OSError):  # the last fsync tells
            os.fdatasync(self._descriptor)

    def join(self) -> None:
        """Wait until nothing is under way."""
        if self._thread is not None:
            self._thread.join()


class Basis:
    """The old file that a new one is made of in parts; `close` it."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(raw(path), os.O_RDONLY | NOFOLLOW)
        self._buffers = [memoryview(bytearray(_COPY)) for _ in range(AHEAD + 1)]

    def pieces(self, start: int, size: int) -> "Iterator[memoryview]":
        """So many bytes of it, fewer where it has become shorter: the hash of the result will tell. A piece
        stays as it is until `AHEAD` more were taken."""
        os.lseek(self._descriptor, start, os.SEEK_SET)
        while size:
            buffer = self._buffers.pop(0)
            self._buffers.append(buffer)
            count = os.readv(self._descriptor, [buffer[: min(_COPY, size)]])
            if not count:
                return
            yield buffer[:count]
            size -= count

    def close(self) -> None:
        os.close(self._descriptor)


class Arriving:
    """A part file that is written from some offset on, hashed and summed on the way; used by `with`."""

    def __init__(self, descriptor: int, offset: int, digest: Any, sums: Any) -> None:
        os.lseek(descriptor, offset, os.SEEK_SET)
        self._descriptor = descriptor
        self._hasher = Hasher(digest)
        self._sums = sums
        self._writeback = Writeback(descriptor)

    def __enter__(self) -> "Arriving":
        return self

    def __exit__(self, *_: Any) -> None:
        self._hasher.close()
        self._writeback.join()

    def put(self, data: Any) -> None:
        """The next bytes, which stay as they are until two more pieces were put."""
        self._hasher.update(data)
        for start in range(0, len(data), PIECE):  # what was summed is still at hand when it is written
            piece = data[start : start + PIECE]
            if self._sums is not None:
                self._sums.update(piece)
            write_whole(self._descriptor, piece)
        self._writeback.wrote(len(data))

    def copy(self, old: Basis, start: int, size: int) -> None:
        """The next bytes, out of the old file; what its sums tell of is not summed again."""
        known = self._sums is None or self._sums.take(start, size)
        for piece in old.pieces(start, size):
            self._hasher.update(piece)
            if not known:
                self._sums.update(piece)
            write_whole(self._descriptor, piece)
        self._writeback.wrote(size)

    def sha256(self) -> str:
        """Hex, of all of it."""
        return self._hasher.hexdigest()


def hash_upto(descriptor: int, size: int) -> Any:
    """The hash of a file's first bytes; its offset is moved."""
    digest = hashlib.sha256()
    os.lseek(descriptor, 0, os.SEEK_SET)
    hash_on(digest, descriptor, size)
    return digest


def hash_on(digest: Any, descriptor: int, size: int) -> None:
    """Add a file's next bytes to a hash."""
    buffer = memoryview(bytearray(PIECE))
    while size > 0:
        count = os.readv(descriptor, [buffer[: min(PIECE, size)]])
        if not count:
            return
        digest.update(buffer[:count])
        size -= count


def write_whole(descriptor: int, data: Any) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def set_attributes(descriptor: int, mode: int, mtime_ns: int) -> None:
    os.fchmod(descriptor, mode & 0o777)
    os.utime(descriptor, ns=(mtime_ns, mtime_ns))


def write_small(path: str, data: memoryview, mode: int, mtime_ns: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | NOFOLLOW
    descriptor = os.open(raw(path), flags, 0o600)
    try:
        write_whole(descriptor, data)
        set_attributes(descriptor, mode, mtime_ns)
    except OSError:
        os.unlink(raw(path))
        raise
    finally:
        os.close(descriptor)


def sync_file_system(folder: str) -> None:
    """Sync the file system that holds a folder: one call for thousands of small files."""
    descriptor = os.open(raw(folder), os.O_RDONLY)
    try:
        syncfs = getattr(ctypes.CDLL(None), "syncfs", None)
        if syncfs is None or syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)
