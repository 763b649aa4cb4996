"""Saved views of the fleet: a filter, how it is grouped, coloured and sorted, under a name, in the store."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from console.core.problems import Problem
from console.store.rows import to_json, upsert
from console.store.store import Connection, Store
from console.telemetry.filter import read

_PREFIX = "fleet.view:"
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class View:
    """One saved view.

    Attributes:
        group: "role" or "label.NAME".
        metric: what colours the map: utilization, memory, temperature, power, health.
        sort: key of a column of the table, or empty for the worst first.
    """

    name: str
    filter: str = ""
    group: str = "role"
    metric: str = "utilization"
    sort: str = ""
    descending: bool = False


class ViewBook:
    """The saved views; any thread may call."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self) -> tuple[View, ...]:
        """All of them, by name."""
        rows = self._store.read(
            "SELECT key, value FROM meta WHERE substr(key, 1, ?) = ?", (len(_PREFIX), _PREFIX)
        )
        views = [_view(str(row["key"])[len(_PREFIX) :], str(row["value"])) for row in rows]
        return tuple(sorted(views, key=lambda view: view.name.casefold()))

    def get(self, name: str) -> View:
        """The view of that name.

        Raises:
            Problem: `id.unknown`.
        """
        for view in self.list():
            if view.name == name:
                return view
        raise Problem("id.unknown", kind="view", given=name, listing="view list")

    def save(self, view: View) -> View:
        """Keep a view; one of the same name is replaced.

        Raises:
            Problem: `input.invalid` for its name or its filter.
        """
        name = " ".join(view.name.split())
        if not name or len(name) > _MAX_NAME or not name.isprintable():
            reason = f"it must have between 1 and {_MAX_NAME} characters"
            raise Problem("input.invalid", what="the view's name", reason=reason)
        read(view.filter)
        fields = {key: value for key, value in asdict(view).items() if key != "name"}
        row = {"key": _PREFIX + name, "value": to_json(fields)}
        self._store.write(lambda connection: upsert(connection, "meta", row, ("key",)))
        return View(name, **fields)

    def remove(self, name: str) -> None:
        """Forget a view.

        Raises:
            Problem: `id.unknown`.
        """
        self.get(name)

        def forget(connection: Connection) -> None:
            connection.execute("DELETE FROM meta WHERE key = ?", (_PREFIX + name,))

        self._store.write(forget)


def _view(name: str, text: str) -> View:
    """A newer release may keep more of it, and a hand may have been at it: what is odd gets its default."""
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    kept = found if isinstance(found, dict) else {}
    plain = View(name)

    def word(key: str, default: str) -> str:
        value = kept.get(key)
        return value if isinstance(value, str) else default

    return View(
        name,
        filter=word("filter", plain.filter),
        group=word("group", plain.group),
        metric=word("metric", plain.metric),
        sort=word("sort", plain.sort),
        descending=kept.get("descending") is True,
    )
