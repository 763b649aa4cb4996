"""What the stored equipment says of accelerators that a judge has never seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.alerts.expected import expected_of
from console.alerts.rules_file import default_rules
from console.core.clock import SystemClock
from console.store.store import Store
from console.telemetry.equipment import parse_equipment
from console.telemetry.equipment_book import EquipmentBook
from tests.unit.alerts.world import START, World


class Clock(SystemClock):
    def __init__(self) -> None:
        self.wall = START

    def now(self) -> datetime:
        return self.wall


def told(*indices: int) -> dict[str, object]:
    rows = [{"uuid": f"GPU-a-{index}", "index": index, "name": "H100"} for index in indices]
    return {"facts": {}, "accelerators": rows}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "tandem.db", SystemClock())
    yield store
    store.close()


def test_a_gpu_that_the_agent_no_longer_finds_is_missed_by_a_judge_that_was_not_there(
    store: Store, tmp_path: Path
) -> None:
    clock = Clock()
    book = EquipmentBook(store, clock)
    try:
        book.record("a", parse_equipment(told(0, 1)))
        clock.wall += timedelta(days=1)
        book.record("a", parse_equipment(told(0)))
        known = expected_of(book.all(), book.changes(), clock.wall)
        assert known == {"a": {"GPU-a-0": "gpu-0 (H100)", "GPU-a-1": "gpu-1 (H100)"}}
        world = World(tmp_path, default_rules(), {"a": 1})
        world.expected = known
        world.run(130)
        assert world.told == [("gpu-missing", "a", "")]
        later = clock.wall + timedelta(days=8)
        assert list(expected_of(book.all(), book.changes(), later)["a"]) == ["GPU-a-0"]
    finally:
        book.close()
