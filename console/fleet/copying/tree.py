"""What is copied, as values, and the local side of it: listing a folder. No servers here."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.core.problems import Problem

LARGE_BYTES = 256 * 1024
"""Files up to this size travel many in a frame, larger ones in frames of their own."""
PIECE_BYTES = 1024 * 1024
MAX_ENTRIES = 2_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder of a copy.

    Attributes:
        path: below the root, with `/`; empty for the root itself.
        mtime_ns: of its content, nanoseconds.
    """

    path: str
    is_dir: bool
    size: int
    mode: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not copied, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A source's content: folders before what is in them.

    Attributes:
        is_dir: whether the source is a folder.
        name: of the source, for a target that is a folder.
    """

    is_dir: bool
    name: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def files(self) -> list[Entry]:
        """The files, in order."""
        return [entry for entry in self.entries if not entry.is_dir]

    @property
    def folders(self) -> list[Entry]:
        """The folders, the root among them."""
        return [entry for entry in self.entries if entry.is_dir]

    @property
    def total_bytes(self) -> int:
        """Of all files."""
        return sum(entry.size for entry in self.entries if not entry.is_dir)


class Reader(Protocol):
    """One file being read from its start."""

    def read(self) -> memoryview:
        """The next bytes, valid until the next call; empty at the end."""

    def sha256(self) -> str:
        """Hex, of all that was read so far."""

    def close(self) -> None:
        """No more is wanted."""


class Source(Protocol):
    """Where the bytes of a push come from. Every file of more than LARGE_BYTES is opened or passed by."""

    @property
    def identity(self) -> str:
        """What tells it from other sources: a push that was cut goes on only with the same."""

    def listing(self) -> Listing:
        """What there is; the same at every call."""

    def small(self, entries: list[Entry]) -> list[tuple[bytes, str]]:
        """The content of small files and the hex SHA-256 of each."""

    def open(self, entry: Entry) -> Reader:
        """Read a file."""

    def sha256(self, entry: Entry) -> str | None:
        """Hex, of a file's content; None where it would cost as much as sending it."""

    def pass_by(self, entry: Entry) -> None:
        """This file need not be sent."""

    def local(self, entry: Entry) -> Path | None:
        """The file itself, where it is of this machine and only one server gets it."""


def scan(root: Path) -> Listing:
    """List a local file or folder. Links to files count as files; links to folders are skipped and named.

    Raises:
        Problem: `file.missing`, `file.unreadable`.
    """
    try:
        found = root.stat()
    except FileNotFoundError as error:
        raise Problem("file.missing", path=root) from error
    except OSError as error:
        raise Problem("file.unreadable", path=root, reason=error.strerror or error) from error
    name = root.name or root.resolve().name
    if stat.S_ISREG(found.st_mode):
        return Listing(False, name, (_entry("", found),))
    if not stat.S_ISDIR(found.st_mode):
        raise Problem("file.unreadable", path=root, reason="it is neither a file nor a folder")
    entries, skipped = [_entry("", found)], []
    waiting = [("", root)]
    while waiting:
        relative, folder = waiting.pop()
        try:
            inside = sorted(os.scandir(folder), key=lambda each: each.name)
        except OSError as error:
            raise Problem("file.unreadable", path=folder, reason=error.strerror or error) from error
        for each in inside:
            path = f"{relative}/{each.name}" if relative else each.name
            try:
                if each.is_dir(follow_symlinks=False):
                    entries.append(_entry(path, each.stat(follow_symlinks=False)))
                    waiting.append((path, Path(each.path)))
                elif each.is_file():
                    entries.append(_entry(path, each.stat()))
                else:
                    what = "a link that leads to no file" if each.is_symlink() else "neither file nor folder"
                    skipped.append(Skipped(path, what))
            except OSError as error:
                skipped.append(Skipped(path, error.strerror or str(error)))
    return Listing(True, name, tuple(entries), tuple(skipped))


def _entry(path: str, found: os.stat_result) -> Entry:
    is_dir = stat.S_ISDIR(found.st_mode)
    return Entry(path, is_dir, 0 if is_dir else found.st_size, found.st_mode & 0o777, found.st_mtime_ns)
