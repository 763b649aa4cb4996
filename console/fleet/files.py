"""A server's files as a browser shows them: list, rename, delete, edit small text. Push and pull move bytes.

Names on a server are anybody's: shown cleaned, kept as they are for what is done with them.
"""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.text import safe_line, visible_name
from console.core.units import format_bytes
from console.operations.plan import Action, Step, StepContext, Work, work

_LIST_S = 30.0
_CHANGE_S = 60.0
_DELETE_S = 600.0
MAX_ENTRIES = 200_000
"""Of one folder; what comes after them is not listed."""


class EntryKind(StrEnum):
    """What stands in a folder."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RemotePath:
    """An absolute path on a server, byte for byte: `shown`, or `encoded` in base64 where that is no UTF-8.

    `label` is for people; `wire` names it to the agent, `exact` to what copies files.
    """

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
    def exact(self) -> str:
        """Its text, with bytes that are no UTF-8 as lone surrogates."""
        return self._bytes().decode("utf-8", "surrogateescape")

    @property
    def label(self) -> str:
        """For a person: what could hide or mislead is written out."""
        return visible_name(self.exact)

    @property
    def name(self) -> str:
        """Its last name, as in `exact`; empty for the root."""
        return posixpath.basename(self.exact.rstrip("/"))

    def below(self, name: bytes) -> RemotePath:
        """A name in it that is given as bytes."""
        try:
            return self.child(name.decode("utf-8"), None)
        except UnicodeDecodeError:
            return self.child(name.decode("utf-8", "replace"), base64.b64encode(name).decode("ascii"))

    def sibling(self, name: str) -> RemotePath:
        """Another name in the same folder."""
        return self.parent.child(name, None)

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
        text = self.shown.encode("utf-8", "replace")
        return text if self.encoded is None else base64.b64decode(self.encoded)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a folder.

    Attributes:
        name: for people, see `visible_name`; use `path` to do something with it.
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

    @property
    def is_hidden(self) -> bool:
        """Whether its name begins with a dot."""
        return self.name.startswith(".")

    @property
    def is_odd(self) -> bool:
        """Whether the name holds characters that are written out."""
        return self.path.name != self.name


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds; folders first, then by name. `truncated`: there is more than is listed."""

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

    def list(
        self,
        server: str,
        path: RemotePath,
        *,
        most: int = MAX_ENTRIES,
        on_count: Callable[[int, int], None] | None = None,
    ) -> Folder:
        """What is in a folder, asked for in parts.

        Args:
            on_count: called with how many came of how many; what it raises ends the listing.

        Raises:
            Problem: `remote.path_missing`, `agent.failed`, `ssh.*`.
        """
        entries: list[Entry] = []
        here, after, more = path, None, True
        while more and len(entries) < most:
            params = here.wire() | ({} if after is None else {"after_b64": after})
            answer = self._gate.call(server, "file.list", params, timeout_s=_LIST_S)
            here = _place(answer, path)
            found = answer.get("entries")
            rows = [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
            entries += [entry for entry in (_entry(here, row) for row in rows) if entry is not None]
            before, after = after, answer.get("more")
            more = isinstance(after, str) and after != before
            total = answer.get("total")
            if on_count is not None:
                on_count(len(entries), max(len(entries), total if isinstance(total, int) else 0))
        more = more or len(entries) > most
        kept = entries[:most]
        kept.sort(key=lambda entry: (not entry.is_folder, entry.name.casefold(), entry.name))
        return Folder(server, here, tuple(kept), more)

    def is_there(self, server: str, path: RemotePath) -> bool:
        """Whether a path leads to something.

        Raises:
            Problem: `agent.failed`, `ssh.*`.
        """
        return bool(self._gate.call(server, "file.stat", path.wire(), timeout_s=_LIST_S).get("exists"))

    def make_folder(self, server: str, path: RemotePath) -> None:
        """A new folder, and those above it.

        Raises:
            Problem: `remote.exists`, `remote.protected`, `remote.not_writable`, `ssh.*`.
        """
        self._gate.call(server, "file.folder", path.wire(), timeout_s=_CHANGE_S)

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

            return Action(Step(f"Delete {path.label}", _told(answers[path])), run)

        answers = dict(measured)
        actions = tuple(delete(path, bool(answer.get("is_folder"))) for path, answer in measured)
        one = len(paths) == 1
        return work(
            action="file.delete",
            title=f"Delete {paths[0].label if one else f'{len(paths)} things'} on {server}",
            target=server,
            servers=(server,),
            actions=actions,
            result=lambda: deleted,
            destructive=True,
            detail={"paths": [path.label for path in paths]},
        )

    def _measure(self, server: str, path: RemotePath) -> dict[str, object]:
        return self._gate.call(server, "file.measure", path.wire(), timeout_s=_DELETE_S)


def _told(answer: Mapping[str, object]) -> str:
    """How much goes, and the first names of it."""
    size = answer.get("bytes")
    bytes_ = format_bytes(size) if isinstance(size, int) else "of unknown size"
    if not answer.get("is_folder"):
        return bytes_
    files, folders = _whole(answer.get("files")) or 0, _whole(answer.get("folders")) or 0
    text = "" if answer.get("complete") else "more than "
    held = [f"{files} file{'s' if files != 1 else ''}"] if files or not folders else []
    held += [f"{folders} folder{'s' if folders != 1 else ''}"] if folders else []
    text += " and ".join(held)
    names = answer.get("names")
    named = (
        [visible_name(name)[:60] for name in names if isinstance(name, str)]
        if isinstance(names, list)
        else []
    )
    rest = _whole(answer.get("more_names")) or 0
    listed = ", ".join(named[:10]) + (f" and {rest} more" if rest else "")
    return f"{text}, {bytes_}" + (f": {listed}" if named else "")


def _place(answer: Mapping[str, object], asked: RemotePath) -> RemotePath:
    """The absolute path that was listed, as the server told it."""
    shown, encoded = answer.get("path"), answer.get("path_b64")
    if not isinstance(shown, str) or not shown.startswith("/"):
        return asked
    return RemotePath(shown, encoded if isinstance(encoded, str) and _is_base64(encoded) else None)


def _entry(folder: RemotePath, row: Mapping[str, object]) -> Entry | None:
    """A row as it came; one whose name could lead elsewhere is none."""
    name, encoded = row.get("name"), row.get("name_b64")
    if not isinstance(name, str) or not name or name in (".", "..") or "/" in name or "\0" in name:
        return None
    if encoded is not None and (not isinstance(encoded, str) or not _is_one_name(encoded)):
        return None
    target = row.get("target")
    path = folder.child(name, encoded)
    return Entry(
        visible_name(path.name if encoded is not None else name),
        path,
        _kind(row.get("kind")) or EntryKind.OTHER,
        _whole(row.get("size")),
        _whole(row.get("mode")),
        _moment(row.get("mtime")),
        safe_line(str(row.get("owner") or ""), max_chars=40),
        visible_name(target)[:300] if isinstance(target, str) else None,
        _kind(row.get("leads_to")),
    )


def _is_base64(encoded: str) -> bool:
    try:
        return bool(base64.b64decode(encoded, validate=True))
    except ValueError:
        return False


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
