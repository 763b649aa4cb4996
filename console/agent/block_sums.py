"""Sums of a file's blocks, by which the console finds what it need not send again; kept in the cache.

A sum is a block's place, its first bytes and its CRC-32: it only proposes. Whether the result is right is
decided by the SHA-256 of the whole. Blocks may lie anywhere: those of a file that was made of parts of
another keep their sums.
"""

import bisect
import contextlib
import hashlib
import os
import stat
import struct
import zlib
from typing import Any, List, Optional, Tuple

from . import paths
from .paths import raw
from .wire import AgentError, from_os_error

SAMPLE = 24
RECORD = struct.Struct(">Q%dsI" % SAMPLE)
# What all kept sums may take; the ones not used for longest go first.
MAX_CACHE = 64 * 1024 * 1024
_SENT = 8192
_PIECE = 256 * 1024
_HEAD = struct.Struct(">4sQQqqI")
_KIND = b"sum2"
# Sums that leave out more than this part of a file are not kept: what they leave out would be sent each time.
_LEFT_OUT = 0.01
# Blocks of a file that grew keep their size up to this many of them.
_MOST_BLOCKS = 16384


def block_size(size: int) -> int:
    """Larger for larger files: a few thousand sums each."""
    block = 32 * 1024
    while size // block > 8192:
        block *= 2
    return block


class OldSums:
    """Sums of a file's blocks as they were sent, found by their places."""

    def __init__(self, block: int, records: bytes) -> None:
        self.block = block
        self._records = records
        self._places = [place for place, _, _ in RECORD.iter_unpack(records)]

    def of(self, start: int, size: int, at: int) -> Optional[bytes]:
        """Those of what lies from `start` on, as it will lie at `at`; None where that is not whole blocks."""
        count = size // self.block
        first = bisect.bisect_left(self._places, start)
        places = self._places[first : first + count]
        if size % self.block or places != list(range(start, start + size, self.block)):
            return None
        found = self._records[first * RECORD.size : (first + count) * RECORD.size]
        if at == start:
            return found
        moved = at - start
        rows = RECORD.iter_unpack(found)
        return b"".join([RECORD.pack(place + moved, head, crc) for place, head, crc in rows])


class SumMaker:
    """Sums of a file's blocks, made while it is written from its start to its end.

    Args:
        old: of the file whose parts it is made of.
    """

    def __init__(self, size: int, old: Optional[OldSums] = None) -> None:
        self._size = size
        self._old = old
        self.block = block_size(size)
        if old is not None and size // old.block <= _MOST_BLOCKS:
            self.block = old.block
        self._records: "List[bytes]" = []
        self._count = 0
        self._at = 0
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
            self._at += len(piece)
            if self._held == self.block:
                self._add(RECORD.pack(self._at - self.block, self._sample, self._crc))
            view = view[len(piece) :]

    def take(self, start: int, size: int) -> bool:
        """The next bytes are the old file's from `start` on; False where its sums do not tell of them."""
        if self._old is None or self._old.block != self.block:
            return False
        found = self._old.of(start, size, self._at)
        if found is None:
            return False
        self._add(found)  # what was held of a block is in none: it ends before its end
        self._at += size
        return True

    def _add(self, records: bytes) -> None:
        self._records.append(records)
        self._count += len(records) // RECORD.size
        self._sample, self._crc, self._held = b"", 0, 0

    def records(self) -> bytes:
        """Of all whole blocks so far."""
        return b"".join(self._records)

    @property
    def worth_keeping(self) -> bool:
        """Whether they tell of nearly all of the file."""
        return self._size - self._count * self.block <= max(self.block, self._size * _LEFT_OUT)


class SumCache:
    """~/.tandem/cache/sums: one small file for each large file that was pushed."""

    def send(self, pipe: Any, path: str, keeps: bool = True) -> OldSums:
        """Stream a file's sums, which it returns: `block`, `size` and `count`, then frames of records.

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
            block, records = self._read(path, found) or (block_size(found.st_size), None)
            count = found.st_size // block if records is None else len(records) // RECORD.size
            pipe.send({"block": block, "size": found.st_size, "count": count})
            if records is None:
                records = self._made(descriptor, found.st_size)
                if keeps:
                    self.keep(path, found, block, records)
            for start in range(0, len(records), RECORD.size * _SENT):
                pipe.send_data(records[start : start + RECORD.size * _SENT])
            return OldSums(block, records)
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
        return _HEAD.pack(_KIND, found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns, block)

    def _read(self, path: str, found: os.stat_result) -> "Optional[Tuple[int, bytes]]":
        """The size of a block and the sums, if the file is still the one they were made of."""
        place = paths.tandem("cache", "sums", self._name(path))
        try:
            with open(raw(place), "rb") as stream:
                content = stream.read(MAX_CACHE)
            os.utime(raw(place))
        except OSError:
            return None
        if len(content) < _HEAD.size or (len(content) - _HEAD.size) % RECORD.size:
            return None
        block = _HEAD.unpack_from(content)[-1]
        return (block, content[_HEAD.size :]) if content.startswith(self._stamp(found, block)) else None

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
