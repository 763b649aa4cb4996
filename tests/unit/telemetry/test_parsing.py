"""Samples of any server: nonsense becomes None, text becomes harmless, lists are cut."""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.telemetry.parsing import parse_sample
from console.telemetry.parsing_accelerators import MAX_ACCELERATORS, MAX_PROCESSES
from console.telemetry.sample import AcceleratorSample, AcceleratorState, PowerKind, ServerSample

NUMBERS = [
    *("utilization_percent", "memory_used_bytes", "memory_total_bytes", "memory_reserved_bytes"),
    *("temperature_c", "power_w", "power_limit_w", "energy_j", "fan_percent", "clock_sm_mhz"),
    "ecc_uncorrected",
]

ACC = {
    "index": 0,
    "uuid": "GPU-1",
    "name": "H100",
    "vendor": "NVIDIA",
    "simulated": False,
    "state": "ok",
    "detail": None,
    "power_kind": "average",
    "throttle": ["sw_power_cap"],
    "mig": False,
    "processes": [{"pid": 7, "user": "a", "command": "b", "memory_bytes": 8}],
} | dict.fromkeys(NUMBERS, 50)
WIRE = {
    "seq": 3,
    "time": 1_700_000_000.5,
    "interval_s": 1.0,
    "cpu_percent": 12.5,
    "cpu_count": 8,
    "load1": 0.5,
    "memory_used_bytes": 5,
    "memory_total_bytes": 10,
    "network": {"rx_bytes_per_s": 1, "tx_bytes_per_s": None},
    "disks": [{"mount": "/", "used_bytes": 1, "total_bytes": 2}],
    "uptime_s": 9.0,
    "accelerators": [ACC],
    "problems": ["x"],
}

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["ok", "lost", "error", "average", 10**400, -1, math.inf, math.nan]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)
accelerators = st.fixed_dictionaries({}, optional=dict.fromkeys(ACC, values))
wires = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(WIRE, values) | {"accelerators": st.lists(accelerators | values, max_size=4)}
)


def harmless(text: str | None) -> bool:
    """No controls, no halves of characters, nothing that turns the direction of reading."""
    if text is None:
        return True
    bad = any(unicodedata.category(char) in ("Cc", "Cs") or char in "\u202e\u2066" for char in text)
    return not bad and 0 < len(text) <= 500


@given(wires)
def test_whatever_comes_the_sample_is_sound(wire: dict) -> None:
    sample = parse_sample(wire, 5.0)
    for each in (sample, *sample.accelerators):
        for name in each._fields:
            value = getattr(each, name)
            if isinstance(value, float):
                assert math.isfinite(value)
            if isinstance(value, str) and not isinstance(value, AcceleratorState | PowerKind):
                assert harmless(value), name
    assert len({each.uuid for each in sample.accelerators}) == len(sample.accelerators)
    for each in sample.accelerators:
        if each.state in (AcceleratorState.LOST, AcceleratorState.ERROR):
            assert [getattr(each, name) for name in NUMBERS] == [None] * len(NUMBERS)


def test_a_good_sample_keeps_everything() -> None:
    sample = parse_sample(WIRE, 5.0)
    assert sample.time == datetime.fromtimestamp(1_700_000_000.5, UTC)
    assert (sample.cpu_percent, sample.network_rx_bytes_per_s, sample.network_tx_bytes_per_s) == (
        12.5,
        1,
        None,
    )
    (acc,) = sample.accelerators
    assert [getattr(acc, name) for name in NUMBERS] == [50] * len(NUMBERS)
    assert acc.power_kind is PowerKind.AVERAGE
    assert acc.processes[0].pid == 7
    assert isinstance(sample, ServerSample)
    assert isinstance(acc, AcceleratorSample)


@pytest.mark.parametrize("wire", [None, [], 7, "x"])
def test_what_is_no_object_is_a_problem(wire: object) -> None:
    with pytest.raises(Problem) as found:
        parse_sample(wire, 0.0, server="gpu-1")
    assert found.value.code == "agent.protocol"


@pytest.mark.parametrize("state", ["lost", "error"])
def test_a_lost_accelerator_has_no_numbers_whatever_was_sent(state: str) -> None:
    (acc,) = parse_sample(WIRE | {"accelerators": [ACC | {"state": state}]}, 0.0).accelerators
    assert acc.utilization_percent is None
    assert acc.memory_total_bytes is None
    assert acc.processes is None
    assert (acc.uuid, acc.name) == ("GPU-1", "H100")


def test_lists_are_cut() -> None:
    many = [ACC | {"uuid": f"GPU-{n}", "processes": ACC["processes"] * 1000} for n in range(1000)]
    sample = parse_sample(WIRE | {"accelerators": many}, 0.0)
    assert len(sample.accelerators) == MAX_ACCELERATORS
    assert len(sample.accelerators[0].processes) == MAX_PROCESSES


def test_unknown_is_not_zero() -> None:
    sample = parse_sample({"accelerators": [{"uuid": "GPU-1", "state": "ok"}]}, 0.0)
    assert sample.cpu_percent is None
    assert sample.accelerators[0].utilization_percent is None
    assert sample.accelerators[0].processes is None


def test_text_is_made_harmless() -> None:
    evil = "\x1b]0;pwn\x07<b>\u202egpu\x00" + "x" * 10_000
    (acc,) = parse_sample(WIRE | {"accelerators": [ACC | {"name": evil}]}, 0.0).accelerators
    assert acc.name.startswith("<b>gpu")
    assert len(acc.name) <= 80
