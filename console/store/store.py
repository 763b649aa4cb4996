"""The one database of a console: any thread reads, one at a time writes. Knows tables only by SQL given.

Other rooms reach SQLite through this class alone.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from console.core.clock import Clock, iso, parse_iso
from console.core.problems import Problem
from console.core.text import safe_line
from console.store.database import (
    BUSY_TIMEOUT_S,
    Connection,
    Presence,
    WriteLock,
    can_shrink,
    create_private,
    open_reader,
    open_writer,
    problems_of,
    rewrite,
)
from console.store.migrations import MIGRATIONS, Migration, copy_database, migrate
from console.store.rows import upsert

__all__ = ["Connection", "Parameters", "Row", "Store"]

_log = logging.getLogger(__name__)

T = TypeVar("T")
Row = dict[str, Any]
Parameters = Sequence[object] | Mapping[str, object]

_KEPT_READERS = 4
_CHECK_ALWAYS_BELOW_BYTES = 16 * 1024 * 1024
_CHECK_EVERY = timedelta(days=1)


class Store:
    """Opens, checks and migrates the file; then reads and writes it.

    Args:
        path: the database; created private to this account where it is missing.
        clock: for the time of the last full check.
        timeout_s: how long a write waits for another process.

    Raises:
        Problem: `store.newer`, `store.corrupt`, `store.locked`, `store.full`, `store.unwritable`.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        timeout_s: float = BUSY_TIMEOUT_S,
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        self.path = path
        self._clock = clock
        self._timeout_s = timeout_s
        self._writing = threading.RLock()
        self._readers_lock = threading.Lock()
        self._readers: list[Connection] = []
        self._closed = False
        self._durable = True
        create_private(path)
        self._presence = Presence(path)
        try:
            self._file_lock = WriteLock(path, timeout_s=timeout_s)
            try:
                with self._file_lock.held():
                    self._writer = self._opened(migrations)
            except BaseException:
                self._file_lock.close()
                raise
        except BaseException:
            self._presence.close()
            raise

    def _opened(self, migrations: Sequence[Migration]) -> Connection:
        with problems_of(self.path, self._timeout_s, our_sql_only=True):
            connection = open_writer(self.path, timeout_s=self._timeout_s)
        try:
            with problems_of(self.path, self._timeout_s, our_sql_only=True):
                checked = self._check(connection)
            with problems_of(self.path, self._timeout_s):
                before = migrate(connection, self.path, migrations)
                if before and not can_shrink(connection):
                    self._rewrite(connection)
                if checked:
                    row = {"key": "checked", "value": iso(self._clock.now())}
                    upsert(connection, "meta", row, ("key",))
        except BaseException:
            connection.close()
            raise
        return connection

    def _rewrite(self, connection: Connection) -> None:
        """Once for a file from before it could shrink. Where there is no room for it, it stays as large."""
        try:
            rewrite(connection)
        except sqlite3.OperationalError as error:
            _log.warning("the database was not made smaller: %s", error)

    def _check(self, connection: Connection) -> bool:
        """`quick_check` reads the whole file: always while it is small, else once a day.

        Returns whether the check is worth a note, so that the next start can do without.
        """
        large = self.path.stat().st_size > _CHECK_ALWAYS_BELOW_BYTES
        if large and self._checked_lately(connection):
            return False
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        if found != "ok":
            raise Problem("store.corrupt", path=self.path, reason=safe_line(found, max_chars=200))
        return large

    def _checked_lately(self, connection: Connection) -> bool:
        if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone():
            return False
        row = connection.execute("SELECT value FROM meta WHERE key = 'checked'").fetchone()
        return row is not None and self._clock.now() - parse_iso(row[0]) < _CHECK_EVERY

    def read(self, sql: str, params: Parameters = ()) -> list[Row]:
        """Rows of a SELECT as dicts, from a consistent moment; never waits for a writer.

        Raises:
            Problem: `store.corrupt`, `store.locked`, `store.unwritable`.
        """
        values = dict(params) if isinstance(params, Mapping) else params
        with self._reader() as connection:
            database = Database(connection, execute_plugins=False, recursive_triggers=False)
            return list(database.query(sql, values))

    def rows(self, sql: str, params: Parameters = ()) -> list[tuple[Any, ...]]:
        """As `read`, but plain tuples: for results of many thousand rows."""
        with self._reader() as connection:
            return connection.execute(sql, params).fetchall()

    def write(self, function: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Run `function` in one transaction of its own, alone over all threads and processes.

        It is committed when the function returns and rolled back when it raises. `durable` waits
        until the commit is on the disk: for jobs, deployments, operations and audit; without it
        the last moments may be lost with the machine's power, never with the process.

        Raises:
            Problem: `store.locked`, `store.full`, `store.corrupt`, `store.unwritable`.
        """
        with self._writing:
            if self._closed:
                raise RuntimeError("the store was closed")
            if self._writer.in_transaction:
                raise RuntimeError("a write inside a write: use the connection that was given")
            with problems_of(self.path, self._timeout_s), self._file_lock.held():
                self._set_durability(durable)
                return self._in_transaction(function)

    def _in_transaction(self, function: Callable[[Connection], T]) -> T:
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = function(connection)
            connection.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _set_durability(self, durable: bool) -> None:
        if durable != self._durable:  # has no effect inside a transaction, so it is set before
            self._writer.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        with problems_of(self.path, self._timeout_s):
            connection = self._borrow()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            with self._readers_lock:
                if not self._closed and len(self._readers) < _KEPT_READERS:
                    self._readers.append(connection)
                    return
            connection.close()

    def _borrow(self) -> Connection:
        with self._readers_lock:
            if self._closed:
                raise RuntimeError("the store was closed")
            if self._readers:
                return self._readers.pop()
        return open_reader(self.path, timeout_s=self._timeout_s)

    def backup(self, target: Path) -> None:
        """A consistent copy of the database in one file, while others read and write.

        Raises:
            Problem: `store.unwritable`, `store.full`, `store.corrupt`.
        """
        with self._reader() as connection:
            copy_database(connection, target)

    def replace_contents(self, source: Path) -> None:
        """Put another database's whole contents in place of ours, in one transaction.

        Open connections of this and other processes stay valid and see the new contents.
        """
        with self._writing:
            if self._closed:
                raise RuntimeError("the store was closed")
            with problems_of(self.path, self._timeout_s), self._file_lock.held():
                self._set_durability(True)
                with closing(sqlite3.connect(source)) as copy:
                    copy.backup(self._writer)

    def close(self) -> None:
        """Close all connections; the last one folds the WAL into the file. Safe to call twice."""
        with self._writing:
            if self._closed:
                return
            with self._readers_lock:
                self._closed = True
                readers, self._readers = self._readers, []
            for connection in readers:
                connection.close()
            with problems_of(self.path, self._timeout_s):
                self._writer.close()
            self._file_lock.close()
            self._presence.close()

    @property
    def was_alone(self) -> bool:
        """Whether no other process had the file open when this one opened it."""
        return self._presence.was_alone

    def size_bytes(self) -> int:
        """Bytes that the database takes on the disk, with its WAL."""
        wal = self.path.with_name(f"{self.path.name}-wal")
        return self.path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
