"""A snapshot of code as a value: its files by path and hash, and the hash of it all. Pure.

The same files give the same hash on every machine: paths with "/", sorted by their bytes; of the mode only
whether a file can be executed; no times, no owners.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from console.core.problems import Problem
from console.core.text import safe_line

FILE, EXECUTABLE, LINK = "f", "x", "l"
MAX_TREE_BYTES = 32 * 1024 * 1024
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file of a snapshot.

    Attributes:
        kind: FILE, EXECUTABLE or LINK.
        what: hex SHA-256 of its content; of a link, where it leads.
    """

    path: str
    kind: str
    size: int
    what: str


@dataclass(frozen=True)
class Tree:
    """All files of a snapshot, in their order."""

    files: tuple[CodeFile, ...]

    @cached_property
    def data(self) -> bytes:
        """The list as it travels and is kept."""
        rows = [[each.path, each.kind, each.size, each.what] for each in self.files]
        return json.dumps({"v": 1, "files": rows}, separators=(",", ":")).encode("ascii")

    @cached_property
    def hash(self) -> str:
        """Hex SHA-256 of the list, which holds those of all contents: the snapshot's name."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def total_bytes(self) -> int:
        """Of all contents, each file counted."""
        return sum(each.size for each in self.files)

    def contents(self) -> dict[str, int]:
        """Sizes of the different contents by their hash."""
        return {each.what: each.size for each in self.files if each.kind != LINK}

    def find(self, path: str) -> CodeFile | None:
        """The file of that path."""
        return next((each for each in self.files if each.path == path), None)


def make_tree(files: Iterable[CodeFile]) -> Tree:
    """A tree of these files, put into their order."""
    return Tree(tuple(sorted(files, key=lambda each: each.path.encode("utf-8", "surrogateescape"))))


def parse_tree(server: str, data: bytes, wanted: str) -> Tree:
    """A list as a server gave it; nothing of it is trusted before its hash fits.

    Raises:
        Problem: `agent.protocol`.
    """
    if hashlib.sha256(data).hexdigest() != wanted:
        raise Problem("agent.protocol", server=server, reason="the list of a job's code is not what it was")
    files = []
    try:
        for path, kind, size, what in json.loads(data)["files"]:
            sound = isinstance(path, str) and isinstance(size, int) and is_inside(path)
            if not sound or kind not in (FILE, EXECUTABLE, LINK):
                raise ValueError(safe_line(str(path), max_chars=80))
            if kind == LINK and not stays_inside(path, what):
                raise ValueError(safe_line(path, max_chars=80))
            if kind != LINK and not _SHA256.match(what):
                raise ValueError(safe_line(path, max_chars=80))
            files.append(CodeFile(path, kind, size, what))
    except (ValueError, TypeError, KeyError) as error:
        raise Problem("agent.protocol", server=server, reason=f"the list of a job's code: {error}") from error
    return Tree(tuple(files))


def is_inside(path: str) -> bool:
    """Whether a path stays below the folder it is taken from."""
    return "\0" not in path and all(step not in ("", ".", "..") for step in path.split("/"))


def stays_inside(path: str, target: str) -> bool:
    """Whether a link at `path` leads to a place in the same snapshot."""
    if not target or target.startswith("/") or "\0" in target or "\\" in target:
        return False
    depth = path.count("/")
    for step in target.split("/"):
        depth += -1 if step == ".." else 0 if step in (".", "") else 1
        if depth < 0:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that two snapshots do not have alike; None where one does not have it."""

    path: str
    before: CodeFile | None
    after: CodeFile | None

    @property
    def mark(self) -> str:
        """A for added, D for deleted, M for changed."""
        return "A" if self.before is None else "D" if self.after is None else "M"


def differences(before: Tree, after: Tree) -> list[Difference]:
    """What is not alike, by path."""
    old = {each.path: each for each in before.files}
    new = {each.path: each for each in after.files}
    paths = sorted({*old, *new})
    return [
        Difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)
    ]
