"""The database under a full disk, kill -9 and damage: no half writes, nothing acknowledged lost, a clear
Problem, and nothing emptied silently."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.home import Home
from console.core.problems import Problem
from console.store.audit_log import AuditLog
from console.store.migrations import MIGRATIONS
from console.store.store import Store

pytestmark = pytest.mark.faults
ROOT = str(Path(__file__).resolve().parents[3])

WRITE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.audit import AuditEntry
from console.core.clock import SystemClock
from console.store.audit_log import AuditLog
from console.store.store import Store
store = Store(Path({path!r}), SystemClock())
log = AuditLog(store, SystemClock(), "me@here")
number = int(sys.argv[1])
while True:
    def two(connection):
        connection.execute("INSERT INTO meta VALUES (?, 'left')", (f"l{{number}}",))
        connection.execute("INSERT INTO meta VALUES (?, 'right')", (f"r{{number}}",))
    store.write(two, durable=number % 7 == 0)
    log.record(AuditEntry("test", target=str(number), changes=number % 5 == 0))
    print(number, flush=True)
    number += 1
"""


def test_kill_9_while_writing_loses_nothing_that_was_acknowledged(tandem_home: Home) -> None:
    chance = random.Random(7)
    path = tandem_home.database
    number = 0
    acknowledged: set[str] = set()
    for _ in range(12):
        code = WRITE.format(root=ROOT, path=str(path))
        with subprocess.Popen([sys.executable, "-c", code, str(number)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                acknowledged.add(writer.stdout.readline().decode().strip())
            writer.send_signal(signal.SIGKILL)
            acknowledged.update(writer.stdout.read().decode().split())
        with closing(Store(path, SystemClock())) as store:
            assert store.rows("PRAGMA integrity_check") == [("ok",)]
            left = {row[0][1:] for row in store.rows("SELECT key FROM meta WHERE key LIKE 'l%'")}
            right = {row[0][1:] for row in store.rows("SELECT key FROM meta WHERE key LIKE 'r%'")}
            log = AuditLog(store, SystemClock(), "me@here")
            assert left == right
            assert acknowledged <= left
            assert log.verify() == []
            audited = {row.target for row in log.entries(limit=100_000)}
            assert acknowledged <= audited
            number = max(int(n) for n in left) + 1


MIGRATE = """
import sys, os, signal
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.store.migrations import MIGRATIONS, Migration
from console.store.store import Store
at = int(sys.argv[1])
def apply(connection):
    for number in range(4):
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        connection.execute(f"CREATE TABLE step_{{number}} (x INTEGER) STRICT")
Store(Path({path!r}), SystemClock(), migrations=(*MIGRATIONS, Migration(len(MIGRATIONS) + 1, apply))).close()
"""


def test_kill_9_in_the_middle_of_a_migration_leaves_the_old_schema(tandem_home: Home) -> None:
    path = tandem_home.database
    Store(path, SystemClock()).close()
    code = MIGRATE.format(root=ROOT, path=str(path))
    for at in range(4):
        ended = subprocess.run([sys.executable, "-c", code, str(at)], check=False)
        assert ended.returncode == -signal.SIGKILL
        with closing(Store(path, SystemClock())) as store:
            assert store.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'step%'") == []
            assert store.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert subprocess.run([sys.executable, "-c", code, "99"], check=False).returncode == 0


FULL = """
import sys, json, os
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.audit import AuditEntry, Outcome
from console.core.clock import SystemClock
from console.core.problems import Problem
from console.store.audit_log import AuditLog
from console.store.store import Store
home = Path(sys.argv[1])
store = Store(home / "tandem.db", SystemClock())
log = AuditLog(store, SystemClock(), "me@here")
log.record(AuditEntry("first", changes=True))
filler = home / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 4096)
    except OSError:
        pass
found = {{"written": 0, "codes": [], "audit": []}}
for number in range(200):
    try:
        row = (str(number), "x" * 3000)
        store.write(lambda c: c.execute("INSERT INTO meta VALUES (?, ?)", row), durable=True)
        found["written"] += 1
    except Problem as problem:
        found["codes"].append(problem.code)
for number in range(20):
    try:
        log.record(AuditEntry("when full", detail={{"x": "y" * 5000}}, outcome=Outcome.INTENT, changes=True))
    except Problem as problem:
        found["audit"].append(problem.code)
found["rows"] = store.rows("SELECT count(*) FROM meta WHERE value LIKE 'xxx%'")[0][0]
filler.unlink()
store.write(lambda c: c.execute("INSERT INTO meta VALUES ('after', 'x')"), durable=True)
log.record(AuditEntry("after", changes=True))
found["verify"] = log.verify()
found["last"] = log.entries()[0].action
store.close()
again = Store(home / "tandem.db", SystemClock())
found["check"] = again.rows("PRAGMA integrity_check")[0][0]
again.close()
print(json.dumps(found))
"""


def on_small_disk(size: str, script: str, mount: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a mount namespace of its own, where `mount` is a tmpfs of that size."""
    mount.mkdir()
    inside = 'mount -t tmpfs -o size="$1",mode=0700 tmpfs "$2" && shift 2 && exec "$@"'
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    return subprocess.run(
        [*namespace, "sh", "-c", inside, "sh", size, str(mount), sys.executable, "-c", script, str(mount)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    ended = on_small_disk("1500k", FULL.format(root=ROOT), tmp_path / "small")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert set(found["codes"]) == {"store.full"}
    assert set(found["audit"]) == {"audit.unwritable"}
    assert found["written"] + len(found["codes"]) == 200
    assert found["rows"] == found["written"]
    assert found["verify"] == []
    assert found["last"] == "after"
    assert found["check"] == "ok"


OPEN_FULL = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.core.problems import Problem
from console.store.store import Store
home = Path(sys.argv[1])
with (home / "filler").open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 4096)
    except OSError:
        pass
try:
    Store(home / "tandem.db", SystemClock())
except Problem as problem:
    print(problem.code)
(home / "filler").unlink()
Store(home / "tandem.db", SystemClock()).close()
print("opened")
"""


def test_a_disk_that_is_full_at_the_start_is_told(tmp_path: Path) -> None:
    ended = on_small_disk("400k", OPEN_FULL.format(root=ROOT), tmp_path / "small")
    assert ended.stdout.split() == ["store.full", "opened"], ended.stderr


@pytest.fixture
def filled(tandem_home: Home) -> Path:
    """A database of some hundred pages, closed."""
    with closing(Store(tandem_home.database, SystemClock())) as store:
        store.write(
            lambda c: c.executemany(
                "INSERT INTO meta VALUES (?, ?)", [(f"{n:05}", "x" * 300) for n in range(2000)]
            )
        )
    return tandem_home.database


def zero_header(data: bytearray) -> bytearray:
    data[:100] = b"\0" * 100
    return data


def cut(data: bytearray) -> bytearray:
    return data[: len(data) // 2]


def ruin_pages(data: bytearray) -> bytearray:
    for page in range(40, 120):
        data[page * 4096 : page * 4096 + 512] = b"\xa5" * 512
    return data


@pytest.mark.parametrize("damage", [zero_header, cut, ruin_pages])
def test_damage_is_told_at_the_start_and_the_file_is_left(filled: Path, damage: object) -> None:
    damaged = bytes(damage(bytearray(filled.read_bytes())))  # type: ignore[operator]
    filled.write_bytes(damaged)
    with pytest.raises(Problem) as caught:
        Store(filled, SystemClock())
    assert caught.value.code == "store.corrupt"
    assert str(filled) in caught.value.sentence
    assert filled.read_bytes() == damaged


def test_damage_while_it_runs_is_told(filled: Path) -> None:
    with closing(Store(filled, SystemClock())) as store:
        filled.write_bytes(ruin_pages(bytearray(filled.read_bytes())))
        with pytest.raises(Problem) as caught:
            store.rows("SELECT key, value FROM meta ORDER BY key DESC")
        assert caught.value.code == "store.corrupt"


def test_random_flips_are_found_or_harmless(filled: Path) -> None:
    whole = filled.read_bytes()
    chance = random.Random(3)
    for _ in range(80):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 200)):
            data[chance.randrange(chance.choice((100, 4096, len(data))))] ^= 1 << chance.randrange(8)
        for rest in ("-wal", "-shm"):
            filled.with_name(filled.name + rest).unlink(missing_ok=True)
        filled.write_bytes(data)
        try:
            with closing(Store(filled, SystemClock())) as store:
                store.rows("SELECT * FROM meta")
        except Problem as problem:
            assert problem.code in {"store.corrupt", "store.newer"}  # noqa: PT017 - either is right, so is none


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Problem) as caught:
        Store(tmp_path / "file" / "tandem.db", SystemClock())
    assert caught.value.code == "store.unwritable"


def test_the_write_ahead_log_does_not_grow_without_end(tandem_home: Home) -> None:
    with closing(Store(tandem_home.database, SystemClock())) as store:
        for _ in range(40):
            store.write(
                lambda c: c.executemany(
                    "REPLACE INTO meta VALUES (?, ?)", [(f"{n}", "x" * 3000) for n in range(200)]
                )
            )
            store.rows("SELECT count(*) FROM meta")
        assert tandem_home.database.with_name("tandem.db-wal").stat().st_size < 16 * 1024 * 1024
        with closing(sqlite3.connect(tandem_home.database)) as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
