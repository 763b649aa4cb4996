"""Who gets which accelerator: jobs and replicas, MIG instances, other vendors, other accounts, containers."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.agent.leases import visible_to
from tests.integration.agent.conftest import log_of
from tests.lab.agent import Agent, Refused, probe
from tests.lab.machines import machine
from tests.lab.nvml.build import FakeNvml
from tests.lab.processes import end_with_home
from tests.lab.vendors import FakeTool

NVIDIA = (probe("nvidia", "NVIDIA"),)
ACCOUNT = "tandem-lab"


def until(condition: Callable[[], Any], deadline_s: float = 30.0) -> None:
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def reason(agent: Agent, ident: str) -> str:
    return agent.call("job.show", {"id": ident})["reason"] or ""


@pytest.fixture
def nvml(nvml_library: Path, tmp_path: Path) -> FakeNvml:
    """Two healthy GPUs."""
    return FakeNvml(nvml_library, tmp_path / "world.txt")


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    """A place for locks of this test's host."""
    folder = tmp_path / "locks"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def replica(agent: Agent, name: str, *uuids: str) -> None:
    spec = {"argv": ["sh", "-c", "env; sleep 300"], "env": {}, "accelerators": list(uuids)}
    agent.call("service.start", {"name": name, "spec": spec})


def test_a_job_never_gets_a_replica_s_gpu_nor_a_replica_a_job_s(
    nvml: FakeNvml, locks: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent(env={**nvml.env, "TANDEM_LOCK_DIR": str(locks)}, probes=NVIDIA)
    replica(agent, "one", "GPU-fake-0000")
    until(
        lambda: (
            "CUDA_VISIBLE_DEVICES=GPU-fake-0000\n" in agent.call("service.show", {"name": "one"})["log_tail"]
        )
    )
    agent.submit("job", ["sleep", "300"], gpus=1)
    assert agent.wait("job", "running")["accelerators"] == ["GPU-fake-0001"]
    agent.submit("next", ["true"], gpus=2)
    until(lambda: "it is leased" in reason(agent, "next"))
    with pytest.raises(Refused) as refused:
        replica(agent, "two", "GPU-fake-0001")
    assert refused.value.code == "deploy.gpu_taken"
    assert "it is leased by process" in refused.value.attrs["reason"]
    rows = agent.call("lease.list")["accelerators"]
    assert [row["refused"] is None for row in rows] == [True, False]
    # A new version may be beside the old one on its GPU.
    replica(agent, "three", "GPU-fake-0000")
    for name in ("one", "three"):
        agent.call("service.stop", {"name": name, "grace_s": 1})
    agent.call("job.cancel", {"id": "job", "grace_s": 1})
    assert agent.wait("next")["state"] == "succeeded"


@pytest.mark.faults
def test_a_replica_whose_supervisor_was_killed_keeps_its_gpu_while_it_lives(
    home: Path, nvml: FakeNvml, locks: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent(env={**nvml.env, "TANDEM_LOCK_DIR": str(locks)}, probes=NVIDIA)
    replica(agent, "one", "GPU-fake-0000")
    agent.submit("first", ["true"], gpus=2)
    start = json.loads((home / ".tandem/services/one/start.json").read_text())
    os.kill(start["supervisor"]["pid"], signal.SIGKILL)
    until(lambda: agent.call("service.show", {"name": "one"})["state"] == "lost")
    agent.submit("second", ["true"], gpus=2)
    until(lambda: "it is leased" in reason(agent, "first"))
    agent.call("service.stop", {"name": "one", "grace_s": 1})
    assert agent.wait("first")["state"] == "succeeded"
    assert agent.wait("second")["state"] == "succeeded"


@pytest.mark.faults
def test_a_gpu_that_is_cut_up_is_leased_by_its_instances(
    nvml: FakeNvml, locks: Path, start_agent: Callable[..., Agent]
) -> None:
    nvml.set("gpu 0 mig", 1)
    for instance in (3, 4):
        nvml.set(f"slice 0 {instance}", 10 << 30)
    agent = start_agent(env={**nvml.env, "TANDEM_LOCK_DIR": str(locks)}, probes=NVIDIA)
    until(lambda: len(agent.call("lease.list")["accelerators"]) == 3)
    for ident in ("a", "b", "c"):
        agent.submit(ident, ["sh", "-c", "echo $CUDA_VISIBLE_DEVICES; sleep 300"], gpus=1)
    found = [agent.wait(ident, "running")["accelerators"] for ident in ("a", "b", "c")]
    assert sorted(found) == [["GPU-fake-0001"], ["MIG-fake-0000-3"], ["MIG-fake-0000-4"]]
    until(lambda: (agent.call("job.show", {"id": "a"})["log_size"]) > 0)
    assert next(agent.follow("a")).decode().strip() == found[0][0]
    for ident in ("a", "b", "c"):
        agent.call("job.cancel", {"id": ident, "grace_s": 1})


_ZE = {"ZE_ENABLE_PCI_ID_DEVICE_ORDER": "1", "ZE_FLAT_DEVICE_HIERARCHY": "COMPOSITE"}


@pytest.mark.parametrize(
    ("vendor", "tool", "capture", "gpus", "wanted"),
    [
        # The first card of flex is occupied in the capture, as are the first two chips of a3.
        ("intel", "xpu-smi", "intel/flex", 1, {"ZE_AFFINITY_MASK": "1", **_ZE}),
        ("intel", "xpu-smi", "intel/max", 1, {"ZE_AFFINITY_MASK": "0", **_ZE}),
        ("ascend", "npu-smi", "ascend/910b4", 1, {"ASCEND_RT_VISIBLE_DEVICES": "0"}),
        ("ascend", "npu-smi", "ascend/a3", 2, {"ASCEND_RT_VISIBLE_DEVICES": "2,3"}),
        ("ascend", "npu-smi", "ascend/310p", 2, {"ASCEND_RT_VISIBLE_DEVICES": "0,1"}),
    ],
)
def test_a_job_on_intel_s_and_ascend_s_devices_prints_their_own_variables(
    tmp_path: Path,
    locks: Path,
    start_agent: Callable[..., Agent],
    vendor: str,
    tool: str,
    capture: str,
    gpus: int,
    wanted: dict[str, str],
) -> None:
    fake = FakeTool(tmp_path / "bin", tool, capture)
    # What an administrator set for every session does not reach past the lease.
    stray = {"ZE_AFFINITY_MASK": "7", "ASCEND_RT_VISIBLE_DEVICES": "7"} if gpus == 2 else {}
    agent = start_agent(
        env={"TANDEM_LOCK_DIR": str(locks), **stray, **fake.environment}, probes=(probe(vendor, vendor),)
    )
    agent.submit("j", ["sh", "-c", "env"], gpus=gpus)
    assert agent.wait("j")["state"] == "succeeded"
    told = dict(line.partition("=")[::2] for line in log_of(agent, "j").splitlines())
    assert {name: told.get(name) for name in wanted} == wanted
    assert "CUDA_VISIBLE_DEVICES" not in told
    assert len(agent.call("job.show", {"id": "j"})["accelerators"]) == gpus


@pytest.mark.parametrize(
    ("vendor", "tool", "capture", "wanted"),
    [
        (
            "amd",
            "amd-smi",
            "amd/rocm7",
            {"ROCR_VISIBLE_DEVICES": "GPU-76a08c022586fed6,GPU-ce5d239fe548af74"},
        ),
        ("amd", "amd-smi", "amd/rocm6", {"ROCR_VISIBLE_DEVICES": "0"}),
    ],
)
def test_a_vendor_s_own_variables_are_set_and_no_other_s(
    tmp_path: Path,
    locks: Path,
    start_agent: Callable[..., Agent],
    vendor: str,
    tool: str,
    capture: str,
    wanted: dict[str, str],
) -> None:
    fake = FakeTool(tmp_path / "bin", tool, capture)
    env = {"TANDEM_LOCK_DIR": str(locks), **fake.environment}
    agent = start_agent(env=env, probes=(probe(vendor, vendor),))
    until(lambda: agent.call("lease.list")["accelerators"])
    rows = agent.call("lease.list")["accelerators"]
    free = [row["uuid"] for row in rows if row["refused"] is None or "occupied" in row["refused"]]
    assert len(free) == wanted["ROCR_VISIBLE_DEVICES"].count(",") + 1
    agent.submit("j", ["sh", "-c", "env"], gpus=1)
    first = sorted(wanted["ROCR_VISIBLE_DEVICES"].split(","))[0]
    agent.wait("j")
    told = dict(line.partition("=")[::2] for line in log_of(agent, "j").splitlines())
    assert told["ROCR_VISIBLE_DEVICES"] == first
    assert "CUDA_VISIBLE_DEVICES" not in told
    assert "HIP_VISIBLE_DEVICES" not in told


def test_what_several_accelerators_make_visible() -> None:
    npus = [{"uuid": f"n{n}", "visible": {"ASCEND_RT_VISIBLE_DEVICES": str(n)}} for n in (10, 2)]
    assert visible_to(npus) == {"ASCEND_RT_VISIBLE_DEVICES": "2,10"}
    cards = [
        {"uuid": f"x{n}", "visible": {"ZE_AFFINITY_MASK": str(n), "ZE_ENABLE_PCI_ID_DEVICE_ORDER": "1"}}
        for n in (0, 1)
    ]
    assert visible_to(cards) == {"ZE_AFFINITY_MASK": "0,1", "ZE_ENABLE_PCI_ID_DEVICE_ORDER": "1"}
    assert visible_to([{"uuid": "own"}]) == {"CUDA_VISIBLE_DEVICES": "own"}, "a probe that declares none"
    assert visible_to([]) == {}


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that every account may enter, unlike those of the tests."""
    with tempfile.TemporaryDirectory(prefix="tandem-lab-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def account(common: Path) -> Iterator[Path]:
    """Another account of this server; its home."""
    home = common / "account"
    subprocess.run(["useradd", "--no-create-home", "--home-dir", str(home), ACCOUNT], check=True)
    home.mkdir(mode=0o700)
    shutil.chown(home, ACCOUNT)
    yield home
    end_with_home(home)
    subprocess.run(["userdel", ACCOUNT], check=True)


@pytest.mark.faults
def test_leases_hold_across_unix_accounts(
    common: Path, nvml_library: Path, account: Path, start_agent: Callable[..., Agent]
) -> None:
    shutil.copytree(nvml_library, common / "nvml")
    locks = common / "locks"
    locks.mkdir()
    locks.chmod(0o1777)
    env = {**FakeNvml(common / "nvml", common / "world.txt").env, "TANDEM_LOCK_DIR": str(locks)}
    for path in (common / "nvml", *(common / "nvml").iterdir()):
        path.chmod(0o755)
    as_account = ("setpriv", "--reuid", ACCOUNT, "--clear-groups")
    mine = start_agent(env=env, probes=NVIDIA)
    mine.submit("mine", ["sleep", "300"], gpus=1)
    held = mine.wait("mine", "running")["accelerators"]
    through = (*as_account, "sh", "-c")
    with Agent(account, python="/usr/bin/python3", env=env, probes=NVIDIA, through=through) as theirs:
        assert theirs.call("hello")["user"] == ACCOUNT
        theirs.submit("theirs", ["sleep", "300"], gpus=1)
        got = theirs.wait("theirs", "running")["accelerators"]
        assert sorted(held + got) == ["GPU-fake-0000", "GPU-fake-0001"]
        theirs.submit("more", ["true"], gpus=1)
        until(lambda: "it is leased by process" in reason(theirs, "more"))
        assert " of root" in reason(theirs, "more")
        mine.submit("more", ["true"], gpus=1)
        until(lambda: f" of {ACCOUNT}" in reason(mine, "more"))
        # Neither can take the other's lock away.
        (lock,) = [path for path in (locks / "tandem-leases").iterdir() if held[0] in path.name]
        done = subprocess.run([*as_account, "rm", "-f", str(lock)], capture_output=True, check=False)
        assert done.returncode != 0
        theirs.call("job.cancel", {"id": "theirs", "grace_s": 1})
        assert mine.wait("more")["state"] == "succeeded"
        mine.call("job.cancel", {"id": "mine", "grace_s": 1})
        assert theirs.wait("more")["state"] == "succeeded"


@pytest.mark.faults
def test_leases_hold_between_a_server_and_its_containers(
    tmp_path: Path, nvml: FakeNvml, locks: Path, start_agent: Callable[..., Agent]
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir(mode=0o700)
    # A container as far as locks and processes go: mounts, a process table and a machine id of its own.
    words = machine(tmp_path / "machines", "container", own_locks=False)
    through = (*words, "unshare", "--pid", "--fork", "--mount-proc", "sh", "-c")
    env = {**nvml.env, "TANDEM_LOCK_DIR": str(locks)}
    host = start_agent(env=env, probes=NVIDIA)
    host.submit("host", ["sleep", "300"], gpus=1)
    held = host.wait("host", "running")["accelerators"]
    with Agent(inside, env=env, probes=NVIDIA, through=through) as container:
        container.submit("j", ["sleep", "300"], gpus=1)
        got = container.wait("j", "running")["accelerators"]
        assert sorted(held + got) == ["GPU-fake-0000", "GPU-fake-0001"]
        container.submit("more", ["true"], gpus=1)
        until(lambda: "it is leased" in reason(container, "more"))
        host.call("job.cancel", {"id": "host", "grace_s": 1})
        assert container.wait("more")["state"] == "succeeded"
        container.call("job.cancel", {"id": "j", "grace_s": 1})
    end_with_home(inside)


@pytest.mark.faults
def test_a_squatter_s_lock_is_told_with_its_owner_and_the_other_gpu_is_used(
    nvml: FakeNvml, locks: Path, start_agent: Callable[..., Agent]
) -> None:
    agent = start_agent(env={**nvml.env, "TANDEM_LOCK_DIR": str(locks)}, probes=NVIDIA)
    agent.submit("first", ["true"], gpus=2)
    agent.wait("first")
    lock = locks / "tandem-leases/GPU-fake-0000.lock"
    until(lambda: lock.exists())
    squatter = os.open(lock, os.O_RDONLY)
    fcntl.flock(squatter, fcntl.LOCK_EX)
    agent.submit("j", ["true"], gpus=1)
    assert agent.wait("j")["accelerators"] == ["GPU-fake-0001"]
    agent.submit("both", ["true"], gpus=2)
    until(lambda: f"it is leased by process {os.getpid()} of root" in reason(agent, "both"))
    os.close(squatter)
    assert agent.wait("both")["state"] == "succeeded"
