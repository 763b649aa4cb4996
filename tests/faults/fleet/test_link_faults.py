"""Servers that hang, fleets that restart, a console that ends: links stay apart and end in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from tests.integration.fleet.rig import Rig, until
from tests.lab import processes
from tests.lab.delay_proxy import DelayProxy
from tests.lab.fleet import LabFleet
from tests.lab.hostile import HostileServer
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults


def link_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("link ")]


def test_r20_r21_a_stopped_server_delays_nobody_and_goes_stale_and_comes_back(
    rig: Rig,
    lab_fleet: Callable[[int], LabFleet],
) -> None:
    stopped, sound = lab_fleet(2)
    bad, good = rig.add(stopped), rig.add(sound)
    rig.fleet.watch(interval_s=0.5)
    until(lambda: rig.state(bad) is rig.state(good) is LinkState.UP, what="both links")
    stopped.pause()
    began = time.monotonic()
    until(lambda: rig.state(bad) is LinkState.STALE, within_s=10, what="staleness")
    assert time.monotonic() - began > 4
    for _ in range(20):
        asked = time.monotonic()
        rig.fleet.call(good, "hello")
        assert time.monotonic() - asked < 1
    until(lambda: rig.state(bad) in (LinkState.WAITING, LinkState.CONNECTING), within_s=12, what="the end")
    assert time.monotonic() - began < 20
    times = [at for _, at in rig.sink.of(good) if at > began]
    assert max(b - a for a, b in pairwise(times)) < 1.5
    stopped.resume()
    seen = len(rig.sink.of(bad))
    until(lambda: len(rig.sink.of(bad)) > seen, within_s=30, what="samples again")


def test_a_server_that_is_stopped_for_a_moment_keeps_its_link(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name], interval_s=0.5)
    until(lambda: rig.sink.of(name), what="a sample")
    pid = rig.fleet.call(name, "hello")["pid"]
    lab_server.pause()
    until(lambda: rig.state(name) is LinkState.STALE, what="staleness")
    lab_server.resume()
    until(lambda: rig.state(name) is LinkState.UP, what="the link")
    assert rig.fleet.call(name, "hello")["pid"] == pid


def test_r28_closing_takes_three_seconds_at_most_with_every_server_stopped(
    rig: Rig,
    lab_fleet: Callable[[int], LabFleet],
) -> None:
    lab = lab_fleet(6)
    names = [rig.add(server) for server in lab]
    rig.fleet.watch(interval_s=0.5)
    until(lambda: all(rig.state(name) is LinkState.UP for name in names), what="all links")
    for server in lab:
        server.pause()
    began = time.monotonic()
    rig.fleet.close()
    assert time.monotonic() - began < 3
    assert link_threads() == []
    for server in lab:
        server.resume()
    with pytest.raises(Problem):
        rig.fleet.call(names[0], "hello")


def test_agents_end_with_the_console(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name])
    pid = rig.fleet.call(name, "hello")["pid"]
    rig.fleet.close()
    until(lambda: not processes.is_running(pid), what="the agent's end")


def test_r22_no_more_connects_at_once_than_allowed(
    make_rig: Callable[..., Rig],
    lab_fleet: Callable[[int], LabFleet],
) -> None:
    rig = make_rig(ssh__parallel_connects=3)
    lab = lab_fleet(12)
    names = [rig.add(server) for server in lab]
    rig.fleet.watch(interval_s=1)
    until(lambda: all(rig.state(name) is LinkState.UP for name in names), within_s=30, what="all links")
    assert rig.fleet._slots.most <= 3
    until(lambda: link_threads() == [], what="links that need no thread")


def test_r22_dead_servers_leave_room_for_the_living(
    make_rig: Callable[..., Rig],
    lab_server: LabServer,
) -> None:
    rig = make_rig(ssh__parallel_connects=3, ssh__connect_timeout_s=2.0)
    with HostileServer("silent") as dead:
        for number in range(5):
            rig.add(lab_server, f"dead-{number}", port=dead.port)
        rig.fleet.watch()
        until(
            lambda: sum(view.state is LinkState.WAITING for view in rig.fleet.links().values()) >= 3,
            within_s=15,
            what="failures",
        )
        name = rig.add(lab_server, "alive")
        began = time.monotonic()
        assert rig.fleet.call(name, "hello")["pid"]
        assert time.monotonic() - began < 5
        rig.fleet.close()


@pytest.mark.parametrize("mode", ["garbage", "http", "closes", "huge_packet", "banner_then_silence"])
def test_hostile_servers_give_one_problem(
    make_rig: Callable[..., Rig],
    lab_server: LabServer,
    mode: str,
) -> None:
    rig = make_rig(ssh__connect_timeout_s=2.0)
    with HostileServer(mode) as hostile:
        name = rig.add(lab_server, "hostile", port=hostile.port)
        began = time.monotonic()
        with pytest.raises(Problem) as found:
            rig.fleet.call(name, "hello")
        assert found.value.code.startswith("ssh.")
        assert time.monotonic() - began < 5
        rig.fleet.close()


def test_a_cut_link_is_noticed_and_mended(rig: Rig, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port) as proxy:
        name = rig.add(lab_server, port=proxy.port, trusted=False)
        rig.home.known_hosts.write_text(
            f"[127.0.0.1]:{proxy.port} {' '.join(lab_server.host_key())}\n", encoding="ascii"
        )
        rig.fleet.watch([name], interval_s=0.5)
        until(lambda: rig.sink.of(name) and rig.state(name) is LinkState.UP, what="the link")
        proxy.blackhole()
        began = time.monotonic()
        until(lambda: rig.state(name) not in (LinkState.UP, LinkState.STALE), within_s=20, what="the loss")
        assert time.monotonic() - began < 20
        proxy.reset()
        proxy.restore()
        seen = len(rig.sink.of(name))
        until(lambda: len(rig.sink.of(name)) > seen, within_s=40, what="a sample after the cut")
        rig.fleet.close()


def test_an_agent_that_is_killed_is_started_again(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.watch([name])
    pid = rig.fleet.call(name, "hello")["pid"]
    processes.end([pid])
    until(lambda: LinkState.LOST in rig.sink.states(name), what="the loss")
    until(lambda: rig.state(name) is LinkState.UP, what="the link")
    assert rig.fleet.call(name, "hello")["pid"] != pid


def test_a_push_that_loses_its_server_leaves_no_part_that_looks_whole(
    rig: Rig,
    lab_server: LabServer,
    tmp_path: Path,
) -> None:
    name = rig.add(lab_server)
    local = tmp_path / "big"
    local.write_bytes(b"x" * 80_000_000)
    cut = threading.Event()

    def progress(done: int, total: int) -> None:
        if done > total // 4 and not cut.is_set():
            cut.set()
            lab_server.stop_listening()

    with pytest.raises(Problem) as found:
        rig.fleet.push_file(name, local, "model.bin", progress=progress)
    assert found.value.code in ("ssh.lost", "ssh.refused")
    assert not (lab_server.home / "model.bin").exists()
