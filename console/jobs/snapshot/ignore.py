"""What a .tandemignore says, with the rules of .gitignore. Pure.

The walk asks of every folder and file on its way down, and goes into no folder that is left out: so nothing
below such a folder can be taken in again, as with git.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = ".tandemignore"
# Where there is no git that knows better. A .env holds secrets more often than not.
DEFAULTS = (
    ".git/", ".hg/", ".svn/", "__pycache__/", "*.py[cod]", ".venv/", "venv/", "env/", ".tox/", ".nox/",
    ".mypy_cache/", ".pytest_cache/", ".ruff_cache/", ".ipynb_checkpoints/", "node_modules/", "*.egg-info/",
    ".DS_Store", "*.swp", ".idea/", ".vscode/", ".env", "wandb/", "mlruns/", "lightning_logs/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    takes_in: bool
    folders_only: bool


class Ignore:
    """Rules in their order; the last that fits decides."""

    def __init__(self, lines: list[str]) -> None:
        self._rules = [rule for line in lines if (rule := _rule(line)) is not None]

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path ("a/b", from the folder's root) is left out; its parents were asked before."""
        for rule in reversed(self._rules):
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(path):
                return not rule.takes_in
        return False


def _rule(line: str) -> _Rule | None:
    text = line.rstrip("\r\n")
    # Blanks at the end count only behind a backslash.
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#"):
        return None
    takes_in = text.startswith("!")
    text = text[1:] if takes_in else text
    folders_only = text.endswith("/")
    text = text[:-1] if folders_only else text
    if not text:
        return None
    anchored = "/" in text
    text = text.removeprefix("/")
    # As git reads them: a run of more stars is no more than two.
    body = _translated(re.sub(r"(?<!\\)\*{3,}", "**", text))
    if body is None:
        return None
    prefix = "" if anchored else "(?:.*/)?"
    return _Rule(re.compile(prefix + body, re.DOTALL), takes_in, folders_only)


def _translated(text: str) -> str | None:
    """A pattern as a regular expression; None for one that can fit nothing."""
    out, at = "", 0
    if text.startswith("**/"):
        out, at = "(?:.*/)?", 3
    while at < len(text):
        char = text[at]
        if text.startswith("/**/", at):
            out, at = out + "/(?:.*/)?", at + 4
        elif text[at:] == "/**":
            out, at = out + "/.+", len(text)
        elif char == "*":
            out += ".*" if text == "**" else "[^/]*"
            while at < len(text) and text[at] == "*":
                at += 1
        elif char == "?":
            out, at = out + "[^/]", at + 1
        elif char == "[":
            found = _bracket(text, at)
            if found is None:
                return None
            out, at = out + found[0], found[1]
        elif char == "\\":
            if at + 1 == len(text):
                return None
            out, at = out + re.escape(text[at + 1]), at + 2
        else:
            out, at = out + re.escape(char), at + 1
    return out


def _bracket(text: str, start: int) -> tuple[str, int] | None:
    """A set of characters that begins at `start`: (expression, where it ended); None where it never ends."""
    at = start + 1
    negated = at < len(text) and text[at] in "!^"
    at += negated
    first, inside = at, ""
    while at < len(text) and (text[at] != "]" or at == first):
        if text[at] == "\\" and at + 1 < len(text):
            inside, at = inside + re.escape(text[at + 1]), at + 2
        elif text.startswith("[:", at) and (end := text.find(":]", at)) > 0:
            known = _CLASSES.get(text[at + 2 : end])
            if known is None:
                return None
            inside, at = inside + known, end + 2
        else:
            inside += text[at] if text[at] == "-" and at > first else re.escape(text[at])
            at += 1
    if at >= len(text):
        return None
    return f"(?!/)[{'^' if negated else ''}{inside}]", at + 1


_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": " \\t\\n\\r\\f\\v",
    "xdigit": "0-9A-Fa-f",
}
