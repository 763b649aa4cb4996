"""R-5x of processes: one is ended only while it is the very one that was looked at."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.agent import Agent, Refused, probe
from tests.lab.nvml.build import FakeNvml


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when it is told to."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not end when it is told to."""
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print(flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def _row(agent: Agent, pid: int) -> dict[str, Any]:
    answer = agent.call("process.list", {"limit": 0, "pids": [pid]})
    (row,) = answer["processes"]
    return {**row, "boot_id": answer["boot_id"]}


def _end(agent: Agent, row: dict[str, Any], **more: Any) -> dict[str, Any]:
    params = {key: row[key] for key in ("pid", "started_ticks", "boot_id")}
    return agent.call("process.end", {**params, **more})


def test_a_named_process_is_listed_however_little_it_does(
    agent: Agent, sleeper: subprocess.Popen[bytes]
) -> None:
    row = _row(agent, sleeper.pid)
    assert row["command"] == "sleep 60"
    assert row["user"]
    assert row["memory_bytes"] > 0
    assert row["started"].endswith("Z")
    assert row["container"] is None or ":" in row["container"]


def test_every_python_ends_a_process(
    start_agent: Callable[..., Agent], sleeper: subprocess.Popen[bytes], python: str
) -> None:
    agent = start_agent(python=python)
    row = _row(agent, sleeper.pid)
    # It is our child: until it is waited for it is a zombie, which the agent takes for ended.
    assert _end(agent, row) == {"ended": True}
    assert sleeper.wait() == -15
    with pytest.raises(Refused) as refused:
        _end(agent, row)
    assert refused.value.code == "remote.process_gone"


def test_what_does_not_end_is_said_and_can_be_killed(agent: Agent, stubborn: subprocess.Popen[bytes]) -> None:
    row = _row(agent, stubborn.pid)
    assert _end(agent, row, wait_s=0.1) == {"ended": False}
    assert stubborn.poll() is None
    assert _end(agent, row, signal="KILL") == {"ended": True}
    assert stubborn.wait() == -9


def test_another_process_under_the_same_number_is_left_alone(
    start_agent: Callable[..., Agent], agent: Agent, sleeper: subprocess.Popen[bytes]
) -> None:
    row = _row(agent, sleeper.pid)
    with pytest.raises(Refused) as refused:
        _end(agent, {**row, "started_ticks": row["started_ticks"] - 1})
    assert refused.value.code == "remote.process_other"
    # The server has started again since it was looked at.
    later = start_agent(env={"TANDEM_TEST_BOOT_ID": "another-boot"})
    with pytest.raises(Refused) as refused:
        _end(later, row)
    assert refused.value.code == "remote.process_other"
    assert "started again" in refused.value.problem.sentence
    assert sleeper.poll() is None


def test_a_process_that_left_the_gpu_it_was_chosen_on_is_left_alone(
    nvml_library: Path,
    tmp_path: Path,
    start_agent: Callable[..., Agent],
    sleeper: subprocess.Popen[bytes],
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    nvml.set(f"proc 0 {sleeper.pid}", 1 << 30)
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    row = _row(agent, sleeper.pid)
    first, second = "GPU-fake-0000", "GPU-fake-0001"
    for gpus, code in (
        ([second], "remote.process_off_gpu"),
        ([first, second], "remote.process_off_gpu"),
        (["GPU-none"], "remote.process_gpu_unknown"),
        ([7], "remote.process_gpu_unknown"),
    ):
        with pytest.raises(Refused) as refused:
            _end(agent, row, accelerators=gpus)
        assert refused.value.code == code
        assert str(gpus[-1]) in refused.value.problem.sentence
    with pytest.raises(Refused):
        _end(agent, row, accelerators=first)
    assert sleeper.poll() is None
    # It was on the first when it was looked at, and has moved since.
    nvml.clear(f"proc 0 {sleeper.pid}")
    nvml.set(f"proc 1 {sleeper.pid}", 1 << 30)
    with pytest.raises(Refused) as refused:
        _end(agent, row, accelerators=[first])
    assert refused.value.code == "remote.process_off_gpu"
    assert sleeper.poll() is None
    assert _end(agent, row) == {"ended": True}  # by its number alone


def test_a_process_on_the_gpu_it_was_chosen_on_is_ended(
    nvml_library: Path,
    tmp_path: Path,
    start_agent: Callable[..., Agent],
    sleeper: subprocess.Popen[bytes],
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    for gpu in (0, 1):
        nvml.set(f"proc {gpu} {sleeper.pid}", 1 << 30)
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    row = _row(agent, sleeper.pid)
    assert _end(agent, row, accelerators=["GPU-fake-0000", "GPU-fake-0001"]) == {"ended": True}
    assert sleeper.wait() == -15


def test_where_the_driver_hangs_who_has_the_gpu_s_file_open_is_on_it(
    nvml_library: Path, tmp_path: Path, start_agent: Callable[..., Agent]
) -> None:
    nvml = FakeNvml(nvml_library, tmp_path / "world.txt")
    file = tmp_path / "nvidia1"
    file.touch()
    agent = start_agent(
        env={**nvml.env, "TANDEM_TEST_DEV": str(tmp_path)}, probes=(probe("nvidia", "NVIDIA"),)
    )
    agent.call("telemetry.once")
    nvml.set("hangcall 1 *", 30)
    with file.open("rb") as stream, subprocess.Popen(["sleep", "60"], stdin=stream) as holder:
        row = _row(agent, holder.pid)
        assert _end(agent, row, accelerators=["GPU-fake-0001"], signal="KILL") == {"ended": True}


def test_the_agent_does_not_end_itself_nor_what_it_hangs_on(agent: Agent) -> None:
    for pid in (agent.pid, os.getpid()):
        with pytest.raises(Refused) as refused:
            _end(agent, _row(agent, pid), signal="KILL")
        assert refused.value.code == "remote.process_own"


def test_nonsense_is_refused(agent: Agent, sleeper: subprocess.Popen[bytes]) -> None:
    row = _row(agent, sleeper.pid)
    for more in ({"signal": "STOP"}, {"pid": -1}, {"pid": 0}):
        with pytest.raises(Refused):
            _end(agent, {**row, **more}, **more)
    with pytest.raises(Refused):
        agent.call("process.list", {"pids": "1"})
    assert sleeper.poll() is None


def _foreign(folder: Path) -> tuple[str, int, subprocess.Popen[bytes] | None]:
    """A shell whose agent may not signal other accounts, and a process of another account."""
    if os.geteuid():
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and entry.stat().st_uid != os.geteuid() and int(entry.name) > 2:
                return "sh", int(entry.name), None
        raise AssertionError("no process of another account")
    shell = folder / "shell"
    shell.write_text('#!/bin/sh\nexec setpriv --bounding-set -kill --inh-caps -kill /bin/sh "$@"\n')
    shell.chmod(0o755)
    process = subprocess.Popen(["sleep", "60"], user=65534)
    return str(shell), process.pid, process


def test_another_account_s_process_is_refused_in_a_sentence(
    tmp_path: Path, start_agent: Callable[..., Agent]
) -> None:
    shell, pid, process = _foreign(tmp_path)
    agent = start_agent(shell=shell)
    row = _row(agent, pid)
    with pytest.raises(Refused) as refused:
        _end(agent, row)
    assert refused.value.code == "remote.process_denied"
    assert refused.value.attrs["owner"] == row["user"]
    assert "may not end it" in refused.value.problem.sentence
    if process is not None:
        assert process.poll() is None
        process.kill()
        process.wait()
