"""Two hundred jobs while consoles, links, sshd and keepers die: none lost, none twice, every code right."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.agent.conftest import named
from tests.lab.agent import Agent, job_spec
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

JOBS = 200
SLOTS = 8
QUEUE_GOES_ON_S = 10.0
_WHOLE_S = 240.0
# The marker is made exclusively: a second start of one attempt finds it and says so.
_SCRIPT = """
set -C
: > {folder}/started.$TANDEM_JOB_ID.$TANDEM_ATTEMPT || {{ echo $$ > {folder}/twice.$TANDEM_JOB_ID; exit 99; }}
sleep {seconds}
code={code}
if [ $TANDEM_ATTEMPT -gt {retries} ] && [ {retries} -gt 0 ]; then code=0; fi
echo $code > {folder}/returned.$TANDEM_JOB_ID.$TANDEM_ATTEMPT
exit $code
"""


def specs(chance: random.Random, folder: Path) -> list[dict[str, Any]]:
    found = []
    for number in range(JOBS):
        retries = chance.choice((0, 0, 0, 1))
        code = chance.randrange(1, 90) if retries else chance.choice((0, chance.randrange(256)))
        script = _SCRIPT.format(
            folder=folder, seconds=f"{chance.random() * 0.5:.2f}", code=code, retries=retries
        )
        found.append(
            job_spec(
                f"j{number:03}",
                ["sh", "-c", script],
                retries=retries,
                backoff_s=0.1,
                tags={"code": str(code)},
            )
        )
    return found


class Chaos:
    """What happens to a server and its consoles, one thing after another by chance."""

    def __init__(
        self, chance: random.Random, server: LabServer, start: Callable[[], subprocess.Popen[bytes]]
    ) -> None:
        self._chance = chance
        self._server = server
        self._start = start
        self.console = start()
        self.done: list[str] = []

    def one(self) -> None:
        """One of them."""
        what = self._chance.choice(("console", "link", "sshd", "keeper", "agent"))
        self.done.append(what)
        if what == "console" and self.console.poll() is None:
            self.console.kill()
        elif what == "link":
            self._server.end_sessions()
        elif what == "sshd":
            self._server.restart()
        else:
            for pid in named(self._server.home, f"tandem-{what}"):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self.see_to_console()

    def see_to_console(self) -> bool:
        """Start it anew where it was killed; whether it has handed over everything."""
        code = self.console.poll()
        if code is not None and code < 0:
            self.console.wait()
            self.console = self._start()
        return code == 0


@pytest.mark.timeout(360)
def test_r31_two_hundred_jobs_in_chaos(
    tmp_path: Path, make_lab_server: Callable[..., LabServer], lab_key: Path
) -> None:
    seed = int(os.environ.get("TANDEM_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
    sys.stdout.write(f"TANDEM_TEST_SEED={seed} does the same again\n")
    chance = random.Random(seed)
    server = make_lab_server()
    marks = tmp_path / "marks"
    marks.mkdir()
    wanted = specs(chance, marks)
    (tmp_path / "jobs.json").write_text(json.dumps(wanted))
    home = tmp_path / "console"
    home.mkdir()
    # What a person would have confirmed.
    (home / "known_hosts").write_text(server.known_hosts_line)

    def start() -> subprocess.Popen[bytes]:
        words = (
            str(home),
            server.host,
            str(server.port),
            server.user,
            str(lab_key),
            str(tmp_path / "jobs.json"),
        )
        return subprocess.Popen([sys.executable, "-m", "tests.faults.agent._console", *words])

    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with Agent(server.home, through=through) as agent:
        agent.call("server.limit", {"slots": SLOTS})
    chaos = Chaos(chance, server, start)
    deadline = time.monotonic() + _WHOLE_S
    taken = 0
    while taken < JOBS or not chaos.see_to_console():
        # The next blow falls when a few more jobs were taken, and a moment later: always in the midst of it.
        more = min(JOBS, taken + chance.randrange(1, 12))
        while (taken := len(list((server.home / ".tandem/jobs").glob("j*")))) < more:
            assert time.monotonic() < deadline, (seed, chaos.done, taken)
            assert not (chaos.see_to_console() and taken < JOBS), (seed, chaos.done, taken)
            time.sleep(0.01)
        time.sleep(chance.random() * 0.1)
        if taken < JOBS or len(chaos.done) < 10:
            chaos.one()
    chaos.console.wait()
    with Agent(server.home, through=through) as agent:
        for spec in wanted:
            check(agent, spec, marks, seed, deadline)
        assert not list(marks.glob("twice.*")), seed
        assert len(agent.call("job.list")["jobs"]) == JOBS


def check(agent: Agent, spec: dict[str, Any], marks: Path, seed: int, deadline: float) -> None:
    """One job: each attempt started once, returned what is told, and there are as many as its retries say."""
    ident = spec["id"]
    status = agent.wait(ident, deadline_s=max(1.0, deadline - time.monotonic()))
    told = {row["attempt"]: row["exit_code"] for row in status["attempts"]}
    told[status["attempt"]] = status["exit_code"]
    returned = {int(path.suffix[1:]): int(path.read_text()) for path in marks.glob(f"returned.{ident}.*")}
    started = {int(path.suffix[1:]) for path in marks.glob(f"started.{ident}.*")}
    assert told == returned, (seed, ident, status)
    assert started == set(returned), (seed, ident, status)
    assert len(told) == 1 + spec["retries"], (seed, ident, status)
    assert status["state"] == ("failed" if status["exit_code"] else "succeeded"), (seed, ident, status)


def test_r36_a_killed_keeper_s_queue_goes_on_within_ten_seconds(
    make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    server = make_lab_server()
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    agent = Agent(server.home, through=through)
    try:
        agent.call("server.limit", {"slots": 1})
        agent.submit("long", ["sleep", "6"])
        agent.wait("long", "running")
        agent.submit("next", ["touch", str(tmp_path / "next")])
    finally:
        # Nobody is connected: only the supervisor of the long one can see it.
        agent.close()
    (keeper,) = named(server.home, "tandem-keeper")
    os.kill(keeper, signal.SIGKILL)
    killed = time.monotonic()
    while not named(server.home, "tandem-keeper"):
        assert time.monotonic() - killed < QUEUE_GOES_ON_S
        time.sleep(0.05)
    while not (tmp_path / "next").exists():
        assert time.monotonic() - killed < 6 + QUEUE_GOES_ON_S
        time.sleep(0.05)


@pytest.mark.timeout(240)
def test_two_thousand_waiting_jobs_are_files_and_one_small_process(
    make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    server = make_lab_server()
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with Agent(server.home, through=through) as agent:
        agent.call("server.limit", {"slots": 1})
        agent.submit("first", ["sleep", "300"])
        agent.wait("first", "running")
        for lot in range(0, 2000, 50):
            asked = [
                agent.ask("job.submit", {"spec": job_spec(f"j{n}", ["true"])}) for n in range(lot, lot + 50)
            ]
            for number in asked:
                assert agent.answer(number)["state"] == "queued"
        assert agent.call("server.state", deadline_s=60)["waiting"] == 2000
        pids = [*named(server.home, "tandem-keeper"), *named(server.home, "tandem-job"), agent.pid]
        total = sum(proportional_kb(pid) for pid in pids)
        sys.stdout.write(f"2,000 waiting jobs: {total / 1e3:.1f} MB in {len(pids)} processes\n")
        assert total < 60_000
        agent.call("job.cancel", {"id": "first", "grace_s": 1})


def proportional_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
