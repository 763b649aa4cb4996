"""Everything NVML gives of a GPU, by the true pynvml over the fake driver, and what a driver does wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.conftest import numbers
from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml

Rows = list[dict[str, Any]]


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Four healthy GPUs."""
    return FakeNvml(nvml_library, tmp_path / "world.txt", count=4)


@pytest.fixture
def watched(nvml: FakeNvml, start_agent: Callable[..., Agent]) -> Agent:
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    agent.call("hello")  # the driver's library is loaded when this is answered
    return agent


def once(agent: Agent) -> Rows:
    """The rows once the slow lane has been round; a busy machine takes its time."""
    end = time.monotonic() + 30
    while True:
        rows = agent.call("telemetry.once")["accelerators"]
        if rows and all(row["health"] or row["state"] != "ok" for row in rows):
            return rows
        assert time.monotonic() < end, rows


class Watch:
    """A subscription whose rows are put together as the console does."""

    def __init__(self, agent: Agent, interval_s: float = 0.1) -> None:
        self._agent = agent
        self._stream = agent.ask("telemetry.subscribe", {"interval_s": interval_s})
        self._kept: dict[str, dict[str, Any]] = {}

    def next(self) -> dict[str, Any]:
        sample = self._agent.event(self._stream)
        for row in sample["accelerators"]:
            before = self._kept.get(row["uuid"], {})
            for key in ("health", "processes"):
                row.setdefault(key, before.get(key))
            self._kept[row["uuid"]] = row
        return sample

    def until(self, fits: Callable[[dict[str, Any]], bool], deadline_s: float = 30.0) -> dict[str, Any]:
        end = time.monotonic() + deadline_s
        while not fits(sample := self.next()):
            assert time.monotonic() < end, sample
        return sample


def test_every_figure_of_a_gpu_comes(nvml: FakeNvml, watched: Agent) -> None:
    fields = {
        **{82: 71, 3: 5, 4: 0, 5: 9, 6: 1, 29: 2, 30: 1, 31: 1, 94: 12, 230: 1},
        **{142: 3, 143: 4, 144: 1, 145: 0, 83: 7_000_000},
    }
    for number, value in fields.items():
        nvml.set(f"field 0 {number}", value)
    for key, value in {"enc": 3, "dec": 4, "margin": 26, "persistence": 0, "compute": 3}.items():
        nvml.set(f"gpu 0 {key}", value)
    nvml.set("gpu 0 pciegen", 3)
    nvml.set("gpu 0 pciewidth", 8)
    row = once(watched)[0]
    expected = {
        **{"utilization_percent": 10, "memory_utilization_percent": 5, "encoder_percent": 3},
        **{"decoder_percent": 4, "temperature_c": 40, "memory_temperature_c": 71, "temperature_margin_c": 26},
        **{"clock_sm_mhz": 1755, "clock_memory_mhz": 2619, "pstate": 0, "power_limit_w": 700.0},
        **{"energy_j": 7000.0, "ecc_uncorrected": 0},
    }
    assert {key: row[key] for key in expected} == expected
    health = {
        **{"persistence": False, "compute_mode": "exclusive_process", "ecc_enabled": True},
        **{"ecc_corrected_volatile": 5, "ecc_uncorrected_volatile": 0, "ecc_corrected_aggregate": 9},
        **{"ecc_uncorrected_aggregate": 1, "retired_pages_corrected": 2, "retired_pages_uncorrected": 1},
        **{"retired_pages_pending": True, "remapped_rows_corrected": 3, "remapped_rows_uncorrected": 4},
        **{"remapped_rows_pending": True, "remapped_rows_failed": False, "pcie_generation": 3},
        **{"pcie_generation_max": 5, "pcie_width": 8, "pcie_width_max": 16, "pcie_replays": 12},
        **{"recovery_action": "gpu_reset", "clock_sm_max_mhz": 1980, "mig_instances": None},
        **{"pcie_tx_bytes_per_s": 1_024_000.0, "pcie_rx_bytes_per_s": 2_048_000.0},
    }
    assert {key: row["health"][key] for key in health} == health


def test_what_no_call_supports_is_null_and_nothing_else(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("without 1", "*")
    nvml.set("denied 2", "nvmlDeviceGetTemperature")
    rows = once(watched)
    assert [row["state"] for row in rows] == ["ok"] * 4
    health = rows[1].pop("health")
    assert set(numbers(rows[1])) == {None}
    assert {key for key, value in health.items() if value is not None} == {"kernel_log", "faults"}
    assert rows[2]["temperature_c"] is None
    assert rows[2]["utilization_percent"] == 30


def test_sentinels_are_null(nvml: FakeNvml, watched: Agent) -> None:
    blank = 0x7FFFFFFFFFFFFFF0
    for number in (3, 4, 5, 6, 83, 94):
        nvml.set(f"field 0 {number}", blank)
    nvml.set("gpu 0 util", 255)
    nvml.set(f"proc 0 {os.getpid()}", -1)
    row = once(watched)[0]
    assert row["utilization_percent"] is None
    assert row["energy_j"] is not None  # the call tells what the field does not
    assert row["health"]["ecc_corrected_volatile"] == 0
    assert row["health"]["pcie_replays"] == 0
    assert row["processes"][0]["memory_bytes"] is None


def test_means_hold_over_the_interval_not_at_a_point(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("live", 1)
    nvml.set("gpu 0 power", 300_000)
    nvml.set("gpu 0 util", 0)
    nvml.set("gpu 0 pulse", 100)  # every second moment between two polls was busy
    for number, share in ((74, 40), (270, 5)):
        nvml.set(f"held 0 {number}", share)
    watch = Watch(watched, 0.5)
    assert watch.next()["accelerators"][0]["means"] is None
    row = watch.until(lambda s: (s["accelerators"][0]["means"] or {}).get("utilization_percent") is not None)
    row = watch.next()["accelerators"][0]
    means = row["means"]
    assert row["utilization_percent"] == 0
    assert 20 <= means["utilization_percent"] <= 80
    assert means["utilization_max_percent"] == 100
    assert 285 < means["power_w"] < 315
    assert 38 < means["throttle"]["sw_power_cap"] < 42
    assert 4 < means["throttle"]["hw_thermal"] < 6
    assert "sw_thermal" not in means["throttle"]


def test_a_counter_that_goes_back_gives_no_mean(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 0 energy", 9_000_000)
    watch = Watch(watched)
    watch.next()
    nvml.set("gpu 0 energy", 1_000)
    row = watch.until(lambda s: s["accelerators"][0]["energy_j"] == 1.0)["accelerators"][0]
    assert "power_w" not in (row["means"] or {})


def test_one_hung_gpu_hides_none_of_the_others(nvml: FakeNvml, watched: Agent) -> None:
    watch = Watch(watched)
    assert [row["state"] for row in watch.next()["accelerators"]] == ["ok"] * 4
    nvml.set("hangcall 1", "* 60")
    nvml.set("gpu 3 util", 77)
    sample = watch.until(lambda s: s["accelerators"][1]["state"] == "unknown")
    rows = sample["accelerators"]
    assert set(numbers(rows[1])) == {None}
    assert [rows[index]["state"] for index in (0, 2, 3)] == ["ok"] * 3
    assert any("GPU 1: the driver has not answered" in each for each in sample["problems"])
    # The others are read on: a change made after the hang is seen.
    nvml.set("gpu 3 util", 78)
    watch.until(lambda s: s["accelerators"][3]["utilization_percent"] == 78)
    nvml.clear("hangcall 1")
    watch.until(lambda s: s["accelerators"][1]["state"] == "ok" and not s["problems"])


def test_a_hung_slow_call_delays_no_frame(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("hangcall 0", "nvmlDeviceGetPcieReplayCounter 60")
    watch = Watch(watched)
    watch.until(lambda s: len(s["accelerators"]) == 4)
    samples = [watch.next() for _ in range(5)]
    assert all(sample["accelerators"][0]["utilization_percent"] == 10 for sample in samples)
    assert samples[-1]["accelerators"][0]["health"] is None
    # Those behind it in the slow lane get their turn with another worker.
    watch.until(lambda s: all(row["health"] for row in s["accelerators"][1:]))


def test_an_xid_is_told_with_its_gpu_and_a_lost_one_keeps_its_own(
    nvml: FakeNvml, start_agent: Callable[..., Agent]
) -> None:
    nvml.log("usb 1-1: new device")
    nvml.log("NVRM: Xid (PCI:0000:10:00): 31, pid=77, name=python, MMU Fault", seconds=5)
    nvml.log("NVRM: Xid (PCI:0000:11:00): 79, pid='<unknown>', GPU has fallen off the bus.", seconds=9)
    nvml.log("NVRM: GPU at PCI:0000:11:00: has fallen off the bus.", seconds=9)
    nvml.log("NVRM: Xid (PCI:0000:13:00 GPU-I:05): 94, pid=7194, Contained: CE User Channel", seconds=9)
    watched = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    rows = once(watched)
    assert rows[0]["health"]["kernel_log"] == "ok"
    assert [each["code"] for each in rows[0]["health"]["faults"]] == [31]
    assert rows[2]["health"]["faults"] == []
    assert [each["code"] for each in rows[3]["health"]["faults"]] == [94]
    nvml.set("gpu 1 state", "lost")
    lost = once(watched)[1]
    assert lost["state"] == "lost"
    assert [each["code"] for each in lost["health"]["faults"]] == [79]
    assert "off the bus" in lost["health"]["faults"][0]["text"]


def test_without_permission_the_log_says_so(
    nvml: FakeNvml, start_agent: Callable[..., Agent], tmp_path: Path
) -> None:
    # The server's own PATH: no journal, and a dmesg that refuses.
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("journalctl", "dmesg"):
        (tools / name).write_text("#!/bin/sh\nexit 1\n")
        (tools / name).chmod(0o755)
    env = {"TANDEM_TEST_KMSG": str(tmp_path / "none"), "PATH": f"{tools}:{os.environ['PATH']}"}
    agent = start_agent(env={**nvml.env, **env}, probes=(probe("nvidia", "NVIDIA"),))
    watch = Watch(agent)
    sample = watch.until(lambda s: (s["accelerators"][0]["health"] or {}).get("kernel_log") is not None)
    assert sample["accelerators"][0]["health"]["kernel_log"] == "denied"
    assert sample["accelerators"][0]["health"]["faults"] is None
    assert sample["problems"] == []


def test_the_journal_stands_in_where_kmsg_is_closed(
    nvml: FakeNvml, start_agent: Callable[..., Agent], tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "journalctl").write_text(
        "#!/bin/sh\necho '1700000000.25 host kernel: NVRM: Xid (PCI:0000:12:00): 48, DBE'\n"
    )
    (tools / "journalctl").chmod(0o755)
    env = {"TANDEM_TEST_KMSG": str(tmp_path / "none"), "PATH": f"{tools}:{os.environ['PATH']}"}
    agent = start_agent(env={**nvml.env, **env}, probes=(probe("nvidia", "NVIDIA"),))
    watch = Watch(agent)
    sample = watch.until(lambda s: (s["accelerators"][2]["health"] or {}).get("faults"))
    assert sample["accelerators"][2]["health"]["faults"] == [
        {"time": 1_700_000_000.25, "code": 48, "text": "DBE"}
    ]


def test_mig_shows_its_slices_with_their_memory(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 0 mig", 1)
    for instance in (3, 4):
        nvml.set(f"slice 0 {instance}", 10 << 30)
    nvml.set(f"proc 0 {os.getpid()}", 1 << 30)
    row = once(watched)[0]
    assert (row["mig"], row["utilization_percent"], row["encoder_percent"]) == (True, None, None)
    slices = row["health"]["mig_instances"]
    assert [(each["uuid"], each["gpu_instance"]) for each in slices] == [
        ("MIG-fake-0000-3", 3),
        ("MIG-fake-0000-4", 4),
    ]
    assert slices[0]["memory_total_bytes"] == 10 << 30
    assert slices[0]["memory_used_bytes"] == (10 << 30) // 4
    assert row["health"]["remapped_rows_pending"] is None
    assert [each["pid"] for each in row["processes"]] == [os.getpid()]


def test_a_process_is_told_with_what_it_uses(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set(f"proc 0 {os.getpid()}", 1 << 30)
    nvml.set(f"share 0 {os.getpid()}", 63)
    nvml.set("proc 0 4000000", 5)  # of another container: no name here
    nvml.set("share 0 4000000", 250)  # no share at all
    ours, other = once(watched)[0]["processes"]
    assert ours["pid"] == os.getpid()
    assert (ours["memory_bytes"], ours["utilization_percent"]) == (1 << 30, 63)
    assert ours["host_memory_bytes"] > 1 << 20
    assert ours["user"]
    assert (other["user"], other["command"], other["utilization_percent"]) == (None, None, None)


def test_nvlink_and_pcie_counters_become_rates(nvml: FakeNvml, watched: Agent) -> None:
    nvml.set("gpu 0 links", 18)
    for number in (138, 139, 197, 198):
        nvml.set(f"field 0 {number}", 1000)
    watch = Watch(watched, 0.2)
    health = watch.until(lambda s: s["accelerators"][0]["health"])["accelerators"][0]["health"]
    assert health["nvlinks_active"] == 18
    assert health["pcie_rx_bytes_per_s"] is None  # one reading is no rate
    nvml.set("field 0 138", 1000 + 1024 * 1024)
    nvml.set("field 0 198", 1000 + (1 << 30))
    health = watch.until(lambda s: (s["accelerators"][0]["health"] or {}).get("pcie_rx_bytes_per_s"))
    health = health["accelerators"][0]["health"]
    assert (1 << 30) / 12 < health["pcie_rx_bytes_per_s"] < (1 << 30) / 4
    assert (1 << 30) / 12 < health["nvlink_tx_bytes_per_s"] < (1 << 30) / 4
    assert health["nvlink_rx_bytes_per_s"] == 0


def test_what_did_not_change_is_sent_once(nvml: FakeNvml, watched: Agent) -> None:
    stream = watched.ask("telemetry.subscribe", {"interval_s": 0.1})
    first = watched.event(stream)["accelerators"]
    while not all(row.get("health") for row in first):
        first = watched.event(stream)["accelerators"]
    later = [watched.event(stream)["accelerators"] for _ in range(3)]
    assert all("health" not in row and "processes" not in row for rows in later for row in rows)
    assert all(row["health"] and row["processes"] == [] for row in once(watched))


def test_a_line_that_takes_no_more_drops_frames_and_counts_them(nvml: FakeNvml, watched: Agent) -> None:
    watched.make_line_narrow()
    watch = Watch(watched)
    assert watch.until(lambda s: s["accelerators"][0]["health"])["agent"]["dropped"] == 0
    watched.reading.clear()
    watch.next()  # what the reader had in hand
    time.sleep(1.0)  # the outage: ten ticks
    nvml.set("gpu 0 temp", 56)
    watched.reading.set()
    before = watch.next()["seq"]
    sample = watch.until(lambda s: s["agent"]["dropped"] > 0)
    assert sample["seq"] > before + 1
    assert sample["agent"]["dropped"] >= 3
    # Nothing old waits behind the outage, and what a dropped one alone told is told again.
    assert watch.next()["accelerators"][0]["temperature_c"] == 56
    assert sample["accelerators"][0]["health"] is not None
