"""What a job used is added up on its server while it runs, with no console there, and told truly."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.test_queue import gpus, sh, until
from tests.lab.agent import Agent, probe
from tests.lab.nvml.build import FakeNvml


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Two healthy GPUs."""
    return FakeNvml(nvml_library, tmp_path / "world.txt")


def sums(home: Path, job: str, attempt: int = 1) -> dict[str, Any]:
    path = home / f".tandem/jobs/{job}/usage/{attempt}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def pids_named(name: str, home: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "comm").read_text().strip() == name and f"HOME={home}\0".encode() in (
                    entry / "environ"
                ).read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_what_a_job_used_is_told_though_no_console_was_there(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = gpus(start_agent, 2)
    agent.submit("j", sh(f"until test -e {home}/go; do :; done"), gpus=1)
    agent.close()
    until(lambda: sums(home, "j").get("looks", 0) >= 3)
    (home / "go").touch()
    until((home / ".tandem/jobs/j/result.json").exists)
    status = gpus(start_agent, 2).call("job.show", {"id": "j"})
    (used,) = status["usage"]
    assert used["attempt"] == 1
    assert 1.5 < used["observed_s"] <= used["seconds"]
    assert used["server_gpus"] == 2
    assert used["cpu_s"] > 0.2
    assert used["memory_peak_bytes"] > 100_000
    (gpu,) = used["gpus"]
    assert gpu["uuid"] == status["accelerators"][0]
    assert gpu["energy_j"] > 100  # a leased one draws hundreds of watts
    assert gpu["busy_s"] / gpu["observed_s"] > 0.5
    assert gpu["idle_s"] == 0


def test_the_curve_of_an_attempt_is_bounded_and_told(home: Path, start_agent: Callable[..., Agent]) -> None:
    agent = gpus(start_agent, 1)
    agent.submit("j", sh(f"until test -e {home}/go; do sleep 0.05; done"), gpus=1)
    until(lambda: sums(home, "j").get("looks", 0) >= 3)
    (home / "go").touch()
    agent.wait("j")
    until((home / ".tandem/jobs/j/usage/1.curve.json").exists)
    (curve,) = agent.call("job.usage", {"id": "j"})["curves"]
    assert curve["attempt"] == 1
    assert len(curve["gpus"]) == 1
    assert all(len(point) == 6 for point in curve["points"])
    assert sum(point[1] for point in curve["points"]) == pytest.approx(sums(home, "j")["observed_s"], abs=0.1)


def test_a_meter_that_is_killed_goes_on_from_its_files(home: Path, start_agent: Callable[..., Agent]) -> None:
    agent = gpus(start_agent, 1)
    agent.submit("j", ["sleep", "60"], gpus=1)
    until(lambda: sums(home, "j").get("looks", 0) >= 3)
    (keeper,) = pids_named("tandem-keeper", home)
    os.kill(keeper, signal.SIGKILL)
    until(lambda: keeper not in pids_named("tandem-keeper", home))
    before = sums(home, "j")
    until(lambda: pids_named("tandem-drivers", home) and sums(home, "j")["looks"] > before["looks"])
    after = sums(home, "j")
    assert after["first"] == before["first"]
    assert after["observed_s"] >= before["observed_s"]
    agent.call("job.cancel", {"id": "j", "grace_s": 1})


def test_an_idle_gpu_is_known_as_such_and_an_energy_that_is_not_offered_stays_unknown(
    home: Path, start_agent: Callable[..., Agent], nvml: FakeNvml
) -> None:
    for key, value in (("gpu 0 util", 0), ("gpu 1 util", 80), ("gpu 0 energy", -1), ("live", 1)):
        nvml.set(key, value)
    agent = start_agent(probes=(probe("nvidia", "NVIDIA"),), env=nvml.env)
    agent.submit("j", ["sleep", "60"], gpus=2)
    until(lambda: sums(home, "j").get("looks", 0) >= 3)
    nvml.set(f"proc 1 {agent.call('job.show', {'id': 'j'})['pid']}", 7 << 30)
    until(lambda: any(gpu["memory_peak_bytes"] for gpu in sums(home, "j")["gpus"].values()))
    (used,) = agent.call("job.show", {"id": "j"})["usage"]
    assert used["seconds"] is None  # it runs still
    idle, busy = sorted(used["gpus"], key=lambda each: each["index"])
    assert idle["idle_s"] == idle["observed_s"] > 1
    assert idle["energy_j"] is idle["memory_peak_bytes"] is None
    assert busy["busy_s"] / busy["observed_s"] == pytest.approx(0.8, abs=0.05)
    assert busy["energy_j"] > 0
    assert busy["memory_peak_bytes"] == 7 << 30
    agent.call("job.cancel", {"id": "j", "grace_s": 1})


def test_processes_that_left_the_session_are_counted(home: Path, agent: Agent) -> None:
    script = f"setsid sh -c 'while ! test -e {home}/go; do :; done' & sleep 60"
    agent.submit("j", sh(script))
    until(lambda: sums(home, "j").get("cpu_s", 0) > 0.5)
    (home / "go").touch()
    agent.call("job.cancel", {"id": "j", "grace_s": 1})
    status = agent.wait("j")
    assert status["usage"][0]["gpus"] == []
    assert status["usage"][0]["cpu_s"] > 0.5


def test_a_job_of_a_moment_tells_what_the_kernel_counted(agent: Agent) -> None:
    agent.submit("j", sh("i=0; while test $i -lt 20000; do i=$((i+1)); done"))
    (used,) = agent.wait("j")["usage"]
    assert used["cpu_s"] > 0
    assert used["seconds"] > 0
    assert used["observed_s"] <= used["seconds"]
