"""Bulk bytes over a connection of their own: up into a part file, down from a file. Hash on the way.

The end of an upload (hash check there, fsync, rename) is done by the agent; it comes in as a callable.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from console.core.ports import Progress
from console.core.problems import Problem
from console.core.text import decode, safe_line
from console.core.units import format_bytes
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from console.ssh.exec_channel import ExecChannel

Commit = Callable[[str, str, str], None]
"""Given the part file, the target and the hex SHA-256: check the hash there, fsync, rename."""
Cancelled = Callable[[], bool]

_CHUNK = 1024 * 1024
_STALL_S = 60.0
_MIN_WINDOW = 2 * 1024 * 1024
_MAX_WINDOW = 16 * 1024 * 1024
_ASSUMED_BYTES_PER_MS = 100_000  # 100 MB/s


def push_file(
    connection: Connection,
    local: Path,
    remote: str,
    *,
    commit: Commit,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> str:
    """Copy a file to the server, beside its place first; returns the hex SHA-256.

    Args:
        remote: absolute, or relative to $HOME there.
        commit: called with the part file, `remote` and the hash once every byte has arrived.

    Raises:
        Problem: `file.missing`, `file.unreadable`, `transfer.disk_full`, `transfer.failed`,
            `operation.cancelled`, `ssh.*`, and what `commit` raises. The part file is removed then.
    """
    try:
        size = local.stat().st_size
        source = local.open("rb")
    except FileNotFoundError as error:
        raise Problem("file.missing", path=local) from error
    except OSError as error:
        raise Problem("file.unreadable", path=local, reason=error.strerror or error) from error
    part = f"{remote}.{secrets.token_hex(4)}.part"
    with source:
        try:
            digest = _send(connection, source.read, size, part, progress, cancelled)
            commit(part, remote, digest)
        except BaseException:
            _remove(connection, part)
            raise
    return digest


def _send(
    connection: Connection,
    read: Callable[[int], bytes],
    size: int,
    part: str,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> str:
    digest = hashlib.sha256()
    done = 0
    with connection.exec(
        _shell('cd "$HOME" && umask 077 && exec cat > "$1"', part), audit_text=f"receive {part}", changes=True
    ) as channel:
        try:
            while data := read(_CHUNK):
                _ensure_wanted(cancelled, f"upload of {part}")
                channel.write(data, Deadline.after(_STALL_S))
                digest.update(data)
                done += len(data)
                if progress is not None:
                    progress(done, max(size, done))
            channel.close_write()
            channel.read_all(_CHUNK, Deadline.after(_STALL_S))
        except Problem as problem:
            if problem.code != "ssh.channel_refused":  # `cat` ended early: its own words say why
                raise
        status = channel.exit_status(Deadline.after(_STALL_S))
        if status != 0:
            raise _failed(connection, channel, part, size, status)
    return digest.hexdigest()


def pull_file(
    connection: Connection,
    remote: str,
    local: Path,
    *,
    size: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> str:
    """Copy a file from the server, beside its place first; returns the hex SHA-256 of what came.

    Args:
        remote: absolute, or relative to $HOME there.
        size: bytes that are expected; more are refused, fewer are a failure.

    Raises:
        Problem: `file.unwritable`, `remote.path_missing`, `transfer.failed`, `operation.cancelled`, `ssh.*`.
            Nothing is left of it then.
    """
    try:
        local.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{local.name}.", dir=local.parent)
    except OSError as error:
        raise Problem("file.unwritable", path=local, reason=error.strerror or error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as sink:
            digest = _receive(connection, sink.write, remote, size, progress, cancelled)
            sink.flush()
            os.fsync(sink.fileno())
        temporary.replace(local)
    except OSError as error:
        raise Problem("file.unwritable", path=local, reason=error.strerror or error) from error
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def _receive(
    connection: Connection,
    write: Callable[[bytes], int],
    remote: str,
    size: int | None,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> str:
    digest = hashlib.sha256()
    done = 0
    command = _shell('cd "$HOME" && exec cat < "$1"', remote)
    with connection.exec(
        command, audit_text=f"send {remote}", window_bytes=window_for(connection)
    ) as channel:
        while data := channel.read(_CHUNK, Deadline.after(_STALL_S)):
            _ensure_wanted(cancelled, f"download of {remote}")
            done += len(data)
            if size is not None and done > size:
                raise _plain_failure(
                    connection, remote, f"it is larger than the {format_bytes(size)} expected"
                )
            write(data)
            digest.update(data)
            if progress is not None:
                progress(done, done if size is None else size)
        status = channel.exit_status(Deadline.after(_STALL_S))
        if status != 0:
            raise _failed(connection, channel, remote, None, status)
    if size is not None and done != size:
        raise _plain_failure(connection, remote, f"{format_bytes(done)} of {format_bytes(size)} came")
    return digest.hexdigest()


def window_for(connection: Connection) -> int:
    """How much to let a server send unasked: twice what is under way at 100 MB/s, 2 to 16 MiB.

    A large window on a short way makes paramiko slower, not faster.
    """
    under_way = (connection.latency_ms or 0.0) * _ASSUMED_BYTES_PER_MS
    return int(min(_MAX_WINDOW, max(_MIN_WINDOW, 2 * under_way)))


def _shell(script: str, argument: str) -> str:
    """One line for any login shell (sh, bash, fish, csh): a POSIX script and its argument, both quoted.

    A name that begins with a dash is made one that does not.
    """
    safe = argument if argument.startswith("/") else f"./{argument}"
    return f"/bin/sh -c {shlex.quote(script)} tandem {shlex.quote(safe)}"


def _ensure_wanted(cancelled: Cancelled | None, title: str) -> None:
    if cancelled is not None and cancelled():
        raise Problem("operation.cancelled", title=title, step="transfer")


def _remove(connection: Connection, part: str) -> None:
    """Take away what a failed upload left; where the connection is gone too, the file stays and says
    by its name what it is."""
    try:
        with connection.exec(_shell('cd "$HOME" && rm -f "$1"', part), changes=True) as channel:
            channel.exit_status(Deadline.after(10.0))
    except Problem:
        return


def _failed(
    connection: Connection, channel: ExecChannel, path: str, size: int | None, status: int | None
) -> Problem:
    said = safe_line(decode(channel.stderr), max_chars=300)
    low = said.lower()
    if "no space left" in low or "disk quota exceeded" in low:
        return Problem(
            "transfer.disk_full",
            server=connection.target.name,
            path=path,
            needed=format_bytes(size),
            free=format_bytes(_free_bytes(connection, path)),
        )
    if "no such file" in low or "nonexistent" in low:
        return Problem("remote.path_missing", server=connection.target.name, path=path)
    ended = f"it ended with {status}" if status is not None else f"signal {channel.exit_signal} ended it"
    return _plain_failure(connection, path, said or ended)


def _plain_failure(connection: Connection, path: str, reason: str) -> Problem:
    return Problem("transfer.failed", server=connection.target.name, path=path, reason=reason)


def _free_bytes(connection: Connection, path: str) -> int | None:
    """Free bytes where the path lies, by POSIX df; None where it does not say."""
    script = 'cd "$HOME" && df -Pk "$(dirname "$1")"'
    try:
        with connection.exec(_shell(script, path)) as channel:
            text = decode(channel.read_all(64 * 1024, Deadline.after(10.0)))
    except Problem:
        return None
    words = text.strip().splitlines()[-1].split() if text.strip() else []
    return int(words[3]) * 1024 if len(words) >= 4 and words[3].isdigit() else None
