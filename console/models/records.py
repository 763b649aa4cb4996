"""Models, versions and aliases in the database. Numbers of versions are given out once and only upwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.core.clock import iso, parse_iso
from console.core.problems import Problem
from console.models.model import Model, ModelVersion
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version about to be registered; its number is given by the records."""

    name: str
    format: str
    sha256: str
    size_bytes: int
    file_name: str
    created: datetime
    created_by: str
    metrics: Mapping[str, float]
    job: str | None


class ModelRecords:
    """What the store holds of models."""

    def __init__(self, store: Store, blob: Callable[[str], Path]) -> None:
        self._store = store
        self._blob = blob

    def add(self, new: NewVersion, before: Callable[[], None]) -> int:
        """Register a version; returns its number. `before` runs inside the transaction: it moves the
        artifact in while nobody else can find it unneeded."""

        def write(connection: Connection) -> int:
            before()
            connection.execute(
                "INSERT INTO models (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (new.name, iso(new.created)),
            )
            sql = "SELECT coalesce(max(version), 0) + 1 FROM model_versions WHERE name = ?"
            version = int(connection.execute(sql, (new.name,)).fetchone()[0])
            row: dict[str, object] = {
                "name": new.name,
                "version": version,
                "format": new.format,
                "sha256": new.sha256,
                "size_bytes": new.size_bytes,
                "file_name": new.file_name,
                "created": iso(new.created),
                "created_by": new.created_by,
                "metrics": to_json(dict(new.metrics)),
                "job": new.job,
            }
            upsert(connection, "model_versions", row, ("name", "version"))
            return version

        return self._store.write(write, durable=True)

    def remove(self, name: str, version: int, orphaned: Callable[[str], None]) -> None:
        """Forget a version; `orphaned` gets the hash of an artifact that nothing needs any more."""

        def write(connection: Connection) -> None:
            sql = "SELECT sha256 FROM model_versions WHERE name = ? AND version = ?"
            found = connection.execute(sql, (name, version)).fetchone()
            if found is None:
                return
            key = (name, version)
            connection.execute("DELETE FROM model_aliases WHERE name = ? AND version = ?", key)
            connection.execute("DELETE FROM model_versions WHERE name = ? AND version = ?", key)
            connection.execute(
                "DELETE FROM models WHERE name = ? AND name NOT IN (SELECT name FROM model_versions)", (name,)
            )
            _drop_if_orphaned(connection, str(found[0]), orphaned)

        self._store.write(write, durable=True)

    def drop_orphan(self, sha256: str, orphaned: Callable[[str], None]) -> None:
        """Hand a hash to `orphaned` if no version has it."""
        self._store.write(lambda connection: _drop_if_orphaned(connection, sha256, orphaned))

    def set_alias(self, name: str, version: int, alias: str) -> None:
        """Point an alias at a version; it leaves the one it pointed at.

        Raises:
            Problem: `model.unknown`, `model.version_unknown`.
        """

        def write(connection: Connection) -> None:
            sql = "SELECT version FROM model_versions WHERE name = ? ORDER BY version"
            versions = [int(row[0]) for row in connection.execute(sql, (name,))]
            if not versions:
                raise Problem("model.unknown", name=name)
            if version not in versions:
                raise version_unknown(name, str(version), versions)
            row = {"name": name, "alias": alias, "version": version}
            upsert(connection, "model_aliases", row, ("name", "alias"))

        self._store.write(write, durable=True)

    def all(self) -> list[Model]:
        """Every model by name, its versions newest first."""
        return self._models("", ())

    def one(self, name: str) -> Model:
        """One model.

        Raises:
            Problem: `model.unknown`.
        """
        found = self._models("WHERE name = ?", (name,))
        if not found:
            raise Problem("model.unknown", name=name)
        return found[0]

    def _models(self, where: str, values: tuple[object, ...]) -> list[Model]:
        aliases: dict[tuple[str, int], list[str]] = {}
        for row in self._store.read(f"SELECT * FROM model_aliases {where} ORDER BY alias", values):
            aliases.setdefault((row["name"], row["version"]), []).append(row["alias"])
        found: dict[str, list[ModelVersion]] = {}
        sql = f"SELECT * FROM model_versions {where} ORDER BY name, version DESC"
        for row in self._store.read(sql, values):
            key = (row["name"], row["version"])
            found.setdefault(row["name"], []).append(self._version(row, tuple(aliases.get(key, ()))))
        return [Model(name, tuple(versions)) for name, versions in found.items()]

    def _version(self, row: Row, aliases: tuple[str, ...]) -> ModelVersion:
        return ModelVersion(
            name=row["name"],
            version=row["version"],
            format=row["format"],
            sha256=row["sha256"],
            size_bytes=row["size_bytes"],
            blob=self._blob(row["sha256"]),
            created=parse_iso(row["created"]),
            created_by=row["created_by"],
            metrics={str(key): float(value) for key, value in json.loads(row["metrics"]).items()},
            job=row["job"],
            aliases=aliases,
            file_name=row["file_name"],
        )


def version_unknown(name: str, version: str, known: list[int]) -> Problem:
    """The Problem for a version that is not there."""
    shown = ", ".join(map(str, known[-20:]))
    return Problem("model.version_unknown", name=name, version=version, versions=shown)


def _drop_if_orphaned(connection: Connection, sha256: str, orphaned: Callable[[str], None]) -> None:
    sql = "SELECT 1 FROM model_versions WHERE sha256 = ? LIMIT 1"
    if connection.execute(sql, (sha256,)).fetchone() is None:
        orphaned(sha256)
