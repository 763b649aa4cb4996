"""The machine's own numbers in a real agent's samples, on every Python, beside what the kernel says here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.agent import Agent, Message


def later(agent: Agent, stream: int, key: str) -> Message:
    """The first sample that has a key which is sent only when it was read anew."""
    end = time.monotonic() + 30
    while True:
        sample: Message = agent.event(stream)
        if sample.get(key):
            return sample
        assert time.monotonic() < end


def test_every_python_tells_the_machine_s_numbers(start_agent: Callable[..., Agent], python: str) -> None:
    agent = start_agent(python=python)
    stream = agent.ask("telemetry.subscribe", {"interval_s": 0.2})
    agent.event(stream)
    sample = later(agent, stream, "processes")
    cores = sample["cpu_cores_percent"]
    assert len(cores) == sample["cpu_count"] == os.cpu_count()
    assert all(each is None or 0 <= each <= 100 for each in cores)
    # The busiest may be a thread of the kernel, which holds no memory.
    assert max(each["memory_bytes"] for each in sample["processes"]) > 0
    assert len(sample["processes"]) <= 10
    assert sample["boot_id"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert (sample["pressure"] is not None) == Path("/proc/pressure/cpu").exists()
    root = next(each for each in sample["disks"] if each["mount"] == "/")
    assert 0 < root["inodes_used"] <= root["inodes_total"]
    assert sample["swap_total_bytes"] is not None
    assert [each["name"] for each in sample["interfaces"]]
    agent.close()
    assert agent.stderr == b""


def test_what_is_written_to_a_disk_shows_as_its_traffic(agent: Agent, tmp_path: Path) -> None:
    stream = agent.ask("telemetry.subscribe", {"interval_s": 0.2})
    agent.event(stream)
    path = tmp_path / "written"
    end = time.monotonic() + 30
    written = 0.0
    while not written:
        with path.open("wb") as file:
            file.write(os.urandom(1 << 20))
            file.flush()
            os.fsync(file.fileno())
        sample = agent.event(stream)
        written = sample["disk_io"]["write_bytes_per_s"] or 0.0
        assert time.monotonic() < end, sample["disk_io"]
    assert written > 0


def test_a_machine_without_these_files_still_sends_its_samples(
    tmp_path: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent(env={"TANDEM_TEST_ROOT": str(tmp_path / "nothing")})
    sample = agent.call("telemetry.once")
    assert sample["accelerators"] == []
    assert (sample["load1"], sample["memory_total_bytes"], sample["pressure"]) == (None, None, None)
    assert (sample["interfaces"], sample["cpu_percent"]) == ([], None)
