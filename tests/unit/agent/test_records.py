"""A folder's life is computed from whatever is in it: half written, damaged, of another version."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.agent import procs, records


def _write(folder: Path, name: str, value: object) -> None:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))


START = {
    "v": 1,
    "boot_id": "here",
    "supervisor": {"pid": 1, "started": 1},
    "process": {"pid": 2, "started": 1},
}


@pytest.fixture(autouse=True)
def _boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TEST_BOOT_ID", "here")


def test_a_result_is_the_last_word(tmp_path: Path) -> None:
    _write(tmp_path, "start.json", START)
    _write(tmp_path, "result.json", {"v": 9, "state": "failed", "exit_code": 3, "new_field": 1})
    assert records.Record(str(tmp_path)).phase == "ended"


def test_a_held_lock_is_running_whatever_the_boot_id_says(tmp_path: Path) -> None:
    _write(tmp_path, "start.json", {**START, "boot_id": "elsewhere"})
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert records.Record(str(tmp_path)).phase == "running"
    assert records.Record(str(tmp_path)).phase == "lost"


def test_a_start_without_a_result_is_lost_and_says_why(tmp_path: Path) -> None:
    _write(tmp_path, "start.json", START)
    assert records.Record(str(tmp_path)).reason == "its supervisor ended without a result"
    _write(tmp_path, "start.json", {**START, "boot_id": "before"})
    record = records.Record(str(tmp_path))
    assert (record.phase, record.reason) == ("lost", "the server was restarted while it ran")
    assert record.identities("process") == []


def test_a_damaged_result_is_lost_never_success(tmp_path: Path) -> None:
    _write(tmp_path, "start.json", START)
    _write(tmp_path, "result.json", '{"state": "succ')
    record = records.Record(str(tmp_path))
    assert (record.phase, record.reason) == ("lost", "its result cannot be read")


def test_a_young_folder_is_starting_and_an_old_one_never_started(tmp_path: Path) -> None:
    assert not records.Record(str(tmp_path)).never_started()
    os.utime(tmp_path, (1, 1))
    record = records.Record(str(tmp_path))
    assert record.phase == "new"
    assert record.never_started()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(start=st.binary(max_size=60), result=st.none() | st.binary(max_size=60))
def test_any_bytes_give_an_answer(tmp_path: Path, start: bytes, result: bytes | None) -> None:
    (tmp_path / "start.json").write_bytes(start)
    (tmp_path / "result.json").unlink(missing_ok=True)
    if result is not None:
        (tmp_path / "result.json").write_bytes(result)
    assert records.Record(str(tmp_path)).phase in ("lost", "ended")


def test_a_process_is_known_by_its_start_not_by_its_pid() -> None:
    started = procs.start_time(os.getpid())
    assert started is not None
    assert procs.is_alive(os.getpid(), started)
    assert not procs.is_alive(os.getpid(), started + 1)
    assert procs.signal_all([(os.getpid(), started + 1)], 9) == 0
