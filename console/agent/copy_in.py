"""Files that come: part files beside their place, hashes, fsync, rename. What is asked is copier.py's.

A large file is written to a part file whose name is made of what is sent, so that a push which was cut goes
on where it was. Small ones come many in a frame, are synced together and then renamed one by one.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import struct
from typing import Any, Dict, List, Optional, Set, Tuple

from . import paths
from .block_sums import OldSums, SumCache, SumMaker
from .copier import COPY, DATA, DATA_AT, JSON
from .copy_files import (
    NOFOLLOW,
    Arriving,
    Basis,
    hash_on,
    hash_upto,
    set_attributes,
    sync_file_system,
    write_small,
)
from .paths import raw
from .wire import AgentError, from_os_error, no_space

Message = Dict[str, Any]

_RANGE = struct.Struct(">QQ")
_AT = struct.Struct(">Q")
_LEAST_KEPT = 1024 * 1024
_STEP = 1024 * 1024


class Incoming:
    """One push: where it goes, and what of it is under way."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._root = ""
        self._known: "Tuple[str, int, Any]" = ("", 0, None)
        self._old_sums: "Optional[OldSums]" = None
        self._old: "Optional[Basis]" = None
        self._pending: "List[Tuple[str, str]]" = []
        self._folders: "Set[str]" = set()
        self.last_sha256 = ""  # of the last large file that got its name

    # --- where

    def begin(self, message: Message) -> Message:
        """The target. A file on a folder, or a name that ends with a slash, goes inside."""
        given, name = str(message["root"]), str(message["name"])
        root = paths.absolute(given)
        if message["kind"] == "lane":
            self._root = root
            return {"root": root}
        if given.endswith("/") or (message["kind"] == "file" and os.path.isdir(raw(root))):
            root = os.path.join(root, name)
        if root.startswith(paths.tandem() + os.sep):
            root = paths.confined(root)
        self._root = root
        exists = os.path.lexists(raw(root))
        if exists and (message["kind"] == "folder") != os.path.isdir(raw(root)):
            what = (
                "it is a file there and a folder here"
                if message["kind"] == "folder"
                else "it is a folder there"
            )
            raise AgentError("remote.not_writable", path=root, reason=what)
        near = root
        while not os.path.exists(raw(near)) and os.path.dirname(near) != near:
            near = os.path.dirname(near)
        found = os.statvfs(raw(near))
        free = found.f_bavail * found.f_frsize
        if message["kind"] == "folder":
            paths.guarded(root, lambda: os.makedirs(raw(root), 0o777, exist_ok=True))
        return {"root": root, "exists": exists, "free_bytes": free}

    def place(self, relative: str) -> str:
        """Where an entry goes; no symbolic link below the root is followed on the way."""
        if not relative:
            return self._root
        steps = relative.split("/")
        if any(step in ("", ".", "..") or "\0" in step for step in steps):
            raise AgentError("agent.failed", reason="not a path below the root: %s" % relative)
        walked = self._root
        for step in steps[:-1]:
            walked = walked + "/" + step
            if walked in self._folders:
                continue
            if os.path.islink(raw(walked)):
                raise AgentError("remote.not_writable", path=walked, reason="it is a symbolic link")
            self._folders.add(walked)
        return self._root + "/" + relative

    # --- one large file

    def look(self, message: Message) -> Message:
        """What is there of a file: an old one, a part of the new one and the hash of that part."""
        path = self.place(message["path"])
        part = self._part_of(path, message["key"])
        answer: "Message" = {"old": None, "part": 0, "part_sha256": None}
        with contextlib.suppress(OSError):
            found = os.lstat(raw(path))
            answer["old"] = found.st_size if stat.S_ISREG(found.st_mode) else None
        try:
            descriptor = os.open(raw(part), os.O_RDONLY | NOFOLLOW)
        except OSError:
            return answer
        try:
            size = min(os.fstat(descriptor).st_size, int(message["size"]))
            if size < int(message["size"]):
                size -= size % _STEP  # the console reads in steps of that size
            digest = hash_upto(descriptor, size)
            self._known = (part, size, digest)
            answer["part"], answer["part_sha256"] = size, digest.hexdigest()
        finally:
            os.close(descriptor)
        return answer

    @staticmethod
    def _part_of(path: str, key: str) -> str:
        folder, name = os.path.split(path)
        shown = name.encode("utf-8", "surrogateescape")[:200].decode("utf-8", "surrogateescape")
        return os.path.join(folder, ".%s.%s.part" % (shown, key))

    def file(self, message: Message) -> Message:
        """Take a file: data, or pieces of the old one, until `done`; then check, sync, rename."""
        path = self.place(message["path"])
        part = self._part_of(path, message["key"])
        offset = int(message["offset"])
        try:
            descriptor = os.open(raw(part), os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o600)
        except OSError as error:
            raise from_os_error(error, path) from error
        self._close_old()
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AgentError(
                    "remote.not_writable", path=path, reason="the same file is being pushed there"
                ) from error
            if message.get("basis"):
                self._old = Basis(path)
            try:
                os.ftruncate(descriptor, offset)
                if message.get("lanes"):
                    self._pipe.send({"ready": True})
                    done, sums = self._scattered(descriptor, offset), None
                else:
                    digest = self._hash_before(descriptor, part, offset)
                    sums = self._maker(message)
                    with Arriving(descriptor, offset, digest, sums) as arriving:
                        done = self._take(arriving)
                whole = self._finish(descriptor, part, path, message, done)
                if whole and sums is not None and sums.worth_keeping:
                    SumCache().keep(path, os.fstat(descriptor), sums.block, sums.records())
            except OSError as error:
                if no_space(error):
                    self._no_space(part, path, int(message["size"]))
                raise from_os_error(error, path) from error
        finally:
            os.close(descriptor)
        return {"done": whole}

    def _maker(self, message: Message) -> Optional[SumMaker]:
        """What makes the sums of a file that comes from its start; None where they are not wanted."""
        size = int(message["size"])
        if size < _LEAST_KEPT or int(message["offset"]):
            return None
        return SumMaker(size, self._old_sums if message.get("basis") else None)

    def _close_old(self) -> None:
        """The old file goes with its last descriptor, which takes time: the answer need not wait for it."""
        old, self._old = self._old, None
        if old is not None:
            old.close()

    def _hash_before(self, descriptor: int, part: str, offset: int) -> Any:
        """The hash of what the part holds already; `look` has read it once."""
        known, size, digest = self._known
        return digest if (known, size) == (part, offset) else hash_upto(descriptor, offset)

    def _take(self, file: Arriving) -> Message:
        """Fill the part file; the `done` message with the hash of what was written as `found`."""
        while True:
            kind, view = self._pipe.receive()
            if kind == DATA:
                file.put(view)
            elif kind == COPY and self._old is not None:
                start, size = _RANGE.unpack(bytes(view))
                file.copy(self._old, start, size)
            elif kind == JSON:
                message = json.loads(bytes(view).decode("utf-8"))
                message["found"] = file.sha256()
                return message  # type: ignore[no-any-return]
            else:
                raise AgentError("agent.failed", reason="kind %d of frame came in a file" % kind)

    def _scattered(self, descriptor: int, upto: int) -> Message:
        """Wait while lanes fill the part file; a cut leaves what is whole up to where the console said, which
        is hashed while the rest comes."""
        digest = hash_upto(descriptor, upto)
        while True:
            try:
                message: "Message" = self._pipe.receive_message()
            except Exception:
                os.ftruncate(descriptor, upto)
                raise
            if message.get("op") != "mark":
                hash_on(digest, descriptor, os.fstat(descriptor).st_size - upto)
                message["found"] = digest.hexdigest()
                return message
            hash_on(digest, descriptor, int(message["upto"]) - upto)
            upto = int(message["upto"])

    def _write_at(self, descriptor: int, view: memoryview) -> None:
        (at,) = _AT.unpack(bytes(view[: _AT.size]))
        data = view[_AT.size :]
        size = len(data)
        start = at
        while data:
            count = os.pwrite(descriptor, data, at)
            data = data[count:]
            at += count
        self._pipe.send({"at": start, "size": size})

    def _finish(self, descriptor: int, part: str, path: str, asked: Message, done: Message) -> bool:
        """Check, sync, rename. False where a file made of pieces of the old one is not what was meant."""
        if done.get("op") != "done" or done["found"] != done["sha256"]:
            os.unlink(raw(part))
            if asked.get("basis"):
                return False
            raise AgentError("transfer.mismatch", path=path)
        self.last_sha256 = done["found"]
        set_attributes(descriptor, asked["mode"], asked["mtime_ns"])
        os.fsync(descriptor)
        os.rename(raw(part), raw(path))
        paths.sync_folder(os.path.dirname(path))
        return True

    def _no_space(self, part: str, path: str, size: int) -> None:
        """The part is removed: on a full disk it would be in everybody's way."""
        found = os.statvfs(raw(os.path.dirname(part)))
        with contextlib.suppress(OSError):
            os.unlink(raw(part))
        free = found.f_bavail * found.f_frsize
        raise AgentError("transfer.disk_full", path=path, needed=size, free=free)

    def drop(self, message: Message) -> Message:
        """Nothing of a cancelled push shall stay: the part file that is named, and what was not renamed."""
        for temporary, _ in self._pending:
            with contextlib.suppress(OSError):
                os.unlink(raw(temporary))
        self._pending = []
        self._close_old()
        if message.get("key"):
            with contextlib.suppress(OSError):
                os.unlink(raw(self._part_of(self.place(message["path"]), message["key"])))
        return {"dropped": True}

    def lane(self, message: Message) -> None:
        """Write pieces into the part file that another process of ours holds, until the console hangs up."""
        path = self.place(message["path"])
        descriptor = os.open(raw(self._part_of(path, message["key"])), os.O_WRONLY | NOFOLLOW)
        try:
            while True:
                kind, view = self._pipe.receive()
                if kind != DATA_AT:
                    raise AgentError("agent.failed", reason="kind %d of frame came in a lane" % kind)
                try:
                    self._write_at(descriptor, view)
                except OSError as error:
                    raise from_os_error(error, path) from error
        finally:
            os.close(descriptor)

    # --- many small files

    def files(self, message: Message) -> Message:
        """A batch: [path, size, mode, mtime_ns, sha256] each; their bytes follow in one frame."""
        entries = message["list"]
        data = self._pipe.receive_data(sum(entry[1] for entry in entries))
        at = 0
        for relative, size, mode, mtime_ns, sha256 in entries:
            piece = data[at : at + size]
            at += size
            path = self.place(relative)
            if hashlib.sha256(piece).hexdigest() != sha256:
                raise AgentError("transfer.mismatch", path=path)
            folder, name = os.path.split(path)
            temporary = "%s/.%s.%d.part" % (folder, name[:100], len(self._pending))
            try:
                write_small(temporary, piece, mode, mtime_ns)
            except OSError as error:
                self.drop({})
                if no_space(error):
                    self._no_space(temporary, path, size)
                raise from_os_error(error, path) from error
            self._pending.append((temporary, path))
        if len(self._pending) >= 4096:
            self.settle({})
        return {"files": len(entries)}

    def settle(self, _message: Message) -> Message:
        """Sync what was written, then give every file its name."""
        if self._pending:
            sync_file_system(self._root if os.path.isdir(raw(self._root)) else os.path.dirname(self._root))
            folders = set()
            for temporary, path in self._pending:
                os.rename(raw(temporary), raw(path))
                folders.add(os.path.dirname(path))
            self._pending = []
            sync_file_system(self._root if os.path.isdir(raw(self._root)) else os.path.dirname(self._root))
        return {"settled": True}

    # --- folders

    def dirs(self, message: Message) -> Message:
        """Make folders, parents first; they stay open to us until `attrs`."""
        for relative in message["list"]:
            path = self.place(relative)
            try:
                os.mkdir(raw(path), 0o700)
            except FileExistsError:
                found = os.lstat(raw(path)).st_mode
                if not stat.S_ISDIR(found):
                    raise AgentError(
                        "remote.not_writable", path=path, reason="it is no folder there"
                    ) from None
                if found & 0o700 != 0o700:
                    os.chmod(raw(path), stat.S_IMODE(found) | 0o700)
            except OSError as error:
                raise from_os_error(error, path) from error
        return {"dirs": len(message["list"])}

    def attrs(self, message: Message) -> Message:
        """Modes and times of what is there; folders the deepest first."""
        for relative, mode, mtime_ns in message["list"]:
            path = self.place(relative)
            os.utime(raw(path), ns=(mtime_ns, mtime_ns))
            os.chmod(raw(path), mode & 0o777)
        return {"attrs": len(message["list"])}

    def have(self, message: Message) -> Message:
        """For [path, size] each: the hash of a file of that size that is there, or null."""
        found: "List[Optional[str]]" = []
        for relative, size in message["list"]:
            try:
                descriptor = os.open(raw(self.place(relative)), os.O_RDONLY | os.O_NONBLOCK | NOFOLLOW)
            except OSError:
                found.append(None)
                continue
            try:
                now = os.fstat(descriptor)
                same = stat.S_ISREG(now.st_mode) and now.st_size == size
                found.append(hash_upto(descriptor, size).hexdigest() if same else None)
            finally:
                os.close(descriptor)
        return {"have": found}

    def sums(self, message: Message) -> None:
        """Stream the block sums of a file that is there."""
        self._old_sums = SumCache().send(self._pipe, self.place(message["path"]))
