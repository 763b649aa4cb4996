"""From one schema to the next: backup, one transaction, once, never backwards."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from console.core.home import Home
from console.core.problems import Problem
from console.store.curves_step import to_curves
from console.store.database import APPLICATION_ID, Connection
from console.store.migrations import MIGRATIONS, Migration, statements
from console.store.samples_step import to_blocks
from console.store.store import Store
from console.telemetry.history import History
from tests.integration.store.conftest import SetClock

NEXT = len(MIGRATIONS) + 1
TWO = (
    *MIGRATIONS,
    Migration(NEXT, statements("CREATE TABLE later (x INTEGER) STRICT", "INSERT INTO later VALUES (1)")),
)


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_numbers_count_up_from_one() -> None:
    assert [each.version for each in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_new_file_gets_the_newest_schema_without_a_backup(tandem_home: Home, clock: SetClock) -> None:
    Store(tandem_home.database, clock).close()
    assert version(tandem_home.database) == MIGRATIONS[-1].version
    assert list(tandem_home.root.glob("*.bak")) == []


def test_an_older_file_is_backed_up_then_migrated(tandem_home: Home, clock: SetClock) -> None:
    with closing(Store(tandem_home.database, clock)) as store:
        store.write(lambda c: c.execute("INSERT INTO meta VALUES ('kept', 'x')"))
    with closing(Store(tandem_home.database, clock, migrations=TWO)) as store:
        assert store.read("SELECT x FROM later") == [{"x": 1}]
        assert store.read("SELECT value FROM meta WHERE key = 'kept'") == [{"value": "x"}]
    backup = tandem_home.root / f"tandem.db.v{NEXT - 1}.bak"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert version(backup) == NEXT - 1
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'kept'").fetchone() == ("x",)


def test_a_migration_that_fails_leaves_the_old_schema(tandem_home: Home, clock: SetClock) -> None:
    def fail(connection: Connection) -> None:
        connection.execute("CREATE TABLE half (x INTEGER) STRICT")
        raise LookupError("a bug in a migration")

    Store(tandem_home.database, clock).close()
    with pytest.raises(LookupError):
        Store(tandem_home.database, clock, migrations=(*MIGRATIONS, Migration(NEXT, fail)))
    assert version(tandem_home.database) == NEXT - 1
    with closing(Store(tandem_home.database, clock)) as store:
        assert store.read("SELECT name FROM sqlite_schema WHERE name = 'half'") == []


def test_a_migration_that_leaves_dangling_rows_is_undone(tandem_home: Home, clock: SetClock) -> None:
    def dangle(connection: Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys=ON")
        connection.execute("INSERT INTO job_metric_state VALUES ('no job', 1, '{}', 0, '{}')")

    Store(tandem_home.database, clock).close()
    with pytest.raises(Problem) as caught:
        Store(tandem_home.database, clock, migrations=(*MIGRATIONS, Migration(NEXT, dangle)))
    assert caught.value.code == "store.corrupt"
    assert version(tandem_home.database) == NEXT - 1


def test_metrics_of_the_first_schemas_become_curves(tandem_home: Home, clock: SetClock) -> None:
    def job(connection: Connection) -> None:
        connection.execute(
            "INSERT INTO jobs (id, server, state, submitted, metrics_offset)"
            " VALUES ('j1', 's', 'succeeded', '2026-11-24T00:00:00Z', 77)"
        )
        rows = [
            ("j1", "loss", 1, 0.0, "2026-11-24T00:00:01Z", 0.5),
            ("j1", "loss", 2, None, "2026-11-24T00:00:02Z", 0.25),
        ]
        connection.executemany("INSERT INTO job_metrics VALUES (?, ?, ?, ?, ?, ?)", rows)

    before = MIGRATIONS[: next(n for n, each in enumerate(MIGRATIONS) if each.apply is to_curves)]
    with closing(Store(tandem_home.database, clock, migrations=before)) as store:
        store.write(job)
    with closing(Store(tandem_home.database, clock)) as store:
        curves = store.read("SELECT job, source, name, seen, kept FROM job_curves")
        assert curves == [{"job": "j1", "source": "$TANDEM_METRICS", "name": "loss", "seen": 2, "kept": 2}]
        (packed,) = store.rows("SELECT points FROM job_curve_parts")[0]
        assert struct.unpack("<4d", packed[:32]) == (0.0, 0.0, 1795478401.0, 0.5)
        assert math.isnan(struct.unpack("<4d", packed[32:])[1])
        sources = json.loads(store.read("SELECT sources FROM job_metric_state")[0]["sources"])
        assert sources["$TANDEM_METRICS"]["cursor"]["offset"] == 77
        assert store.read("SELECT name FROM sqlite_schema WHERE name = 'job_metrics'") == []


def test_samples_of_the_first_schemas_become_blocks(tandem_home: Home, clock: SetClock) -> None:
    now_s = int(clock.now().timestamp()) // 600 * 600
    spans = {
        10: (now_s - 7200, now_s),
        60: (now_s - 90_000, now_s - 86_400),
        600: (now_s - 900_000, now_s - 700_200),
    }
    rows = [
        (series, width, start, start % 97 - 0.5, start % 97 + series / 10, start % 97 + 2.0, width)
        for series in (1, 2)
        for width, span in spans.items()
        for start in range(*span, width)
        if start % 7 or width == 600
    ]

    def fill(connection: Connection) -> None:
        connection.executemany(
            "INSERT INTO series (id, server, accelerator, metric) VALUES (?, 's1', ?, ?)",
            [(1, "", "cpu_percent"), (2, "GPU-0", "power_w"), (3, "", "load1")],
        )
        connection.executemany("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    before = MIGRATIONS[: next(n for n, each in enumerate(MIGRATIONS) if each.apply is to_blocks)]
    with closing(Store(tandem_home.database, clock, migrations=before)) as store:
        store.write(fill)
    with closing(Store(tandem_home.database, clock)) as store:
        history = History(store, clock)
        keys = [("cpu_percent", None), ("power_w", "GPU-0")]
        kept = history.kept("s1", keys, clock.now() - timedelta(days=20), clock.now())
        for series, key in enumerate(keys, 1):
            found = sorted(
                zip(
                    kept[key].widths.tolist(),
                    kept[key].starts.tolist(),
                    *(each.tolist() for each in kept[key].columns.values),
                    kept[key].columns.count.tolist(),
                    strict=True,
                )
            )
            wanted = sorted(row[1:] for row in rows if row[0] == series)
            assert [each[:2] + each[5:] for each in found] == [each[:2] + each[5:] for each in wanted]
            for place in (2, 3, 4):
                assert [each[place] for each in found] == pytest.approx([each[place] for each in wanted])
        history.prune()
        # A name that nothing was ever kept of is gone, the others stay.
        assert [name for _server, _uuid, name in history.series()] == ["cpu_percent", "power_w"]
        assert store.read("SELECT name FROM sqlite_schema WHERE name = 'samples'") == []


def test_a_file_from_before_it_could_shrink_is_written_anew_once(tandem_home: Home, clock: SetClock) -> None:
    before = MIGRATIONS[: next(n for n, each in enumerate(MIGRATIONS) if each.apply is to_blocks)]
    with closing(Store(tandem_home.database, clock, migrations=before)) as store:
        store.write(lambda c: c.execute("INSERT INTO meta VALUES ('kept', 'x')"))
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA auto_vacuum=NONE")
        connection.execute("VACUUM")
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (0,)
    for _ in range(2):
        with closing(Store(tandem_home.database, clock)) as store:
            assert store.rows("PRAGMA auto_vacuum") == [(2,)]
            assert store.rows("SELECT value FROM meta WHERE key = 'kept'") == [("x",)]
            assert store.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_newer_file_is_refused_and_left_alone(tandem_home: Home, clock: SetClock) -> None:
    with closing(Store(tandem_home.database, clock)) as store:
        store.write(lambda c: c.execute("INSERT INTO meta VALUES ('kept', 'x')"))
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        connection.execute("CREATE TABLE of_the_future (x)")
        connection.execute("PRAGMA user_version=99")
    before = tandem_home.database.read_bytes()
    with pytest.raises(Problem) as caught:
        Store(tandem_home.database, clock)
    assert caught.value.code == "store.newer"
    assert (caught.value.attrs["found"], caught.value.attrs["known"]) == (99, MIGRATIONS[-1].version)
    assert tandem_home.database.read_bytes() == before


def test_another_programs_database_is_not_touched(tandem_home: Home, clock: SetClock) -> None:
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    with pytest.raises(Problem, match="another program's database"):
        Store(tandem_home.database, clock)
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        assert [row[0] for row in connection.execute("SELECT name FROM sqlite_schema")] == ["recipes"]
        assert connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID


@pytest.mark.parametrize("number", [0, -1])
def test_a_lost_schema_number_is_damage_and_not_a_new_file(
    tandem_home: Home, clock: SetClock, number: int
) -> None:
    Store(tandem_home.database, clock).close()
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        connection.execute(f"PRAGMA user_version={number}")
    with pytest.raises(Problem, match="number of its schema is lost"):
        Store(tandem_home.database, clock)


MIGRATE = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.store.store import Store
from console.store.migrations import MIGRATIONS, Migration
import time
def slow(connection):
    connection.execute("CREATE TABLE IF NOT EXISTS ran (n INTEGER) STRICT")
    connection.execute("INSERT INTO ran VALUES (1)")
    time.sleep(0.3)
sys.stdin.readline()
Store(Path({path!r}), SystemClock(), migrations=(*MIGRATIONS, Migration({next}, slow))).close()
"""


@pytest.mark.parametrize("fresh", [True, False], ids=["a new file", "an older file"])
def test_processes_that_start_together_migrate_once(tandem_home: Home, clock: SetClock, fresh: bool) -> None:
    if not fresh:
        Store(tandem_home.database, clock).close()
    root = str(Path(__file__).resolve().parents[3])
    code = MIGRATE.format(root=root, path=str(tandem_home.database), next=NEXT)
    processes = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0, 0]
    with closing(sqlite3.connect(tandem_home.database)) as connection:
        assert connection.execute("SELECT count(*) FROM ran").fetchone() == (1,)
