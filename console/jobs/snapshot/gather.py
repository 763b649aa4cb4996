"""Which files of a folder of this machine are a job's code, read and hashed. Asks git; sends nothing."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.jobs.snapshot.git import Checkout, look_at
from console.jobs.snapshot.ignore import DEFAULTS, NAME, Ignore
from console.jobs.snapshot.tree import EXECUTABLE, FILE, LINK, CodeFile, Tree, make_tree, stays_inside

MAX_FILES = 50_000
_LARGEST = 5
_NAMED = 3
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Snapshot:
    """A folder as it was when it was read.

    Attributes:
        places: where each content lies here, by its hash.
        commit: git's, None where there is none.
        dirty: whether the files are not what the commit says; None without git.
        notes: what a person should know of how it was gathered.
    """

    root: Path
    tree: Tree
    places: dict[str, Path]
    commit: str | None = None
    dirty: bool | None = None
    notes: tuple[str, ...] = ()

    def as_spec(self) -> dict[str, object]:
        """What a job's spec tells of its code."""
        return {
            "tree": self.tree.hash,
            "files": len(self.tree.files),
            "bytes": self.tree.total_bytes,
            "commit": self.commit,
            "dirty": self.dirty,
            "source": str(self.root),
        }


@dataclass
class _Found:
    paths: dict[str, bool | None]
    notes: list[str] = field(default_factory=list)


def gather(root: Path, limit_bytes: int) -> Snapshot:
    """Read a folder, or one script.

    Args:
        limit_bytes: of all contents together.

    Raises:
        Problem: `file.missing`, `file.unreadable`, `code.empty`, `code.too_large`, `code.too_many`,
            `code.git`, `code.changed`.
    """
    root = root.expanduser().absolute()
    if root.is_file():
        return _one_file(root, limit_bytes)
    if not root.is_dir():
        raise Problem("file.missing", path=root)
    checkout = look_at(root)
    found = _by_git(root, checkout) if checkout.is_repository else _by_walk(root)
    if checkout.why_not:
        found.notes.append(checkout.why_not)
    sizes = _sizes(root, found)
    if not sizes:
        raise Problem("code.empty", path=root)
    _check_size(root, sizes, limit_bytes)
    files, places = [], {}
    for path in sizes:
        file, place = _read(root, path, found.paths[path])
        files.append(file)
        if place is not None:
            places[file.what] = place
    notes = tuple(found.notes)
    return Snapshot(root, make_tree(files), places, checkout.commit, checkout.dirty, notes)


def _one_file(path: Path, limit_bytes: int) -> Snapshot:
    """A script is a folder of one file, and can be executed where it says what runs it."""
    found = _Found({path.name: None})
    sizes = _sizes(path.parent, found)
    _check_size(path, sizes, limit_bytes)
    file, place = _read(path.parent, path.name, None)
    assert place is not None
    with place.open("rb") as stream:
        can_run = stream.read(2) == b"#!"
    kind = EXECUTABLE if can_run else FILE
    checkout = look_at(path.parent, path.name)
    tree = make_tree([CodeFile(file.path, kind, file.size, file.what)])
    return Snapshot(path, tree, {file.what: place}, checkout.commit, checkout.dirty)


# --- which


def _by_git(root: Path, checkout: Checkout) -> _Found:
    found = _Found(dict(checkout.files), list(checkout.notes))
    own = _own_rules(root)
    if own:
        ignore = Ignore(own)
        kept = {path: mode for path, mode in found.paths.items() if not _is_left_out(ignore, path)}
        if len(kept) < len(found.paths):
            found.notes.append(f"{NAME} leaves out {len(found.paths) - len(kept)} files that git has")
        found.paths = kept
    _check_count(root, found.paths)
    if any(path.rsplit("/", 1)[-1] == ".env" for path in found.paths):
        found.notes.append("a .env file is among them; name it in .gitignore if it holds secrets")
    return found


def _is_left_out(ignore: Ignore, path: str) -> bool:
    steps = path.split("/")
    folders = ("/".join(steps[:upto]) for upto in range(1, len(steps)))
    return any(ignore.leaves_out(each, is_folder=True) for each in folders) or ignore.leaves_out(
        path, is_folder=False
    )


def _own_rules(root: Path) -> list[str]:
    path = root / NAME
    try:
        return path.read_text("utf-8", errors="surrogateescape").split("\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error


def _by_walk(root: Path) -> _Found:
    ignore = Ignore([*DEFAULTS, *_own_rules(root)])
    found = _Found({})
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            inside = list(os.scandir(root / folder))
        except OSError as error:
            raise Problem("file.unreadable", path=root / folder, reason=error.strerror or error) from error
        for each in inside:
            path = f"{folder}/{each.name}" if folder else each.name
            is_folder = each.is_dir(follow_symlinks=False)
            if ignore.leaves_out(path, is_folder=is_folder):
                continue
            if is_folder:
                waiting.append(path)
            else:
                found.paths[path] = None
        _check_count(root, found.paths)
    return found


def _check_count(root: Path, paths: dict[str, bool | None]) -> None:
    if len(paths) <= MAX_FILES:
        return
    tops: dict[str, int] = {}
    for path in paths:
        top = path.split("/")[0]
        tops[top] = tops.get(top, 0) + 1
    largest = safe_line(max(tops, key=lambda top: tops[top]), max_chars=80)
    raise Problem("code.too_many", path=root, limit=MAX_FILES, largest=largest)


# --- how large


def _sizes(root: Path, found: _Found) -> dict[str, int]:
    """Sizes of what is there and can travel; what cannot is said, with its name."""
    sizes, out, special = {}, [], []
    for path in sorted(found.paths):
        place = root / path
        try:
            told = place.lstat()
        except FileNotFoundError:
            continue  # git tracks it and it was deleted
        except OSError as error:
            raise Problem("file.unreadable", path=place, reason=error.strerror or error) from error
        if stat.S_ISLNK(told.st_mode):
            if stays_inside(path, str(place.readlink())):
                sizes[path] = 0
            else:
                out.append(path)
        elif stat.S_ISREG(told.st_mode):
            sizes[path] = told.st_size
        else:
            special.append(path)
    if out:
        found.notes.append(f"links that lead out of the folder are left out: {_names(out)}")
    if special:
        found.notes.append(f"what is no file is left out: {_names(special)}")
    return sizes


def _names(paths: list[str]) -> str:
    shown = ", ".join(safe_line(each, max_chars=80) for each in paths[:_NAMED])
    return shown + (f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")


def _check_size(root: Path, sizes: dict[str, int], limit: int) -> None:
    total = sum(sizes.values())
    if total <= limit:
        return
    largest = sorted(sizes, key=lambda path: -sizes[path])[:_LARGEST]
    raise Problem(
        "code.too_large",
        path=root,
        size=format_bytes(total),
        files=len(sizes),
        limit=format_bytes(limit),
        largest=", ".join(f"{safe_line(p, max_chars=80)} {format_bytes(sizes[p])}" for p in largest),
    )


# --- what is in them


def _read(root: Path, path: str, tracked_as_executable: bool | None) -> tuple[CodeFile, Path | None]:
    place = root / path
    try:
        told = place.lstat()
        if stat.S_ISLNK(told.st_mode):
            return CodeFile(path, LINK, 0, place.readlink().as_posix()), None
        digest, size = hashlib.sha256(), 0
        with place.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except FileNotFoundError as error:
        raise Problem("code.changed", path=place) from error
    except OSError as error:
        raise Problem("file.unreadable", path=place, reason=error.strerror or error) from error
    # Windows has no such bit: there git's index knows.
    executable = bool(told.st_mode & 0o100) if os.name == "posix" else bool(tracked_as_executable)
    return CodeFile(path, EXECUTABLE if executable else FILE, size, digest.hexdigest()), place
