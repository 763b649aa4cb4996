"""A server's files as a browser shows them: list, rename, delete, edit small text. Push and pull move bytes.

Names on a server are anybody's: shown cleaned, kept as they are for what is done with them.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.operations.plan import Action, Step, StepContext, Work, work

_LIST_S = 30.0
_CHANGE_S = 60.0
_DELETE_S = 600.0


class EntryKind(StrEnum):
    """What stands in a folder."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RemotePath:
    """An absolute path on a server. `shown` is for people; `wire` names it to the agent, byte for byte."""

    shown: str
    encoded: str | None = None

    @classmethod
    def of(cls, text: str) -> RemotePath:
        """From what a person typed; relative ones begin at the home folder there.

        Raises:
            Problem: `input.invalid`.
        """
        if not text or "\0" in text or len(text) > 4096:
            raise Problem("input.invalid", what="path", reason="it is empty, too long or holds a NUL")
        return cls(text)

    def wire(self, name: str = "path") -> dict[str, object]:
        """The agent's parameter."""
        return {name: self.shown} if self.encoded is None else {f"{name}_b64": self.encoded}

    def child(self, shown: str, encoded: str | None) -> RemotePath:
        """A name below it."""
        if self.encoded is None and encoded is None:
            return RemotePath(posixpath.join(self.shown, shown))
        folder = self._bytes()
        name = base64.b64decode(encoded) if encoded is not None else shown.encode()
        whole = folder.rstrip(b"/") + b"/" + name
        return RemotePath(posixpath.join(self.shown, shown), base64.b64encode(whole).decode("ascii"))

    @property
    def parent(self) -> RemotePath:
        """The folder it is in."""
        if self.encoded is None:
            return RemotePath(posixpath.dirname(self.shown.rstrip("/")) or "/")
        folder = posixpath.dirname(self._bytes()) or b"/"
        shown = folder.decode("utf-8", "replace")
        try:
            return RemotePath(folder.decode("utf-8"))
        except UnicodeDecodeError:
            return RemotePath(shown, base64.b64encode(folder).decode("ascii"))

    def _bytes(self) -> bytes:
        return self.shown.encode() if self.encoded is None else base64.b64decode(self.encoded)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a folder.

    Attributes:
        name: cleaned, on one line; use `path` to do something with it.
        kind: what it is itself; `leads_to` what a link leads to, None where it leads nowhere.
    """

    name: str
    path: RemotePath
    kind: EntryKind
    size: int | None
    mode: int | None
    modified: datetime | None
    owner: str
    target: str | None = None
    leads_to: EntryKind | None = None

    @property
    def is_folder(self) -> bool:
        """Whether it can be entered."""
        return EntryKind.FOLDER in (self.kind, self.leads_to)


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds; folders first, then by name. `truncated`: there is more than can be listed."""

    server: str
    path: RemotePath
    entries: tuple[Entry, ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class RemoteText:
    """A small text file as it was read."""

    server: str
    path: RemotePath
    text: str
    sha256: str
    mode: int | None


class RemoteFiles:
    """The service. Every method asks the server's agent and says so in the audit log."""

    def __init__(self, gate: ServerGate) -> None:
        self._gate = gate

    def list(self, server: str, path: RemotePath) -> Folder:
        """What is in a folder.

        Raises:
            Problem: `remote.path_missing`, `agent.failed`, `ssh.*`.
        """
        answer = self._gate.call(server, "file.list", path.wire(), timeout_s=_LIST_S)
        encoded = answer.get("path_b64")
        here = RemotePath(
            str(answer.get("path") or path.shown), encoded if isinstance(encoded, str) else None
        )
        found = answer.get("entries")
        rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
        entries = [entry for entry in (_entry(here, row) for row in rows) if entry is not None]
        entries.sort(key=lambda entry: (not entry.is_folder, entry.name.casefold()))
        return Folder(server, here, tuple(entries), bool(answer.get("truncated")))

    def make_folder(self, server: str, path: RemotePath) -> None:
        """A new folder, and those above it.

        Raises:
            Problem: `remote.*`, `ssh.*`.
        """
        if path.encoded is not None:
            raise Problem("input.invalid", what="path", reason="a new folder's path must be UTF-8")
        self._gate.call(server, "file.mkdir", path.wire(), timeout_s=_CHANGE_S)

    def rename(self, server: str, path: RemotePath, to: RemotePath) -> None:
        """Another name or place on the same file system; never over something.

        Raises:
            Problem: `remote.exists`, `remote.path_missing`, `remote.protected`, `remote.not_writable`,
                `ssh.*`.
        """
        self._gate.call(server, "file.rename", path.wire() | to.wire("to"), timeout_s=_CHANGE_S)

    def read_text(self, server: str, path: RemotePath) -> RemoteText:
        """A file of UTF-8 text of at most 1 MiB.

        Raises:
            Problem: `remote.not_text`, `remote.path_missing`, `agent.failed`, `ssh.*`.
        """
        answer = self._gate.call(server, "file.text", path.wire(), timeout_s=_LIST_S)
        mode = answer.get("mode")
        return RemoteText(
            server,
            path,
            str(answer.get("text") or ""),
            str(answer.get("sha256") or ""),
            mode if isinstance(mode, int) else None,
        )

    def write_text(
        self, server: str, path: RemotePath, text: str, *, read: RemoteText | None = None
    ) -> RemoteText:
        """Write a text file whole or not at all; mode and owner stay.

        Args:
            read: what was edited; the file must still be that. None makes a file that is not there yet.

        Raises:
            Problem: `remote.changed`, `remote.exists`, `remote.not_writable`, `remote.disk_full`, `ssh.*`.
        """
        params = path.wire() | {"text": text}
        if read is not None:
            params["expect_sha256"] = read.sha256
        answer = self._gate.call(server, "file.replace", params, timeout_s=_CHANGE_S)
        mode = read.mode if read is not None else None
        return RemoteText(server, path, text, str(answer.get("sha256") or ""), mode)

    def prepare_delete(self, server: str, paths: Sequence[RemotePath]) -> Work[int]:
        """Delete files and whole folders; the plan says how much that is.

        Raises:
            Problem: `remote.path_missing`, `ssh.*`.
        """
        measured = [(path, self._measure(server, path)) for path in paths]
        deleted = 0

        def delete(path: RemotePath, is_folder: bool) -> Action:
            def run(step: StepContext) -> None:
                nonlocal deleted
                step.check_cancelled()
                params = path.wire() | {"recursive": is_folder}
                self._gate.call(server, "file.delete", params, timeout_s=_DELETE_S)
                deleted += 1

            return Action(Step(f"Delete {safe_line(path.shown)}", _told(answers[path])), run)

        answers = dict(measured)
        actions = tuple(delete(path, bool(answer.get("is_folder"))) for path, answer in measured)
        one = len(paths) == 1
        return work(
            action="file.delete",
            title=f"Delete {safe_line(paths[0].shown) if one else f'{len(paths)} things'} on {server}",
            target=server,
            servers=(server,),
            actions=actions,
            result=lambda: deleted,
            destructive=True,
            detail={"paths": [safe_line(path.shown) for path in paths]},
        )

    def _measure(self, server: str, path: RemotePath) -> dict[str, object]:
        return self._gate.call(server, "file.measure", path.wire(), timeout_s=_DELETE_S)


def _told(answer: Mapping[str, object]) -> str:
    files, size = answer.get("files"), answer.get("bytes")
    more = "" if answer.get("complete") else "more than "
    bytes_ = format_bytes(size) if isinstance(size, int) else "of unknown size"
    return f"{more}{files} files, {bytes_}" if answer.get("is_folder") else bytes_


def _entry(folder: RemotePath, row: Mapping[str, object]) -> Entry | None:
    """A row as it came; one whose name could lead elsewhere is none."""
    name, encoded = row.get("name"), row.get("name_b64")
    if not isinstance(name, str) or not name or name in (".", "..") or "/" in name or "\0" in name:
        return None
    if encoded is not None and (not isinstance(encoded, str) or not _is_one_name(encoded)):
        return None
    target = row.get("target")
    return Entry(
        safe_line(name, max_chars=255) or "?",
        folder.child(name, encoded),
        _kind(row.get("kind")) or EntryKind.OTHER,
        _whole(row.get("size")),
        _whole(row.get("mode")),
        _moment(row.get("mtime")),
        safe_line(str(row.get("owner") or ""), max_chars=40),
        safe_line(target, max_chars=300) if isinstance(target, str) else None,
        _kind(row.get("leads_to")),
    )


def _is_one_name(encoded: str) -> bool:
    try:
        name = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    return bool(name) and b"/" not in name and b"\0" not in name and name not in (b".", b"..")


def _kind(value: object) -> EntryKind | None:
    return EntryKind(value) if isinstance(value, str) and value in EntryKind.__members__.values() else None


def _whole(value: object) -> int | None:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62
    return value if known and isinstance(value, int) else None


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 32503680000:
        return None
    return datetime.fromtimestamp(value, UTC)
