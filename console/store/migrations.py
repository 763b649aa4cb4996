"""Numbered steps from one schema to the next: a backup first, one transaction, never backwards."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from console.core.problems import Problem
from console.store.curves_step import to_curves
from console.store.database import APPLICATION_ID, Connection
from console.store.samples_step import to_blocks
from console.store.schema import INVENTORY, JOB_HISTORY, JOB_USAGE, VERSION_1


@dataclass(frozen=True, slots=True)
class Migration:
    """One step.

    Attributes:
        version: the schema's number after it.
        apply: changes tables inside the transaction that the caller began.
    """

    version: int
    apply: Callable[[Connection], None]


def statements(*sql: str) -> Callable[[Connection], None]:
    """A migration's body that is only SQL; `executescript` would commit the transaction first."""

    def apply(connection: Connection) -> None:
        for statement in sql:
            connection.execute(statement)

    return apply


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, statements(*VERSION_1)),
    Migration(2, statements(*INVENTORY)),
    Migration(3, statements(*JOB_USAGE)),
    Migration(4, statements(*JOB_HISTORY)),
    Migration(5, to_curves),
    Migration(6, to_blocks),
)


def schema_version(connection: Connection) -> int:
    """The schema's number as the file says it; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring the file to the newest schema; the caller holds the write lock. Returns the version before.

    Raises:
        Problem: `store.newer`, `store.corrupt` (not a database of ours).
    """
    newest = migrations[-1].version
    before = _checked_version(connection, path, newest)
    if before == newest:
        return before
    if before > 0:
        copy_database(connection, path.with_name(f"{path.name}.v{before}.bak"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again inside the transaction: another process may have been faster.
        found = _checked_version(connection, path, newest)
        if found == 0:
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        for migration in migrations:
            if migration.version > found:
                migration.apply(connection)
        connection.execute(f"PRAGMA user_version={newest}")
        dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        if dangling is not None:
            raise Problem("store.corrupt", path=path, reason=f"a row of {dangling[0]} points to nothing")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return before


def _checked_version(connection: Connection, path: Path, newest: int) -> int:
    version = schema_version(connection)
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if mark != APPLICATION_ID and (mark or version or tables):
        raise Problem("store.corrupt", path=path, reason="it is another program's database")
    if version < 0 or (version == 0 and tables):
        raise Problem("store.corrupt", path=path, reason="the number of its schema is lost")
    if version > newest:
        raise Problem("store.newer", path=path, found=version, known=newest)
    return version


def copy_database(source: Connection, target: Path) -> None:
    """A whole, consistent copy in one file (mode 0600, synced); an existing target is replaced.

    Raises:
        Problem: `store.unwritable`; sqlite3.Error of the source passes.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            source.backup(copy)
            # The copy of a WAL database would need its own -wal; one file is wanted.
            copy.execute("PRAGMA journal_mode=DELETE")
        descriptor = os.open(part, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(target)
    except OSError as error:
        raise Problem("store.unwritable", path=target, reason=error.strerror or error) from error
    finally:
        part.unlink(missing_ok=True)
