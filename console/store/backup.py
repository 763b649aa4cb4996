"""One file that holds all a console knows, and putting it back. Model artifacts are not in it.

A backup is a tar of manifest.json, tandem.db and small files (options, known hosts, channels and rules
of alerts), each with its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from console.core.clock import Clock, iso, parse_iso
from console.core.files import write_atomically
from console.core.home import Home
from console.core.problems import Problem
from console.store.audit_log import renew_console_id
from console.store.database import APPLICATION_ID, open_reader, problems_of
from console.store.migrations import MIGRATIONS, copy_database, migrate, schema_version
from console.store.store import Store

FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "tandem.db"
_SMALL = ("options.json", "known_hosts", "notifiers.toml", "alerts/alerts.toml")
_MAX_MANIFEST_BYTES = 64 * 1024
_MAX_SMALL_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """What a backup says of itself.

    Attributes:
        tandem: the release that wrote it.
        schema: number of its database's schema.
        rows: rows of each table.
        files: names in it, without the manifest.
    """

    path: Path
    tandem: str
    schema: int
    created: datetime
    rows: dict[str, int]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `kept` is the folder that holds the files from before it."""

    info: BackupInfo
    kept: Path


def make_backup(store: Store, home: Home, target: Path, clock: Clock, *, version: str) -> BackupInfo:
    """Write the backup; an existing file is replaced only when the new one is whole.

    Raises:
        Problem: `file.unwritable`, the store's.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            info = _write_backup(store, home, part, clock.now(), version)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Problem("file.unwritable", path=target, reason=error.strerror or error) from error
    return replace(info, path=target)


def _write_backup(store: Store, home: Home, part: Path, now: datetime, version: str) -> BackupInfo:
    with _scratch(home) as scratch:
        copy = scratch / _DATABASE
        store.backup(copy)
        schema, rows = _facts(copy)
        files = {_DATABASE: copy}
        files |= {name: home.root / name for name in _SMALL if (home.root / name).is_file()}
        manifest: dict[str, object] = {
            "format": FORMAT,
            "tandem": version,
            "schema": schema,
            "created": iso(now),
            "rows": rows,
            "files": {name: _described(path) for name, path in files.items()},
        }
        _write_archive(part, json.dumps(manifest, indent=1).encode(), files)
    return BackupInfo(part, version, schema, parse_iso(iso(now)), rows, tuple(files))


def _facts(copy: Path) -> tuple[int, dict[str, int]]:
    with closing(sqlite3.connect(copy)) as connection:
        database = Database(connection, execute_plugins=False)
        return schema_version(connection), {
            name: database.table(name).count for name in database.table_names()
        }


def _described(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _write_archive(part: Path, manifest: bytes, files: dict[str, Path]) -> None:
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as archive:
            _put(archive, _MANIFEST, len(manifest), io.BytesIO(manifest))
            for name, path in files.items():
                with path.open("rb") as file:
                    _put(archive, name, path.stat().st_size, file)
        raw.flush()
        os.fsync(raw.fileno())


def _put(archive: tarfile.TarFile, name: str, size: int, data: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, data)


def inspect_backup(path: Path, home: Home) -> BackupInfo:
    """Check a backup as a restore would, and say what it holds.

    Raises:
        Problem: `backup.invalid`, `file.missing`, `file.unreadable`.
    """
    with _scratch(home) as scratch:
        return _unpack(path, scratch)


def restore_backup(path: Path, home: Home, clock: Clock, *, store: Store | None = None) -> Restored:
    """Put a backup in place of what the home holds; what was there is kept in a folder beside it.

    Args:
        store: the home's store where it is open: its contents are replaced in one transaction and it
            stays usable. Without it the file is opened here; a damaged one is set aside.

    Raises:
        Problem: `backup.invalid`, `file.missing`, `file.unreadable`, `file.unwritable`, the store's;
            the home is then as it was.
    """
    with _scratch(home) as scratch:
        info = _unpack(path, scratch)
        kept = _keep_aside(home, clock, store)
        replaced: list[str] = []
        try:
            _replace_database(scratch / _DATABASE, home, clock, store)
            for name in _SMALL:
                _replace_small(scratch / name, home.root / name)
                replaced.append(name)
        except BaseException:
            _put_back(kept, replaced, home, clock, store)
            raise
    return Restored(info, kept)


@contextmanager
def _scratch(home: Home) -> Iterator[Path]:
    """A private folder on the home's own disk."""
    try:
        home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=home.root))
    except OSError as error:
        raise Problem("file.unwritable", path=home.root, reason=error.strerror or error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, scratch: Path) -> BackupInfo:
    """Every byte is checked against the manifest before anything of the home is touched."""
    try:
        with path.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:") as archive:
            return _unpack_members(path, archive, scratch)
    except FileNotFoundError as error:
        raise Problem("file.missing", path=path) from error
    except (tarfile.TarError, EOFError) as error:
        raise Problem("backup.invalid", path=path, reason=f"it cannot be read: {error}") from error
    except OSError as error:
        raise Problem("file.unreadable", path=path, reason=error.strerror or error) from error


def _unpack_members(path: Path, archive: tarfile.TarFile, scratch: Path) -> BackupInfo:
    first = archive.next()
    if first is None or first.name != _MANIFEST or not first.isreg() or first.size > _MAX_MANIFEST_BYTES:
        raise Problem("backup.invalid", path=path, reason="it does not begin with a manifest")
    info, declared = _manifest(path, _opened(path, archive, first).read())
    missing = set(declared)
    while (member := archive.next()) is not None:
        limit = declared.get(member.name)
        if limit is None or not member.isreg() or member.name not in missing or member.size != limit[0]:
            raise Problem(
                "backup.invalid", path=path, reason=f"'{member.name[:80]}' is not as the manifest says"
            )
        missing.remove(member.name)
        digest = hashlib.sha256()
        (scratch / member.name).parent.mkdir(exist_ok=True)
        with (scratch / member.name).open("xb") as out:
            source = _opened(path, archive, member)
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != limit[1]:
            raise Problem("backup.invalid", path=path, reason=f"'{member.name}' was damaged")
    if missing:
        raise Problem("backup.invalid", path=path, reason=f"'{min(missing)}' is missing in it")
    _check_database(path, scratch / _DATABASE)
    return info


def _opened(path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(member)
    if file is None:
        raise Problem("backup.invalid", path=path, reason=f"'{member.name[:80]}' is not a file")
    return file


def _manifest(path: Path, data: bytes) -> tuple[BackupInfo, dict[str, tuple[int, str]]]:
    try:
        found = json.loads(data)
        if int(found["format"]) > FORMAT or int(found["schema"]) > MIGRATIONS[-1].version:
            raise Problem("backup.invalid", path=path, reason="a newer Tandem wrote it")
        declared = {str(name): (int(of["bytes"]), str(of["sha256"])) for name, of in found["files"].items()}
        info = BackupInfo(
            path=path,
            tandem=str(found["tandem"]),
            schema=int(found["schema"]),
            created=parse_iso(str(found["created"])),
            rows={str(name): int(count) for name, count in found["rows"].items()},
            files=tuple(declared),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("backup.invalid", path=path, reason="its manifest cannot be read") from error
    if _DATABASE not in declared or not set(declared) <= {_DATABASE, *_SMALL}:
        raise Problem("backup.invalid", path=path, reason="it holds other files than a backup does")
    if any(declared[name][0] > _MAX_SMALL_BYTES for name in _SMALL if name in declared):
        raise Problem("backup.invalid", path=path, reason="its settings are too large to be settings")
    return info, declared


def _check_database(path: Path, copy: Path) -> None:
    """Bring the copy to this release's schema and look through all of it."""
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise Problem("backup.invalid", path=path, reason="its database is not Tandem's")
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            if found != "ok":
                raise Problem("backup.invalid", path=path, reason=f"its database is damaged: {found[:200]}")
            migrate(connection, copy)
            # A chain must not go on in two files: the restored one begins a new one.
            connection.execute("BEGIN IMMEDIATE")
            renew_console_id(connection)
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise Problem("backup.invalid", path=path, reason=f"its database cannot be read: {error}") from error


def _keep_aside(home: Home, clock: Clock, store: Store | None) -> Path:
    stamp = clock.now().strftime("%Y%m%d-%H%M%S")
    try:
        kept = Path(tempfile.mkdtemp(prefix=f"before-restore-{stamp}-", dir=home.root))
        for name in _SMALL:
            if (home.root / name).is_file():
                (kept / name).parent.mkdir(exist_ok=True)
                shutil.copy2(home.root / name, kept / name)
        if store is not None:
            store.backup(kept / _DATABASE)
        elif home.database.exists():
            _keep_database(home.database, kept)
    except OSError as error:
        raise Problem("file.unwritable", path=home.root, reason=error.strerror or error) from error
    return kept


def _keep_database(database: Path, kept: Path) -> None:
    """A consistent copy; of a file that cannot be read as a database, its bytes."""
    try:
        with problems_of(database), closing(open_reader(database)) as connection:
            copy_database(connection, kept / _DATABASE)
    except Problem as problem:
        if problem.code != "store.corrupt":
            raise
        for each in _parts(database):
            shutil.copy2(each, kept / each.name)


def _parts(database: Path) -> list[Path]:
    names = (database.name, f"{database.name}-wal", f"{database.name}-shm")
    return [part for name in names if (part := database.with_name(name)).exists()]


def _replace_database(source: Path, home: Home, clock: Clock, store: Store | None) -> None:
    if store is not None:
        store.replace_contents(source)
        return
    try:
        opened = Store(home.database, clock)
    except Problem as problem:
        if problem.code not in {"store.corrupt", "store.newer"}:
            raise
        # Its bytes are kept aside; nobody can be using it.
        for part in _parts(home.database):
            part.unlink()
        opened = Store(home.database, clock)
    with closing(opened):
        opened.replace_contents(source)


def _replace_small(source: Path, target: Path) -> None:
    if source.exists():
        write_atomically(target, source.read_bytes())
        return
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise Problem("file.unwritable", path=target, reason=error.strerror or error) from error


def _put_back(kept: Path, names: list[str], home: Home, clock: Clock, store: Store | None) -> None:
    for name in names:
        _replace_small(kept / name, home.root / name)
    database = kept / _DATABASE
    if not database.exists():
        return
    try:
        _replace_database(database, home, clock, store)
    except (Problem, sqlite3.Error):
        if store is not None:
            raise
        # It was damaged before: its bytes are what can be put back.
        for part in _parts(home.database):
            part.unlink()
        for part in _parts(database):
            shutil.copy2(part, home.root / part.name)
