"""What git knows of a folder: its files, its commit, whether that is what lies there. Changes nothing."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line

_PATIENCE_S = 60.0
_NO_GIT = "git is not installed here, so the folder is taken without .gitignore"


@dataclass
class Checkout:
    """What was found.

    Attributes:
        files: paths from the folder, each with whether git tracks it as executable; None for untracked ones.
        why_not: why git was not asked though it may have been meant; empty otherwise.
    """

    is_repository: bool
    files: dict[str, bool | None] = field(default_factory=dict)
    commit: str | None = None
    dirty: bool | None = None
    notes: list[str] = field(default_factory=list)
    why_not: str = ""


def look_at(folder: Path, only: str | None = None) -> Checkout:
    """A folder that may be a repository or lie in one; `only` is one file of it, which is then not listed.

    Raises:
        Problem: `code.git`: it is one, and git cannot read it.
    """
    try:
        inside = _run(folder, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError:
        return Checkout(False, why_not=_NO_GIT if _seems_one(folder) else "")
    if inside.returncode != 0:
        said = inside.stderr.decode("utf-8", "replace")
        if "not a git repository" in said:
            return Checkout(False)
        raise _failed(folder, said)
    if inside.stdout.strip() != b"true":
        return Checkout(False)
    found = Checkout(True)
    head = _run(folder, "rev-parse", "--verify", "-q", "HEAD")
    found.commit = head.stdout.decode("ascii", "replace").strip() or None
    status = _asked(folder, "status", "--porcelain", "-z", "--untracked-files=normal", "--", only or ".")
    found.dirty = bool(status) or found.commit is None
    if only is None:
        _list(folder, "", found)
    return found


def _seems_one(folder: Path) -> bool:
    return any((each / ".git").exists() for each in (folder, *folder.parents))


def _list(folder: Path, prefix: str, found: Checkout) -> None:
    """What git tracks and what it neither tracks nor ignores; the same of each submodule."""
    submodules = []
    for row in _split(_asked(folder, "ls-files", "-z", "--cached", "--stage")):
        facts, _tab, name = row.partition("\t")
        mode = facts.split(" ", 1)[0]
        if mode == "160000":
            submodules.append(name)
        else:
            found.files[prefix + name] = mode == "100755"
    for name in _split(_asked(folder, "ls-files", "-z", "--others", "--exclude-standard")):
        if name.endswith("/"):
            submodules.append(name.rstrip("/"))
        else:
            found.files.setdefault(prefix + name, None)
    for name in sorted(set(submodules)):
        _list_inner(folder / name, prefix + name, found)


def _list_inner(folder: Path, path: str, found: Checkout) -> None:
    shown = safe_line(path, max_chars=80)
    if not (folder / ".git").exists():
        found.notes.append(f"submodule {shown} is not checked out here and is left out")
        return
    head = _run(folder, "rev-parse", "--verify", "-q", "HEAD").stdout.decode("ascii", "replace").strip()
    found.notes.append(f"submodule {shown} goes along" + (f" at {head[:12]}" if head else ""))
    _list(folder, path + "/", found)


def _split(data: bytes) -> list[str]:
    return [os.fsdecode(each) for each in data.split(b"\0") if each]


def _asked(folder: Path, *words: str) -> bytes:
    done = _run(folder, *words)
    if done.returncode != 0:
        raise _failed(folder, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _failed(folder: Path, said: str) -> Problem:
    lines = said.strip().splitlines()
    reason = lines[0].removeprefix("fatal: ") if lines else "it gave no reason"
    return Problem("code.git", path=folder, reason=safe_line(reason, max_chars=300))


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    # A hook or a variable of the caller's must not decide what belongs to the code.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env.update(GIT_OPTIONAL_LOCKS="0", LC_ALL="C", GIT_TERMINAL_PROMPT="0")
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false", "-C", str(folder), *words]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=_PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        reason = f"git did not answer within {_PATIENCE_S:g} s"
        raise Problem("code.git", path=folder, reason=reason) from error
