"""Jobs in transient units of a real `systemd --user`: bounded by the kernel, not ended with their session."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.agent import units
from tests.integration.agent.conftest import named
from tests.lab import processes
from tests.lab.agent import Agent
from tests.lab.sshd import LabServer
from tests.lab.user_manager import UserManager

pytestmark = pytest.mark.faults

LIMIT = 64 << 20


def until(condition: Callable[[], Any], deadline_s: float = 30.0) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def unit_of(pid: int) -> str:
    """The last step of a process's control group, as systemd's own hierarchy has it."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        if line.startswith("0::") or ":name=systemd:" in line:
            return line.rpartition("/")[2]
    return ""


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[UserManager]:
    with UserManager(tmp_path / "manager") as started:
        yield started


def test_a_job_its_supervisor_and_the_keeper_are_units_of_a_manager_that_lingers(
    tmp_path: Path, manager: UserManager, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(within=manager.within, environment=manager.environment)
    through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
    with Agent(server.home, through=through) as agent:
        assert agent.call("server.state")["units"] is None
        agent.submit(
            "j", ["sh", "-c", "for i in $(seq 40); do sleep 300 & done; sleep 300"], memory_limit_bytes=LIMIT
        )
        pid = agent.wait("j", "running")["pid"]
        until(lambda: unit_of(pid) == "tandem-job-j-1.scope")
        start = json.loads((server.home / ".tandem/jobs/j/start.json").read_text())
        supervisor = start["supervisor"]["pid"]
        until(lambda: unit_of(supervisor) == "tandem-job-j-1.scope")
        until(
            lambda: (
                [unit_of(each).startswith("tandem-keeper-") for each in named(server.home, "tandem-keeper")]
                == [True]
            )
        )
        shown = subprocess.run(
            ["systemctl", "--user", "show", "-p", "MemoryMax", "--value", "tandem-job-j-1.scope"],
            env={**os.environ, **manager.environment},
            capture_output=True,
            text=True,
            check=True,
        )
        whole = [pid, *processes.descendants(pid)]
        assert len(whole) == 42
        until(lambda: {unit_of(each) for each in whole} == {"tandem-job-j-1.scope"})
        assert int(shown.stdout) == LIMIT
        assert agent.call("job.show", {"id": "j"})["unit_note"] is None
        assert agent.call("job.cancel", {"id": "j", "grace_s": 1}) == {"state": "cancelled"}


def test_without_a_manager_that_lingers_a_session_of_its_own_has_to_do_and_it_is_said(
    tmp_path: Path, make_lab_server: Callable[..., LabServer]
) -> None:
    with UserManager(tmp_path / "manager", lingers=False) as manager:
        server = make_lab_server(within=manager.within, environment=manager.environment)
        through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
        with Agent(server.home, through=through) as agent:
            assert "does not linger" in agent.call("server.state")["units"]
            agent.submit("j", ["sleep", "300"])
            pid = agent.wait("j", "running")["pid"]
            assert os.getsid(pid) == pid
            assert not unit_of(pid).startswith("tandem-")
            agent.call("job.cancel", {"id": "j", "grace_s": 1})


def test_what_a_unit_holds_its_processes_to_is_what_systemd_reads(tmp_path: Path) -> None:
    # A scope has no file, so the same lines are tried as a slice, which knows the same limits.
    given = [(name, value) for name, _, value in units.properties(LIMIT) if name.startswith("Memory")]
    assert dict(given) == {"MemoryMax": str(LIMIT), "MemorySwapMax": "0"}
    text = "[Slice]\n" + "".join(f"{name}={value}\n" for name, value in given)
    unit = tmp_path / "tandem-lab.slice"
    unit.write_text(text)
    (tmp_path / "runtime").mkdir(mode=0o700)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "runtime")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
