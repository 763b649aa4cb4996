"""Servers that restart, whose clock is set back or whose home is slow; jobs that do what jobs should not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from console.agent import procs
from tests.integration.agent.conftest import named
from tests.lab import processes
from tests.lab.agent import Agent, job_spec, probe
from tests.lab.clocks import Stepped
from tests.lab.machines import machine
from tests.lab.slow_disk import slow_disk
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

SIMULATED = (probe("simulated", "Simulated"),)
ONE_GPU = {"simulated": {"count": 1}}


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


def until(condition: Callable[[], Any], deadline_s: float = 30.0) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def boot(tmp_path: Path) -> Iterator[Callable[[str], Agent]]:
    """Start the same server as another boot of it: nothing is left of the last one but its disk."""
    with ExitStack() as stack:
        servers: list[LabServer] = []

        def start(name: str) -> Agent:
            for server in servers:
                server.stop()
            within = machine(tmp_path / "machines", "one", boot=name)
            server = LabServer(tmp_path / f"boot-{name}", within=within)
            server.home = tmp_path / "home"
            servers.append(stack.enter_context(server))
            through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / f"{name}.config")), "lab")
            return stack.enter_context(Agent(server.home, through=through, probes=SIMULATED, config=ONE_GPU))

        yield start


def test_r32_what_ran_when_the_server_restarted_is_lost_or_runs_again(
    tmp_path: Path, boot: Callable[[str], Agent]
) -> None:
    agent = boot("first")
    first = agent.call("hello")["boot_id"]
    starts = tmp_path / "starts"
    script = f"echo $TANDEM_JOB_ID.$TANDEM_ATTEMPT >> {starts}; test $TANDEM_ATTEMPT = 2 || sleep 300"
    agent.submit("once", sh(script))
    agent.submit("again", sh(script), retries=1, backoff_s=0.1)
    agent.submit("gpu", sh(script), gpus=1)
    agent.submit("ended", sh("exit 3"))
    for ident in ("once", "again", "gpu"):
        agent.wait(ident, "running")
    agent.wait("ended")
    agent.submit("waits", ["true"], gpus=1)
    until(lambda: len(starts.read_text().split()) == 3)
    pids = [agent.call("job.show", {"id": ident})["pid"] for ident in ("once", "again", "gpu")]
    later = boot("second")
    assert not [pid for pid in pids if processes.is_running(pid)]
    assert later.call("hello")["boot_id"] != first
    for ident in ("once", "gpu"):
        status = later.wait(ident, "lost")
        assert (status["exit_code"], status["signal"], status["boot_id"]) == (None, None, first)
        assert status["reason"] == "the server was restarted while it ran"
    assert later.wait("again")["state"] == "succeeded"
    assert [row["state"] for row in later.call("job.show", {"id": "again"})["attempts"]] == ["lost"]
    assert later.wait("waits")["state"] == "succeeded", "its accelerator is free again"
    assert later.call("job.show", {"id": "ended"})["exit_code"] == 3
    assert sorted(starts.read_text().split()) == ["again.1", "again.2", "gpu.1", "once.1"]


def test_a_clock_that_is_set_back_an_hour_delays_and_loses_nothing(
    tmp_path: Path, make_lab_server: Callable[..., LabServer]
) -> None:
    clock = Stepped(tmp_path)
    server = make_lab_server(environment=clock.environment)
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with Agent(server.home, through=through, probes=SIMULATED, config=ONE_GPU) as agent:
        agent.submit("limited", sh("exec sleep 300"), time_limit_s=4, gpus=1)
        agent.wait("limited", "running")
        agent.submit("after", sh("exit 5"), gpus=1)
        agent.submit("retried", sh("test $TANDEM_ATTEMPT = 2"), retries=1, backoff_s=3)
        until(lambda: agent.call("job.show", {"id": "retried"})["attempts"])
        clock.jump("-3600")
        assert agent.call("hello")["time"] < time.time() - 3000
        assert agent.wait("limited")["state"] == "timed_out"
        assert agent.wait("after")["exit_code"] == 5
        status = agent.wait("retried")
        assert (status["state"], status["attempt"]) == ("succeeded", 2)
        # And forward again, beyond where it was.
        agent.submit("waits", sh("test $TANDEM_ATTEMPT = 2"), retries=1, backoff_s=600)
        until(lambda: agent.call("job.show", {"id": "waits"})["attempts"])
        clock.jump("+7200")
        until(lambda: "next attempt" in (agent.call("job.show", {"id": "waits"})["reason"] or ""))
        assert agent.call("job.show", {"id": "waits"})["state"] == "queued", "ten minutes are not over"
        agent.call("job.cancel", {"id": "waits", "grace_s": 1})


def test_on_a_slow_file_system_jobs_start_once_and_end_right(
    tmp_path: Path, make_lab_server: Callable[..., LabServer]
) -> None:
    home = tmp_path / "server-1" / "home"
    server = make_lab_server(environment=slow_disk(tmp_path / "slow", home, 150))
    assert server.home == home
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with (
        Agent(home, through=through, probes=SIMULATED, config=ONE_GPU) as agent,
        Agent(home, through=through, probes=SIMULATED, config=ONE_GPU) as other,
    ):
        specs = [
            job_spec(f"j{n}", sh(f"echo x >> {tmp_path}/starts.$TANDEM_JOB_ID; exit {n}"), gpus=n % 2)
            for n in range(8)
        ]
        began = time.monotonic()
        asked = [(who, who.ask("job.submit", {"spec": spec})) for spec in specs for who in (agent, other)]
        for who, number in asked:
            who.answer(number, 60)
        assert time.monotonic() - began > 0.5, "it is slow"
        for n in range(8):
            status = other.wait(f"j{n}", deadline_s=60)
            assert (status["exit_code"], status["state"]) == (n, "failed" if n else "succeeded")
            assert (tmp_path / f"starts.j{n}").read_text() == "x\n"
        agent.submit("long", ["sleep", "300"])
        assert agent.call("job.cancel", {"id": "long", "grace_s": 1}, 60) == {"state": "cancelled"}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", ["", "echo a line; sleep 1.5; "])
def test_a_job_that_prints_five_gigabytes_as_fast_as_it_can_keeps_within_its_log_s_limit(
    tmp_path: Path, make_lab_server: Callable[..., LabServer], first: str
) -> None:
    server = make_lab_server()
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    limit, size = 64 << 20, 5_000_000_000
    with Agent(server.home, through=through) as agent:
        # Straight from the kernel: nothing prints faster.
        agent.submit("j", sh(f"{first}head -c {size} /dev/zero; echo the end"), log_limit_bytes=limit)
        log = server.home / ".tandem/jobs/j/log"
        most = 0
        deadline = time.monotonic() + 240
        while agent.call("job.show", {"id": "j"})["state"] == "running":
            assert time.monotonic() < deadline
            again = time.monotonic() + 0.2
            while time.monotonic() < again:
                most = max(most, log.stat().st_blocks * 512)
                time.sleep(0.002)
        status = agent.wait("j")
        assert (status["state"], status["log_note"]) == ("succeeded", None)
        assert log.stat().st_size == size + len("the end\n") + (7 if first else 0)
        assert log.stat().st_blocks * 512 <= limit + (1 << 20)
        assert most < size // 5, "it never took what it was not given"


@pytest.mark.parametrize("deletes", ["$TANDEM_JOB_DIR", "$TANDEM_JOB_DIR/*"])
def test_a_job_that_deletes_its_own_folder_is_told_with_the_exit_code_that_it_had(
    tmp_path: Path, make_lab_server: Callable[..., LabServer], deletes: str
) -> None:
    server = make_lab_server()
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with Agent(server.home, through=through, probes=SIMULATED, config=ONE_GPU) as agent:
        script = f"while [ -e $TANDEM_JOB_DIR/spec.json ]; do rm -rf {deletes}; done; exit 4"
        agent.submit("j", sh(script), gpus=1, retries=3)
        agent.submit("next", ["true"], gpus=1)
        assert agent.wait("next")["state"] == "succeeded", "its accelerator is free"
        until(lambda: not (server.home / ".tandem/spool/j").exists())
        until(lambda: not named(server.home, "tandem-job"))
        # Its supervisor knew how it ended, and what was asked for: no retry can start without its folder.
        (row,) = [row for row in agent.call("job.list")["jobs"] if row["id"] == "j"]
        assert (row["state"], row["exit_code"], row["attempt"]) == ("failed", 4, 1), row["reason"]
        assert row["reason"] == (
            "exit code 4; its folder was deleted while it ran: its log and what it left are gone"
        )
        assert (row["submitted"], row["argv"]) == ("2026-01-01T00:00:00.000Z", sh(script))
        assert [each.name for each in (server.home / ".tandem/jobs").iterdir() if each.name[0] == "."] == []
        assert agent.call("job.log", {"id": "j"})["size"] == 0
        assert agent.call("job.remove", {"id": "j"}) == {}


def test_a_job_that_forks_daemons_and_ignores_term_is_ended_whole(
    tmp_path: Path, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server()
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    pids = tmp_path / "pids"
    daemon = f'trap "" TERM; echo $$ >> {pids}; while :; do sleep 1; done'
    with Agent(server.home, through=through) as agent:
        forks = " ".join(f"(setsid sh -c '{daemon}' >/dev/null 2>&1 &);" for _ in range(5))
        agent.submit("j", sh(f"trap '' TERM; {forks} while :; do sleep 1; done"))
        until(lambda: pids.exists() and len(pids.read_text().split()) == 5)
        assert agent.call("job.cancel", {"id": "j", "grace_s": 0.5}) == {"state": "cancelled"}
        assert [pid for pid in map(int, pids.read_text().split()) if procs.start_time(pid) is not None] == []
