"""Copies between servers in networks of their own: firewalls, cut cables, and no way at all."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.copying.carried import ARRIVED, Arrived, PartState
from tests.integration.copies.conftest import (
    Copying,
    Watcher,
    copying,
    make_rig,
    parts,
    random_file,
    rig,
    sha256,
)
from tests.integration.copies.test_between_servers import (
    carriers,
    copy,
    has_begun,
    lab,
    large_file,
    task_of,
)
from tests.integration.fleet.rig import until
from tests.lab.fleet import LabFleet
from tests.lab.namespace import Namespace
from tests.lab.sshd import LabServer

__all__ = ["copying", "lab", "make_rig", "rig"]

pytestmark = pytest.mark.faults

MIB = 1024 * 1024


@pytest.fixture
def network() -> Iterator[Namespace]:
    with Namespace(3) as made:
        yield made


@pytest.fixture
def far(network: Namespace, make_lab_server: Callable[..., LabServer]) -> LabServer:
    return make_lab_server(host=network.there, within=network.within)


def run(copying: Copying, work: object, watcher: Watcher | None = None) -> list[Arrived]:
    return copying.run(work, watcher)  # type: ignore[return-value, arg-type]


@pytest.mark.parametrize("to_far", [True, False])
def test_where_a_firewall_lets_nobody_in_the_server_behind_it_calls(
    copying: Copying, network: Namespace, lab_server: LabServer, far: LabServer, to_far: bool
) -> None:
    near, away = copying.rig.add(lab_server), copying.rig.add(far, "far")
    network.refuse_calls(far.port)
    source, target = (lab_server, far) if to_far else (far, lab_server)
    random_file(source.home / "data", 5 * MIB)
    names = (near, away) if to_far else (away, near)
    work = copying.between.prepare_copy(names[0], "data", [(names[1], "data")])
    assert work.plan.steps[0].name == "Copy directly"
    (arrived,) = run(copying, work)
    assert arrived.way == f"directly from {names[0]}"
    assert sha256(target.home / "data") == sha256(source.home / "data")


def test_where_there_is_no_way_the_plan_says_why_and_it_goes_through_the_console(
    copying: Copying, network: Namespace, lab_server: LabServer, far: LabServer
) -> None:
    near, away = copying.rig.add(lab_server), copying.rig.add(far, "far")
    network.only(far.port)
    random_file(lab_server.home / "data", 5 * MIB)
    work = copying.between.prepare_copy(near, "data", [(away, "data")])
    first = work.plan.steps[0]
    assert first.name == "Copy through this console"
    assert "no route: far cannot reach" in first.detail
    assert "no answer" in first.detail
    assert "nothing is kept here" in first.detail
    (arrived,) = run(copying, work)
    assert arrived.way == "through the console"
    assert sha256(far.home / "data") == sha256(lab_server.home / "data")


def test_two_behind_the_same_wall_get_it_through_the_console_once(
    copying: Copying, network: Namespace, lab_server: LabServer, far: LabServer, tmp_path: Path
) -> None:
    with LabServer(
        tmp_path / "far-2", name="far-2", host=network.there, within=network.within, client_key=far.client_key
    ) as second:
        near = copying.rig.add(lab_server)
        names = [copying.rig.add(far, "far-1"), copying.rig.add(second)]
        network.only(far.port)
        network.restore()
        _wall(network, (far.port, second.port))
        random_file(lab_server.home / "data", 3 * MIB)
        work = copying.between.prepare_copy(near, "data", [(name, "data") for name in names])
        assert [step.name for step in work.plan.steps] == [
            "Copy through this console",
            "Copy directly",
            "Compare",
        ]
        arrived = run(copying, work)
        assert [each.way for each in arrived] == ["through the console", "directly from far-1"]
        for server in (far, second):
            assert sha256(server.home / "data") == sha256(lab_server.home / "data")


def _wall(network: Namespace, ports: tuple[int, int]) -> None:
    """Nothing passes the cable but SSH; inside, everything."""
    allowed = f"{{ {ports[0]}, {ports[1]} }}"
    network._nft(f'add rule inet lab input iifname "eth0" tcp dport != {allowed} drop')
    network._nft(f'add rule inet lab output oifname "eth0" tcp sport != {allowed} drop')


def test_a_cable_that_is_pulled_and_put_back_costs_time_alone(
    copying: Copying, network: Namespace, lab_server: LabServer, far: LabServer
) -> None:
    near, away = copying.rig.add(lab_server), copying.rig.add(far, "far")
    source = random_file(lab_server.home / "data", 300 * MIB)
    work = copying.between.prepare_copy(near, "data", [(away, "data")])
    cut = threading.Event()

    def pull(_done: float) -> None:
        if has_begun(far, 10 * MIB) and not cut.is_set():
            cut.set()
            network.unplug()

    def mend() -> None:
        assert cut.wait(30)
        until(lambda: not _grows(far), within_s=20, what="a standstill")
        network.plug_in()

    mender = threading.Thread(target=mend)
    mender.start()
    (arrived,) = run(copying, work, Watcher(at=pull))
    mender.join()
    assert arrived.sha256 == sha256(far.home / "data") == sha256(source)
    assert parts(far.home) == []
    state = json.loads(next((far.home / ".tandem/copies").glob("*/state.json")).read_text())
    assert state["wire"] < 1.5 * source.stat().st_size, "it went on where it was"


def _grows(server: LabServer) -> bool:
    sizes = []
    for _ in range(2):
        sizes.append(sum(path.stat().st_size for path in server.home.glob(".*.part")))
        threading.Event().wait(0.3)
    return sizes[0] != sizes[1]


def test_while_the_console_is_cut_off_the_servers_go_on(
    copying: Copying, lab_server: LabServer, make_lab_server: Callable[..., LabServer]
) -> None:
    other = make_lab_server(name="other")
    names = [copying.rig.add(lab_server), copying.rig.add(other)]
    source = random_file(lab_server.home / "data", 200 * MIB)
    work = copying.between.prepare_copy(names[0], "data", [(names[1], "data")], detach=True)
    run(copying, work)
    for server in (lab_server, other):
        server.end_sessions()
    until(lambda: not carriers(other), within_s=30, what="the end, with nobody looking")
    until(lambda: task_of(copying).state is PartState.SUCCEEDED, within_s=30, what="the true result")
    part = task_of(copying).parts[1]
    assert part.state in ARRIVED
    assert part.arrived is not None
    assert part.arrived.sha256 == sha256(other.home / "data") == sha256(source)


def test_a_giver_that_is_killed_is_replaced_by_the_one_above_it(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in lab]
    source = large_file(lab[0].home / "data", 300)

    def cut(_done: float) -> None:
        if has_begun(lab[1], 4 * MIB):
            for pid in carriers(lab[1]):
                os.kill(pid, signal.SIGKILL)

    watcher = Watcher(at=cut)
    with pytest.raises(Problem) as caught:
        copy(copying, names[0], "data", [(name, "data") for name in names[1:]], watcher=watcher)
    assert "lab-2: the process that copied is gone" in caught.value.sentence
    assert sha256(lab[2].home / "data") == sha256(lab[3].home / "data") == sha256(source)
    left = parts(lab[1].home)
    assert len(left) == 1
    part = lab[1].home / left[0]
    inode, size = part.stat().st_ino, part.stat().st_size
    # The same copy again finds its part and goes on there.
    (arrived,) = copy(copying, names[0], "data", [(names[1], "data")])
    assert (lab[1].home / "data").stat().st_ino == inode
    assert sha256(lab[1].home / "data") == arrived.sha256 == sha256(source)
    state = json.loads(max((lab[1].home / ".tandem/copies").glob("*/state.json")).read_text())
    assert state["wire"] <= source.stat().st_size - size + MIB
