"""History as CSV and Parquet: what is kept, at the width that is kept or wider, nothing invented."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from console.core.problems import Problem
from console.store.store import Store
from console.telemetry.history import History
from console.telemetry.history_export import COLUMNS, Excerpt, csv_of, export_history
from tests.integration.store.conftest import SetClock
from tests.integration.store.test_history import sample


@pytest.fixture
def history(store: Store, clock: SetClock) -> History:
    """Two servers: twelve samples of one ten seconds apart, with a gap of two; one sample of the other."""
    made = History(store, clock)
    for number in range(12):
        if number not in (4, 5):
            made.add("s1", sample(float(number), 50.0 + number / 4))
        clock.move(seconds=10)
    made.add("s2", sample(7.0, cards=0))
    clock.move(seconds=10)
    made.flush()
    return made


def of(clock: SetClock, **more: object) -> Excerpt:
    return Excerpt(clock.now() - timedelta(days=3), clock.now(), **more)  # type: ignore[arg-type]


def lines(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_csv_has_a_line_for_each_bucket_and_none_for_a_gap(
    history: History, clock: SetClock, tmp_path: Path
) -> None:
    excerpt = of(clock, servers=("s1",), metrics=("cpu_percent", "utilization_percent"))
    done = export_history(history, excerpt, tmp_path / "x.csv")
    rows = lines(done.path)
    assert rows[0] == list(COLUMNS)
    assert (done.lines, done.series) == (20, 2)
    assert rows[1] == ["2027-01-15T08:00:00.000Z", "10", "s1", "", "cpu_percent", "%", "0", "0", "0", "1"]
    assert rows[-1][2:] == ["s1", "GPU-0", "utilization_percent", "%", "52.75", "52.75", "52.75", "1"]
    assert [row[6] for row in rows[1:11]] == ["0", "1", "2", "3", "6", "7", "8", "9", "10", "11"]
    assert "".join(csv_of(history, excerpt)) == done.path.read_text("utf-8")
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []


def test_parquet_holds_the_same_with_types(history: History, clock: SetClock, tmp_path: Path) -> None:
    export_history(history, of(clock), tmp_path / "x.csv")
    done = export_history(history, of(clock), tmp_path / "x.parquet")
    table = pq.read_table(done.path)
    assert table.column_names == list(COLUMNS)
    assert pq.ParquetFile(done.path).metadata.row_group(0).column(0).compression == "ZSTD"
    rows = table.to_pylist()
    assert len(rows) == done.lines == len(lines(tmp_path / "x.csv")) - 1
    first = rows[[row["metric"] for row in rows].index("cpu_percent")]
    assert first == {
        "time": datetime(2027, 1, 15, 8, 0, tzinfo=UTC),
        "span_s": 10,
        "server": "s1",
        "accelerator": None,
        "metric": "cpu_percent",
        "unit": "%",
        "min": 0.0,
        "mean": 0.0,
        "max": 0.0,
        "count": 1,
    }
    assert {row["server"] for row in rows} == {"s1", "s2"}
    assert {row["accelerator"] for row in rows if row["metric"] == "utilization_percent"} == {"GPU-0"}


def test_wider_spans_and_what_has_aged(history: History, clock: SetClock, tmp_path: Path) -> None:
    excerpt = of(clock, metrics=("cpu_percent",), servers=("s1",), every_s=60)
    minutes = lines(export_history(history, excerpt, tmp_path / "m.csv").path)[1:]
    assert [row[6:] for row in minutes] == [["0", "1.5", "3", "4"], ["6", "8.5", "11", "6"]]
    clock.move(days=2)
    history.prune()
    aged = lines(export_history(history, of(clock, metrics=("cpu_percent",)), tmp_path / "a.csv").path)[1:]
    assert [row[1:3] + row[6:] for row in aged] == [
        ["60", "s1", "0", "1.5", "3", "4"],
        ["60", "s1", "6", "8.5", "11", "6"],
        ["60", "s2", "7", "7", "7", "1"],
    ]


def test_what_cannot_be_exported_is_told_and_leaves_no_file(
    history: History, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excerpt = of(clock)

    def refused(wanted: Excerpt, path: Path) -> str:
        with pytest.raises(Problem) as caught:
            export_history(history, wanted, path)
        return caught.value.code

    assert refused(of(clock, metrics=("nonsense",)), tmp_path / "x.csv") == "input.invalid"
    assert refused(Excerpt(clock.now(), clock.now()), tmp_path / "x.csv") == "input.invalid"
    assert refused(excerpt, tmp_path / "x.xlsx") == "input.invalid"
    assert refused(excerpt, tmp_path / "missing" / "x.csv") == "file.unwritable"
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refused(excerpt, tmp_path / "x.parquet") == "export.needs_pyarrow"
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".csv", ".parquet", ".part")] == []
