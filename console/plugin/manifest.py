"""What a plugin says of itself in its plugin.toml, read and checked without running any of its code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line
from console.plugin.api import API_VERSION

FILE_NAME = "plugin.toml"
MAX_BYTES = 64 * 1024

# What a manifest may say that its plugin provides, and the hook that it then implements.
PROVIDES: dict[str, str] = {
    "probes": "tandem_accelerator_probes",
    "recipes": "tandem_recipes",
    "runtimes": "tandem_runtimes",
    "notifiers": "tandem_notifiers",
    "sources": "tandem_sources",
}

# How far what a plugin reads of machines was checked; a manifest may leave it out.
CHECKED = ("hardware", "captures")

_NAME = re.compile(r"^[a-z][a-z0-9-]{0,39}$")
_VERSION = re.compile(r"^\d+(\.\d+){0,3}([a-z0-9.+-]{0,20})$")
_MODULE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,60}\.py$")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A plugin's description.

    Attributes:
        name: unique, lower case with dashes.
        version: the plugin's own.
        api: the version of the public door that it was written for.
        title, description: for people.
        module: the Python file beside the manifest that implements the hooks; while it is imported it may
            import others beside it by `from . import NAME`.
        provides: keys of PROVIDES; hooks beyond these are refused.
        checked: one of CHECKED, None where it does not say.
    """

    name: str
    version: str
    api: int
    title: str
    description: str
    module: str
    provides: tuple[str, ...]
    checked: str | None = None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the plugin in `folder`.

    Raises:
        Problem: `plugin.invalid`, with the first fault found.
    """
    path = folder / FILE_NAME
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _invalid(folder, f"{FILE_NAME} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise _invalid(folder, f"{FILE_NAME} is larger than {MAX_BYTES} bytes")
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:  # not UTF-8, or not TOML
        raise _invalid(folder, f"{FILE_NAME} is not TOML: {safe_line(str(error))}") from error
    return _checked(folder, table)


def _checked(folder: Path, table: dict[str, object]) -> Manifest:
    fields: dict[str, type] = {
        "name": str,
        "version": str,
        "api": int,
        "title": str,
        "description": str,
        "module": str,
        "provides": list,
    }
    if unknown := sorted(set(table) - {*fields, "checked"}):
        raise _invalid(folder, f"{FILE_NAME} has the unknown key '{safe_line(unknown[0], max_chars=60)}'")
    for key, kind in fields.items():
        if key not in table:
            raise _invalid(folder, f"{FILE_NAME} lacks '{key}'")
        if type(table[key]) is not kind:
            raise _invalid(folder, f"'{key}' is not {_KINDS[kind]}")
    texts = {key: safe_line(str(table[key])) for key in ("name", "version", "title", "description", "module")}
    for key, pattern, rule in _PATTERNS:
        if not pattern.match(texts[key]):
            raise _invalid(folder, f"'{key}' {rule}")
    if not texts["title"]:
        raise _invalid(folder, "'title' is empty")
    if table["api"] != API_VERSION:
        reason = f"it was written for the plugin API {table['api']}, this Tandem has {API_VERSION}"
        raise _invalid(folder, reason)
    if not (folder / texts["module"]).is_file():
        raise _invalid(folder, f"there is no {texts['module']} beside {FILE_NAME}")
    return Manifest(
        texts["name"],
        texts["version"],
        API_VERSION,
        texts["title"],
        texts["description"],
        texts["module"],
        _provides(folder, table["provides"]),
        _checked_by(folder, table.get("checked")),
    )


_KINDS: dict[type, str] = {str: "a text", int: "a whole number", list: "a list of texts"}
_PATTERNS = (
    ("name", _NAME, "takes lower-case letters, digits and dashes, a letter first"),
    ("version", _VERSION, "does not look like 1.2.3"),
    ("module", _MODULE, "names no Python file beside the manifest"),
)


def _provides(folder: Path, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise _invalid(folder, f"'provides' names none of {', '.join(PROVIDES)}")
    for each in value:
        if each not in PROVIDES:
            shown = safe_line(str(each), max_chars=60)
            raise _invalid(folder, f"'provides' has '{shown}', which is none of {', '.join(PROVIDES)}")
    if len(set(value)) != len(value):
        raise _invalid(folder, "'provides' names something twice")
    return tuple(value)


def _checked_by(folder: Path, value: object) -> str | None:
    if value is not None and value not in CHECKED:
        shown = safe_line(str(value), max_chars=60)
        raise _invalid(folder, f"'checked' is '{shown}', which is none of {', '.join(CHECKED)}")
    return value if isinstance(value, str) else None


def _invalid(folder: Path, reason: str) -> Problem:
    return Problem("plugin.invalid", path=folder, reason=reason)
