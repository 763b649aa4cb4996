"""One home on several servers: their queues, keepers and leases do not mix, and locks stay local."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.agent.conftest import named
from tests.lab.agent import Agent, probe
from tests.lab.machines import machine
from tests.lab.sshd import LabServer

SIMULATED = (probe("simulated", "Simulated"),)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Callable[[str], Agent]]:
    """Agents on servers by name, all with one home."""
    with ExitStack() as stack:
        running: dict[str, LabServer] = {}

        def reach(name: str) -> Agent:
            if name not in running:
                server = LabServer(tmp_path / name, name=name, within=machine(tmp_path / "machines", name))
                server.home = tmp_path / "home"
                running[name] = stack.enter_context(server)
            config = running[name].write_ssh_config(tmp_path / f"{name}.config")
            through = ("ssh", "-F", str(config), name)
            wish = {"simulated": {"count": 1, "seed": name}}
            return stack.enter_context(
                Agent(running[name].home, through=through, probes=SIMULATED, config=wish)
            )

        yield reach


def test_two_servers_with_one_home_keep_their_work_apart(
    tmp_path: Path, servers: Callable[[str], Agent]
) -> None:
    one, two = servers("one"), servers("two")
    for agent, name in ((one, "one"), (two, "two")):
        agent.submit("first", ["sh", "-c", f"echo {name}; sleep 300"], gpus=1)
        agent.wait("first", "running")
        agent.submit("second", ["true"], gpus=1)
    assert len(named(tmp_path / "home", "tandem-keeper")) == 2
    # The same ids on both, and each server answers for its own.
    assert next(one.follow("first")) == b"one\n"
    assert next(two.follow("first")) == b"two\n"
    assert one.call("job.show", {"id": "first"})["pid"] != two.call("job.show", {"id": "first"})["pid"]
    two.call("server.drain", {"reason": "new disks"})
    assert one.call("server.state")["drained"] is None
    assert servers("two").call("server.state")["drained"]["reason"] == "new disks"
    two.call("server.resume")
    one.call("job.cancel", {"id": "first", "grace_s": 1})
    assert one.wait("second")["state"] == "succeeded"
    assert two.call("job.show", {"id": "second"})["state"] == "queued"
    assert two.call("job.show", {"id": "first"})["state"] == "running"
    two.call("job.cancel", {"id": "first", "grace_s": 1})
    assert two.wait("second")["state"] == "succeeded"
    # What the console names as ~/.tandem/… is this server's; cleaning one leaves the other's.
    for agent, generation in ((one, 0), (two, 0)):
        agent.call(
            "json.swap",
            {"path": "~/.tandem/deployments/d/state.json", "expect_generation": generation, "data": {}},
        )
    two.call("home.clean")
    assert two.call("job.list")["jobs"] == []
    assert {row["id"] for row in one.call("job.list")["jobs"]} == {"first", "second"}
    assert one.call("json.read", {"path": "~/.tandem/deployments/d/state.json"})["generation"] == 1


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[Path]:
    """A home on a FUSE file system, which may be anybody's: as one on the network."""
    (tmp_path / "disk").mkdir(mode=0o700)
    home = tmp_path / "mirror"
    home.mkdir()
    subprocess.run(["bindfs", str(tmp_path / "disk"), str(home)], check=True)
    yield home
    subprocess.run(["umount", "--lazy", str(home)], check=True)


def test_locks_of_a_home_on_the_network_lie_on_a_local_disk(tmp_path: Path, mirrored: Path) -> None:
    within = machine(tmp_path / "machines", "one")
    server = LabServer(tmp_path / "server", within=within)
    server.home = mirrored
    with server, ExitStack() as stack:
        through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")

        def reach() -> Agent:
            return stack.enter_context(
                Agent(mirrored, through=through, probes=SIMULATED, config={"simulated": {"count": 1}})
            )

        agent = reach()
        agent.submit("j", ["sleep", "300"], gpus=1)
        agent.wait("j", "running")
        assert agent.submit("next", ["true"], gpus=1)["state"] == "queued"
        assert not list((tmp_path / "disk").rglob("*lock"))
        (local,) = (tmp_path / "machines" / "one-run-lock").glob(f"tandem-{os.geteuid()}-*")
        names = {path.name for path in local.iterdir()}
        assert {"keeper.lock", "jobs%2fj%2flock"} <= names
        assert any(name.startswith("leases%2f") for name in names)
        # Whoever looks later looks at the same place.
        assert reach().call("job.show", {"id": "j"})["state"] == "running"
        agent.call("job.cancel", {"id": "j", "grace_s": 1})
        assert agent.wait("next")["state"] == "succeeded"


def test_a_squatter_in_the_place_of_local_locks_is_left_alone(tmp_path: Path, mirrored: Path) -> None:
    within = machine(tmp_path / "machines", "one")
    with ExitStack() as stack:
        server = LabServer(tmp_path / "server", within=within)
        server.home = mirrored
        stack.enter_context(server)
        through = ("ssh", "-F", str(server.write_ssh_config(tmp_path / "config")), "lab")
        agent = stack.enter_context(Agent(mirrored, through=through))
        agent.submit("j", ["true"])
        agent.wait("j")
        (local,) = (tmp_path / "machines" / "one-run-lock").glob("tandem-*")
        agent.close()
        for path in local.iterdir():
            path.unlink()
        local.rmdir()
        (tmp_path / "victim").mkdir()
        local.symlink_to(tmp_path / "victim")
        other = stack.enter_context(Agent(mirrored, through=through))
        other.submit("k", ["true"])
        assert other.wait("k")["state"] == "succeeded"
        assert list((tmp_path / "victim").iterdir()) == []
        assert list((tmp_path / "machines" / "one-dev-shm").glob("tandem-*/jobs%2fk%2flock"))
