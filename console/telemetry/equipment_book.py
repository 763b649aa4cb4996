"""Keeps what servers are made of in the store, with the dates of each change. Values are equipment.py's."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import datetime

from console.core.clock import Clock, iso, parse_iso
from console.core.problems import Problem
from console.store.store import Connection, Row, Store
from console.telemetry.equipment import Change, Equipment, Facts, Reading, equipment_of, parse_equipment

_log = logging.getLogger(__name__)
_MAX_CHANGES = 1000


class EquipmentBook:
    """Any thread may call; what links' threads hand in is written by a thread of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._changed = threading.Condition()
        self._pending: deque[tuple[str, Reading]] = deque()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._version = 0
        self._cached: tuple[int, dict[str, Equipment]] | None = None
        self.problem: Problem | None = None

    # --- what comes in

    def take(self, server: str, wire: object) -> None:
        """A server's agent has told what it is made of; cheap, never waits for the disk."""
        reading = parse_equipment(wire)
        if reading is None:
            return
        with self._changed:
            if self._ended:
                return
            self._pending.append((server, reading))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="equipment", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Write what is left and end. Safe to call twice."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._pending and not self._ended:
                    self._changed.wait()
                if not self._pending:
                    return
                server, reading = self._pending.popleft()
            try:
                self.record(server, reading)
                self.problem = None
            except Problem as problem:
                # Told where the equipment is shown; the next reading of that server makes it good.
                self.problem = problem
                _log.warning("the equipment of %s was not kept: %s", server, problem.sentence)

    def record(self, server: str, reading: Reading) -> None:
        """Keep a reading: what changed ends today and begins anew; what is unknown now stays as it was.

        Raises:
            Problem: `store.*`.
        """
        now = iso(self._clock.now())

        def put(connection: Connection) -> None:
            before = {
                (part, item): value
                for part, item, value in connection.execute(
                    "SELECT part, item, value FROM inventory_facts WHERE server = ? AND until IS NULL",
                    (server,),
                )
            }
            parts = {part for part, _ in reading.facts}
            ended = [key for key, value in reading.facts.items() if before.get(key, value) != value]
            if reading.whole:
                ended += [key for key in before if key[0] and key[0] not in parts]
            for part, item in ended:
                connection.execute(
                    "UPDATE inventory_facts SET until = ? "
                    "WHERE server = ? AND part = ? AND item = ? AND until IS NULL",
                    (now, server, part, item),
                )
            for (part, item), value in reading.facts.items():
                if before.get((part, item)) != value:
                    connection.execute(
                        "INSERT OR REPLACE INTO inventory_facts VALUES (?, ?, ?, ?, ?, NULL)",
                        (server, part, item, value, now),
                    )
            connection.execute("INSERT OR REPLACE INTO inventory_seen VALUES (?, ?)", (server, now))

        self._store.write(put)
        with self._changed:
            self._version += 1

    # --- what is asked

    def all(self) -> dict[str, Equipment]:
        """What every server is made of now, by its name. Kept until something changed here."""
        with self._changed:
            version, cached = self._version, self._cached
        if cached is not None and cached[0] == version:
            return cached[1]
        seen = {
            row["server"]: parse_iso(row["seen"]) for row in self._store.read("SELECT * FROM inventory_seen")
        }
        facts: dict[str, Facts] = {}
        rows = self._store.read("SELECT server, part, item, value FROM inventory_facts WHERE until IS NULL")
        for row in rows:
            facts.setdefault(row["server"], {})[row["part"], row["item"]] = row["value"]
        found = {server: equipment_of(server, seen.get(server), each) for server, each in facts.items()}
        with self._changed:
            self._cached = (version, found)
        return found

    def changes(self, server: str | None = None, since: datetime | None = None) -> list[Change]:
        """What changed, newest first; how a server was when it was first seen is no change."""
        rows = self._store.read(
            "SELECT * FROM inventory_facts WHERE (? IS NULL OR server = ?) ORDER BY since", (server, server)
        )
        first: dict[str, str] = {}
        for row in rows:
            first.setdefault(row["server"], row["since"])
        earlier: dict[tuple[str, str, str], Row] = {}
        found = []
        for row in rows:
            key = (row["server"], row["part"], row["item"])
            before = earlier.get(key)
            follows = before is not None and before["until"] == row["since"]
            if row["since"] != first[row["server"]]:
                old = before["value"] if before is not None and follows else None
                found.append(_change(row["since"], row, old, row["value"]))
            if before is not None and not follows and before["until"] is not None:
                found.append(_change(before["until"], before, before["value"], None))
            earlier[key] = row
        found += [
            _change(row["until"], row, row["value"], None)
            for row in earlier.values()
            if row["until"] is not None
        ]
        found.sort(key=lambda each: each.time, reverse=True)
        return [each for each in found if since is None or each.time >= since][:_MAX_CHANGES]


def _change(time: str, row: Row, before: str | None, after: str | None) -> Change:
    return Change(parse_iso(time), row["server"], row["part"], row["item"], before, after)
