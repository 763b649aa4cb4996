"""R-63: the power is cut at any moment. The writer's system calls are replayed: all that was synced, and of
the rest any part, whole or torn at a sector. The file then opens, is whole, and holds every durable write."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.home import Home
from console.store.audit_log import AuditLog
from console.store.store import Store
from console.telemetry.history import History
from tests.faults.store.test_store_faults import ROOT

pytestmark = pytest.mark.faults

SECTOR = 512
BEGAN = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)

WRITE = """
import os, sys
sys.path.insert(0, {root!r})
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

BEGAN = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)

class Moving(SystemClock):
    second = 0
    def now(self):
        return BEGAN + timedelta(seconds=self.second)

clock = Moving()
store = Store(Path({path!r}), clock)
history, log = History(store, clock), AuditLog(store, clock, "me@here")
sample = ServerSample(1, BEGAN, 0.0, None, 8, None, None, None, None, None, None, (), ())
for number in range(70):
    def two(connection):
        connection.execute("INSERT INTO meta VALUES (?, ?)", ("l%d" % number, "x" * 900))
        connection.execute("INSERT INTO meta VALUES (?, ?)", ("r%d" % number, "y" * 900))
    durable = number % 3 == 0
    store.write(two, durable=durable)
    if durable:
        os.write(1, b"ACK write %d\\n" % number)
    history.add("s1", sample, clock.now(), np.full(len(SERVER_METRICS), float(number)))
    clock.second += 10
    history.flush()
    os.write(1, b"ACK bucket %d\\n" % number)
    if number % 10 == 0:
        log.record(AuditEntry("test", target=str(number), changes=True))
        os.write(1, b"ACK audit %d\\n" % number)
    if number == 40:
        clock.second += 7200
        history.prune()
    if number % 25 == 24:
        # As a checkpoint comes after a thousand pages: here sooner.
        store._writer.execute("PRAGMA wal_checkpoint")
os._exit(0)  # not closed: that would fold the WAL into the file
"""


@dataclass
class Disk:
    """Files as they would be found, and what was written to each since its last sync."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[tuple[int, bytes | None]]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)

    def write(self, name: str, offset: int, data: bytes | None) -> None:
        """`None` cuts the file off at the offset."""
        self.pending.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        for offset, data in self.pending.pop(name, []):
            apply(self.synced.setdefault(name, bytearray()), offset, data)

    def found(self, chance: random.Random) -> dict[str, bytearray]:
        """What a cut of the power leaves: any part of what was not synced, in any order."""
        files = {name: bytearray(data) for name, data in self.synced.items()}
        for name, writes in self.pending.items():
            kept = [each for each in writes if chance.random() < chance.choice((0.1, 0.5, 0.9))]
            for offset, data in kept:
                if data is not None and chance.random() < 0.3:
                    data = data[: chance.randrange(0, len(data) + 1, SECTOR) if len(data) >= SECTOR else 0]
                apply(files.setdefault(name, bytearray()), offset, data)
        return files


def apply(file: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del file[offset:]
        file.extend(bytes(offset - len(file)))
        return
    file.extend(bytes(max(0, offset - len(file))))
    file[offset : offset + len(data)] = data


_WRITE = re.compile(r'pwrite64\(\d+<([^>]*)>, "((?:\\x[0-9a-f]{2})*)", \d+, (\d+)\) += (\d+)')
_SYNC = re.compile(r"f(?:data)?sync\(\d+<([^>]*)>\) += 0")
_CUT = re.compile(r"ftruncate\(\d+<([^>]*)>, (\d+)\) += 0")
_SAID = re.compile(r'write\(1<[^>]*>, "((?:\\x[0-9a-f]{2})*)"')


def hexadecimal(path: Path) -> str:
    return "".join(f"\\x{byte:02x}" for byte in str(path).encode())


def replayed(trace: Path, folder: Path, disk: Disk) -> Iterator[bool]:
    """The system calls one after the other; yields whether that was a sync."""
    # Paths are written byte by byte too.
    names = {hexadecimal(folder / name): name for name in ("tandem.db", "tandem.db-wal")}
    for line in trace.read_text("ascii", errors="replace").splitlines():
        if (found := _WRITE.search(line)) and found[1] in names:
            data = bytes.fromhex(found[2].replace("\\x", ""))
            assert len(data) == int(found[4]), "the trace cut a write short"
            disk.write(names[found[1]], int(found[3]), data)
            yield False
        elif (found := _CUT.search(line)) and found[1] in names:
            disk.write(names[found[1]], int(found[2]), None)
            yield False
        elif (found := _SYNC.search(line)) and found[1] in names:
            disk.sync(names[found[1]])
            yield True
        elif found := _SAID.search(line):
            text = bytes.fromhex(found[1].replace("\\x", "")).decode()
            disk.acknowledged.update(each[4:] for each in text.splitlines() if each.startswith("ACK "))


def check(files: dict[str, bytearray], acknowledged: set[str], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with closing(Store(folder / "tandem.db", SystemClock())) as store:
        assert store.rows("PRAGMA integrity_check") == [("ok",)]
        keys = {key for (key,) in store.rows("SELECT key FROM meta")}
        left = {key[1:] for key in keys if key.startswith("l")}
        right = {key[1:] for key in keys if key.startswith("r") and key[1:].isdigit()}
        assert left == right
        log = AuditLog(store, SystemClock(), "me@here")
        assert log.verify() == []
        audited = {row.target for row in log.entries(limit=1000)}
        kept = History(store, SystemClock()).kept(
            "s1", [("cpu_percent", None)], BEGAN, BEGAN + timedelta(days=1)
        )["cpu_percent", None]
        assert set(kept.columns.count.tolist()) <= {1}
        buckets = {str(round(value)) for value in kept.columns.mean.tolist()}
    of = {
        word: {each.split()[1] for each in acknowledged if each.startswith(word)}
        for word in ("write", "audit", "bucket")
    }
    assert of["write"] <= left
    assert of["audit"] <= audited
    # The history's own thread writes its rows durably: what was flushed survives.
    assert of["bucket"] <= buckets


@pytest.mark.timeout(600)
def test_r63_after_a_power_cut_at_any_moment_the_file_is_whole_and_durable_writes_are_there(
    tandem_home: Home, tmp_path: Path
) -> None:
    home = tandem_home.database.parent.resolve()
    database = home / "tandem.db"
    with closing(Store(database, SystemClock())):
        pass
    disk = Disk(synced={"tandem.db": bytearray(database.read_bytes())})
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,write,fdatasync,fsync,ftruncate"
    code = WRITE.format(root=ROOT, path=str(database))
    command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", calls, "-o", str(trace)]
    ended = subprocess.run(
        [*command, sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    chance = random.Random(5)
    points = 0
    for synced in replayed(trace, home, disk):
        # Right after a sync with nothing more, and now and then with a part of what came since.
        if synced or chance.random() < 0.08:
            for _ in range(2 if synced else 1):
                check(disk.found(chance), disk.acknowledged, tmp_path / "found")
                points += 1
    assert {"write 69", "bucket 69", "audit 60"} <= disk.acknowledged
    assert points > 150
