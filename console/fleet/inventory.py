"""The servers that the person has added, kept in the store. Nothing here connects."""

from __future__ import annotations

import json

from console.core.clock import Clock, SystemClock, iso
from console.core.problems import Problem
from console.fleet.server import Role, Server, checked
from console.store.rows import to_json, upsert
from console.store.store import Connection, Row, Store


class ServerBook:
    """The inventory; any thread may call, and every call sees what other consoles on the file did."""

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()

    def add(self, server: Server, *, replace: bool = False) -> Server:
        """Keep a server; with `replace` an existing one of that name is overwritten.

        Raises:
            Problem: `name.taken`, `server.invalid_name`, `server.invalid_host`, `server.unknown`
                (its jump server).
        """
        checked(server)

        def put(connection: Connection) -> None:
            if not replace and _exists(connection, server.name):
                raise Problem("name.taken", kind="server", name=server.name)
            self._put(connection, server)

        self._store.write(put, durable=True)
        return server

    def add_all(self, servers: tuple[Server, ...]) -> tuple[Server, ...]:
        """Keep those whose names are still free, in one transaction; returns what was added."""
        for server in servers:
            checked(server)

        def put(connection: Connection) -> tuple[Server, ...]:
            fresh = tuple(each for each in servers if not _exists(connection, each.name))
            for each in fresh:
                self._put(connection, each)
            return fresh

        return self._store.write(put, durable=True)

    def update(self, server: Server) -> Server:
        """Overwrite a server that is there.

        Raises:
            Problem: `server.unknown`, `server.invalid_host`.
        """
        checked(server)

        def put(connection: Connection) -> None:
            if not _exists(connection, server.name):
                raise Problem("server.unknown", name=server.name)
            self._put(connection, server)

        self._store.write(put, durable=True)
        return server

    def get(self, name: str) -> Server:
        """The server of that name.

        Raises:
            Problem: `server.unknown`.
        """
        found = self._store.read("SELECT * FROM servers WHERE name = ?", (name,))
        if not found:
            raise Problem("server.unknown", name=name)
        return _server(found[0])

    def list(self) -> tuple[Server, ...]:
        """All servers, by name."""
        return tuple(_server(row) for row in self._store.read("SELECT * FROM servers ORDER BY name"))

    def remove(self, name: str) -> None:
        """Forget a server; its history stays.

        Raises:
            Problem: `server.unknown`; `server.in_use` where another goes through it.
        """

        def forget(connection: Connection) -> None:
            if not _exists(connection, name):
                raise Problem("server.unknown", name=name)
            behind = connection.execute("SELECT name FROM servers WHERE jump = ? LIMIT 1", (name,)).fetchone()
            if behind:
                raise Problem("server.in_use", name=name, what=f"'{behind[0]}' behind it")
            connection.execute("DELETE FROM servers WHERE name = ?", (name,))

        self._store.write(forget, durable=True)

    def _put(self, connection: Connection, server: Server) -> None:
        if server.jump is not None and server.jump != server.name and not _exists(connection, server.jump):
            raise Problem("server.unknown", name=server.jump)
        row: dict[str, object] = {
            "name": server.name,
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "identity": server.identity,
            "jump": server.jump,
            "ssh_alias": server.ssh_alias,
            "ssh_config": server.ssh_config,
            "role": server.role.value,
            "labels": to_json(server.labels),
            "python": server.python,
            "cost_per_hour": server.cost_per_hour,
            "simulated": None if server.simulated is None else to_json(server.simulated),
            "drained": server.drained,
            "extra": to_json({"privileges": list(server.privileges)} if server.privileges else {}),
        }
        if not _exists(connection, server.name):
            row["added"] = iso(self._clock.now())
        upsert(connection, "servers", row, ("name",))


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM servers WHERE name = ?", (name,)).fetchone() is not None


def _server(row: Row) -> Server:
    simulated = row["simulated"]
    return Server(
        name=row["name"],
        host=row["host"],
        port=row["port"],
        user=row["user"],
        identity=row["identity"],
        jump=row["jump"],
        ssh_alias=row["ssh_alias"],
        ssh_config=row["ssh_config"],
        role=Role(row["role"]),
        labels={str(key): str(value) for key, value in json.loads(row["labels"]).items()},
        python=row["python"],
        cost_per_hour=row["cost_per_hour"],
        simulated=None if simulated is None else dict(json.loads(simulated)),
        drained=row["drained"],
        privileges=tuple(str(each) for each in json.loads(row["extra"]).get("privileges", ())),
    )
