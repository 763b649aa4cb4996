"""The audit log: kept before the act, chained, and honest about what was tampered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from console.core.audit import AuditEntry, Outcome
from console.store.audit_log import AuditLog, renew_console_id
from console.store.store import Store
from tests.integration.store.conftest import SetClock


@pytest.fixture
def log(store: Store, clock: SetClock) -> AuditLog:
    return AuditLog(store, clock, "me@here")


def fill(log: AuditLog, count: int = 5) -> None:
    for number in range(count):
        log.record(
            AuditEntry("server.exec", target=f"t{number}", server="s1", detail={"argv": ["ls", str(number)]})
        )


def test_an_entry_comes_back_as_it_was_given(log: AuditLog, clock: SetClock) -> None:
    log.record(
        AuditEntry("job.submit", "digits", "s1", {"argv": ["a b", "ü", "\n"]}, Outcome.INTENT, True, "op1")
    )
    row = log.entries()[0]
    assert (row.seq, row.action, row.target, row.server, row.account) == (
        1,
        "job.submit",
        "digits",
        "s1",
        "me@here",
    )
    assert (row.outcome, row.changes, row.operation_id) == (Outcome.INTENT, True, "op1")
    assert row.detail == {"argv": ["a b", "ü", "\n"]}
    assert row.time == clock.now()


def test_entries_are_newest_first_and_can_be_narrowed(log: AuditLog, clock: SetClock) -> None:
    fill(log, 3)
    clock.move(hours=1)
    log.record(AuditEntry("server.check", server="s2"))
    assert [row.seq for row in log.entries()] == [4, 3, 2, 1]
    assert [row.seq for row in log.entries(limit=2)] == [4, 3]
    assert [row.seq for row in log.entries(since=clock.now())] == [4]
    assert [row.seq for row in log.entries(server="s1", limit=1)] == [3]


def test_an_intent_is_open_until_its_outcome(log: AuditLog) -> None:
    log.record(AuditEntry("deploy.create", "d", "s1", outcome=Outcome.INTENT, changes=True, operation_id="a"))
    log.record(AuditEntry("deploy.create", "d", "s1", outcome=Outcome.INTENT, changes=True, operation_id="b"))
    log.record(AuditEntry("deploy.create", "d", "s1", outcome=Outcome.FAILED, changes=True, operation_id="a"))
    assert [(row.operation_id, row.outcome.value, row.open) for row in log.entries()] == [
        ("a", "failed", False),
        ("b", "intent", True),
        ("a", "intent", False),
    ]


def test_hostile_text_is_kept_and_does_not_break_the_chain(log: AuditLog) -> None:
    log.record(
        AuditEntry("x", "\ud800\x00'; DROP TABLE audit; --", "s", {"k\ud800": float("nan"), "b": b"x"})
    )
    row = log.entries()[0]
    assert row.target == "\\ud800\\x00'; DROP TABLE audit; --"
    assert row.detail == {"k\ud800": None, "b": "b'x'"}
    assert log.verify() == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET account = 'she'", "DELETE FROM audit WHERE seq = 2"])
def test_entries_cannot_be_changed_through_the_database(store: Store, log: AuditLog, statement: str) -> None:
    fill(log)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        store.write(lambda connection: connection.execute(statement))
    assert log.verify() == []
    assert len(log.entries()) == 5


def swap(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE audit SET seq = -2 WHERE seq = 2")
    connection.execute("UPDATE audit SET seq = 2 WHERE seq = 3")
    connection.execute("UPDATE audit SET seq = 3 WHERE seq = -2")


def sql(text: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(text)


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (sql("UPDATE audit SET account = 'she' WHERE seq = 3"), "entry 3 was changed"),
        (sql("UPDATE audit SET detail = '{}' WHERE seq = 1"), "entry 1 was changed"),
        (sql("UPDATE audit SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 5"), "entry 5 was changed"),
        (sql("UPDATE audit SET changes = 1 WHERE seq = 2"), "entry 2 was changed"),
        (sql("UPDATE audit SET hash = prev WHERE seq = 2"), "entry 3 does not follow"),
        (sql("DELETE FROM audit WHERE seq = 1"), "entry 1 is gone"),
        (sql("DELETE FROM audit WHERE seq IN (2, 3)"), "entry 2 to 3 is gone"),
        (sql("DELETE FROM audit WHERE seq >= 4"), "entries 4 to 5 at its end are gone"),
        (sql("DELETE FROM audit"), "all of its 5 entries are gone"),
        (sql("DELETE FROM audit_heads"), "its last link is gone"),
        (sql("UPDATE audit_heads SET hash = 'x'"), "entry 5 is not the one that was written"),
        (swap, "entry 2 was changed"),
    ],
)
def test_tampering_with_the_file_is_found(
    store: Store, log: AuditLog, tamper: Callable[[sqlite3.Connection], object], fault: str
) -> None:
    fill(log)
    assert log.verify() == []
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("DROP TRIGGER audit_no_update")
        other.execute("DROP TRIGGER audit_no_delete")
        tamper(other)
    assert any(fault in each for each in log.verify()), log.verify()


def test_a_new_console_id_begins_a_chain_of_its_own(store: Store, log: AuditLog) -> None:
    fill(log, 2)
    store.write(renew_console_id)
    fill(log, 3)
    assert log.verify() == []
    assert [row.seq for row in log.entries()] == [3, 2, 1, 2, 1]
    assert len({row.console for row in log.entries()}) == 2


def test_long_chains_are_verified_in_pages(
    store: Store, log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.store.audit_log._VERIFY_PAGE", 4)
    fill(log, 8)
    assert log.verify() == []
    fill(log, 3)
    assert log.verify() == []
