"""One pull over a copy channel: the listing first, then files; each is hashed here and compared with there.

Files are written beside their place and renamed; what is cut goes on behind what is there. Folders lie below
one root: no name of the server leads out of it (listing.py), no link in it is followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.copying.channel import DATA, CopyChannel, Message, hashing_s
from console.fleet.copying.delta import MIN_DELTA_BYTES
from console.fleet.copying.landing import Landing, LandingFile
from console.fleet.copying.listing import Remote, shown
from console.fleet.copying.pace import Pace
from console.fleet.copying.pull_delta import PullDelta
from console.fleet.copying.tree import Entry, Skipped

_GROUP = 512


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did.

    Attributes:
        root: the path here.
        sha256: of the file, where it was one.
        skipped: what was refused or could not be read, and why.
    """

    root: Path
    files: int
    bytes: int
    sha256: str | None = None
    skipped: tuple[Skipped, ...] = ()


class Pull:
    """Fetches one file or folder from one server.

    Args:
        channel: started.
        local: where to; inside of it where it is a folder that is there, and what comes is a file.
    """

    def __init__(self, channel: CopyChannel, remote: Remote, local: Path, pace: Pace) -> None:
        self._channel = channel
        self._remote = remote
        self._pace = pace
        listing = remote.listing
        inside = not listing.is_dir and local.is_dir()
        self._root = local / listing.name if inside else local
        self._skipped = list(listing.skipped)
        self._sha256: str | None = None
        self._landing = Landing(self._root, listing.is_dir)

    def run(self) -> Pulled:
        """Do it.

        Raises:
            Problem: `file.*`, `transfer.*`, `remote.*`, `agent.*`, `ssh.*`, and what the pace raises; no
                file is half there under its name.
        """
        listing = self._remote.listing
        self._check_room(listing.total_bytes)
        with self._landing:
            for entry in listing.folders:
                self._landing.folder(entry)
            files = listing.files
            groups = [files[at : at + _GROUP] for at in range(0, len(files), _GROUP)]
            for group in groups:
                self._group(group)
            self._landing.settle()
            for entry in reversed(listing.folders):
                self._landing.finish_folder(entry)
        got = len(files) - sum(1 for _ in self._skipped) + len(listing.skipped)
        return Pulled(self._root, got, self._pace.done, self._sha256, tuple(self._skipped))

    def _check_room(self, needed: int) -> None:
        near = self._root
        while not near.exists() and near.parent != near:
            near = near.parent
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(near).free
            if needed > free:
                raise Problem(
                    "transfer.local_full",
                    path=self._root,
                    needed=format_bytes(needed),
                    free=format_bytes(free),
                )

    def _group(self, entries: list[Entry]) -> None:
        entries = [entry for entry in entries if not self._by_difference(entry)]
        if not entries:
            return
        asked = [self._landing.wanted(entry, self._key(entry), self._pace) for entry in entries]
        self._channel.send(
            "get", list=[[entry.path, *each] for entry, each in zip(entries, asked, strict=True)]
        )
        while True:
            message = self._channel.message(hashing_s(max(entry.size for entry in entries)))
            if "got" in message:
                return
            if "batch" in message:
                self._batch(entries, message)
            elif "file" in message:
                self._large(self._entry(entries, message.get("file")), message)
            else:
                self._failed(self._entry(entries, message.get("failed")), message)

    def _by_difference(self, entry: Entry) -> bool:
        """Fetch what is not in the file that is here; False where that is no way, and nothing was changed."""
        if entry.size < MIN_DELTA_BYTES:
            return False
        old = self._landing.old(entry, self._key(entry), MIN_DELTA_BYTES)
        if old is None:
            return False
        done = self._pace.done
        with PullDelta(self._channel, entry, old, self._pace) as delta:
            parts = delta.plan()
            if parts is None:
                return False
            with self._landing.large(entry, self._key(entry), 0) as file:
                end = delta.fetch(parts, file)
                if end is None:  # it is fetched whole
                    file.discard()
                    self._pace.done = done
                    return False
                mode, mtime_ns = end.get("mode"), end.get("mtime_ns")
                if not isinstance(mode, int) or not isinstance(mtime_ns, int):
                    raise Problem(
                        "agent.protocol", server=self._channel.server, reason="a file that makes no sense"
                    )
                self._finish(file, mode, mtime_ns)
        return True

    def _entry(self, entries: list[Entry], index: object) -> Entry:
        if not isinstance(index, int) or not 0 <= index < len(entries):
            raise Problem(
                "agent.protocol", server=self._channel.server, reason="a file that was not asked for"
            )
        return entries[index]

    def _key(self, entry: Entry) -> str:
        what = f"{self._channel.server}|{self._remote.root}|{entry.path}|{entry.size}|{entry.mtime_ns}"
        return hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:12]

    def _failed(self, entry: Entry, message: Message) -> None:
        """A file that could not be read: the only one is a failure, one of many is told at the end."""
        problem = self._channel.problem(message.get("why"))
        if not self._remote.listing.is_dir:
            raise problem
        self._skipped.append(Skipped(shown(entry.path), problem.sentence))

    def _batch(self, entries: list[Entry], message: Message) -> None:
        rows = message.get("batch")
        kind, data = self._channel.receive()
        view, at = memoryview(data), 0
        for row in rows if isinstance(rows, list) and kind == DATA else [None]:
            match row:
                case [int(index), int(size), int(mode), int(mtime_ns), str(sha256)] if size >= 0:
                    entry = self._entry(entries, index)
                case _:
                    raise Problem(
                        "agent.protocol", server=self._channel.server, reason="a batch that makes no sense"
                    )
            content = view[at : at + size]
            at += size
            if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
                raise Problem("transfer.mismatch", server=self._channel.server, path=shown(entry.path))
            self._landing.small(entry, content, mode, mtime_ns)
            if not self._remote.listing.is_dir:
                self._sha256 = sha256
            self._pace.add(size)

    def _large(self, entry: Entry, head: Message) -> None:
        size, offset, mode, mtime_ns = (head.get(key) for key in ("size", "offset", "mode", "mtime_ns"))
        if not (
            isinstance(size, int) and isinstance(offset, int) and isinstance(mode, int)
            and isinstance(mtime_ns, int) and 0 <= offset <= size
        ):  # fmt: skip
            raise Problem("agent.protocol", server=self._channel.server, reason="a file that makes no sense")
        with self._landing.large(entry, self._key(entry), offset) as file:
            while True:
                kind, body = self._channel.receive()
                if kind != DATA:
                    break
                if file.size + len(body) > size:
                    raise Problem(
                        "transfer.failed",
                        server=self._channel.server,
                        path=shown(entry.path),
                        reason=f"it is larger than the {format_bytes(size)} that were told",
                    )
                file.write(body)
                self._pace.add(len(body))
            end = self._channel.parse(body)
            self._end(entry, file, end, mode, mtime_ns)

    def _end(self, entry: Entry, file: LandingFile, end: Message, mode: int, mtime_ns: int) -> None:
        if end.get("missing"):
            file.discard()
            self._failed(entry, {"why": {"code": "transfer.changed", "attrs": {"path": shown(entry.path)}}})
            return
        if end.get("sha256") != file.sha256():
            file.discard()
            raise Problem("transfer.mismatch", server=self._channel.server, path=shown(entry.path))
        self._finish(file, mode, mtime_ns)

    def _finish(self, file: LandingFile, mode: int, mtime_ns: int) -> None:
        file.finish(mode, mtime_ns)
        if not self._remote.listing.is_dir:
            self._sha256 = file.sha256()
