"""Samples that tell only what changed: merged they are what whole ones would have told, or nothing at all."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from console.agent.accelerators import complete
from console.agent.changes import WHOLE_EVERY, Changes
from console.core.options import Options
from console.telemetry.live import LiveTelemetry
from console.telemetry.parsing import parse_changes, parse_sample
from console.telemetry.sample import AcceleratorState, ServerSample
from tests.lab.replay.replayer import NOW_AND_THEN, Walk
from tests.unit.telemetry.test_live import Book, FakeClock
from tests.unit.telemetry.test_parsing import ACC, WIRE, values

RECORDED = WIRE | {
    "interfaces": [{"name": "eth0", "speed_bits_per_s": None, "state": "up"}],
    "agent": {"cpu_s": 1.0, "memory_bytes": 1, "dropped": 0},
    "limits": {"runtime": None},
    "drained": "",
    "boot_id": "b-1",
    "processes": [{"pid": 7, "user": "u", "command": "c", "memory_bytes": 1, "cpu_percent": 1.0}],
    "temperatures": [{"name": "CPU", "temperature_c": 50.0, "critical_c": None}],
    "accelerators": [complete(ACC | {"health": {"persistence": True}, "processes": []})],
}


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "options.json")


def walk(count: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a server told in so many samples, and what was sent of it."""
    server, changes = Walk("replay-217", RECORDED), Changes()
    told, sent = [], []
    for _ in range(count):
        sample = server.next(1.0, whole=changes.whole_is_next)
        told.append(json.loads(json.dumps(sample)))
        sent.append(json.loads(json.dumps(changes.of(sample))))
    return told, sent


def plain(sample: ServerSample) -> dict[str, Any]:
    """To compare: the packed details read."""
    assert sample.host is not None
    return sample._asdict() | {"host": sample.host.detail}


def test_merged_samples_are_what_whole_ones_tell() -> None:
    told, sent = walk(WHOLE_EVERY + 5)
    whole = merged = None
    for number, (all_of_it, part) in enumerate(zip(told, sent, strict=True)):
        whole = parse_sample(all_of_it, float(number), before=whole)
        if "since" in part:
            merged = parse_changes(part, float(number), merged)
        else:
            merged = parse_sample(part, float(number), before=merged)
        assert merged is not None
        assert plain(merged) == plain(whole)
    assert {each.state for each in merged.accelerators} == {AcceleratorState.OK, AcceleratorState.LOST}
    starts = [number for number, part in enumerate(sent) if "since" not in part]
    assert starts == [0, WHOLE_EVERY + 1]
    small = [len(json.dumps(part)) for part in sent if "since" in part and "processes" not in part]
    assert max(small) < min(len(json.dumps(sent[start])) for start in starts) / 3
    assert NOW_AND_THEN < WHOLE_EVERY


def test_what_builds_on_another_sample_is_not_taken() -> None:
    _, sent = walk(4)
    first = parse_sample(sent[0], 0.0)
    assert parse_changes(sent[1], 1.0, None) is None
    assert parse_changes(sent[2], 2.0, first) is None
    assert parse_changes(sent[1], 1.0, first) is not None


def test_another_state_or_another_accelerator_is_told_whole() -> None:
    rows = [ACC | {"uuid": "a"}, ACC | {"uuid": "b"}]
    samples = [
        WIRE | {"accelerators": rows},
        WIRE | {"accelerators": [rows[0], rows[1] | {"state": "lost"}]},
        WIRE | {"accelerators": rows[:1]},
        WIRE | {"accelerators": [rows[0], rows[0]]},
    ]
    changes = Changes()
    assert [changes.of(sample | {"seq": at}).get("since") for at, sample in enumerate(samples)] == [None] * 4


def test_after_a_sample_that_was_dropped_the_next_is_whole() -> None:
    changes = Changes()
    changes.of(WIRE | {"seq": 1})
    assert changes.of(WIRE | {"seq": 2})["since"] == 1
    changes.forget()
    assert changes.whole_is_next
    assert "since" not in changes.of(WIRE | {"seq": 3})


def test_the_kind_of_a_power_comes_back_with_it() -> None:
    changes, merged = Changes(), None
    for at, power in enumerate((100.0, None, 90.0), 1):
        row = ACC | {"power_w": power, "power_kind": "average"}
        sample = changes.of(WIRE | {"seq": at, "accelerators": [row]})
        merged = parse_changes(sample, 0.0, merged) if "since" in sample else parse_sample(sample, 0.0)
        assert merged is not None
        assert (merged.accelerators[0].power_kind is None) is (power is None)


def test_columns_that_make_no_sense_are_unknown_and_a_lost_one_has_no_numbers() -> None:
    lost = ACC | {"uuid": "b", "state": "lost"}
    first = parse_sample(WIRE | {"accelerators": [ACC, lost]}, 0.0)
    columns = {"power_w": [5.0], "temperature_c": "x", "utilization_percent": [7, 7], "means": [3, None]}
    wire = {
        "since": first.seq,
        "seq": 2,
        "accelerators": {"columns": columns, "rows": [[9, "health", {}], 3]},
    }
    merged = parse_changes(wire, 1.0, first)
    assert merged is not None
    sound, silent = merged.accelerators
    assert (sound.power_w, sound.power_kind, sound.temperature_c, sound.means) == (None, None, None, None)
    assert (sound.utilization_percent, silent.utilization_percent) == (7.0, None)
    assert sound.memory_total_bytes == first.accelerators[0].memory_total_bytes


@given(values)
def test_whatever_comes_the_sample_is_sound(value: Any) -> None:
    first = parse_sample(WIRE, 0.0)
    wires = [value if isinstance(value, dict) else {"accelerators": value, "disks": value, "problems": value}]
    wires += [{"accelerators": {"columns": value, "rows": value}}]
    wires += [{"accelerators": {"columns": {"power_w": value, "means": value, "throttle": value}}}]
    for wire in wires:
        merged = parse_changes({**wire, "since": first.seq}, 5.0, first)
        assert merged is not None
        assert len(merged.accelerators) == len(first.accelerators)
        for each in merged.accelerators:
            for number in each:
                assert not isinstance(number, float) or math.isfinite(number)
                assert not is_dataclass(number) or fields(number)


def test_a_console_that_missed_one_shows_what_it_has_as_old(options: Options) -> None:
    clock = FakeClock()
    live = LiveTelemetry(Book("a"), clock, options)
    _, sent = walk(WHOLE_EVERY + 3)
    live.on_sample("a", sent[0], clock.s)
    for part in sent[2:]:
        clock.s += 1
        assert live.snapshot().servers[0].sample is not None
        live.on_sample("a", part, clock.s)
        row = live.snapshot().servers[0]
        assert row.sample is not None
        told = part["seq"] > WHOLE_EVERY + 1
        assert row.sample.seq == (part["seq"] if told else 1)
        assert row.age_s == (0.0 if told else clock.s - 1000.0)
