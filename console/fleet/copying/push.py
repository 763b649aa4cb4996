"""One push over a copy channel: folders, small files many in a frame, large ones resumed or by difference.

Where the bytes come from is sources.py's, what happens to them on the server the copy program's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.copying.ahead import Ahead
from console.fleet.copying.channel import DATA, HEAD, JSON, CopyChannel, hashing_s
from console.fleet.copying.delta import MIN_DELTA_BYTES, send_difference
from console.fleet.copying.lanes import LanePool, Lanes, OpenLane, lanes_for, wants_lanes
from console.fleet.copying.pace import Pace
from console.fleet.copying.tree import LARGE_BYTES, Entry, Reader, Source

_BATCH_BYTES = 1024 * 1024
_BATCH_FILES = 256
_LISTED = 1000
_OWED = 32


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    Attributes:
        root: the absolute path on the server.
        sha256: of the file, where it was one.
        unchanged: files that were there already, by their hash.
    """

    root: str
    files: int
    unchanged: int
    bytes: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A large file that is under way.

    Attributes:
        key: in the name of its part file.
        offset: what is there of it already.
    """

    entry: Entry
    key: str
    offset: int
    mode: int


class Push:
    """Sends one source to one server.

    Args:
        channel: started.
        root: where to: absolute, or from HOME there; inside of it where it ends with a slash.
        open_lane: opens one more channel of the same connection, for long ways; None where there is none.
        mode: for all files, instead of their own.
        ahead: has hashed some of it while the channel was opened.
    """

    def __init__(
        self,
        channel: CopyChannel,
        source: Source,
        root: str,
        pace: Pace,
        *,
        open_lane: OpenLane | None = None,
        mode: int | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self._channel = channel
        self._source = source
        self._given_root = root
        self._pace = pace
        self._open_lane = open_lane
        self._mode = mode
        self._ahead = ahead or Ahead(None)
        self._root = root
        self._exists = False
        self._unchanged = 0
        self._sha256: str | None = None
        self._under_way: tuple[str, str] | None = None
        self._pool: LanePool | None = None

    def run(self) -> Pushed:
        """Do it.

        Raises:
            Problem: `file.*`, `transfer.*`, `remote.*`, `agent.*`, `ssh.*`, and what the pace raises; a part
                file stays only where the connection was cut.
        """
        try:
            return self._run()
        except Problem as problem:
            if problem.code not in ("ssh.lost", "ssh.timeout"):
                self._clean_up()
            raise
        except BaseException:
            self._clean_up()
            raise
        finally:
            self._leave_lanes()

    def _run(self) -> Pushed:
        channel, listing = self._channel, self._source.listing()
        kind = "folder" if listing.is_dir else "file"
        answer = channel.ask("begin", root=self._given_root, name=listing.name, kind=kind)
        self._root, self._exists = str(answer.get("root")), bool(answer.get("exists"))
        self._check_room(answer.get("free_bytes"), listing.total_bytes)
        if not self._exists:
            self._open_lanes_for(max((entry for entry in listing.files), key=lambda e: e.size, default=None))
        folders = [entry for entry in listing.folders if entry.path]
        for some in _groups(folders):
            self._post("dirs", list=[entry.path for entry in some])
        files = listing.files
        if listing.is_dir and self._exists:
            files = self._changed(files)
        for some in _batches([entry for entry in files if entry.size <= LARGE_BYTES]):
            self._small(some)
        if any(entry.size <= LARGE_BYTES for entry in files):
            self._post("settle")
        for entry in files:
            if entry.size > LARGE_BYTES:
                self._large(entry)
        for some in _groups(reversed(listing.folders)):
            self._post("attrs", list=[[entry.path, entry.mode, entry.mtime_ns] for entry in some])
        channel.collect(timeout_s=hashing_s(_BATCH_BYTES * 4096))
        return Pushed(self._root, len(listing.files), self._unchanged, listing.total_bytes, self._sha256)

    def _check_room(self, free: object, needed: int) -> None:
        if isinstance(free, int) and needed > free and not self._exists:
            raise Problem(
                "transfer.disk_full",
                server=self._channel.server,
                path=self._root,
                needed=format_bytes(needed),
                free=format_bytes(free),
            )

    def _post(self, op: str, **values: object) -> None:
        self._channel.post(op, **values)
        self._channel.collect(_OWED)
        self._pace.check()

    def _mode_of(self, entry: Entry) -> int:
        return entry.mode if self._mode is None else self._mode

    # --- what need not be sent

    def _changed(self, files: list[Entry]) -> list[Entry]:
        """The files that are not there yet as they are here, by their hashes."""
        changed = []
        for some in _groups(files):
            size = sum(entry.size for entry in some)
            answer = self._channel.ask(
                "have", hashing_s(size), list=[[entry.path, entry.size] for entry in some]
            )
            there = answer.get("have")
            if not isinstance(there, list) or len(there) != len(some):
                raise Problem(
                    "agent.protocol", server=self._channel.server, reason="an answer of another length"
                )
            same = []
            for entry, sha256 in zip(some, there, strict=True):
                if isinstance(sha256, str) and self._source.sha256(entry) == sha256:
                    same.append(entry)
                    self._pace.add(entry.size, 0)
                    if entry.size > LARGE_BYTES:
                        self._source.pass_by(entry)
                else:
                    changed.append(entry)
            self._unchanged += len(same)
            if same:
                self._post("attrs", list=[[each.path, self._mode_of(each), each.mtime_ns] for each in same])
        return changed

    # --- small files

    def _small(self, entries: list[Entry]) -> None:
        contents = self._source.small(entries)
        rows = [
            [entry.path, len(data), self._mode_of(entry), entry.mtime_ns, sha256]
            for entry, (data, sha256) in zip(entries, contents, strict=True)
        ]
        data = b"".join(content for content, _ in contents)
        if len(entries) == 1 and not entries[0].path:
            self._sha256 = contents[0][1]
        body = json.dumps({"op": "files", "list": rows}, separators=(",", ":")).encode("ascii")
        self._channel.post_raw(HEAD.pack(JSON, len(body)) + body + HEAD.pack(DATA, len(data)) + data)
        self._channel.collect(_OWED)
        self._pace.add(len(data))

    # --- one large file

    def _large(self, entry: Entry) -> None:
        channel = self._channel
        channel.collect(timeout_s=hashing_s(_BATCH_BYTES * 4096))
        key = self._key(entry)
        answer = channel.ask("look", hashing_s(entry.size), path=entry.path, key=key, size=entry.size)
        self._under_way = entry.path, key
        reader, offset = self._resume(entry, answer.get("part"), answer.get("part_sha256"))
        file = _File(entry, key, offset, self._mode_of(entry))
        try:
            old = answer.get("old")
            digest = None
            if not offset and isinstance(old, int) and min(old, entry.size) >= MIN_DELTA_BYTES:
                digest = self._by_difference(file)
            self._ahead.stop()
            if digest is None:
                digest = self._whole(file, reader)
        finally:
            reader.close()
        self._under_way = None
        if not entry.path:
            self._sha256 = digest

    def _by_difference(self, file: _File) -> str | None:
        """The hash of what was sent; None where that is no way, or its result was not what was meant."""
        path = self._source.local(file.entry)
        if path is None:
            return None
        digest = send_difference(
            self._channel, lambda: self._begin(file, basis=True), file.entry, path, self._pace, self._ahead
        )
        return digest if self._finish(file.entry, digest) else None

    def _whole(self, file: _File, reader: Reader) -> str:
        path, left = self._source.local(file.entry), file.entry.size - file.offset
        pool = self._pool or self._open_lanes_for(file.entry, left)
        if path is not None and pool is not None and wants_lanes(self._channel.latency_ms, left):
            self._begin(file, lanes=True)
            lanes = Lanes(self._channel, pool, self._root, file.entry, file.key, path, self._pace)
            digest = lanes.run(reader, file.offset)
            self._leave_lanes()
        else:
            self._begin(file)
            digest = self._stream(reader)
        self._finish(file.entry, digest)
        return digest

    def _open_lanes_for(self, entry: Entry | None, left: int | None = None) -> LanePool | None:
        """Begin to open channels, where so much of a file on such a way is worth them."""
        if entry is None or self._open_lane is None or self._source.local(entry) is None:
            return None
        left = entry.size if left is None else left
        if wants_lanes(self._channel.latency_ms, left):
            self._pool = LanePool(self._open_lane, lanes_for(left))
        return self._pool

    def _leave_lanes(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _begin(self, file: _File, **more: bool) -> None:
        entry = file.entry
        self._channel.send(
            "file",
            path=entry.path,
            key=file.key,
            size=entry.size,
            mode=file.mode,
            mtime_ns=entry.mtime_ns,
            offset=file.offset,
            **more,
        )

    def _key(self, entry: Entry) -> str:
        """The same for the same state of the same file, so that a push that was cut finds its part."""
        what = f"{self._source.identity}|{entry.path}|{entry.size}|{entry.mtime_ns}"
        return hashlib.sha256(what.encode("utf-8", "surrogateescape")).hexdigest()[:12]

    def _resume(self, entry: Entry, there: object, sha256: object) -> tuple[Reader, int]:
        """A reader that stands where the push goes on: behind what is there, if it is the same."""
        reader = self._source.open(entry)
        if not isinstance(there, int) or not 0 < there <= entry.size:
            return reader, 0
        at = 0
        while at < there and (piece := reader.read()):
            at += len(piece)
            self._pace.check()
        if at == there and reader.sha256() == sha256:
            self._pace.add(there, 0)
            return reader, there
        reader.close()
        return self._source.open(entry), 0

    def _stream(self, reader: Reader) -> str:
        while piece := reader.read():
            self._channel.send_raw(HEAD.pack(DATA, len(piece)))
            self._channel.send_raw(piece)
            self._pace.add(len(piece))
        return reader.sha256()

    def _finish(self, entry: Entry, sha256: str) -> bool:
        self._channel.send("done", sha256=sha256)
        return bool(self._channel.message(hashing_s(entry.size)).get("done"))

    def _clean_up(self) -> None:
        """A push that failed or is not wanted leaves no part: in what stream we are does not matter."""
        path, key = self._under_way or ("", "")
        if self._open_lane is None or not key:
            return
        try:
            with self._open_lane() as other:
                other.ask("begin", 15.0, root=self._root, name="", kind="lane")
                other.ask("drop", 15.0, path=path, key=key)
        except Problem:
            return  # the connection is gone too: the part says by its name what it is


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """As many at once as one message carries."""
    all_of_them = iter(entries)
    while some := list(islice(all_of_them, _LISTED)):
        yield some


def _batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    some: list[Entry] = []
    held = 0
    for entry in entries:
        if some and (held + entry.size > _BATCH_BYTES or len(some) >= _BATCH_FILES):
            yield some
            some, held = [], 0
        some.append(entry)
        held += entry.size
    if some:
        yield some
