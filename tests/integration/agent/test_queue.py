"""The queue's promises, by real processes: retries, making way, slots, drain, limits, leases of the host."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.conftest import log_of, named
from tests.lab.agent import Agent, Refused, probe
from tests.lab.nvml.build import FakeNvml


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


def until(condition: Callable[[], Any], deadline_s: float = 30.0) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Two healthy GPUs."""
    return FakeNvml(nvml_library, tmp_path / "world.txt")


def gpus(start_agent: Callable[..., Agent], count: int) -> Agent:
    return start_agent(probes=(probe("simulated", "Simulated"),), config={"simulated": {"count": count}})


def test_a_failing_job_is_tried_again_and_every_attempt_is_kept(
    start_agent: Callable[..., Agent],
) -> None:
    agent = gpus(start_agent, 1)
    agent.submit(
        "j", sh("echo try $TANDEM_ATTEMPT; test $TANDEM_ATTEMPT = 3"), gpus=1, retries=5, backoff_s=0.05
    )
    status = agent.wait("j")
    assert (status["state"], status["exit_code"], status["attempt"]) == ("succeeded", 0, 3)
    assert [(row["attempt"], row["state"], row["exit_code"]) for row in status["attempts"]] == [
        (1, "failed", 1),
        (2, "failed", 1),
    ]
    assert log_of(agent, "j") == "try 1\n[tandem] attempt 2\ntry 2\n[tandem] attempt 3\ntry 3\n"


def test_retries_end_and_the_last_word_is_the_last_attempt_s(agent: Agent) -> None:
    agent.submit("j", sh("exit 7"), retries=1, backoff_s=0.05)
    status = agent.wait("j")
    assert (status["state"], status["exit_code"], status["attempt"]) == ("failed", 7, 2)


def test_a_job_that_waits_for_its_next_attempt_can_be_cancelled(agent: Agent) -> None:
    agent.submit("j", sh("exit 7"), retries=1, backoff_s=600)
    waiting = agent.wait("j", "queued")
    assert waiting["attempts"][0]["exit_code"] == 7
    until(lambda: "next attempt" in (agent.call("job.show", {"id": "j"})["reason"] or ""))
    assert agent.call("job.cancel", {"id": "j", "grace_s": 1}) == {"state": "cancelled"}
    assert len(agent.wait("j")["attempts"]) == 1


def test_a_preemptible_job_makes_way_and_goes_on_later(home: Path, start_agent: Callable[..., Agent]) -> None:
    agent = gpus(start_agent, 2)
    script = f"""trap 'echo saved > {home}/checkpoint; exit 0' TERM
    if test -e {home}/checkpoint; then echo resumed; exit 0; fi; while :; do sleep 0.05; done"""
    agent.submit("low", sh(script), gpus=2, priority=-5, preemptible=True)
    agent.wait("low", "running")
    agent.submit("high", sh(f"test -e {home}/checkpoint"), gpus=1, priority=5)
    assert agent.wait("high")["exit_code"] == 0
    status = agent.wait("low")
    assert (status["state"], status["attempt"]) == ("succeeded", 2)
    assert [(row["state"], row["reason"]) for row in status["attempts"]] == [
        ("preempted", "it made way for work of higher priority")
    ]
    assert log_of(agent, "low").endswith("resumed\n")


def test_one_that_is_cancelled_while_it_makes_way_does_not_come_back(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = gpus(start_agent, 1)
    ending = f"touch {home}/told; while ! test -e {home}/go; do sleep 0.05; done; exit 0"
    script = f"trap '{ending}' TERM; touch {home}/up; while :; do sleep 0.05; done"
    agent.submit("j", sh(script), gpus=1, preemptible=True)
    until((home / "up").exists)
    agent.call("server.drain", {"reason": "x", "preempt": True})
    until((home / "told").exists)
    cancel = agent.ask("job.cancel", {"id": "j", "grace_s": 5})
    until((home / ".tandem/jobs/j/cancel").exists)
    (home / "go").touch()
    assert agent.answer(cancel) == {"state": "cancelled"}
    assert agent.call("job.show", {"id": "j"})["attempts"] == []


def test_one_that_is_not_preemptible_stays_and_the_reason_is_told(start_agent: Callable[..., Agent]) -> None:
    agent = gpus(start_agent, 1)
    agent.submit("low", ["sleep", "60"], gpus=1, priority=-5)
    pid = agent.wait("low", "running")["pid"]
    agent.submit("high", ["true"], gpus=1, priority=5)
    until(lambda: "it is leased by process" in (agent.call("job.show", {"id": "high"})["reason"] or ""))
    assert agent.call("job.show", {"id": "low"})["pid"] == pid
    agent.call("job.cancel", {"id": "low", "grace_s": 1})
    agent.wait("high")


def test_small_jobs_go_round_a_large_one_only_where_they_cannot_delay_it(
    home: Path,
    start_agent: Callable[..., Agent],
) -> None:
    agent = gpus(start_agent, 3)
    agent.submit("first", sh(f"until test -e {home}/go; do sleep 0.05; done"), gpus=1, time_limit_s=90)
    agent.wait("first", "running")
    agent.submit("large", sh("sleep 0.1"), gpus=3)
    agent.submit("long", sh("sleep 0.1"), gpus=1)
    agent.submit("short", sh("sleep 0.1"), gpus=1, time_limit_s=5)
    agent.wait("short")
    (home / "go").touch()
    rows = {ident: agent.wait(ident) for ident in ("first", "large", "long", "short")}
    assert (
        rows["short"]["ended"] < rows["first"]["ended"] <= rows["large"]["started"] < rows["long"]["started"]
    )


def test_slots_bound_what_runs_at_once(home: Path, agent: Agent) -> None:
    assert agent.call("server.limit", {"slots": 2}) == {"slots": 2}
    live = home / "live"
    live.mkdir()
    for number in range(5):
        agent.submit(f"j{number}", sh(f"ls {live} | wc -l; touch {live}/$$; sleep 0.15; rm {live}/$$"))
    for number in range(5):
        agent.wait(f"j{number}")
    counts = [int(log_of(agent, f"j{number}")) for number in range(5)]
    assert max(counts) <= 1
    assert agent.call("server.limit", {"slots": None}) == {"slots": None}


def test_a_drained_server_starts_nothing_and_every_console_sees_why(
    start_agent: Callable[..., Agent],
) -> None:
    agent, other = gpus(start_agent, 1), start_agent()
    agent.submit("first", ["sleep", "60"], gpus=1)
    agent.wait("first", "running")
    agent.submit("second", ["true"], gpus=1)
    agent.call("server.drain", {"reason": "new driver", "by": "ann"})
    agent.call("job.cancel", {"id": "first", "grace_s": 1})
    drained = other.call("server.state")["drained"]
    assert (drained["reason"], drained["by"], drained["until"]) == ("new driver", "ann", None)
    assert other.call("telemetry.once")["drained"] == "new driver"
    with pytest.raises(Refused) as refused:
        other.submit("third", ["true"])
    assert (refused.value.code, refused.value.attrs) == ("server.drained", {"reason": "new driver"})
    until(lambda: agent.call("job.show", {"id": "second"})["reason"] == "the server is drained: new driver")
    answer = agent.call("server.resume")
    assert (answer["checked"], answer["problems"]) == (1, [])
    assert agent.wait("second")["state"] == "succeeded"
    assert other.call("server.state")["drained"] is None


def test_draining_can_ask_preemptible_jobs_to_make_way_and_ends_by_itself(
    start_agent: Callable[..., Agent],
) -> None:
    agent = gpus(start_agent, 1)
    agent.submit("j", sh("test $TANDEM_ATTEMPT = 2 || sleep 300"), gpus=1, preemptible=True)
    agent.wait("j", "running")
    answer = agent.call("server.drain", {"reason": "x", "until": time.time() + 3.0, "preempt": True})
    assert answer["leaving"] == ["j"]
    assert agent.wait("j", "queued")["attempts"][0]["state"] == "preempted"
    assert len(agent.wait("j")["attempts"]) == 1


def test_resuming_looks_at_the_accelerators_first(nvml: FakeNvml, start_agent: Callable[..., Agent]) -> None:
    agent = start_agent(env=nvml.env, probes=(probe("nvidia", "NVIDIA"),))
    agent.call("server.drain", {"reason": "a fan is loud"})
    agent.call("telemetry.once")
    nvml.set("gpu 1 state", "lost")
    until(lambda: agent.call("telemetry.once")["accelerators"][1]["state"] == "lost")
    with pytest.raises(Refused) as refused:
        agent.call("server.resume")
    assert refused.value.code == "server.unfit"
    assert "it is lost" in refused.value.attrs["problems"]
    assert agent.call("server.state")["drained"]["reason"] == "a fan is loud"
    assert agent.call("server.resume", {"anyway": True})["drained"] is None


def test_a_stranger_s_accelerator_is_not_leased(
    tmp_path: Path, nvml: FakeNvml, start_agent: Callable[..., Agent]
) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    agent = start_agent(env={**nvml.env, "TANDEM_LOCK_DIR": str(locks)}, probes=(probe("nvidia", "NVIDIA"),))
    nvml.set(f"proc 0 {os.getpid()}", 1 << 30)
    agent.submit("j", sh("echo $CUDA_VISIBLE_DEVICES"), gpus=1)
    agent.wait("j")
    assert log_of(agent, "j") == "GPU-fake-0001\n"
    agent.submit("both", ["true"], gpus=2)
    words = f"it is occupied by process {os.getpid()}"
    until(lambda: words in (agent.call("job.show", {"id": "both"})["reason"] or ""))
    agent.call("job.cancel", {"id": "both", "grace_s": 1})


def test_r_leases_hold_across_accounts_and_hostile_lock_files(
    tmp_path: Path, nvml: FakeNvml, start_agent: Callable[..., Agent]
) -> None:
    locks, other = tmp_path / "locks", tmp_path / "other"
    locks.mkdir()
    other.mkdir(mode=0o700)
    env = {**nvml.env, "TANDEM_LOCK_DIR": str(locks)}
    agent = start_agent(env=env, probes=(probe("nvidia", "NVIDIA"),))
    agent.submit("mine", ["sleep", "60"], gpus=1)
    mine = agent.wait("mine", "running")["accelerators"]
    with Agent(other, env=env, probes=(probe("nvidia", "NVIDIA"),)) as neighbour:
        neighbour.submit("theirs", ["sleep", "60"], gpus=1)
        theirs = neighbour.wait("theirs", "running")["accelerators"]
        assert sorted(mine + theirs) == ["GPU-fake-0000", "GPU-fake-0001"]
        neighbour.submit("third", ["true"], gpus=1)
        until(
            lambda: "it is leased by process" in (neighbour.call("job.show", {"id": "third"})["reason"] or "")
        )
        for ident in ("third", "theirs"):
            neighbour.call("job.cancel", {"id": ident, "grace_s": 1})
        # A squatter puts a link where the lock of the free accelerator was.
        (lock,) = [path for path in (locks / "tandem-leases").iterdir() if theirs[0] in path.name]
        lock.unlink()
        victim = tmp_path / "victim"
        lock.symlink_to(victim)
        neighbour.submit("fourth", ["true"], gpus=1)
        until(lambda: "symbolic link" in (neighbour.call("job.show", {"id": "fourth"})["reason"] or ""))
        assert not victim.exists()
        neighbour.call("job.cancel", {"id": "fourth", "grace_s": 1})
        until(lambda: not named(other, "tandem-keeper"))
    agent.call("job.cancel", {"id": "mine", "grace_s": 1})


def test_a_log_keeps_its_beginning_and_its_end_within_its_limit(home: Path, agent: Agent) -> None:
    limit = 4 << 20
    script = (
        "head -c 8 /dev/zero | tr '\\0' a; head -c 60000000 /dev/zero | tr '\\0' b; sleep 1.5; echo the end"
    )
    agent.submit("j", sh(script), log_limit_bytes=limit)
    status = agent.wait("j")
    assert (status["state"], status["log_note"]) == ("succeeded", None)
    found = (home / ".tandem/jobs/j/log").stat()
    assert found.st_blocks * 512 <= limit + (1 << 20)
    assert found.st_size == 60_000_008 + len("the end\n")
    ident = agent.ask("job.follow", {"id": "j", "offset": 0})
    skipped, got = 0, bytearray()
    while "event" in (message := agent.take(lambda m: m.get("id") == ident)):
        skipped += message["event"].get("skipped", 0)
        got += base64.b64decode(message["event"]["data_b64"])
    assert skipped + len(got) == found.st_size
    assert skipped > 50_000_000
    assert (got[:8], got[-8:]) == (b"a" * 8, b"the end\n")
    assert b"\0" not in got


def test_a_job_above_its_memory_limit_is_ended_with_figures(agent: Agent) -> None:
    code = "import time; x = bytearray(80_000_000); x[::4096] = b'x' * len(x[::4096]); time.sleep(60)"
    agent.submit("j", ["{python}", "-c", code], memory_limit_bytes=50 << 20)
    status = agent.wait("j")
    assert status["state"] == "failed"
    assert status["reason"].startswith("its processes held ")
    assert status["reason"].endswith("of memory, above its limit of 50 MiB")


def test_a_damaged_ticket_is_made_anew_and_a_stray_one_goes(
    home: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = gpus(start_agent, 1)
    agent.submit("first", sh(f"until test -e {home}/go; do sleep 0.05; done"), gpus=1)
    agent.wait("first", "running")
    agent.submit("second", ["true"], gpus=1)
    (home / ".tandem/spool/second").write_text('{"half')
    (home / ".tandem/spool/stray").write_text("{}")
    os.utime(home / ".tandem/spool/stray", (1, 1))
    (home / "go").touch()
    assert agent.wait("second")["state"] == "succeeded"
    until(lambda: not (home / ".tandem/spool/stray").exists())


def test_the_same_job_is_never_started_by_agent_and_keeper_both(home: Path, agent: Agent) -> None:
    for number in range(20):
        agent.submit(f"j{number}", sh(f"echo {number} >> {home}/starts"))
    for number in range(20):
        agent.wait(f"j{number}")
    lines = (home / "starts").read_text().split()
    assert sorted(map(int, lines)) == list(range(20))
    until(lambda: not list((home / ".tandem/spool").iterdir()))
