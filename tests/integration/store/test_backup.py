"""Backup and restore: a round trip of everything, refusal of anything else, and nothing lost on the way."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from console.core.audit import AuditEntry
from console.core.home import Home
from console.core.problems import Problem
from console.fleet.inventory import ServerBook
from console.fleet.server import Server
from console.store.audit_log import AuditLog
from console.store.backup import inspect_backup, make_backup, restore_backup
from console.store.migrations import MIGRATIONS
from console.store.store import Store
from tests.integration.store.conftest import SetClock


@pytest.fixture
def backup(store: Store, tandem_home: Home, clock: SetClock, tmp_path: Path) -> Path:
    """Of a home with one server, one option, one known host and two audit entries."""
    ServerBook(store, clock).add(Server("train-1", "10.0.0.1", labels={"zone": "a"}))
    log = AuditLog(store, clock, "me@here")
    log.record(AuditEntry("server.add", "train-1", changes=True))
    log.record(AuditEntry("server.check", server="train-1"))
    tandem_home.options.write_text('{"ui.theme": "dark"}')
    tandem_home.known_hosts.write_text("10.0.0.1 ssh-ed25519 AAAA\n")
    tandem_home.alerts.mkdir()
    (tandem_home.alerts / "alerts.toml").write_text("[rules.disk-full]\nenabled = false\n")
    (tandem_home.alerts / "judged.json").write_text("{}")
    target = tmp_path / "elsewhere" / "tandem.backup"
    info = make_backup(store, tandem_home, target, clock, version="1.0")
    assert info.rows["servers"] == 1
    return target


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]


def pack(path: Path, parts: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def left_over(home: Home) -> list[str]:
    return [path.name for path in home.root.iterdir() if path.name.startswith(".")]


def test_a_backup_is_one_private_file_that_says_what_it_is(backup: Path, tandem_home: Home) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert list(members(backup)) == [
        *("manifest.json", "tandem.db", "options.json", "known_hosts"),
        "alerts/alerts.toml",
    ]
    info = inspect_backup(backup, tandem_home)
    assert (info.tandem, info.schema, info.rows["audit"]) == ("1.0", MIGRATIONS[-1].version, 2)
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    assert left_over(tandem_home) == []


def test_restoring_on_a_fresh_machine_brings_everything_back(
    backup: Path, clock: SetClock, tmp_path: Path
) -> None:
    home = Home(tmp_path / "fresh")
    restored = restore_backup(backup, home, clock)
    assert home.options.read_text() == '{"ui.theme": "dark"}'
    assert home.known_hosts.read_text() == "10.0.0.1 ssh-ed25519 AAAA\n"
    assert (home.alerts / "alerts.toml").read_text() == "[rules.disk-full]\nenabled = false\n"
    assert home.database.stat().st_mode & 0o777 == 0o600
    assert left_over(home) == []
    assert restored.info.rows["servers"] == 1
    with closing(Store(home.database, clock)) as store:
        assert ServerBook(store).get("train-1").labels == {"zone": "a"}
        log = AuditLog(store, clock, "me@there")
        log.record(AuditEntry("app.restore", changes=True))
        assert log.verify() == []
        # The restored console goes on in a chain of its own.
        assert [row.seq for row in log.entries()] == [1, 2, 1]


def test_restoring_into_an_open_store_keeps_what_was_there(
    backup: Path, store: Store, tandem_home: Home, clock: SetClock
) -> None:
    book = ServerBook(store)
    book.add(Server("infer-1", "10.0.0.2"))
    book.remove("train-1")
    tandem_home.options.write_text('{"ui.theme": "light"}')
    tandem_home.known_hosts.unlink()
    with closing(Store(tandem_home.database, clock)) as second:
        restored = restore_backup(backup, tandem_home, clock, store=store)
        assert [server.name for server in book.list()] == ["train-1"]
        assert [server.name for server in ServerBook(second).list()] == ["train-1"]
        second.write(lambda c: c.execute("INSERT INTO meta VALUES ('after', 'x')"))
    assert store.read("SELECT value FROM meta WHERE key = 'after'") == [{"value": "x"}]
    assert tandem_home.options.read_text() == '{"ui.theme": "dark"}'
    assert tandem_home.known_hosts.exists()
    assert (restored.kept / "options.json").read_text() == '{"ui.theme": "light"}'
    assert not (restored.kept / "known_hosts").exists()
    with closing(sqlite3.connect(restored.kept / "tandem.db")) as kept:
        assert kept.execute("SELECT name FROM servers").fetchall() == [("infer-1",)]


def test_restoring_over_a_damaged_database_sets_it_aside(
    backup: Path, store: Store, tandem_home: Home, clock: SetClock
) -> None:
    store.close()
    damaged = b"\0" * 4096 + tandem_home.database.read_bytes()[4096:]
    tandem_home.database.write_bytes(damaged)
    restored = restore_backup(backup, tandem_home, clock)
    assert (restored.kept / "tandem.db").read_bytes() == damaged
    with closing(Store(tandem_home.database, clock)) as opened:
        assert [server.name for server in ServerBook(opened).list()] == ["train-1"]


def test_restoring_over_a_newer_database_keeps_it(
    backup: Path, store: Store, tandem_home: Home, clock: SetClock
) -> None:
    store.close()
    with closing(sqlite3.connect(tandem_home.database)) as newer:
        newer.execute("PRAGMA user_version=99")
    restored = restore_backup(backup, tandem_home, clock)
    with closing(sqlite3.connect(restored.kept / "tandem.db")) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (99,)
    Store(tandem_home.database, clock).close()


def manifest(change: Callable[[dict[str, object]], object]) -> Callable[[dict[str, bytes]], object]:
    def apply(parts: dict[str, bytes]) -> None:
        found = json.loads(parts["manifest.json"])
        change(found)
        parts["manifest.json"] = json.dumps(found).encode()

    return apply


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda parts: parts.pop("manifest.json"), "does not begin with a manifest"),
        (lambda parts: parts.update({"manifest.json": b"{"}), "manifest cannot be read"),
        (lambda parts: parts.update({"manifest.json": b"[]"}), "manifest cannot be read"),
        (lambda parts: parts.update({"manifest.json": b" " * 70_000}), "does not begin with a manifest"),
        (lambda parts: parts.pop("tandem.db"), "'tandem.db' is missing"),
        (lambda parts: parts.update({"tandem.db": parts["tandem.db"][:-1]}), "not as the manifest says"),
        (lambda parts: parts.update({"tandem.db": b"x" + parts["tandem.db"][1:]}), "'tandem.db' was damaged"),
        (
            lambda parts: parts.update({"known_hosts": b"x" * len(parts["known_hosts"])}),
            "'known_hosts' was damaged",
        ),
        (lambda parts: parts.update({"../evil": b"x"}), "not as the manifest says"),
        (manifest(lambda found: found.update(format=2)), "newer Tandem"),
        (manifest(lambda found: found.update(schema=99)), "newer Tandem"),
        (manifest(lambda found: found.pop("created")), "manifest cannot be read"),
        (
            manifest(lambda found: found["files"].update({"../evil": {"bytes": 1, "sha256": ""}})),
            "other files",
        ),  # type: ignore[attr-defined]
    ],
)
def test_what_is_no_whole_backup_is_refused_before_anything_changes(
    backup: Path,
    store: Store,
    tandem_home: Home,
    clock: SetClock,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], object],
    reason: str,
) -> None:
    parts = members(backup)
    change(parts)
    bad = pack(tmp_path / "bad.backup", parts)
    before = sorted(path.name for path in tandem_home.root.iterdir())
    with pytest.raises(Problem, match=reason) as caught:
        restore_backup(bad, tandem_home, clock, store=store)
    assert caught.value.code == "backup.invalid"
    assert sorted(path.name for path in tandem_home.root.iterdir()) == before
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 10_240, b"SQLite format 3\0" + b"x" * 600])
def test_other_files_are_no_backups(tandem_home: Home, clock: SetClock, tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "other"
    other.write_bytes(data)
    with pytest.raises(Problem) as caught:
        restore_backup(other, tandem_home, clock)
    assert caught.value.code == "backup.invalid"


def test_a_backup_cut_anywhere_is_refused(backup: Path, tandem_home: Home, tmp_path: Path) -> None:
    data = backup.read_bytes()
    for size in range(0, len(data) - 10_240, len(data) // 23):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:size])
        with pytest.raises(Problem) as caught:
            inspect_backup(cut, tandem_home)
        assert caught.value.code == "backup.invalid", size


def test_a_backup_that_is_not_there_is_a_problem(tandem_home: Home, clock: SetClock, tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        restore_backup(tmp_path / "none", tandem_home, clock)
    assert caught.value.code == "file.missing"


def test_a_place_that_cannot_be_written_is_a_problem(
    store: Store, tandem_home: Home, clock: SetClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem) as caught:
        make_backup(store, tandem_home, tmp_path / "file" / "x", clock, version="1")
    assert caught.value.code == "file.unwritable"


def test_a_restore_that_fails_half_way_puts_everything_back(
    backup: Path, store: Store, tandem_home: Home, clock: SetClock
) -> None:
    ServerBook(store).add(Server("infer-1", "10.0.0.2"))
    tandem_home.known_hosts.unlink()
    (tandem_home.known_hosts / "in the way").mkdir(parents=True)
    tandem_home.options.write_text("{}")
    with pytest.raises(Problem) as caught:
        restore_backup(backup, tandem_home, clock, store=store)
    assert caught.value.code == "file.unwritable"
    assert [server.name for server in ServerBook(store).list()] == ["infer-1", "train-1"]
    assert tandem_home.options.read_text() == "{}"
