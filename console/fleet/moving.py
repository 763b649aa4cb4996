"""Files to and from a server: bytes over a connection of their own, hashes and the last step by the agent."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from console.core.ids import new_id
from console.core.ports import Progress, ServerGate
from console.core.problems import Problem
from console.ssh.connection import Connection
from console.ssh.transfer import pull_file, push_file

Open = Callable[[str], AbstractContextManager[Connection]]
_HASH_BYTES_PER_S = 50e6
_HASH_LEAST_S = 60.0


def push(
    gate: ServerGate,
    open_connection: Open,
    server: str,
    local: Path,
    remote: str,
    progress: Progress | None,
    mode: int,
) -> str:
    """Copy `local` to the absolute path `remote`; the agent checks the hash there, syncs and renames.

    Raises:
        Problem: `file.*`, `transfer.*`, `remote.*`, `ssh.*`, `agent.*`.
    """
    _check_path(remote)
    size = _size_of(local)

    def commit(part: str, path: str, sha256: str) -> None:
        params: dict[str, object] = {"part": part, "path": path, "sha256": sha256, "mode": mode}
        gate.call(server, "file.commit", params, timeout_s=_hashing_s(size))

    with open_connection(server) as connection:
        return push_file(connection, local, remote, commit=commit, progress=progress)


def pull(
    gate: ServerGate,
    open_connection: Open,
    server: str,
    remote: str,
    local: Path,
    progress: Progress | None,
) -> str:
    """Copy the absolute path `remote` to `local`; only a file whose hash is the server's takes its place.

    Raises:
        Problem: `file.unwritable`, `transfer.*`, `remote.*`, `ssh.*`, `agent.*`.
    """
    _check_path(remote)
    found = gate.call(server, "file.stat", {"path": remote})
    if not found.get("exists"):
        raise Problem("remote.path_missing", server=server, path=remote)
    size = found.get("size")
    size = size if isinstance(size, int) else 0
    answer = gate.call(server, "file.sha256", {"path": remote}, timeout_s=_hashing_s(size))
    arriving = local.with_name(f".{local.name}.{new_id()}.part")
    try:
        with open_connection(server) as connection:
            digest = pull_file(connection, remote, arriving, size=size, progress=progress)
        if digest != answer.get("sha256"):
            raise Problem("transfer.mismatch", server=server, path=remote)
        arriving.replace(local)
    except OSError as error:
        raise Problem("file.unwritable", path=local, reason=error.strerror or error) from error
    finally:
        arriving.unlink(missing_ok=True)
    return digest


def _check_path(path: str) -> None:
    if not path.isprintable() or len(path) > 4096:
        raise Problem("input.invalid", what="path", reason="it is too long or holds control characters")


def _size_of(local: Path) -> int:
    try:
        return local.stat().st_size
    except FileNotFoundError as error:
        raise Problem("file.missing", path=local) from error
    except OSError as error:
        raise Problem("file.unreadable", path=local, reason=error.strerror or error) from error


def _hashing_s(size: int) -> float:
    """How long reading a file of that size once may take on a slow disk."""
    return _HASH_LEAST_S + size / _HASH_BYTES_PER_S
