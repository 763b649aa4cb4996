"""Local files written so that a crash leaves the old or the new, never half."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from console.core.problems import Problem


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace `path` by `data`: a temporary file beside it, fsync, rename, fsync of the folder.

    Raises:
        Problem: `file.unwritable`.
    """
    with write_through(path, mode=mode) as file:
        file.write(data)


@contextmanager
def write_through(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """The same for what is written piece by piece; whatever is raised inside leaves the old file.

    Raises:
        Problem: `file.unwritable`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise Problem("file.unwritable", path=path, reason=error.strerror or error) from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # Windows cannot open folders; its rename is durable enough for settings
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file.

    Raises:
        Problem: `file.missing`, `file.unreadable`.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise Problem("file.missing", path=path) from error
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error
