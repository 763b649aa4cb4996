"""Values in and out of columns: JSON text, and rows written by name. Identifiers are constants of ours."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence

from console.store.database import Connection

_IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII (a lone surrogate from a server cannot break UTF-8).

    Numbers that JSON does not know become null; what is no JSON value becomes its text.
    """
    return json.dumps(_finite(value), sort_keys=True, separators=(",", ":"), default=str)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_finite(each) for each in value]
    return value


def upsert(connection: Connection, table: str, row: Mapping[str, object], key: Sequence[str]) -> None:
    """Insert a row, or update the one with the same key; columns not named keep their values.

    Table and columns must be constants of ours; a name from a server is a bug and raises ValueError.
    """
    for name in (table, *row, *key):
        if not _IDENTIFIER.match(name):
            raise ValueError(f"{name!r} is no identifier of ours")
    # Not "INSERT … ON CONFLICT": that checks NOT NULL of columns which an update does not name.
    changes = ", ".join(f"{name} = :{name}" for name in row if name not in key) or f"{key[0]} = {key[0]}"
    where = " AND ".join(f"{name} = :{name}" for name in key)
    if connection.execute(f"UPDATE {table} SET {changes} WHERE {where}", dict(row)).rowcount == 0:
        columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", dict(row))
