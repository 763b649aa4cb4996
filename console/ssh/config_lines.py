"""Reading the lines of an ssh_config, and listing the aliases in it. What they mean is config.py's."""

from __future__ import annotations

import glob
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console.core.problems import Problem

_LINE = re.compile(r"(?P<keyword>[A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(?P<rest>.*)")
_MAX_DEPTH = 16
_MAX_FILES = 1000
_MAX_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """One setting: its keyword in lower case, its arguments, and the raw text after the keyword."""

    file: Path
    number: int
    keyword: str
    rest: str
    arguments: tuple[str, ...]

    def problem(self, reason: str) -> Problem:
        """This line cannot be used."""
        return Problem("ssh.config_invalid", file=self.file, line=self.number, reason=reason)


def user_config() -> Path:
    """The person's own file."""
    return Path.home() / ".ssh" / "config"


def read_lines(path: Path) -> Iterator[Line]:
    """The settings of one file, in order; Include is a line like any other.

    Raises:
        Problem: `file.missing`, `file.unreadable`, `ssh.config_invalid`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise Problem("file.missing", path=path) from error
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error
    if len(data) > _MAX_FILE_BYTES:
        raise Problem("file.unreadable", path=path, reason="it is too large for an ssh_config")
    for number, raw in enumerate(data.decode("utf-8", errors="replace").splitlines(), start=1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            raise Problem("ssh.config_invalid", file=path, line=number, reason="it is not KEYWORD VALUE")
        yield Line(
            path, number, found["keyword"].lower(), found["rest"], _arguments(path, number, found["rest"])
        )


def _arguments(path: Path, number: int, rest: str) -> tuple[str, ...]:
    lexer = shlex.shlex(rest, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    try:
        for word in lexer:
            if word.startswith("#"):
                break
            words.append(word)
    except ValueError as error:
        raise Problem(
            "ssh.config_invalid", file=path, line=number, reason="a quotation has no end"
        ) from error
    return tuple(words)


def included(line: Line) -> list[Path]:
    """The files an Include names, in ssh's order; a name that fits nothing is no fault."""
    files: list[Path] = []
    for name in line.arguments:
        pattern = Path(name).expanduser()
        if not pattern.is_absolute():
            pattern = Path.home() / ".ssh" / pattern  # ssh does so for any user file, also one given by -F
        files += [Path(found) for found in sorted(glob.glob(str(pattern)))]  # noqa: PTH207 - absolute pattern
    return files


class Includes:
    """The files that a configuration includes, and how many: a few lines could name them without end."""

    def __init__(self) -> None:
        self._count = 0

    def of(self, line: Line, depth: int) -> list[Path]:
        """What an Include at this depth names.

        Raises:
            Problem: `ssh.config_invalid` where it goes too deep or there are too many.
        """
        if depth >= _MAX_DEPTH:
            raise line.problem("files include one another too deeply")
        files = included(line)
        self._count += len(files)
        if self._count > _MAX_FILES:
            raise line.problem(f"more than {_MAX_FILES} files are included")
        return files


def aliases(path: Path | None = None) -> list[str]:
    """Names that a Host line of the file, or of those it includes, gives without wildcards, in order.

    Raises:
        Problem: `file.missing`, `file.unreadable`, `ssh.config_invalid`.
    """
    return list(dict.fromkeys(_aliases(path or user_config(), 0, Includes())))


def _aliases(path: Path, depth: int, includes: Includes) -> Iterator[str]:
    for line in read_lines(path):
        if line.keyword == "host":
            yield from (name for name in line.arguments if not set(name) & set("*?!") and name[:1] != "-")
        elif line.keyword == "include":
            for file in includes.of(line, depth):
                yield from _aliases(file, depth + 1, includes)
