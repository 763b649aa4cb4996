"""What `ssh -G` says of an alias, within a limit; asked anew only when a file of it changed."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.config_lines import Line, included, read_lines, user_config

SSH_S = 5.0
SYSTEM = Path("/etc/ssh/ssh_config")
_BAD_LINE = re.compile(r"^(?P<file>.+?)(?: line |: line )(?P<line>\d+): (?P<reason>.+)$")
_MAX_DEPTH = 16
_MAX_FILES = 256
_AGAIN_S = 30.0
"""A `Match exec` may answer differently though no file changed: its answers are believed for so long."""

Settings = Mapping[str, tuple[str, ...]]


def ask(ssh: str, alias: str, config: Path | None) -> Settings:
    """Keyword in lower case -> values.

    Args:
        ssh: OpenSSH's client.
        config: the one file to read; the person's and the system's where None.

    Raises:
        Problem: `ssh.config_invalid` with file and line, `ssh.config_unsafe`, `file.unreadable`,
            `ssh.timeout`.
    """
    return _ask(ssh, alias, str(config) if config is not None else None, _state(config))


def defaults(ssh: str, alias: str) -> tuple[Settings, Settings]:
    """What ssh does with no configuration at all, and with the system's alone."""
    bare = _ask(ssh, alias, "none", ())
    return bare, (ask(ssh, alias, SYSTEM) if SYSTEM.is_file() else bare)


@lru_cache(maxsize=2048)
def _ask(ssh: str, alias: str, config: str | None, state: tuple[object, ...]) -> Settings:
    del state  # part of the question: another state of the files is another question
    argv = [ssh, "-G", *(["-F", config] if config is not None else []), "--", alias]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=SSH_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise Problem(
            "ssh.timeout", server=alias, timeout_s=SSH_S, stage="reading its configuration"
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", errors="replace")
        raise _bad_config(said, Path(config) if config is not None else user_config())
    found: dict[str, tuple[str, ...]] = {}
    for line in done.stdout.decode("utf-8", errors="replace").splitlines():
        keyword, _, value = line.partition(" ")
        found[keyword.lower()] = (*found.get(keyword.lower(), ()), value)
    return found


def _bad_config(said: str, config: Path) -> Problem:
    for text in said.splitlines():
        if found := _BAD_LINE.match(text):
            reason = safe_line(found["reason"], max_chars=200)
            return Problem(
                "ssh.config_invalid", file=safe_line(found["file"]), line=int(found["line"]), reason=reason
            )
    reason = safe_line(said.strip().splitlines()[-1] if said.strip() else "ssh refused it", max_chars=200)
    return Problem("file.unreadable", path=config, reason=reason)


def _state(config: Path | None) -> tuple[object, ...]:
    """Every file of a configuration with its time and size, HOME and PATH; changes when an answer may."""
    roots = [config] if config is not None else [user_config(), SYSTEM]
    files: dict[Path, object] = {}
    runs = False
    for root in roots:
        for line in _lines(root, files, 0):
            runs = runs or (line.keyword == "match" and "exec" in line.rest.lower())
    moment = int(time.monotonic() / _AGAIN_S) if runs else 0
    return (*files.items(), os.environ.get("HOME"), os.environ.get("PATH"), moment)


def _lines(path: Path, files: dict[Path, object], depth: int) -> Iterator[Line]:
    """The lines of a file and of those it includes; what cannot be read here is ssh's to complain about."""
    if path in files or depth > _MAX_DEPTH or len(files) > _MAX_FILES:
        return
    try:
        found = path.stat()
        files[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
        lines = list(read_lines(path))
    except (OSError, Problem):
        files.setdefault(path, None)
        return
    for line in lines:
        ensure_own(line)
        yield line
        if line.keyword == "include":
            for file in included(line):
                yield from _lines(file, files, depth + 1)


def ensure_own(line: Line) -> None:
    """Refuse a line that runs a command where others could have written it.

    Raises:
        Problem: `ssh.config_unsafe`.
    """
    runs = line.keyword == "proxycommand" and line.rest.strip().lower() != "none"
    runs = runs or (line.keyword == "match" and "exec" in line.rest.lower())
    if not runs or os.name != "posix":
        return
    found = line.file.stat()
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o022:
        raise Problem("ssh.config_unsafe", file=line.file, line=line.number)
