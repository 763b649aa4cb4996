"""Killed agents and supervisors, full disks, restarts: nothing starts twice, no result is lost or guessed."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.agent import procs
from tests.integration.agent.conftest import log_of, named
from tests.lab.agent import Agent, Refused, job_spec, probe
from tests.lab.processes import end_with_home

pytestmark = pytest.mark.faults


def _sh(script: str) -> list[str]:
    return ["sh", "-c", script]


def _until(condition: Callable[[], Any], deadline_s: float = 30.0) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _start(home: Path, ident: str) -> dict[str, Any]:
    return json.loads((home / ".tandem/jobs" / ident / "start.json").read_text())


def test_fifty_submits_of_one_id_start_it_once(home: Path, start_agent: Callable[..., Agent]) -> None:
    agents = [start_agent() for _ in range(5)]
    spec = job_spec("once", _sh(f"echo x >> {home}/starts; sleep 0.3"))
    asked = [(agent, agent.ask("job.submit", {"spec": spec})) for _ in range(10) for agent in agents]
    for agent, ident in asked:
        assert agent.answer(ident, 60)["state"] in ("starting", "running", "succeeded")
    assert agents[0].wait("once")["state"] == "succeeded"
    assert (home / "starts").read_text() == "x\n"
    for agent in agents:
        agent.call("job.list")
    time.sleep(0.5)
    assert (home / "starts").read_text() == "x\n"


def test_submits_by_agents_that_are_killed_start_it_at_most_once(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    chance = random.Random(7)
    for number in range(8):
        ident = f"j{number}"
        victims = [start_agent() for _ in range(2)]
        pids = [victim.pid for victim in victims]
        spec = job_spec(ident, _sh(f"echo {ident} >> {home}/starts"))
        for victim, pid in zip(victims, pids, strict=True):
            victim.ask("job.submit", {"spec": spec})
            timer = threading.Timer(chance.random() * 0.06, os.kill, (pid, signal.SIGKILL))
            timer.start()
            timer.join()
    survivor = start_agent()
    survivor.call("job.list")
    for row in survivor.call("job.list")["jobs"]:
        assert survivor.wait(row["id"])["state"] == "succeeded"
    lines = (home / "starts").read_text().split() if (home / "starts").exists() else []
    assert len(lines) == len(set(lines))
    assert set(lines) == {row["id"] for row in survivor.call("job.list")["jobs"]}


def test_the_exit_code_is_there_though_the_agent_was_killed(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent()
    pid = agent.pid
    agent.submit("j", _sh("echo begun; sleep 0.5; echo done; exit 42"))
    os.kill(pid, signal.SIGKILL)
    again = start_agent()
    status = again.wait("j")
    assert (status["state"], status["exit_code"]) == ("failed", 42)
    assert log_of(again, "j") == "begun\ndone\n"


def test_a_killed_supervisor_s_job_is_lost_and_ended_and_its_leases_are_free(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    wish = {"simulated": {"count": 1}}
    agent = start_agent(probes=(probe("simulated", "Simulated"),), config=wish)
    agent.submit("j", ["sleep", "300"], gpus=1)
    pid = agent.wait("j", "running")["pid"]
    os.kill(_start(home, "j")["supervisor"]["pid"], signal.SIGKILL)
    # The accelerator is leased until the process has ended, and nobody looks but the keeper.
    assert agent.submit("next", ["true"], gpus=1)["state"] == "queued"
    agent.close()
    _until(lambda: procs.start_time(pid) is None)
    again = start_agent(probes=(probe("simulated", "Simulated"),), config=wish)
    status = again.wait("j", "lost")
    assert (status["exit_code"], status["signal"]) == (None, None)
    assert status["reason"].startswith("its supervisor ended without a result")
    assert again.wait("next")["state"] == "succeeded"


@pytest.mark.parametrize("retries", [0, 1])
def test_a_lost_job_runs_again_only_where_its_retries_say_so(
    home: Path, start_agent: Callable[..., Agent], retries: int
) -> None:
    agent = start_agent()
    script = f"echo $TANDEM_ATTEMPT >> {home}/starts; test $TANDEM_ATTEMPT = 2 || sleep 300"
    agent.submit("j", _sh(script), retries=retries, backoff_s=0.1)
    agent.wait("j", "running")
    _until(lambda: (home / "starts").exists())
    os.kill(_start(home, "j")["supervisor"]["pid"], signal.SIGKILL)
    status = agent.wait("j", "succeeded" if retries else "lost")
    _until(lambda: (home / ".tandem/jobs/j/result.json").exists())
    assert (home / "starts").read_text() == ("1\n2\n" if retries else "1\n")
    assert [row["state"] for row in status["attempts"]] == ["lost"] * retries


def test_a_killed_keeper_comes_back_by_itself(home: Path, start_agent: Callable[..., Agent]) -> None:
    wish = {"simulated": {"count": 1}}
    agent = start_agent(probes=(probe("simulated", "Simulated"),), config=wish)
    agent.submit("first", _sh("sleep 4"), gpus=1)
    agent.submit("second", _sh(f"touch {home}/second"), gpus=1)
    agent.wait("first", "running")
    agent.close()
    for comm in ("tandem-keeper", "tandem-drivers"):
        for pid in named(home, comm):
            os.kill(pid, signal.SIGKILL)
    _until(lambda: (home / "second").exists(), 15.0)


def test_another_boot_is_lost_with_its_reason(home: Path, start_agent: Callable[..., Agent]) -> None:
    agent = start_agent(env={"TANDEM_TEST_BOOT_ID": "boot-1"})
    agent.submit("running", ["sleep", "300"])
    agent.submit("ended", _sh("exit 3"))
    agent.wait("ended")
    start = _start(home, "running")
    agent.close()
    # A restart of the machine: everything is gone but the disk.
    end_with_home(home)
    _until(lambda: procs.start_time(start["supervisor"]["pid"]) is None)
    later = start_agent(env={"TANDEM_TEST_BOOT_ID": "boot-2"})
    status = later.call("job.show", {"id": "running"})
    assert (status["state"], status["boot_id"]) == ("lost", "boot-1")
    assert status["reason"] == "the server was restarted while it ran"
    assert later.call("job.show", {"id": "ended"})["exit_code"] == 3
    # A recycled pid of the new boot is a stranger.
    stranger = os.getpid()
    start["process"] = start["supervisor"] = {"pid": stranger, "started": procs.start_time(stranger)}
    (home / ".tandem/jobs/running/start.json").write_text(json.dumps(start))
    assert later.call("job.cancel", {"id": "running", "grace_s": 0}) == {"state": "lost"}


def test_a_queue_survives_a_restart_of_the_machine(home: Path, start_agent: Callable[..., Agent]) -> None:
    wish = {"simulated": {"count": 1}}
    arguments: dict[str, Any] = {"probes": (probe("simulated", "Simulated"),), "config": wish}
    agent = start_agent(**arguments, env={"TANDEM_TEST_BOOT_ID": "boot-1"})
    agent.submit("first", ["sleep", "300"], gpus=1)
    agent.wait("first", "running")
    agent.submit("second", ["true"], gpus=1)
    start = _start(home, "first")
    agent.close()
    end_with_home(home)
    _until(lambda: procs.start_time(start["process"]["pid"]) is None)
    later = start_agent(**arguments, env={"TANDEM_TEST_BOOT_ID": "boot-2"})
    assert later.wait("second")["state"] == "succeeded"
    assert later.call("job.show", {"id": "first"})["state"] == "lost"


def fill(folder: Path) -> None:
    """Leave not one block free."""
    descriptor = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while os.write(descriptor, b"x" * 4096):
            continue
    except OSError:
        os.close(descriptor)


def test_on_a_full_disk_nothing_starts_and_nothing_is_left(small_disk: Path, tmp_path: Path) -> None:
    with Agent(small_disk) as agent:
        fill(small_disk)
        for method, params in (
            ("job.submit", {"spec": job_spec("j", ["touch", str(tmp_path / "ran")])}),
            ("service.start", {"name": "s", "spec": {"argv": ["touch", str(tmp_path / "ran")], "env": {}}}),
            ("file.write", {"path": "x", "data_b64": "eHh4", "mode": 0o600}),
            ("json.swap", {"path": "~/.tandem/d/s.json", "expect_generation": 0, "data": {}}),
        ):
            with pytest.raises(Refused) as caught:
                agent.call(method, params)
            assert caught.value.code == "remote.disk_full", method
        assert agent.call("job.list")["jobs"] == []
        assert not (tmp_path / "ran").exists()
        assert not list(small_disk.glob("*.part"))
        (small_disk / "ballast").unlink()
        agent.submit("j", ["true"])
        assert agent.wait("j")["state"] == "succeeded"


@pytest.mark.parametrize("room", range(0, 48 * 1024, 4096))
def test_with_little_room_it_starts_whole_or_not_at_all(small_disk: Path, tmp_path: Path, room: int) -> None:
    with Agent(small_disk) as agent:
        (small_disk / "room").write_bytes(b"x" * room)
        fill(small_disk)
        (small_disk / "room").unlink()
        try:
            agent.submit("j", ["touch", str(tmp_path / "ran")])
        except Refused as refused:
            assert refused.code == "remote.disk_full"  # noqa: PT017
            time.sleep(0.1)
            assert not (tmp_path / "ran").exists()
            assert agent.call("job.list")["jobs"] == []
        else:
            assert agent.wait("j")["state"] == "succeeded"
            assert (tmp_path / "ran").exists()


def test_a_disk_that_fills_during_the_job_costs_neither_it_nor_its_result(
    small_disk: Path, tmp_path: Path
) -> None:
    with Agent(small_disk) as agent:
        agent.submit("j", _sh(f"while [ ! -e {tmp_path}/go ]; do sleep 0.02; done; echo lost; exit 6"))
        fill(small_disk)
        (tmp_path / "go").touch()
        status = agent.wait("j")
        assert (status["state"], status["exit_code"]) == ("failed", 6)


def test_on_a_full_disk_a_job_can_still_be_cancelled(small_disk: Path) -> None:
    with Agent(small_disk) as agent:
        agent.submit("j", ["sleep", "300"])
        fill(small_disk)
        assert agent.call("job.cancel", {"id": "j", "grace_s": 1}) == {"state": "cancelled"}


def test_a_hundred_queued_jobs_are_a_hundred_files(home: Path, start_agent: Callable[..., Agent]) -> None:
    wish = {"simulated": {"count": 1}}
    agent = start_agent(probes=(probe("simulated", "Simulated"),), config=wish)
    agent.submit("first", ["sleep", "300"], gpus=1)
    agent.wait("first", "running")
    for number in range(100):
        assert agent.submit(f"j{number}", ["true"], gpus=1)["state"] == "queued"
    ours = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"HOME={home}\0".encode() in (entry / "environ").read_bytes():
                    ours.append((entry / "comm").read_text().strip())
            except OSError:
                continue
    assert sorted(ours) == ["sh", "sleep", "tandem-agent", "tandem-drivers", "tandem-job", "tandem-keeper"]
    assert len(list((home / ".tandem/spool").iterdir())) == 101
