"""Artifacts by their content: blobs/<first two of the hash>/<hash>. Knows files, not models."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from console.core.home import Home
from console.core.ids import new_id
from console.core.problems import Problem

_CHUNK = 4 * 1024 * 1024
_STALE_S = 24 * 3600.0


class Blobs:
    """The folder of artifacts. A file there is whole: it is filled elsewhere and moved in."""

    def __init__(self, home: Home) -> None:
        self._folder = home.blobs

    def path(self, sha256: str) -> Path:
        """Where the artifact of that hash is or would be."""
        return self._folder / sha256[:2] / sha256

    def incoming(self) -> Path:
        """A path for an artifact on its way in; what a killed console left there a day ago is removed.

        Raises:
            Problem: `file.unwritable`.
        """
        folder = self._folder / "incoming"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for each in folder.iterdir():
                if time.time() - each.stat().st_mtime > _STALE_S:
                    each.unlink(missing_ok=True)
        except OSError as error:
            raise Problem("file.unwritable", path=folder, reason=error.strerror or error) from error
        return folder / new_id()

    def adopt(self, incoming: Path, sha256: str) -> Path:
        """Move a complete file in; one of the same content that is there already stays.

        Raises:
            Problem: `file.unwritable`.
        """
        target = self.path(sha256)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with incoming.open("r+b") as file:
                os.fsync(file.fileno())
            incoming.chmod(0o600)
            # The same content: nothing is lost whoever wins, and a damaged old copy is healed.
            incoming.replace(target)
        except OSError as error:
            raise Problem("file.unwritable", path=target, reason=error.strerror or error) from error
        return target

    def remove(self, sha256: str) -> None:
        """Drop an artifact that no version needs."""
        self.path(sha256).unlink(missing_ok=True)


def copy_hashed(source: Path, target: Path, progress: Callable[[int], None]) -> str:
    """Copy a file; returns the hex SHA-256 of what was copied. `progress` may raise to stop.

    Raises:
        Problem: `model.file_missing`, `file.unreadable`, `file.unwritable`.
    """
    digest = hashlib.sha256()
    done = 0
    try:
        reader = source.open("rb")
    except FileNotFoundError as error:
        raise Problem("model.file_missing", path=source) from error
    except OSError as error:
        raise Problem("file.unreadable", path=source, reason=error.strerror or error) from error
    with reader:
        try:
            with target.open("xb") as writer:
                target.chmod(0o600)
                while data := reader.read(_CHUNK):
                    digest.update(data)
                    writer.write(data)
                    done += len(data)
                    progress(done)
        except OSError as error:
            raise Problem("file.unwritable", path=target, reason=error.strerror or error) from error
    return digest.hexdigest()
