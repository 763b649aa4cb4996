"""The database file: how it is opened, read, written and shared, on real files and two processes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.store.audit_log import AuditLog
from console.store.database import APPLICATION_ID, Connection
from console.store.rows import upsert
from console.store.store import Store
from tests.integration.store.conftest import SetClock


def put(key: str, value: str = "x") -> object:
    return lambda connection: connection.execute("INSERT INTO meta VALUES (?, ?)", (key, value))


def keys(store: Store) -> list[str]:
    return [row["key"] for row in store.read("SELECT key FROM meta ORDER BY key")]


def test_the_files_are_private_even_with_a_loose_umask(tandem_home: Home, clock: SetClock) -> None:
    before = os.umask(0)
    try:
        store = Store(tandem_home.database, clock)
        store.write(put("a"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tandem_home.root.glob("tandem.db*")}
        store.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(
        ["tandem.db", "tandem.db-wal", "tandem.db-shm", "tandem.db.lock", "tandem.db.open"], 0o600
    )


def test_a_file_that_others_could_read_is_closed_to_them(tandem_home: Home, clock: SetClock) -> None:
    Store(tandem_home.database, clock).close()
    tandem_home.database.chmod(0o644)
    Store(tandem_home.database, clock).close()
    assert tandem_home.database.stat().st_mode & 0o777 == 0o600


def test_settings_are_those_of_the_design(store: Store) -> None:
    def pragma(name: str) -> object:
        return store.write(lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0])

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("trusted_schema") == 0
    assert pragma("cell_size_check") == 1
    assert pragma("application_id") == APPLICATION_ID
    assert pragma("wal_autocheckpoint") == 1000
    reading = store.rows("PRAGMA query_only") + store.rows("PRAGMA wal_autocheckpoint")
    assert reading == [(1,), (0,)]
    tables = store.read("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    assert [
        row["name"] for row in tables if not row["strict"] and not row["name"].startswith("sqlite_")
    ] == []


def test_durable_writes_wait_for_the_disk_and_others_do_not(store: Store) -> None:
    def level(connection: Connection) -> int:
        return int(connection.execute("PRAGMA synchronous").fetchone()[0])

    assert store.write(level, durable=True) == 2
    assert store.write(level) == 1
    assert store.write(level, durable=True) == 2


def test_a_write_that_raises_changes_nothing(store: Store) -> None:
    def half(connection: Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('half', 'x')")
        raise Problem("input.invalid", what="it", reason="so")

    with pytest.raises(Problem, match="not valid"):
        store.write(half)
    assert keys(store) == []
    store.write(put("whole"))
    assert keys(store) == ["whole"]


def test_strict_tables_refuse_the_wrong_type(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        store.write(
            lambda c: c.execute("INSERT INTO series (server, metric, id) VALUES ('a', 'b', 'no number')")
        )


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(Problem) as caught:
        store.rows("INSERT INTO meta VALUES ('a', 'b')")
    assert caught.value.code == "store.unwritable"
    assert keys(store) == []


def test_a_write_inside_a_write_is_a_fault_of_ours(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        store.write(lambda connection: store.write(put("a")))
    assert keys(store) == []


def test_readers_see_the_state_before_an_open_write_and_do_not_wait(store: Store) -> None:
    store.write(put("a"))
    inside, go = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('b', 'x')")
        inside.set()
        assert go.wait(5)

    writer = threading.Thread(target=lambda: store.write(slow), name="slow writer")
    writer.start()
    assert inside.wait(5)
    began = time.monotonic()
    assert keys(store) == ["a"]
    assert time.monotonic() - began < 3
    go.set()
    writer.join()
    assert keys(store) == ["a", "b"]


def test_many_threads_read_and_write(store: Store) -> None:
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for each in range(20):
                store.write(put(f"{number}-{each}"))
                assert f"{number}-{each}" in keys(store)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,), name=f"worker {n}") for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(keys(store)) == 120


def test_closing_twice_is_fine_and_using_it_afterwards_is_our_fault(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(RuntimeError):
        store.read("SELECT 1")
    with pytest.raises(RuntimeError):
        store.write(put("a"))


def test_closing_leaves_one_file(tandem_home: Home, clock: SetClock) -> None:
    store = Store(tandem_home.database, clock)
    store.write(put("a"))
    keys(store)
    store.close()
    assert sorted(path.name for path in tandem_home.root.glob("tandem.db*")) == [
        "tandem.db",
        "tandem.db.lock",
        "tandem.db.open",
    ]


HOLD = """
import sys, time, sqlite3
sys.path.insert(0, {root!r})
from pathlib import Path
from console.store.database import WriteLock
if {ours}:
    with WriteLock(Path({path!r})).held():
        print("held", flush=True); sys.stdin.readline()
else:
    c = sqlite3.connect({path!r}, isolation_level=None); c.execute("BEGIN IMMEDIATE")
    print("held", flush=True); sys.stdin.readline(); c.execute("ROLLBACK"); c.close()
"""


@pytest.mark.parametrize("ours", [True, False], ids=["another Tandem", "another program"])
def test_a_writer_that_does_not_end_is_a_problem_after_the_timeout(
    tandem_home: Home, clock: SetClock, ours: bool
) -> None:
    store = Store(tandem_home.database, clock, timeout_s=0.3)
    root = str(Path(__file__).resolve().parents[3])
    code = HOLD.format(root=root, path=str(store.path), ours=ours)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        began = time.monotonic()
        with pytest.raises(Problem) as caught:
            store.write(put("a"))
        waited = time.monotonic() - began
        assert store.read("SELECT 1 AS one") == [{"one": 1}]
        holder.stdin.close()
        holder.wait(5)
    assert caught.value.code == "store.locked"
    assert 0.25 < waited < 2.0
    store.write(put("a"))
    assert keys(store) == ["a"]
    store.close()


COUNT = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.core.audit import AuditEntry
from console.store.store import Store
from console.store.audit_log import AuditLog
store = Store(Path({path!r}), SystemClock())
log = AuditLog(store, SystemClock(), "me@" + {name!r})
for number in range(60):
    store.write(lambda c: c.execute("UPDATE meta SET value = CAST(value + 1 AS TEXT) WHERE key = 'n'"))
    log.record(AuditEntry("test", target=str(number), changes=number % 10 == 0))
store.close()
"""


def test_two_processes_lose_no_write_and_keep_one_chain(tandem_home: Home, clock: SetClock) -> None:
    store = Store(tandem_home.database, clock)
    store.write(put("n", "0"))
    root = str(Path(__file__).resolve().parents[3])
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNT.format(root=root, path=str(store.path), name=name)])
        for name in ("first", "second")
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert store.read("SELECT value FROM meta WHERE key = 'n'") == [{"value": "120"}]
    log = AuditLog(store, clock, "me@here")
    assert log.verify() == []
    assert {row.account for row in log.entries(limit=500)} == {"me@first", "me@second"}
    assert len(log.entries(limit=500)) == 120
    store.close()


def test_rows_are_written_by_name_and_keep_what_is_not_named(store: Store) -> None:
    server = {"name": "a", "host": "h", "role": "both", "added": "2027-01-01", "port": 22}
    store.write(lambda connection: upsert(connection, "servers", server, ("name",)))
    store.write(lambda connection: upsert(connection, "servers", {"name": "a", "host": "h2"}, ("name",)))
    found = store.read("SELECT host, port FROM servers")
    assert found == [{"host": "h2", "port": 22}]


@pytest.mark.parametrize("name", ['x"] integer); drop table meta; --', "", "Meta", "a b", "a;"])
def test_no_name_from_a_server_becomes_a_column(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        store.write(lambda connection: upsert(connection, "servers", {"name": "a", name: 1}, ("name",)))


def test_a_large_file_is_checked_once_a_day(
    tandem_home: Home, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.store.store._CHECK_ALWAYS_BELOW_BYTES", 0)
    for _ in range(2):  # the first makes the tables, the second finds a large file and notes the check
        Store(tandem_home.database, clock).close()
    with closing(sqlite3.connect(tandem_home.database)) as other:
        # A hole in an index is what quick_check finds and opening does not.
        other.execute("INSERT INTO series (server, metric) VALUES ('a', 'b')")
        other.commit()
        page = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'series'").fetchone()[0]
    data = bytearray(tandem_home.database.read_bytes())
    data[(page - 1) * 4096 + 8 : (page - 1) * 4096 + 64] = b"\xff" * 56
    tandem_home.database.write_bytes(data)
    Store(tandem_home.database, clock).close()
    clock.move(days=1)
    with pytest.raises(Problem) as caught:
        Store(tandem_home.database, clock)
    assert caught.value.code == "store.corrupt"
