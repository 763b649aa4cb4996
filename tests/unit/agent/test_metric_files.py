"""Event files, JSON lines and CSV logs as the agent reads them: right, whole, and unharmed by any bytes."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.agent import tfevents
from console.agent.metric_lines import MAX_LINE, Header, moment_in, read_csv, read_json
from console.agent.thinning import thin

FILES = Path(__file__).parent / "tfevents"
TOLD = json.loads((FILES / "as_tensorboard_reads.json").read_text())
Row = tuple[str, float, float, float]


def in_pieces(read: Callable[..., int], data: bytes, cuts: list[int], **more: Any) -> list[Row]:
    """Read as the agent does while a file grows to each of the cuts, then to its end."""
    rows: list[Row] = []
    state: dict[str, Any] = {}
    at = 0
    ends = [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for number, end in enumerate(ends):
        last = number == len(ends) - 1
        while at < end:
            skip = min(state.pop("skip", 0), end - at)
            if skip:
                raise AssertionError("these have no large records")
            done = read(state, data[at:end], last, lambda *row: rows.append(row), **more)
            at += done
            if not done:
                break
    return rows


def plain(rows: list[Row]) -> list[list[Any]]:
    return [
        [name, step, moment, value if math.isfinite(value) else str(value)]
        for name, step, moment, value in rows
    ]


@pytest.mark.parametrize("name", sorted(TOLD))
def test_event_files_read_as_tensorboard_reads_them(name: str) -> None:
    data = (FILES / f"{name}.tfevents").read_bytes()
    assert plain(in_pieces(tfevents.read, data, [])) == TOLD[name]


@given(cuts=st.lists(st.integers(0, 10_000), max_size=6))
def test_an_event_file_that_is_read_while_it_grows(cuts: list[int]) -> None:
    data = (FILES / "torch.tfevents").read_bytes()
    assert plain(in_pieces(tfevents.read, data, cuts)) == TOLD["torch"]


@given(at=st.integers(0, 8006), byte=st.integers(0, 255))
def test_one_wrong_byte_costs_a_record_or_is_told(at: int, byte: int) -> None:
    data = bytearray((FILES / "torch.tfevents").read_bytes())
    same = data[at] == byte
    data[at] = byte
    rows: list[Row] = []
    state: dict[str, Any] = {}
    try:
        tfevents.read(state, bytes(data), True, lambda *row: rows.append(row))
        assert same or state.get("bad") == 1
    except tfevents.Damaged:
        assert not same
    told = TOLD["torch"]
    assert all(row in told for row in plain(rows))


@given(st.binary(max_size=300))
def test_any_bytes_in_a_well_framed_record_are_harmless(payload: bytes) -> None:
    head = struct.pack("<Q", len(payload))
    record = head + struct.pack("<I", tfevents.masked_crc(head)) + payload
    record += struct.pack("<I", tfevents.masked_crc(payload))
    assert tfevents.read({}, record, True, lambda *_: None) == len(record)


def test_a_large_record_is_passed_over_and_a_hostile_length_never_read() -> None:
    head = struct.pack("<Q", 1 << 62)
    state: dict[str, Any] = {}
    data = head + struct.pack("<I", tfevents.masked_crc(head)) + b"x" * 100
    assert tfevents.read(state, data, True, lambda *_: None) == tfevents.HEADER
    assert state["skip"] == (1 << 62) + tfevents.FOOTER


def lines(text: str | bytes, cuts: list[int] | None = None) -> list[Row]:
    data = text.encode() if isinstance(text, str) else text
    return in_pieces(read_json, data, cuts or [])


def test_json_lines_wide_long_and_nested() -> None:
    found = lines(
        '{"step": 1, "time": "2026-11-24T12:00:00Z", "loss": 0.5, "note": "x", "done": true}\n'
        'noise\n{"name": "acc", "value": 0.25, "global_step": 2, "time": 1700000000}\n'
        '{"train": {"loss": NaN}, "val": {"loss": "Infinity"}, "time": 12.5}\n[1]\n{"last": -Infinity'
    )
    assert plain(found) == [
        ["loss", 1.0, 1795521600.0, 0.5],
        ["acc", 2.0, 1700000000.0, 0.25],
        pytest.approx(["train/loss", math.nan, math.nan, "nan"], nan_ok=True),
        pytest.approx(["val/loss", math.nan, math.nan, "inf"], nan_ok=True),
        pytest.approx(["time", math.nan, math.nan, 12.5], nan_ok=True),
    ]


def test_a_torn_last_line_waits_until_it_is_whole_or_the_job_has_ended() -> None:
    state: dict[str, Any] = {}
    rows: list[Row] = []
    data = b'{"a": 1}\n{"a": 2}'
    assert read_json(state, data, False, lambda *row: rows.append(row)) == 9
    assert read_json(state, data[9:], True, lambda *row: rows.append(row)) == 8
    assert [row[3] for row in rows] == [1.0, 2.0]


def test_a_line_beyond_all_measure_is_passed_over() -> None:
    data = b'{"a": 1}\n{"a": "' + b"x" * (3 * MAX_LINE) + b'"}\n{"a": 2}\n'
    rows: list[Row] = []
    state: dict[str, Any] = {}
    at = 0
    while at < len(data):
        at += read_json(state, data[at : at + MAX_LINE], False, lambda *row: rows.append(row))
    assert [row[3] for row in rows] == [1.0, 2.0]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=4))
def test_any_bytes_are_harmless_and_pieces_change_nothing(data: bytes, cuts: list[int]) -> None:
    assert repr(lines(data, cuts)) == repr(lines(data))
    header = Header(data[:50])
    in_pieces(read_csv, data, cuts, header=header)


@given(
    values=st.lists(st.floats(), min_size=1, max_size=30),
    cuts=st.lists(st.integers(0, 3000), max_size=5),
)
def test_values_come_as_they_were_written(values: list[float], cuts: list[int]) -> None:
    text = "".join(json.dumps({"step": n, "v": value}) + "\n" for n, value in enumerate(values))
    assert repr([row[3] for row in lines(text, cuts)]) == repr(values)


def rows_of(text: str) -> list[Row]:
    data = text.encode()
    end = data.index(b"\n") + 1
    return in_pieces(read_csv, data[end:], [], header=Header(data[:end]))


def test_a_csv_log_with_empty_cells_as_lightning_writes_it() -> None:
    found = rows_of("epoch,step,train_loss,val_loss\n0,49,0.5,\n0,99,,0.4\n1,149,nan,\n1,1")
    assert [row[:2] + row[3:] for row in found if row[0] != "epoch"][:2] == [
        ("train_loss", 49.0, 0.5),
        ("val_loss", 99.0, 0.4),
    ]
    assert math.isnan(found[5][3])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("iter;loss\n1;0,5\n", [("loss", 1.0, 0.5)]),
        ("\ufeffEpoch\tLoss\n1\t2.5\n", [("Loss", 1.0, 2.5)]),
        ('step|"a|b"\n3|1e-3\n', [("a|b", 3.0, 0.001)]),
    ],
)
def test_csv_dialects(text: str, wanted: list[tuple[str, float, float]]) -> None:
    assert [(name, step, value) for name, step, _, value in rows_of(text)] == wanted


@pytest.mark.parametrize("line", [b"1,2,3\n", b"loss\n", b"\n", b"\xff\xfe\n"])
def test_a_line_that_names_no_columns_is_no_header(line: bytes) -> None:
    assert not Header(line).names_columns


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (1700000000, 1.7e9),
        (1700000000000, 1.7e9),
        ("2023-11-14T22:13:20Z", 1.7e9),
        ("2023-11-14 23:13:20.5+01:00", 1.7e9 + 0.5),
        ("yesterday", math.nan),
        ("2023-13-01T00:00:00Z", math.nan),
        (12.5, math.nan),
        (True, math.nan),
        (10**400, math.nan),
    ],
)
def test_moments(told: object, wanted: float) -> None:
    assert moment_in(told) == pytest.approx(wanted, nan_ok=True)


@given(
    st.lists(st.floats(), min_size=1, max_size=400),
    st.integers(5, 120),
)
def test_thinning_keeps_ends_extremes_and_what_is_no_number(values: list[float], limit: int) -> None:
    points = [(float(n), float(n), 0.0, value) for n, value in enumerate(values)]
    kept = thin(points, limit)
    assert len(kept) <= limit
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert [each[0] for each in kept] == sorted({each[0] for each in kept})
    known = [value for value in values if math.isfinite(value)]
    left = [each[3] for each in kept if math.isfinite(each[3])]
    if known:
        assert (min(left), max(left)) == (min(known), max(known))
    assert len(known) == len(values) or len(left) < len(kept)
    assert repr(thin(kept, limit)) == repr(kept)
