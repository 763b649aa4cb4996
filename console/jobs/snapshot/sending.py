"""Bringing a snapshot to a server: only the contents that it lacks, over a connection for copies."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from console.core.ports import Progress, ServerGate
from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.copying.link import CopyLink
from console.fleet.copying.pace import quiet
from console.fleet.copying.push import Push
from console.fleet.copying.sources import FileReader
from console.fleet.copying.tree import Entry, Listing, Reader
from console.jobs.snapshot.gather import Snapshot

OpenLink = Callable[[str, dict[str, object]], AbstractContextManager[CopyLink]]
"""A connection for copies to a server of that name; what for stands in the audit log."""

ASK_TIMEOUT_S = 60.0
_ASKED_AT_ONCE = 10_000
_PRIVATE = 0o400
_FOLDER = 0o700


@dataclass(frozen=True, slots=True)
class ToSend:
    """What a server lacks of a snapshot.

    Attributes:
        blobs: hashes of contents.
        tree: whether the list itself.
        folder: where it all lies there.
    """

    blobs: tuple[str, ...]
    size_bytes: int
    tree: bool
    folder: str

    @property
    def nothing(self) -> bool:
        """Whether all of it is there already."""
        return not self.tree

    def words(self) -> str:
        """In words."""
        if self.nothing:
            return "nothing to send: already there"
        count = len(self.blobs)
        return f"{count} file{'s' if count != 1 else ''}, {format_bytes(self.size_bytes)}"


class CodeSender:
    """Asks and sends. Any thread may call; it blocks.

    Args:
        kept_bytes: how much code a server may keep.
    """

    def __init__(self, gate: ServerGate, open_link: OpenLink, kept_bytes: Callable[[], int]) -> None:
        self._gate = gate
        self._open_link = open_link
        self._kept_bytes = kept_bytes

    def lacks(self, server: str, snapshot: Snapshot) -> ToSend:
        """What would have to be sent now.

        Raises:
            Problem: the server cannot be asked.
        """
        tree = snapshot.tree
        answer = self._gate.call(server, "code.have", {"tree": tree.hash}, timeout_s=ASK_TIMEOUT_S)
        if answer.get("have") is True:
            return ToSend((), 0, False, "")
        contents = list(tree.contents().items())
        wanted: list[str] = []
        folder = ""
        for start in range(0, max(1, len(contents)), _ASKED_AT_ONCE):
            some = contents[start : start + _ASKED_AT_ONCE]
            rows = [[sha256, size] for sha256, size in some]
            answer = self._gate.call(server, "code.missing", {"blobs": rows}, timeout_s=ASK_TIMEOUT_S)
            missing, folder = answer.get("missing"), str(answer.get("folder"))
            if not isinstance(missing, list):
                raise Problem("agent.protocol", server=server, reason="code.missing gave no list")
            wanted += [
                some[index][0] for index in missing if isinstance(index, int) and 0 <= index < len(some)
            ]
        sizes = tree.contents()
        return ToSend(tuple(wanted), sum(sizes[each] for each in wanted), True, folder)

    def send(self, server: str, snapshot: Snapshot, lacks: ToSend, progress: Progress | None = None) -> None:
        """Send it, and the list last of all.

        Raises:
            Problem: `code.changed`, `file.*`, `transfer.*`, `remote.*`, `ssh.*`, `agent.*`.
        """
        if lacks.nothing:
            return
        params: dict[str, object] = {"limit_bytes": self._kept_bytes(), "needed_bytes": lacks.size_bytes}
        self._gate.call(server, "code.room", params, timeout_s=ASK_TIMEOUT_S)
        with self._open_link(server, {"push": f"code {snapshot.tree.hash[:12]}"}) as link:
            # Two pushes: the list says that all is there, so it comes when that is true.
            if lacks.blobs:
                source = _Contents(snapshot, lacks.blobs)
                pace = quiet(progress, lacks.size_bytes)
                with link.open() as channel:
                    Push(channel, source, lacks.folder, pace, open_lane=link.open, mode=_PRIVATE).run()
                pace.finish()
            with link.open() as channel:
                Push(channel, _List(snapshot), lacks.folder, quiet(None, 0), mode=_PRIVATE).run()
        # Asking counts as using it: nobody makes room of it before the job is there.
        answer = self._gate.call(server, "code.have", {"tree": snapshot.tree.hash}, timeout_s=ASK_TIMEOUT_S)
        if answer.get("have") is not True:
            raise Problem("job.code_missing", server=server, reason="it was removed as soon as it was sent")


class _Contents:
    """The contents that are lacking, under the names that they have on the server."""

    def __init__(self, snapshot: Snapshot, wanted: tuple[str, ...]) -> None:
        self._snapshot = snapshot
        sizes, now = snapshot.tree.contents(), time.time_ns()
        names = {f"blobs/{each[:2]}/{each}": each for each in wanted}
        folders = sorted({name.rsplit("/", 1)[0] for name in names})
        self._names = names
        self._listing = Listing(
            True,
            "code",
            (
                *(Entry(path, True, 0, _FOLDER, now) for path in ["", "blobs", *folders]),
                *(Entry(name, False, sizes[sha256], _PRIVATE, now) for name, sha256 in names.items()),
            ),
        )

    @property
    def identity(self) -> str:
        return "code"

    def listing(self) -> Listing:
        return self._listing

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        found = []
        for entry in entries:
            path, wanted = self._place(entry), self._names[entry.path]
            try:
                data = path.read_bytes()
            except OSError as error:
                raise Problem("code.changed", path=path) from error
            if hashlib.sha256(data).hexdigest() != wanted:
                raise Problem("code.changed", path=path)
            found.append((data, wanted))
        return found

    def open(self, entry: Entry) -> Reader:
        return _Same(self._place(entry), self._names[entry.path])

    def sha256(self, entry: Entry) -> str | None:
        return self._names[entry.path]

    def pass_by(self, entry: Entry) -> None:
        """Nothing was prepared for it."""

    def local(self, entry: Entry) -> Path | None:
        del entry  # its reader is what notices a file that has changed meanwhile
        return None

    def _place(self, entry: Entry) -> Path:
        return self._snapshot.places[self._names[entry.path]]


class _Same:
    """A file that must still be what it was when it was hashed: it is not finished otherwise."""

    def __init__(self, path: Path, wanted: str) -> None:
        self._path, self._wanted = path, wanted
        self._inner = FileReader(path)

    def read(self) -> memoryview:
        piece = self._inner.read()
        if not piece and self._inner.sha256() != self._wanted:
            raise Problem("code.changed", path=self._path)
        return piece

    def sha256(self) -> str:
        return self._inner.sha256()

    def close(self) -> None:
        self._inner.close()


class _List:
    """The list of a snapshot as a source of one small file, or of a larger one."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._data, self._hash, now = snapshot.tree.data, snapshot.tree.hash, time.time_ns()
        self._listing = Listing(
            True,
            "code",
            (
                Entry("", True, 0, _FOLDER, now),
                Entry("trees", True, 0, _FOLDER, now),
                Entry(f"trees/{self._hash}", False, len(self._data), _PRIVATE, now),
            ),
        )

    @property
    def identity(self) -> str:
        return "code"

    def listing(self) -> Listing:
        return self._listing

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        return [(self._data, self._hash) for _ in entries]

    def open(self, entry: Entry) -> Reader:
        del entry
        return _Bytes(self._data)

    def sha256(self, entry: Entry) -> str | None:
        del entry
        return self._hash

    def pass_by(self, entry: Entry) -> None:
        """Nothing was prepared for it."""

    def local(self, entry: Entry) -> Path | None:
        del entry
        return None


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self._left = memoryview(data)
        self._digest = hashlib.sha256()

    def read(self) -> memoryview:
        piece, self._left = self._left[: 1024 * 1024], self._left[1024 * 1024 :]
        self._digest.update(piece)
        return piece

    def sha256(self) -> str:
        return self._digest.hexdigest()

    def close(self) -> None:
        """Nothing is open."""
