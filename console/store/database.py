"""Opening the SQLite file as Tandem wants it: private, WAL, one writer at a time over all processes.

Connections and their settings live here; tables, queries and migrations do not.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.core.problems import Problem
from console.core.text import safe_line

if sys.platform != "win32":
    import fcntl

Connection = sqlite3.Connection
"""The type that write functions get; other rooms name it without importing sqlite3."""

APPLICATION_ID = 0x54414E44
"""Marks the file as ours ("TAND"), so that another program's database is never migrated."""

BUSY_TIMEOUT_S = 5.0
_JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024
_FULL_BELOW_BYTES = 256 * 1024


def create_private(path: Path) -> None:
    """Make the file with mode 0600 before SQLite sees it: -wal and -shm inherit the mode.

    Raises:
        Problem: `store.unwritable`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise Problem("store.unwritable", path=path, reason=error.strerror or error) from error


def _connect(path: Path, timeout_s: float) -> Connection:
    # mode=rw: SQLite must never create the file itself, it would be readable by others.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    # isolation_level None: transactions begin and end only where we write BEGIN and COMMIT.
    connection = sqlite3.connect(
        uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def open_writer(path: Path, *, timeout_s: float = BUSY_TIMEOUT_S) -> Connection:
    """The connection that writes and, alone, checkpoints. The caller holds the write lock."""
    connection = _connect(path, timeout_s)
    try:
        if path.stat().st_size == 0:
            # Before the first table: so the file can give back what history leaves. Later it takes a VACUUM.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA journal_size_limit={_JOURNAL_LIMIT_BYTES}")
        connection.execute("PRAGMA wal_autocheckpoint=1000")
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path, *, timeout_s: float = BUSY_TIMEOUT_S) -> Connection:
    """A connection that cannot write and never checkpoints."""
    connection = _connect(path, timeout_s)
    try:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def can_shrink(connection: Connection) -> bool:
    """Whether the file can give pages back one by one; one from before schema 6 cannot until `rewrite`."""
    return int(connection.execute("PRAGMA auto_vacuum").fetchone()[0]) != 0


def rewrite(connection: Connection) -> None:
    """Write the whole file anew, without its empty pages; needs as much of the disk again meanwhile."""
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("VACUUM")


def as_problem(error: sqlite3.Error, path: Path, timeout_s: float) -> Problem | None:
    """The Problem that an error of SQLite stands for, or None where it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Problem("store.locked", path=path, timeout_s=f"{timeout_s:g}")
    # Flipped bits inside a text are found by Python, not by SQLite; all text that we write is UTF-8.
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(error).startswith(
        "Could not decode"
    ):
        return Problem("store.corrupt", path=path, reason=safe_line(str(error), max_chars=200))
    if primary == sqlite3.SQLITE_FULL:
        return Problem("store.full", reason="the disk is full")
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _disk_is_full(path):
        return Problem("store.full", reason="the disk is full")
    if primary in (
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
    ):
        return Problem("store.unwritable", path=path, reason=error)
    return None


def _disk_is_full(path: Path) -> bool:
    # SQLite says "disk I/O error" when the shared-memory file cannot grow.
    if sys.platform == "win32":
        return False
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _FULL_BELOW_BYTES


@contextmanager
def problems_of(
    path: Path, timeout_s: float = BUSY_TIMEOUT_S, *, our_sql_only: bool = False
) -> Iterator[None]:
    """Turn what SQLite says of the world into Problems; what is a bug of ours passes unchanged.

    With `our_sql_only` nothing but constant statements runs inside, so that anything SQLite cannot
    make sense of is damage: a schema that lost its tables, messages that are no UTF-8.
    """
    try:
        yield
    except sqlite3.Error as error:
        problem = as_problem(error, path, timeout_s)
        if problem is None and our_sql_only:
            problem = Problem("store.corrupt", path=path, reason=safe_line(str(error), max_chars=200))
        if problem is None:
            raise
        raise problem from error
    except UnicodeDecodeError as error:
        if not our_sql_only:
            raise
        raise Problem("store.corrupt", path=path, reason="text in it is not UTF-8") from error


class Presence:
    """A shared lock on a file beside the database, for as long as this process has it open.

    Attributes:
        was_alone: whether no other process had it open when this one came; True on Windows, which has no
            flock and gets a sound SQLite with the bundle.
    """

    def __init__(self, database: Path) -> None:
        self.was_alone = True
        mark = database.with_name(f"{database.name}.open")
        try:
            self._descriptor: int | None = os.open(
                mark, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
            )
        except OSError as error:
            raise Problem("store.unwritable", path=mark, reason=error.strerror or error) from error
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.was_alone = False
        # Nobody holds it alone for longer than this takes.
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Give the file back; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class WriteLock:
    """One writer at a time over all processes, by a lock on a file beside the database.

    SQLite before 3.51.3 can damage a WAL file when one process checkpoints while another writes;
    a checkpoint happens inside a write here, so that the two never meet. Windows has no flock: the
    bundle for it ships a sound SQLite.
    """

    def __init__(self, database: Path, *, timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._database = database
        self._timeout_s = timeout_s
        lock = database.with_name(f"{database.name}.lock")
        try:
            self._descriptor: int | None = os.open(
                lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
            )
        except OSError as error:
            raise Problem("store.unwritable", path=lock, reason=error.strerror or error) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it; the caller has made sure that no other thread of this process does.

        Raises:
            Problem: `store.locked`.
        """
        if self._descriptor is None:
            raise RuntimeError("the write lock was closed")
        if sys.platform == "win32":
            yield
            return
        self._acquire(self._descriptor)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def _acquire(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._timeout_s
        pause_s = 0.001
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Problem(
                        "store.locked", path=self._database, timeout_s=f"{self._timeout_s:g}"
                    ) from None
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.02)

    def close(self) -> None:
        """Give the file back; safe to call twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
