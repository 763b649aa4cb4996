"""Who did what where, as a chain of hashes that nothing in Tandem can change afterwards.

The chain shows an edited, removed or reordered entry and a cut-off tail; it cannot show that somebody
with access to the file rewrote everything. Rooms hand entries over as core/audit.py says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from console.core.audit import AuditEntry, Outcome
from console.core.clock import Clock, iso, parse_iso
from console.core.ids import new_id
from console.core.problems import Problem
from console.store.rows import to_json
from console.store.store import Connection, Row, Store

_COLUMNS = "console, seq, time, mono, account, action, target, server, detail, outcome, changes, operation_id"
_UNWRITABLE = frozenset({"store.full", "store.locked", "store.unwritable", "store.corrupt"})
_VERIFY_PAGE = 2000


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as it is kept.

    Attributes:
        id: order over all chains of the file.
        console, seq: its chain and its place there.
        open: an intent that no outcome followed: it runs still, or nobody knows how it ended.
    """

    id: int
    console: str
    seq: int
    time: datetime
    account: str
    action: str
    target: str
    server: str
    detail: dict[str, object]
    outcome: Outcome
    changes: bool
    operation_id: str
    hash: str
    open: bool


class AuditLog:
    """Implements core's AuditSink over the store; any thread may call.

    Each database has a console id and one chain for it; a restored backup gets a new id, so that
    chains never fork. Consoles that share a file append to its chain one after the other.

    Args:
        account: who acts, "user@machine".
    """

    def __init__(self, store: Store, clock: Clock, account: str) -> None:
        self._store = store
        self._clock = clock
        self._account = account

    def record(self, entry: AuditEntry) -> None:
        """Keep an entry before returning.

        What can change something, and every intent, waits for the disk; a mere look survives the
        death of the process, and is on the disk with the next entry that waits.

        Raises:
            Problem: `audit.unwritable`.
        """
        moment, mono = iso(self._clock.now()), self._clock.monotonic_s()

        def append(connection: Connection) -> None:
            console = console_id(connection)
            head = connection.execute(
                "SELECT seq, hash FROM audit_heads WHERE console = ?", (console,)
            ).fetchone()
            seq, prev = (head[0] + 1, head[1]) if head else (1, _genesis(console))
            values = (
                console,
                seq,
                moment,
                mono,
                _storable(self._account),
                _storable(entry.action),
                _storable(entry.target),
                _storable(entry.server),
                to_json(entry.detail),
                entry.outcome.value,
                int(entry.changes),
                _storable(entry.operation_id),
            )
            digest = _hash(prev, values)
            connection.execute(
                f"INSERT INTO audit ({_COLUMNS}, prev, hash) VALUES ({', '.join('?' * 14)})",
                (*values, prev, digest),
            )
            connection.execute(
                "INSERT INTO audit_heads (console, seq, hash) VALUES (?, ?, ?) "
                "ON CONFLICT (console) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
                (console, seq, digest),
            )

        waits = entry.changes or entry.outcome is Outcome.INTENT
        try:
            self._store.write(append, durable=waits)
        except Problem as problem:
            if problem.code not in _UNWRITABLE:
                raise
            raise Problem("audit.unwritable", reason=problem.sentence.rstrip(".")) from problem

    def entries(
        self, since: datetime | None = None, server: str | None = None, limit: int = 1000
    ) -> list[AuditRow]:
        """The newest entries, newest first."""
        conditions = ["1"]
        values: dict[str, object] = {"limit": limit}
        if since is not None:
            conditions.append("a.time >= :since")
            values["since"] = iso(since)
        if server is not None:
            conditions.append("a.server = :server")
            values["server"] = server
        found = self._store.read(
            f"""SELECT a.*, a.outcome = 'intent' AND NOT EXISTS (
                    SELECT 1 FROM audit AS later
                    WHERE later.operation_id = a.operation_id AND later.action = a.action
                      AND later.target = a.target AND later.server = a.server
                      AND later.id > a.id AND later.outcome <> 'intent') AS open
                FROM audit AS a WHERE {" AND ".join(conditions)} ORDER BY a.id DESC LIMIT :limit""",
            values,
        )
        return [_entry(row) for row in found]

    def verify(self) -> list[str]:
        """What is wrong with the chains, one sentence each; empty when all is well."""
        heads = {row["console"]: row for row in self._store.read("SELECT * FROM audit_heads")}
        faults: list[str] = []
        for console, chain in groupby(self._all(), key=lambda row: str(row["console"])):
            head = heads.pop(console, None)
            faults += _chain_faults(console, chain, head)
        faults += [
            f"chain {console}: all of its {head['seq']} entries are gone" for console, head in heads.items()
        ]
        return faults

    def _all(self) -> Iterator[Row]:
        console, seq = "", 0
        while True:
            page = self._store.read(
                "SELECT * FROM audit WHERE (console, seq) > (?, ?) ORDER BY console, seq LIMIT ?",
                (console, seq, _VERIFY_PAGE),
            )
            yield from page
            if len(page) < _VERIFY_PAGE:
                return
            console, seq = page[-1]["console"], page[-1]["seq"]


def console_id(connection: Connection) -> str:
    """The id of this database's chain, made at the first use; inside a write."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'console_id'").fetchone()
    return str(row[0]) if row else renew_console_id(connection)


def renew_console_id(connection: Connection) -> str:
    """Begin a new chain, as after a restore; inside a write."""
    fresh = new_id()
    connection.execute(
        "INSERT INTO meta (key, value) VALUES ('console_id', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (fresh,),
    )
    return fresh


def _genesis(console: str) -> str:
    return hashlib.sha256(f"tandem audit {console}".encode()).hexdigest()


def _hash(prev: str, values: tuple[object, ...]) -> str:
    canonical = json.dumps([prev, *values], separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _storable(text: str) -> str:
    """SQLite takes neither lone surrogates nor, in its tools, NULs: shown as escapes."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _chain_faults(console: str, chain: Iterator[Row], head: Row | None) -> list[str]:
    faults: list[str] = []
    names = [name.strip() for name in _COLUMNS.split(",")]
    expected_seq, prev = 1, _genesis(console)
    at_head = None
    for row in chain:
        seq = row["seq"]
        if seq != expected_seq:
            missing = f"{expected_seq}" if seq == expected_seq + 1 else f"{expected_seq} to {seq - 1}"
            faults.append(f"chain {console}: entry {missing} is gone")
        elif row["prev"] != prev:
            faults.append(f"chain {console}: entry {seq} does not follow the one before it")
        if _hash(row["prev"], tuple(row[name] for name in names)) != row["hash"]:
            faults.append(f"chain {console}: entry {seq} was changed")
        expected_seq, prev = seq + 1, row["hash"]
        if head is not None and seq == head["seq"]:
            at_head = prev
    if head is None:
        faults.append(f"chain {console}: its last link is gone")
    elif head["seq"] >= expected_seq:
        faults.append(f"chain {console}: entries {expected_seq} to {head['seq']} at its end are gone")
    elif head["hash"] != at_head:  # entries after it were written while this was read
        faults.append(f"chain {console}: entry {head['seq']} is not the one that was written")
    return faults


def _entry(row: Row) -> AuditRow:
    return AuditRow(
        id=row["id"],
        console=row["console"],
        seq=row["seq"],
        time=parse_iso(row["time"]),
        account=row["account"],
        action=row["action"],
        target=row["target"],
        server=row["server"],
        detail=json.loads(row["detail"]),
        outcome=Outcome(row["outcome"]),
        changes=bool(row["changes"]),
        operation_id=row["operation_id"],
        hash=row["hash"],
        open=bool(row["open"]),
    )
