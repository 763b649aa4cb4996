"""Sums of a file's blocks, by which the console finds what it need not send again; kept in the cache.

A sum is a block's first bytes, its CRC-32 and its Adler-32: it only proposes. Whether the result is right is
decided by the SHA-256 of the whole.
"""

import contextlib
import hashlib
import os
import stat
import struct
import time
import zlib
from typing import Any, List, Optional

from . import paths
from .paths import raw
from .wire import AgentError, from_os_error

SAMPLE = 24
RECORD = struct.Struct(">%dsII" % SAMPLE)
# What all kept sums may take; the ones not used for longest go first.
MAX_CACHE = 64 * 1024 * 1024
_BATCH = 64
_HEAD = struct.Struct(">QQQQI")


def block_size(size: int) -> int:
    """Larger for larger files: a few thousand sums each."""
    block = 32 * 1024
    while size // block > 16384:
        block *= 2
    return block


class SumCache:
    """~/.tandem/cache/sums: one small file for each file that was asked for."""

    def send(self, pipe: Any, path: str) -> None:
        """Stream a file's sums: a message with `block`, `size` and `count`, then frames of records."""
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
            kept = self._read(path, found, block)
            if kept is not None:
                for start in range(0, len(kept), RECORD.size * 4096):
                    pipe.send_data(kept[start : start + RECORD.size * 4096])
                return
            records: "List[bytes]" = []
            for start in range(0, count, _BATCH):
                piece = b"".join(self._sums(descriptor, block, start, min(count, start + _BATCH)))
                records.append(piece)
                pipe.send_data(piece)
            self._write(path, found, block, b"".join(records))
        finally:
            os.close(descriptor)

    @staticmethod
    def _sums(descriptor: int, block: int, start: int, end: int) -> "List[bytes]":
        records = []
        for index in range(start, end):
            data = os.pread(descriptor, block, index * block)
            records.append(RECORD.pack(data[:SAMPLE], zlib.crc32(data), zlib.adler32(data)))
        return records

    # --- what is kept

    @staticmethod
    def _name(path: str) -> str:
        return hashlib.sha256(raw(path)).hexdigest()[:40]

    @staticmethod
    def _stamp(found: os.stat_result, block: int) -> bytes:
        times = (int(found.st_mtime * 1e9), int(found.st_ctime * 1e9))
        return _HEAD.pack(found.st_size, found.st_ino, times[0] & (2**64 - 1), times[1] & (2**64 - 1), block)

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

    def _write(self, path: str, found: os.stat_result, block: int, records: bytes) -> None:
        """Keep them; a cache that cannot be written is no reason to stop a copy."""
        if time.time() - found.st_mtime < 2.0:  # it may change again within one tick of its clock
            return
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
