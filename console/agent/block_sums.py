"""Sums of a file's blocks, by which the console finds what it need not send again; kept in the cache.

A sum is a block's first bytes and its CRC-32: it only proposes. Whether the result is right is decided by the
SHA-256 of the whole.
"""

import contextlib
import hashlib
import os
import stat
import struct
import zlib
from typing import Any, List, Optional

from . import paths
from .paths import raw
from .wire import AgentError, from_os_error

SAMPLE = 24
RECORD = struct.Struct(">%dsI" % SAMPLE)
# What all kept sums may take; the ones not used for longest go first.
MAX_CACHE = 64 * 1024 * 1024
_SENT = 8192
_PIECE = 256 * 1024
_HEAD = struct.Struct(">QQqqI")


def block_size(size: int) -> int:
    """Larger for larger files: a few thousand sums each."""
    block = 32 * 1024
    while size // block > 8192:
        block *= 2
    return block


class SumMaker:
    """Sums of a file's blocks, made while it is written from its start to its end."""

    def __init__(self, size: int) -> None:
        self.block = block_size(size)
        self._records: "List[bytes]" = []
        self._sample = b""
        self._crc = 0
        self._held = 0

    def update(self, data: Any) -> None:
        """The next bytes."""
        view = memoryview(data)
        while view:
            piece = view[: self.block - self._held]
            if len(self._sample) < SAMPLE:
                self._sample += bytes(piece[: SAMPLE - len(self._sample)])
            self._crc = zlib.crc32(piece, self._crc)
            self._held += len(piece)
            if self._held == self.block:
                self._records.append(RECORD.pack(self._sample, self._crc))
                self._sample, self._crc, self._held = b"", 0, 0
            view = view[len(piece) :]

    def take(self, sums: bytes, start: int, size: int, block: int) -> bool:
        """Take over the sums of blocks that were copied whole; False where they lie on another grid."""
        if block != self.block or self._held or start % block or size % block or not sums:
            return False
        first = start // block * RECORD.size
        found = sums[first : first + size // block * RECORD.size]
        if len(found) != size // block * RECORD.size:
            return False
        self._records.append(found)
        return True

    def records(self) -> bytes:
        """Of all whole blocks so far."""
        return b"".join(self._records)


class SumCache:
    """~/.tandem/cache/sums: one small file for each large file that was pushed."""

    def send(self, pipe: Any, path: str, keeps: bool = True) -> bytes:
        """Stream a file's sums: `block`, `size` and `count`, then frames of records, which it returns.

        Args:
            keeps: whether sums that were not there may be kept.
        """
        try:
            descriptor = os.open(raw(path), os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
        except OSError as error:
            raise from_os_error(error, path, reading=True) from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise AgentError("agent.failed", reason="%s is not a regular file" % path)
            block = block_size(found.st_size)
            count = found.st_size // block
            pipe.send({"block": block, "size": found.st_size, "count": count})
            records = self._read(path, found, block)
            if records is None:
                records = self._made(descriptor, found.st_size)
                if keeps:
                    self.keep(path, found, block, records)
            for start in range(0, len(records), RECORD.size * _SENT):
                pipe.send_data(records[start : start + RECORD.size * _SENT])
            return records
        finally:
            os.close(descriptor)

    @staticmethod
    def _made(descriptor: int, size: int) -> bytes:
        maker, left = SumMaker(size), size
        buffer = memoryview(bytearray(_PIECE))
        while left:
            count = os.readv(descriptor, [buffer[: min(_PIECE, left)]])
            if not count:
                break
            maker.update(buffer[:count])
            left -= count
        return maker.records()

    # --- what is kept

    @staticmethod
    def _name(path: str) -> str:
        return hashlib.sha256(raw(path)).hexdigest()[:40]

    @staticmethod
    def _stamp(found: os.stat_result, block: int) -> bytes:
        return _HEAD.pack(found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, block)

    def _read(self, path: str, found: os.stat_result, block: int) -> Optional[bytes]:
        """The sums, if the file is still the one they were made of."""
        place = paths.tandem("cache", "sums", self._name(path))
        try:
            with open(raw(place), "rb") as stream:
                content = stream.read(MAX_CACHE)
            os.utime(raw(place))
        except OSError:
            return None
        stamp = self._stamp(found, block)
        records = content[len(stamp) :]
        whole = len(records) == found.st_size // block * RECORD.size
        return records if content.startswith(stamp) and whole else None

    def keep(self, path: str, found: os.stat_result, block: int, records: bytes) -> None:
        """Keep them; a cache that cannot be written is no reason to stop a copy."""
        with contextlib.suppress(OSError, AgentError):
            folder = paths.private_folder("cache", "sums")
            place = os.path.join(folder, self._name(path))
            paths.write_atomically(place, self._stamp(found, block) + records, durable=False)
            self._trim(folder)

    @staticmethod
    def _trim(folder: str) -> None:
        kept = []
        for name in paths.names_in(folder):
            with contextlib.suppress(OSError):
                found = os.lstat(raw(os.path.join(folder, name)))
                kept.append((found.st_mtime, found.st_size, name))
        total = sum(size for _, size, _ in kept)
        for _, size, name in sorted(kept):
            if total <= MAX_CACHE:
                return
            with contextlib.suppress(OSError):
                os.unlink(raw(os.path.join(folder, name)))
            total -= size
