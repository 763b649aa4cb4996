"""Files that go: the listing of a folder, then bytes with their hashes. What is asked is copier.py's."""

import hashlib
import os
import stat
import threading
from typing import Any, Dict, List, Optional, Tuple

from . import paths
from .block_sums import SumCache
from .copy_files import hash_upto
from .hashing import AHEAD, Hasher
from .paths import raw
from .wire import AgentError, from_os_error

Message = Dict[str, Any]

SMALL = 256 * 1024
BATCH = 512 * 1024
_BATCH_FILES = 512
_LISTED = 1000


class Outgoing:
    """One pull: where it comes from, and the files of a batch that waits.

    Args:
        root: absolute, where it is known without `walk`.
    """

    def __init__(self, pipe: Any, root: str = "") -> None:
        self._pipe = pipe
        self._root = raw(root)
        self._batch: "List[Tuple[int, int, int, int, str]]" = []
        self._bytes: "List[bytes]" = []
        self._held = 0
        self._whole: "Optional[_Whole]" = None

    # --- listing

    def walk(self, message: Message) -> Message:
        """List a file or a folder: [path, kind, size, mode, mtime_ns]; links to files count as files."""
        path = paths.absolute(str(message["root"]))
        self._root = raw(path)
        try:
            found = os.stat(self._root)
        except OSError as error:
            raise from_os_error(error, path, reading=True) from error
        if stat.S_ISREG(found.st_mode):
            self._pipe.send({"entries": [self._row("", "f", found)]})
            return {"end": True, "root": path, "kind": "file", "skipped": []}
        if not stat.S_ISDIR(found.st_mode):
            raise AgentError("agent.failed", reason="%s is neither a file nor a folder" % path)
        entries, skipped = [self._row("", "d", found)], []
        for relative, kind, seen in self._below():
            if seen is None:
                skipped.append([_text(relative), kind])
            else:
                entries.append(self._row(_text(relative), kind, seen))
            if len(entries) >= _LISTED:
                self._pipe.send({"entries": entries})
                entries = []
        self._pipe.send({"entries": entries})
        return {"end": True, "root": path, "kind": "folder", "skipped": skipped[:_LISTED]}

    @staticmethod
    def _row(relative: str, kind: str, found: os.stat_result) -> "List[Any]":
        return [relative, kind, found.st_size, stat.S_IMODE(found.st_mode), found.st_mtime_ns]

    def _below(self) -> Any:
        """(path, kind, stat) of all below the root, a folder before what is in it; without a stat: why."""
        waiting = [b""]
        while waiting:
            folder = waiting.pop()
            try:
                names = sorted(os.listdir(os.path.join(self._root, folder)))
            except OSError as error:
                yield folder, error.strerror or "it cannot be read", None
                continue
            for name in names:
                relative = os.path.join(folder, name)
                full = os.path.join(self._root, relative)
                try:
                    found = os.lstat(full)
                    if stat.S_ISLNK(found.st_mode):
                        found = os.stat(full)
                        if not stat.S_ISREG(found.st_mode):
                            yield relative, "a link that leads to no file", None
                            continue
                except OSError as error:
                    yield relative, error.strerror or "it cannot be read", None
                    continue
                if stat.S_ISDIR(found.st_mode):
                    yield relative, "d", found
                    waiting.append(relative)
                elif stat.S_ISREG(found.st_mode):
                    yield relative, "f", found
                else:
                    yield relative, "neither a file nor a folder", None

    # --- bytes

    def get(self, message: Message) -> Message:
        """Send files: [path, offset, sha256 of what is before it] each, in their order."""
        for index, (relative, offset, before) in enumerate(message["list"]):
            try:
                self._one(index, self._full(relative), offset, before)
            except OSError as error:
                self._flush()
                shown = os.fsdecode(self._root) + ("/" + relative if relative else "")
                self._pipe.send({"failed": index, "why": from_os_error(error, shown, reading=True).as_dict()})
        self._flush()
        return {"got": len(message["list"])}

    def _full(self, relative: str) -> bytes:
        return os.path.join(self._root, raw(relative)) if relative else self._root

    def _one(self, index: int, full: bytes, offset: int, before: Optional[str]) -> None:
        descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(22, "it is not a regular file")
            if found.st_size <= SMALL and not offset:
                self._small(index, descriptor, found)
            else:
                self._flush()
                self._large(index, descriptor, found, offset, before)
        finally:
            os.close(descriptor)

    def _small(self, index: int, descriptor: int, found: os.stat_result) -> None:
        data = os.read(descriptor, SMALL)
        if self._held + len(data) > BATCH or len(self._batch) >= _BATCH_FILES:
            self._flush()
        sha256 = hashlib.sha256(data).hexdigest()
        self._batch.append((index, len(data), stat.S_IMODE(found.st_mode), found.st_mtime_ns, sha256))
        self._bytes.append(data)
        self._held += len(data)

    def _flush(self) -> None:
        if self._batch:
            self._pipe.send({"batch": self._batch})
            self._pipe.send_data(b"".join(self._bytes))
        self._batch, self._bytes, self._held = [], [], 0

    def _large(
        self, index: int, descriptor: int, found: os.stat_result, offset: int, before: Optional[str]
    ) -> None:
        digest = hashlib.sha256()
        if offset:
            at = 0
            while at < offset:
                data = os.pread(descriptor, min(BATCH, offset - at), at)
                if not data:
                    break
                digest.update(data)
                at += len(data)
            if at != offset or digest.hexdigest() != before:
                digest, offset = hashlib.sha256(), 0
        os.lseek(descriptor, offset, os.SEEK_SET)
        self._pipe.send(
            {
                "file": index,
                "size": found.st_size,
                "offset": offset,
                "mode": stat.S_IMODE(found.st_mode),
                "mtime_ns": found.st_mtime_ns,
            }
        )
        hasher = Hasher(digest)
        try:
            left = self._stream(descriptor, found.st_size - offset, hasher)
            # What has become shorter meanwhile is no whole file; the console says so.
            self._pipe.send({"end": index, "sha256": hasher.hexdigest(), "missing": left})
        finally:
            hasher.close()

    def _stream(self, descriptor: int, left: int, hasher: Hasher) -> int:
        """Send so many bytes; how many of them are missing. One buffer is sent while others are hashed."""
        buffers = [memoryview(bytearray(BATCH)) for _ in range(AHEAD + 1)]
        while left:
            buffer = buffers.pop(0)
            buffers.append(buffer)
            count = os.readv(descriptor, [buffer[: min(BATCH, left)]])
            if not count:
                break
            hasher.update(buffer[:count])
            self._pipe.send_data(buffer[:count])
            left -= count
        return left

    # --- a file of which the console has much already

    def offer(self, message: Message) -> "Optional[Message]":
        """Stream a file's block sums, and begin to hash the whole; `none` where it cannot be read."""
        full = self._full(message["path"])
        try:
            if not os.path.isfile(full):
                return {"none": True}
            self._whole = _Whole(full)
            SumCache().send(self._pipe, os.fsdecode(full), keeps=False)
        except (OSError, AgentError):
            return {"none": True}
        return None

    def pieces(self, message: Message) -> Message:
        """Send parts of the file that was offered, [start, size] each, then the hash of all of it."""
        whole = self._whole
        if whole is None:
            raise AgentError("agent.failed", reason="nothing was offered")
        found = whole.found
        self._pipe.send(
            {"size": found.st_size, "mode": stat.S_IMODE(found.st_mode), "mtime_ns": found.st_mtime_ns}
        )
        buffer = memoryview(bytearray(BATCH))
        descriptor = os.open(self._full(message["path"]), os.O_RDONLY | os.O_NONBLOCK)
        try:
            for start, left in message["list"]:
                os.lseek(descriptor, start, os.SEEK_SET)
                while left:
                    count = os.readv(descriptor, [buffer[: min(BATCH, left)]])
                    if not count:
                        return {"missing": left}
                    self._pipe.send_data(buffer[:count])
                    left -= count
        finally:
            os.close(descriptor)
        return {"sha256": whole.sha256()}


class _Whole:
    """A file's hash, made on a thread of its own while other things are done with it."""

    def __init__(self, full: bytes) -> None:
        self._descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK)
        self.found = os.fstat(self._descriptor)
        self._digest: "Any" = None
        self._thread = threading.Thread(target=self._run)
        self._thread.daemon = True
        self._thread.start()

    def _run(self) -> None:
        try:
            self._digest = hash_upto(self._descriptor, self.found.st_size)
        except OSError:
            return  # without a hash, the console takes the file whole, and is told why that cannot be
        finally:
            os.close(self._descriptor)

    def sha256(self) -> "Optional[str]":
        """Hex; None where it could not be read."""
        self._thread.join()
        return None if self._digest is None else self._digest.hexdigest()


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
