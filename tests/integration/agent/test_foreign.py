"""Work that Tandem did not start: seen on accelerators with its owner, adopted, watched to its end."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.agent import procs
from tests.integration.agent.conftest import log_of
from tests.lab.agent import Agent, Refused, probe
from tests.lab.nvml.build import FakeNvml
from tests.lab.slurm import LabSlurm


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this account that writes a line to a file now and then."""
    with (tmp_path / "out").open("wb") as out:
        script = "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.1; done"
        process = subprocess.Popen(["sh", "-c", script], stdout=out, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def adopt(agent: Agent, pid: int, **given: Any) -> dict[str, Any]:
    spec = {
        "v": 1,
        "id": "adopted",
        "name": "x",
        "submitted": "2026-01-01T00:00:00.000Z",
        "submitted_by": "lab",
    }
    return agent.call("job.adopt", {"spec": spec, "pid": pid, **given})


def test_processes_on_accelerators_that_are_no_jobs_are_listed(
    nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent], stranger: subprocess.Popen[bytes]
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    agent.submit("ours", ["sleep", "60"])
    ours = agent.wait("ours", "running")["pid"]
    nvml.set(f"proc 0 {stranger.pid}", 1 << 30)
    nvml.set(f"proc 0 {ours}", 1 << 30)
    deadline = time.monotonic() + 30
    while not (rows := agent.call("job.foreign")["processes"]):
        assert time.monotonic() < deadline
    (row,) = rows
    assert (row["pid"], row["accelerators"], row["memory_bytes"]) == (
        stranger.pid,
        ["GPU-fake-0000"],
        1 << 30,
    )
    assert row["started_ticks"] == procs.start_time(stranger.pid)
    assert row["started"].endswith("Z")
    assert row["slurm_job"] is None
    agent.call("job.cancel", {"id": "ours", "grace_s": 1})


def test_an_adopted_process_is_watched_to_its_end_and_its_exit_code_is_not_invented(
    home: Path, start_agent: Callable[..., Agent], stranger: subprocess.Popen[bytes]
) -> None:
    agent = start_agent()
    answer = adopt(agent, stranger.pid, started_ticks=procs.start_time(stranger.pid))
    assert answer["argv"][:2] == ["sh", "-c"]
    agent.close()
    again = start_agent()
    deadline = time.monotonic() + 30
    while not (home / ".tandem/jobs/adopted/log").stat().st_size:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    status = again.wait("adopted", "running")
    assert status["pid"] == stranger.pid
    stranger.send_signal(signal.SIGTERM)
    stranger.wait()
    status = again.wait("adopted", "lost")
    assert (status["exit_code"], status["signal"]) == (None, None)
    deadline = time.monotonic() + 30
    while "exit code is not known" not in again.call("job.show", {"id": "adopted"})["reason"]:
        assert time.monotonic() < deadline
    assert log_of(again, "adopted").splitlines()[-1].startswith("line ")


def test_an_adopted_process_can_be_cancelled(agent: Agent, stranger: subprocess.Popen[bytes]) -> None:
    adopt(agent, stranger.pid)
    assert agent.call("job.cancel", {"id": "adopted", "grace_s": 2}) == {"state": "cancelled"}
    assert stranger.wait(10) == -signal.SIGTERM


def test_only_the_process_that_was_meant_is_adopted(agent: Agent, stranger: subprocess.Popen[bytes]) -> None:
    ticks = procs.start_time(stranger.pid)
    assert ticks is not None
    agent.submit("ours", ["sleep", "60"])
    ours = agent.wait("ours", "running")["pid"]
    for pid, given, code in (
        (stranger.pid, {"started_ticks": ticks + 1}, "remote.process_other"),
        (stranger.pid, {"boot_id": "another"}, "remote.process_other"),
        (2**22 - 1, {}, "remote.process_gone"),
        (ours, {}, "job.adopt_ours"),
    ):
        with pytest.raises(Refused) as refused:
            adopt(agent, pid, **given)
        assert refused.value.code == code
    assert not os.path.lexists(f"{agent.call('hello')['home']}/.tandem/jobs/adopted")
    agent.call("job.cancel", {"id": "ours", "grace_s": 1})


def test_an_adopted_process_is_metered_on_the_gpus_that_it_was_on(
    nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent], stranger: subprocess.Popen[bytes]
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    nvml.set(f"proc 1 {stranger.pid}", 1 << 30)
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    adopt(agent, stranger.pid)
    status = agent.call("job.show", {"id": "adopted"})
    assert status["accelerators"] == ["GPU-fake-0001"]
    deadline = time.monotonic() + 30
    while not (usage := agent.call("job.show", {"id": "adopted"})["usage"]) or usage[0]["observed_s"] < 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (gpu,) = usage[0]["gpus"]
    assert (gpu["uuid"], gpu["memory_peak_bytes"]) == ("GPU-fake-0001", 1 << 30)
    assert gpu["observed_s"] > 0
    # It was not ours to wait for: what it took before it was adopted is not told as this job's.
    assert usage[0]["cpu_s"] < 5
    stranger.kill()
    stranger.wait()
    ended = agent.wait("adopted")
    assert (ended["exit_code"], ended["accelerators"]) == (None, ["GPU-fake-0001"])
    assert ended["gpu_seconds"] > 1
    # A lease it never had: the GPU is free for the next as soon as the process has gone.
    nvml.clear(f"proc 1 {stranger.pid}")
    agent.submit("both", ["true"], gpus=2)
    assert agent.wait("both")["state"] == "succeeded"


@pytest.mark.faults
def test_a_foreign_process_is_told_with_its_slurm_job(
    nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent]
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    with LabSlurm(tmp_path / "slurm") as slurm:
        note = tmp_path / "pid"
        line = f"echo $$ > {note}.new && mv {note}.new {note}; exec sleep 300"
        ident = slurm.run("sbatch", "--parsable", "-o", "/dev/null", "--wrap", line).strip()
        deadline = time.monotonic() + 30
        while not note.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pid = int(note.read_text())
        nvml.set(f"proc 0 {pid}", 1 << 30)
        while not (rows := agent.call("job.foreign")["processes"]):
            assert time.monotonic() < deadline
        (row,) = rows
        assert (row["pid"], row["slurm_job"], row["container"]) == (pid, ident, None)
        assert (row["command"], row["user"]) == ("sleep 300", getpass.getuser())
        assert row["started_ticks"] == procs.start_time(pid)
        slurm.run("scancel", ident)
