"""Consent to a third-party plugin: which folder, by the hash of all that is in it. Imports no plugin."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.core.clock import iso
from console.core.files import write_atomically
from console.core.home import Home
from console.core.problems import Problem
from console.plugin.manifest import Manifest, read_manifest

MAX_FILES = 2000
MAX_BYTES = 256 * 1024 * 1024


def folder_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of every file below a folder.

    Raises:
        Problem: `plugin.invalid` for links, special files, and folders beyond all measure.
    """
    digest = hashlib.sha256()
    count = total = 0
    try:
        for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise _invalid(folder, f"'{path.name}' is a link or a special file")
            if path.is_dir():
                continue
            count += 1
            total += path.stat().st_size
            if count > MAX_FILES or total > MAX_BYTES:
                raise _invalid(folder, f"it holds more than {MAX_FILES} files or {MAX_BYTES} bytes")
            name = path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape")
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(len(name).to_bytes(4, "big") + name + content)
    except OSError as error:
        raise _invalid(folder, f"it cannot be read: {error.strerror or error}") from error
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approved folders: plugin name -> hash of its folder."""

    hashes: dict[str, str]

    def allows(self, name: str, sha256: str) -> bool:
        return self.hashes.get(name) == sha256

    def changed(self, name: str, sha256: str) -> bool:
        """Approved once, but as something else."""
        return name in self.hashes and self.hashes[name] != sha256


def _path(home: Home) -> Path:
    return home.plugins / "approved.json"


def read_approvals(home: Home) -> Approvals:
    """The list; empty where there is none.

    Raises:
        Problem: `file.unreadable`.
    """
    return Approvals({name: str(entry["sha256"]) for name, entry in _entries(home).items()})


def _entries(home: Home) -> dict[str, dict[str, object]]:
    path = _path(home)
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise Problem("file.unreadable", path=path, reason=error) from error
    approved = found.get("approved") if isinstance(found, dict) and found.get("v") == 1 else None
    if not isinstance(approved, dict) or not all(
        isinstance(entry, dict) and "sha256" in entry for entry in approved.values()
    ):
        raise Problem("file.unreadable", path=path, reason="it is no list of approved plugins")
    return approved


def approve(home: Home, folder_name: str, *, account: str, moment: datetime) -> Manifest:
    """Consent to what a folder of the home's plugins holds now; it is loaded from the next start on.

    Raises:
        Problem: `plugin.invalid`, `file.unreadable`, `file.unwritable`.
    """
    folder = home.plugins / folder_name
    if folder_name != folder.name or folder_name.startswith((".", "_")) or not folder.is_dir():
        raise _invalid(folder, "there is no such folder")
    manifest = read_manifest(folder)
    entries = _entries(home)
    entries[manifest.name] = {"sha256": folder_hash(folder), "by": account, "time": iso(moment)}
    _write(home, entries)
    return manifest


def revoke(home: Home, name: str) -> None:
    """Take a consent back; without one nothing happens."""
    entries = _entries(home)
    if entries.pop(name, None) is not None:
        _write(home, entries)


def _write(home: Home, entries: dict[str, dict[str, object]]) -> None:
    data = json.dumps({"v": 1, "approved": entries}, indent=1, sort_keys=True)
    write_atomically(_path(home), data.encode())


def _invalid(folder: Path, reason: str) -> Problem:
    return Problem("plugin.invalid", path=folder, reason=reason)
