"""Samples: the machine's own numbers, and accelerators by the true pynvml over a fake driver."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.fleet.bundle import ProbeSource
from tests.integration.agent.conftest import numbers
from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml

SAMPLE = {
    "seq", "time", "monotonic", "interval_s", "sample_ms", "cpu_percent", "cpu_count", "load1",
    "memory_used_bytes", "memory_total_bytes", "network", "disks", "uptime_s", "boot_id",
    "memory_cached_bytes", "swap_total_bytes", "swap_used_bytes", "load5", "load15", "cpu_iowait_percent",
    "cpu_steal_percent", "cpu_cores_percent", "interfaces", "disk_io", "pressure", "limits",
    "accelerators", "problems", "agent", "drained",
}  # fmt: skip
NOW_AND_THEN = {"processes", "temperatures", "inventory"}
ACC = {
    "index", "uuid", "name", "vendor", "simulated", "state", "detail", "utilization_percent",
    "memory_used_bytes", "memory_total_bytes", "memory_reserved_bytes", "temperature_c", "power_w",
    "power_kind", "power_limit_w", "energy_j", "fan_percent", "clock_sm_mhz", "throttle",
    "ecc_uncorrected", "mig", "processes", "memory_utilization_percent", "encoder_percent",
    "decoder_percent", "memory_temperature_c", "temperature_margin_c", "clock_graphics_mhz",
    "clock_memory_mhz", "clock_video_mhz", "pstate", "means", "health",
}  # fmt: skip


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Two healthy GPUs."""
    return FakeNvml(nvml_library, tmp_path / "world.txt")


@pytest.fixture
def watched(nvml: FakeNvml, start_agent: Callable[..., Agent]) -> Agent:
    """An agent that sees them."""
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    agent.call("hello")  # the driver's library is loaded when this is answered
    return agent


def test_samples_come_at_their_pace_and_end_when_cancelled(home: Path, agent: Agent) -> None:
    stream = agent.ask("telemetry.subscribe", {"interval_s": 0.1})
    samples = [agent.event(stream) for _ in range(4)]
    agent.send({"cancel": stream})
    assert agent.answer(stream) == {"cancelled": True}
    assert [sample["seq"] for sample in samples] == [1, 2, 3, 4]
    assert all(set(sample) - NOW_AND_THEN == SAMPLE for sample in samples)
    assert samples[0]["cpu_percent"] is None
    assert samples[0]["network"] == {"rx_bytes_per_s": None, "tx_bytes_per_s": None}
    assert 0 <= samples[-1]["cpu_percent"] <= 100
    assert 0 < samples[-1]["memory_used_bytes"] < samples[-1]["memory_total_bytes"]
    assert samples[-1]["disks"]
    gaps = [b["monotonic"] - a["monotonic"] for a, b in itertools.pairwise(samples)]
    assert 0.05 < sum(gaps) / len(gaps) < 0.3
    assert list(home.iterdir()) == []


def test_processes_are_the_machine_s_busiest(agent: Agent) -> None:
    agent.ask("exec", {"argv": ["sh", "-c", "while :; do :; done"], "timeout_s": 40})
    deadline = time.monotonic() + 30
    while True:
        # On a busy machine others may be busier for a moment.
        rows = agent.call("process.list", {"limit": 3})["processes"]
        if any("while :" in row["command"] and row["cpu_percent"] > 10 and row["user"] for row in rows):
            break
        assert time.monotonic() < deadline, rows
    assert len(rows) == 3
    assert rows[0]["started"].endswith("Z")


def test_no_driver_is_absent_and_no_wish_is_no_simulation(start_agent: Callable[..., Agent]) -> None:
    agent = start_agent(probes=(probe("nvidia", "NVIDIA"), probe("simulated", "Simulated")))
    assert {each["state"] for each in agent.call("hello")["probes"]} == {"absent"}
    assert agent.call("telemetry.once")["accelerators"] == []


def test_every_python_reads_the_gpus(nvml: FakeNvml, start_agent: Callable[..., Agent], python: str) -> None:
    nvml.set("gpu 0 throttle", 0x1 | 0x4 | 0x40)
    nvml.set("gpu 0 average", 333000)
    nvml.set("gpu 1 arch", 6)
    nvml.set(f"proc 0 {os.getpid()}", 1 << 30)
    nvml.set("proc 0 999999", -1)
    agent = start_agent(python=python, env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    assert agent.call("hello")["probes"] == [
        {"name": "nvidia", "vendor": "NVIDIA", "state": "ok", "detail": None}
    ]
    first, second = agent.call("telemetry.once")["accelerators"]
    assert set(first) == set(second) == ACC
    assert (first["uuid"], first["name"], first["state"]) == ("GPU-fake-0000", "NVIDIA H100 80GB HBM3", "ok")
    assert (first["power_w"], first["power_kind"]) == (333.0, "average")
    assert (second["power_w"], second["power_kind"]) == (101.0, "instant")
    assert first["throttle"] == ["sw_power_cap", "hw_thermal"]
    assert (first["memory_used_bytes"], first["memory_reserved_bytes"]) == (1 << 30, 512 << 20)
    assert (first["energy_j"], first["temperature_c"], first["fan_percent"]) == (5000.0, 40, 30)
    ours = [row for row in first["processes"] if row["pid"] == os.getpid()]
    command = Path("/proc/self/cmdline").read_bytes().decode().replace("\0", " ").strip()
    assert command.startswith(ours[0]["command"].rstrip("…").strip()[:80])
    assert ours[0]["memory_bytes"] == 1 << 30
    assert [row["memory_bytes"] for row in first["processes"] if row["pid"] == 999999] == [None]
    agent.close()
    assert agent.stderr == b""


def test_a_lost_gpu_keeps_its_name_has_no_numbers_and_hides_nobody(nvml: FakeNvml, watched: Agent) -> None:
    before = watched.call("telemetry.once")["accelerators"]
    nvml.set("gpu 0 state", "lost")
    lost, sound = watched.call("telemetry.once")["accelerators"]
    assert (lost["state"], lost["detail"]) == ("lost", "GPU is lost")
    assert (lost["uuid"], lost["index"], lost["name"]) == (before[0]["uuid"], 0, before[0]["name"])
    assert set(numbers(lost)) == {None}
    assert (sound["state"], sound["utilization_percent"]) == ("ok", 20)
    nvml.set("gpu 0 state", "ok")
    assert watched.call("telemetry.once")["accelerators"][0]["state"] == "ok"


def test_a_gpu_that_leaves_the_driver_s_list_stays_as_lost(nvml: FakeNvml, watched: Agent) -> None:
    assert len(watched.call("telemetry.once")["accelerators"]) == 2
    nvml.set("count", 1)
    rows = watched.call("telemetry.once")["accelerators"]
    assert [(row["uuid"], row["state"]) for row in rows] == [
        ("GPU-fake-0000", "ok"),
        ("GPU-fake-0001", "lost"),
    ]
    assert set(numbers(rows[1])) == {None}


def test_a_gpu_lost_from_the_start_is_still_listed(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 1 state", "lost")
    rows = watched.call("telemetry.once")["accelerators"]
    assert [row["state"] for row in rows] == ["ok", "lost"]


def test_a_gpu_that_needs_a_reset_is_an_error_of_its_own(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 1 state", "reset")
    sound, sick = watched.call("telemetry.once")["accelerators"]
    assert sound["state"] == "ok"
    assert (sick["state"], sick["detail"]) == ("error", "GPU requires restart")
    assert set(numbers(sick)) == {None}


def test_mig_has_no_utilization(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 0 mig", 1)
    row = watched.call("telemetry.once")["accelerators"][0]
    assert (row["mig"], row["utilization_percent"], row["state"]) == (True, None, "ok")
    assert row["memory_used_bytes"] == 1 << 30


def test_what_a_driver_cannot_tell_is_unknown(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("nomemv2", 1)
    for key, value in (("fan", -1), ("power", -1), ("energy", 9223372036854775794), ("total", 0)):
        nvml.set(f"gpu 0 {key}", value)
    row, other = watched.call("telemetry.once")["accelerators"]
    assert row["state"] == "ok"
    for key in (
        "fan_percent",
        "power_w",
        "power_kind",
        "energy_j",
        "memory_total_bytes",
        "memory_used_bytes",
    ):
        assert row[key] is None, key
    assert (other["memory_used_bytes"], other["memory_reserved_bytes"]) == (1 << 30, None)


def test_a_hung_driver_hides_its_own_numbers_only(nvml: FakeNvml, watched: Agent) -> None:
    stream = watched.ask("telemetry.subscribe", {"interval_s": 0.1})
    assert watched.event(stream)["accelerators"][0]["state"] == "ok"
    nvml.set("hang", 3)
    end = time.monotonic() + 30.0
    while True:
        sample = watched.event(stream)
        assert sample["sample_ms"] < 2000, "a sample never waits for the three seconds of the driver"
        assert sample["memory_used_bytes"] > 0
        # One whose figures came just before is known a moment longer.
        if sample["problems"] and {row["state"] for row in sample["accelerators"]} == {"unknown"}:
            break
        assert time.monotonic() < end
    assert set(numbers(sample["accelerators"][0])) == {None}
    # Of the driver as a whole, or of each GPU that was being asked when it began.
    assert sample["problems"][0].startswith("nvidia: ")
    assert "the driver has not answered" in sample["problems"][0]


def test_a_failed_driver_is_an_error_and_heals(nvml: FakeNvml, watched: Agent) -> None:
    assert watched.call("telemetry.once")["problems"] == []
    nvml.set("driver", 18)
    sample = watched.call("telemetry.once")
    assert [row["state"] for row in sample["accelerators"]] == ["error", "error"]
    assert "version mismatch" in sample["problems"][0]


def test_a_driver_that_never_loads_says_why(nvml: FakeNvml, start_agent: Callable[..., Agent]) -> None:
    nvml.set("driver", 9)
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    (row,) = agent.call("hello")["probes"]
    assert row["state"] == "error"
    assert "Driver Not Loaded" in row["detail"]


@pytest.mark.parametrize(
    "source", ["PROBE_API = 2", "raise RuntimeError('boom')", "def open_probe(config): 1/0"]
)
def test_a_bad_probe_is_an_error_and_the_others_go_on(start_agent: Callable[..., Agent], source: str) -> None:
    wish = {"simulated": {"count": 1}}
    agent = start_agent(
        probes=(ProbeSource("bad", source, "B"), probe("simulated", "Simulated")), config=wish
    )
    bad, good = agent.call("hello")["probes"]
    assert (bad["state"], good["state"]) == ("error", "ok")
    assert len(agent.call("telemetry.once")["accelerators"]) == 1


def _simulated(start_agent: Callable[..., Agent], **wish: Any) -> Agent:
    return start_agent(probes=(probe("simulated", "Simulated"),), config={"simulated": wish})


def test_simulated_accelerators_say_so_and_move_smoothly(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = _simulated(start_agent, count=4, name="Simulated H100", seed="s")
    stream = agent.ask("telemetry.subscribe", {"interval_s": 0.1})
    samples = [agent.event(stream)["accelerators"] for _ in range(5)]
    assert all(set(row) == ACC and row["simulated"] for row in samples[0])
    assert all(ACC - set(row) <= {"processes", "health"} for rows in samples for row in rows)
    assert len({row["uuid"] for row in samples[0]}) == 4
    for before, after in itertools.pairwise(samples):
        for a, b in zip(before, after, strict=True):
            assert a["uuid"] == b["uuid"]
            assert abs(a["utilization_percent"] - b["utilization_percent"]) < 10
            assert b["energy_j"] > a["energy_j"]
    assert list(home.iterdir()) == []
