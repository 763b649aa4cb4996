"""The sources of a push: a local file or folder, one that several servers get at once, another server."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from pathlib import Path

from console.agent.hashing import AHEAD, Hasher
from console.core.problems import Problem
from console.fleet.copying.channel import DATA, CopyChannel
from console.fleet.copying.listing import list_remote
from console.fleet.copying.tree import PIECE_BYTES, Entry, Listing, Reader, scan

_AHEAD_PIECES = 16
_KEPT_BYTES = 64 * 1024 * 1024
_WAIT_S = 120.0


class LocalSource:
    """A file or folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listing = scan(root)
        self._hashes: dict[str, str] = {}

    @property
    def identity(self) -> str:
        return str(self._root.resolve())

    def listing(self) -> Listing:
        return self._listing

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        found = []
        for entry in entries:
            path = self._path(entry)
            try:
                data = path.read_bytes()
            except OSError as error:
                raise unreadable(path, error) from error
            found.append((data, hashlib.sha256(data).hexdigest()))
        return found

    def open(self, entry: Entry) -> Reader:
        return FileReader(self._path(entry))

    def sha256(self, entry: Entry) -> str | None:
        if entry.path not in self._hashes:
            try:
                with self._path(entry).open("rb") as file:
                    self._hashes[entry.path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise unreadable(self._path(entry), error) from error
        return self._hashes[entry.path]

    def pass_by(self, entry: Entry) -> None:
        """Nothing was prepared for it."""

    def local(self, entry: Entry) -> Path | None:
        return self._path(entry)

    def _path(self, entry: Entry) -> Path:
        return self._root / entry.path if entry.path else self._root


class FileReader:
    """A local file, hashed while it is read and what was read before is sent."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise unreadable(path, error) from error
        self._buffers = [memoryview(bytearray(PIECE_BYTES)) for _ in range(AHEAD + 1)]
        self._hasher = Hasher()

    def read(self) -> memoryview:
        buffer = self._buffers.pop(0)
        self._buffers.append(buffer)
        try:
            count = self._file.readinto(buffer)
        except OSError as error:
            raise unreadable(self._path, error) from error
        piece = buffer[: count or 0]
        if piece:
            self._hasher.update(piece)
        return piece

    def sha256(self) -> str:
        return self._hasher.hexdigest()

    def close(self) -> None:
        self._hasher.close()
        self._file.close()


def unreadable(path: Path, error: OSError) -> Problem:
    """The Problem for a local file that could not be read."""
    if isinstance(error, FileNotFoundError):
        return Problem("file.missing", path=path)
    return Problem("file.unreadable", path=path, reason=error.strerror or error)


class SharedSource:
    """A local source that is read once for several servers: large files in step, a few pieces apart, small
    ones kept until all have them. Servers that are very far apart make it read small ones again.

    Args:
        takers: how many servers get it; each uses a `taker()` of its own, on a thread of its own.
    """

    def __init__(self, source: LocalSource, takers: int) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._alive = set(range(takers))
        self._files: dict[str, _SharedFile] = {}
        self._small: dict[str, tuple[bytes, str, set[int]]] = {}
        self._small_bytes = 0
        self._hashing = threading.Lock()
        self._given = 0

    def taker(self) -> SharedTaker:
        """The source as one of the servers sees it."""
        with self._lock:
            self._given += 1
            return SharedTaker(self, self._given - 1)

    def leave(self, taker: int) -> None:
        """A server is done or lost: nobody waits for it any more."""
        with self._changed:
            self._alive.discard(taker)
            for file in self._files.values():
                file.forget(taker)
            for path in list(self._small):
                self._took_small(path, taker)
            self._changed.notify_all()

    def small(self, entries: list[Entry], taker: int) -> list[tuple[bytes, str]]:
        """As LocalSource's; what another server still wants is kept for it."""
        with self._lock:
            missing = [entry for entry in entries if entry.path not in self._small]
            read = dict(zip((entry.path for entry in missing), self.source.small(missing), strict=True))
            found = []
            for entry in entries:
                if entry.path in read:
                    data, sha256 = read[entry.path]
                    self._small[entry.path] = data, sha256, set(self._alive)
                    self._small_bytes += len(data)
                else:
                    data, sha256, _ = self._small[entry.path]
                found.append((data, sha256))
            for entry in entries:
                self._took_small(entry.path, taker)
            while self._small_bytes > _KEPT_BYTES:
                self._drop_small(next(iter(self._small)))
            return found

    def _took_small(self, path: str, taker: int) -> None:
        waiting = self._small[path][2]
        waiting.discard(taker)
        if not waiting:
            self._drop_small(path)

    def _drop_small(self, path: str) -> None:
        self._small_bytes -= len(self._small.pop(path)[0])

    def sha256(self, entry: Entry) -> str | None:
        """As LocalSource's, hashed once."""
        with self._hashing:
            return self.source.sha256(entry)

    def read(self, entry: Entry, taker: int, index: int) -> tuple[memoryview, str]:
        """The piece of that index and the hash of all up to it; waits for servers that are far behind."""
        with self._changed:
            file = self._files.get(entry.path)
            if file is None:
                file = self._files[entry.path] = _SharedFile(self.source.open(entry), set(self._alive))
            while index >= file.first + len(file.pieces):
                if len(file.pieces) < _AHEAD_PIECES:
                    file.read_on()
                elif not self._changed.wait(_WAIT_S):
                    raise Problem("file.unreadable", path=entry.path, reason="another server takes nothing")
            piece = file.pieces[index - file.first]
            file.taken(taker, index + 1)
            self._changed.notify_all()
            return piece

    def done_with(self, entry: Entry, taker: int) -> None:
        """This server wants no more of a file."""
        with self._changed:
            file = self._files.get(entry.path)
            if file is None:
                file = self._files[entry.path] = _SharedFile(self.source.open(entry), set(self._alive))
            file.forget(taker)
            if not file.waiting_for:
                file.reader.close()
                del self._files[entry.path]
            self._changed.notify_all()


class _SharedFile:
    """A file that is under way to several servers: the pieces that some of them still lack."""

    def __init__(self, reader: Reader, takers: set[int]) -> None:
        self.reader = reader
        self.first = 0
        self.pieces: deque[tuple[memoryview, str]] = deque()
        self.waiting_for = dict.fromkeys(takers, 0)

    def read_on(self) -> None:
        data = bytes(self.reader.read())
        self.pieces.append((memoryview(data), self.reader.sha256()))

    def taken(self, taker: int, upto: int) -> None:
        self.waiting_for[taker] = upto
        self._drop()

    def forget(self, taker: int) -> None:
        self.waiting_for.pop(taker, None)
        self._drop()

    def _drop(self) -> None:
        # The piece that was taken last is still being sent from: it goes with the next.
        needed = min(self.waiting_for.values(), default=self.first + 1) - 1
        while self.first < needed and self.pieces:
            self.pieces.popleft()
            self.first += 1


class SharedTaker:
    """One server's view of a shared source."""

    def __init__(self, shared: SharedSource, number: int) -> None:
        self._shared = shared
        self._number = number

    @property
    def identity(self) -> str:
        return self._shared.source.identity

    def listing(self) -> Listing:
        return self._shared.source.listing()

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        return self._shared.small(entries, self._number)

    def open(self, entry: Entry) -> Reader:
        return _SharedReader(self._shared, entry, self._number)

    def sha256(self, entry: Entry) -> str | None:
        return self._shared.sha256(entry)

    def pass_by(self, entry: Entry) -> None:
        self._shared.done_with(entry, self._number)

    def local(self, entry: Entry) -> Path | None:
        del entry  # the others would not be in step with a search in it
        return None

    def leave(self) -> None:
        """The push to this server is over."""
        self._shared.leave(self._number)


class _SharedReader:
    def __init__(self, shared: SharedSource, entry: Entry, taker: int) -> None:
        self._shared, self._entry, self._taker = shared, entry, taker
        self._index = 0
        self._sha256 = hashlib.sha256().hexdigest()

    def read(self) -> memoryview:
        piece, self._sha256 = self._shared.read(self._entry, self._taker, self._index)
        self._index += 1
        return piece

    def sha256(self) -> str:
        return self._sha256

    def close(self) -> None:
        self._shared.done_with(self._entry, self._taker)


class RemoteSource:
    """A file or folder of another server: its bytes pass through this console's memory, never its disk."""

    def __init__(self, channel: CopyChannel, root: str) -> None:
        self._channel = channel
        self._listed = list_remote(channel, root)
        self._identity = f"{channel.server}:{self._listed.root}"

    @property
    def identity(self) -> str:
        return self._identity

    def listing(self) -> Listing:
        return self._listed.listing

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        channel = self._channel
        channel.send("get", list=[[entry.path, 0, None] for entry in entries])
        found: dict[int, tuple[bytes, str]] = {}
        while True:
            message = channel.message()
            if "got" in message:
                break
            if "failed" in message:
                raise channel.problem(message.get("why"))
            if "file" in message:  # it has grown since it was listed
                raise self._changed("it changed while it was copied")
            rows = message.get("batch")
            _, data = channel.receive()
            at = 0
            for index, size, _, _, sha256 in rows if isinstance(rows, list) else []:
                piece = data[at : at + size]
                at += size
                if hashlib.sha256(piece).hexdigest() != sha256:
                    raise Problem("transfer.mismatch", server=channel.server, path=self._listed.root)
                found[index] = (piece, sha256)
        if sorted(found) != list(range(len(entries))):
            raise self._changed("files are missing in its answer")
        return [found[index] for index in range(len(entries))]

    def open(self, entry: Entry) -> Reader:
        self._channel.send("get", list=[[entry.path, 0, None]])
        return _RemoteReader(self._channel, entry)

    def sha256(self, entry: Entry) -> str | None:
        del entry
        return None

    def pass_by(self, entry: Entry) -> None:
        """Nothing was asked for."""

    def local(self, entry: Entry) -> Path | None:
        del entry
        return None

    def _changed(self, reason: str) -> Problem:
        return Problem("transfer.failed", server=self._channel.server, path=self._listed.root, reason=reason)


class _RemoteReader:
    """Data frames of one file; its hash is compared with the server's at the end."""

    def __init__(self, channel: CopyChannel, entry: Entry) -> None:
        self._channel, self._entry = channel, entry
        self._digest = hashlib.sha256()
        self._over = False
        first = channel.message()
        if "failed" in first:
            raise channel.problem(first.get("why"))
        self._small = "batch" in first
        self._over = "got" in first

    def read(self) -> memoryview:
        if self._over:
            return memoryview(b"")
        kind, body = self._channel.receive()
        if kind == DATA:
            self._digest.update(body)
            return memoryview(body)
        message = self._channel.parse(body)
        if self._small:  # it has become a small file since it was listed
            self._over = "got" in message
            return memoryview(b"")
        if message.get("missing") or message.get("sha256") != self._digest.hexdigest():
            raise Problem("transfer.mismatch", server=self._channel.server, path=self._entry.path)
        self._channel.message()  # that the request is answered
        self._over = True
        return memoryview(b"")

    def sha256(self) -> str:
        return self._digest.hexdigest()

    def close(self) -> None:
        """A request that is cut short is ended with its channel."""
