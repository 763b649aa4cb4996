"""R-61 to R-64: the database and its history under kill -9, a full disk, another process and a power cut."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from console.app import build, close
from console.core.clock import SystemClock
from console.core.home import Home
from console.core.notify import Level, Notice
from console.store import advice
from console.store.store import Store
from tests.faults.store.test_store_faults import ROOT, on_small_disk

pytestmark = pytest.mark.faults

OPEN = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from console.core.clock import SystemClock
from console.store.store import Store
store = Store(Path({path!r}), SystemClock())
print(store.was_alone, flush=True)
sys.stdin.readline()
"""


def test_r61_a_second_process_is_noticed_and_old_sqlite_named(tandem_home: Home) -> None:
    code = OPEN.format(root=ROOT, path=str(tandem_home.database))
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline() == "True\n"
        with closing(Store(tandem_home.database, SystemClock())) as second:
            assert not second.was_alone
            (told,) = advice.notices(second.path, alone=second.was_alone, sqlite_version=(3, 40, 1))
            assert "Another Tandem has it open now" in told.text
        first.kill()
    # A killed one leaves nothing behind that would be taken for it.
    with closing(Store(tandem_home.database, SystemClock())) as third:
        assert third.was_alone
        assert advice.notices(third.path, alone=True, sqlite_version=(3, 51, 3)) == ()


def test_r61_a_network_file_system_is_told_at_the_start(
    tandem_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice, "file_system_of", lambda _path, _mounts: "nfs4")
    context = build(tandem_home)
    told: list[Notice] = []
    context.notifier.listen(told.append)
    close(context)
    (notice,) = [each for each in told if each.level is Level.WARNING]
    assert "network file system (nfs4)" in notice.text
    assert "--home" in notice.remedy


KILLED = """
import os, random, signal, sys, json
sys.path.insert(0, {root!r})
from contextlib import closing
from datetime import datetime, timedelta, UTC
from pathlib import Path
import numpy as np
from console.core.audit import AuditEntry
from console.core.clock import SystemClock
from console.store.audit_log import AuditLog
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.metrics import SERVER_METRICS
from console.telemetry.sample import ServerSample

path, rounds = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(11)
BEGAN = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)

class Moving(SystemClock):
    second = 0
    def now(self):
        return BEGAN + timedelta(seconds=self.second)

SAMPLE = ServerSample(1, BEGAN, 0.0, None, 8, None, None, None, None, None, None, (), ())

def work(out, second):
    # One second of life a turn: a sample each, a flush every ten as its thread does, packing now and then.
    clock = Moving()
    store = Store(path, clock)
    history, log = History(store, clock), AuditLog(store, clock, "me@here")
    while True:
        clock.second = second
        values = np.full(len(SERVER_METRICS), np.nan)
        values[0] = second
        history.add("s1", SAMPLE, clock.now(), values)
        if second % 10 == 0:
            history.flush()
        if second % 130 == 0:
            history.prune()
        acknowledged = 0
        if second % 7 == 0:
            def two(connection):
                connection.execute("INSERT INTO meta VALUES (?, 'left')", ("l%d" % second,))
                connection.execute("INSERT INTO meta VALUES (?, 'right')", ("r%d" % second,))
            store.write(two, durable=second % 2 == 0)
            log.record(AuditEntry("test", target=str(second), changes=True))
            acknowledged = 1
        os.write(out, b"%d %d\\n" % (second, acknowledged))
        second += 1

def look(last, acks, lost):
    with closing(Store(path, SystemClock())) as store:
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
        left = {{row[0][1:] for row in store.rows("SELECT key FROM meta WHERE key LIKE 'l%'")}}
        right = {{row[0][1:] for row in store.rows("SELECT key FROM meta WHERE key LIKE 'r%'")}}
        assert left == right
        assert acks <= left, acks - left
        history = History(store, SystemClock())
        key = ("cpu_percent", None)
        kept = history.kept("s1", [key], BEGAN, BEGAN + timedelta(seconds=last + 60))[key]
        order = np.argsort(kept.starts, kind="stable")
        found = {{}}
        for at in order.tolist():
            start = int(kept.starts[at] - BEGAN.timestamp())
            found[start] = found.get(start, 0) + int(kept.columns.count[at])
        newest = max(found, default=-10) + 10
        assert last - newest <= 30, (last, newest)
        lost.append(max(0, last + 1 - newest))
        return found

def main():
    second, acks, lost, before = 1, set(), [], {{}}
    for turn in range(rounds):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                work(write, second)
            except BaseException:
                import traceback
                traceback.print_exc()
            os._exit(1)
        os.close(write)
        stop = second + chance.randrange(1, 60)
        text = b""
        while text.count(b"\\n") < stop - second:
            part = os.read(read, 65536)
            assert part, "the writer ended by itself"
            text += part
        os.kill(child, signal.SIGKILL)
        while part := os.read(read, 65536):
            text += part
        os.close(read)
        os.waitpid(child, 0)
        lines = [line.split() for line in text.decode().split("\\n")[:-1]]
        last = int(lines[-1][0])
        acks |= {{line[0] for line in lines if line[1] == "1"}}
        found = look(last, acks, lost)
        # Nothing that was once kept is gone later or counted twice, whatever was being packed.
        assert all(count <= 10 for count in found.values()), found
        assert all(found[start] >= count for start, count in before.items()), (before, found)
        before = found
        second = max(last, *(int(key) for key in acks)) + 3 if acks else last + 3
    with closing(Store(path, SystemClock())) as store:
        assert AuditLog(store, SystemClock(), "me@here").verify() == []
    print(json.dumps({{"rounds": rounds, "lost_s": max(lost), "acknowledged": len(acks)}}))

main()
"""


@pytest.mark.timeout(600)
def test_r62_500_times_kill_9_lose_no_acknowledged_commit_and_at_most_30_s_of_history(
    tandem_home: Home,
) -> None:
    script = tandem_home.root / "killed.py"
    script.write_text(KILLED.format(root=ROOT))
    command = [sys.executable, str(script), str(tandem_home.database), "500"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout)
    assert found["acknowledged"] > 500
    assert found["lost_s"] <= 30


FULL = """
import json, sys
sys.path.insert(0, {root!r})
from datetime import timedelta
from pathlib import Path
import numpy as np
from console.core.clock import SystemClock
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.metrics import SERVER_METRICS
from console.telemetry.sample import ServerSample

class Moving(SystemClock):
    back = 0.0
    def now(self):
        return super().now() + timedelta(seconds=self.back)

home, clock, told = Path(sys.argv[1]), Moving(), []
store = Store(home / "tandem.db", clock)
history = History(store, clock, failed=lambda problem: told.append(problem.code))
sample = ServerSample(1, clock.now(), 0.0, None, 8, None, None, None, None, None, None, (), ())
begun, added, problems = clock.now(), 0, set()

def second():
    global added
    for number in range(20):
        values = np.random.default_rng(added).normal(size=len(SERVER_METRICS))
        history.add(f"s{{number}}", sample, clock.now(), values)
        added += 1
    clock.back += 10
    history.flush()

second()
filler = home / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(b"x" * 1024)
    except OSError:
        pass
for _ in range(30):
    second()
    if history.problem is not None:
        problems.add(history.problem.code)
full = history.problem is not None
in_transaction = store._writer.in_transaction
check = store.rows("PRAGMA integrity_check")[0][0]
readable = len(history.series())
filler.unlink()
second()
kept = 0
for number in range(20):
    key = ("cpu_percent", None)
    columns = history.kept(f"s{{number}}", [key], begun - timedelta(seconds=20), clock.now())[key].columns
    kept += int(columns.count.sum())
print(json.dumps({{"full": full, "problems": sorted(problems), "told": told, "in_transaction": in_transaction,
    "check": check, "readable": readable > 0, "well": history.problem is None,
    "added": added, "kept": kept}}))
store.close()
"""


def test_r64_a_full_disk_of_1_mib_is_told_once_and_what_came_meanwhile_is_written_after(
    tmp_path: Path,
) -> None:
    ended = on_small_disk("1m", FULL.format(root=ROOT), tmp_path / "small")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found.pop("added") == found.pop("kept")
    assert found == {
        "full": True,
        "problems": ["store.full"],
        "told": ["store.full"],
        "in_transaction": False,
        "check": "ok",
        "readable": True,
        "well": True,
    }
