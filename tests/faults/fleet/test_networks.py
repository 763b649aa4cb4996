"""Bad networks and odd login shells under a whole link: what is noticed, how soon, what the person reads."""

from __future__ import annotations

import base64
import json
import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from console.fleet.link_state import LinkState
from tests.integration.fleet.rig import Rig, until
from tests.lab.delay_proxy import DelayProxy
from tests.lab.namespace import Namespace
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

NASTY = [
    "it's",
    '"',
    "$(touch x)",
    "`id`",
    "a\nb",
    "-n",
    "*",
    "~",
    "\\",
    "%h",
    "ü",
    "x" * 10_000,
    "!!",
    "#",
    "",
]


@pytest.fixture
def network() -> Iterator[Namespace]:
    with Namespace() as made:
        yield made


@pytest.fixture
def far(network: Namespace, make_lab_server: Callable[..., LabServer]) -> LabServer:
    return make_lab_server(host=network.there, within=network.within)


def up(rig: Rig, name: str) -> None:
    rig.fleet.watch([name], interval_s=0.5)
    until(lambda: rig.sink.of(name), within_s=20, what="a sample")


def test_a_network_can_be_made_again_while_a_process_still_ends_in_the_last_one() -> None:
    with Namespace() as first:
        lingering = subprocess.Popen([*first.within, "sleep", "60"])
    try:
        with Namespace() as second:
            assert subprocess.run(["ip", "-o", "addr", "show", "to", second.here], check=True).returncode == 0
        assert lingering.poll() is None, "it ended too soon to prove anything"
    finally:
        lingering.kill()
        lingering.wait()


def test_r20_half_open_tcp_is_noticed_within_20_s_and_mends(
    rig: Rig, network: Namespace, far: LabServer
) -> None:
    name = rig.add(far)
    up(rig, name)
    stream = rig.fleet.stream(name, "exec", {"argv": ["sleep", "60"]})
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            stream.result()
        except Exception as error:
            ended.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    network.drop_all()
    began = time.monotonic()
    until(lambda: LinkState.LOST in rig.sink.states(name), within_s=20, what="lost")
    assert LinkState.STALE in rig.sink.states(name), "old numbers are shown as old first"
    problem = next(view.problem for view in rig.sink.views if view.state is LinkState.LOST)
    assert problem is not None
    assert problem.sentence.startswith(f"{name}: the connection was lost: no")
    waiter.join(max(0.1, 20 - (time.monotonic() - began)))
    assert len(ended) == 1, "the command that ran is told apart from one that goes on"
    network.restore()
    until(lambda: rig.state(name) is LinkState.UP, within_s=40, what="up again")


def test_r20_a_pulled_cable_is_noticed_and_put_back(rig: Rig, network: Namespace, far: LabServer) -> None:
    name = rig.add(far)
    up(rig, name)
    network.unplug()
    until(lambda: LinkState.LOST in rig.sink.states(name), within_s=20, what="lost")
    network.plug_in()
    until(lambda: rig.state(name) is LinkState.UP, within_s=40, what="up again")


def test_five_percent_loss_slows_a_link_and_breaks_nothing(
    rig: Rig, network: Namespace, far: LabServer
) -> None:
    network.lose(5)
    name = rig.add(far)
    up(rig, name)
    data = os.urandom(300_000)
    source = far.home / "data"
    source.write_bytes(data)
    for _ in range(10):
        stream = rig.fleet.stream(name, "exec", {"argv": ["sh", "-c", "cat data | cksum; cksum data"]})
        list(stream)
        assert stream.result()["exit_code"] == 0
    assert rig.fleet.call(name, "file.sha256", {"path": "data"})["size"] == len(data)
    assert LinkState.LOST not in rig.sink.states(name)


def test_at_one_megabit_a_link_comes_up_and_stays_current(rig: Rig, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port, bytes_per_s=125_000) as proxy:
        name = rig.add(lab_server, trusted=False, port=proxy.port)
        line = lab_server.known_hosts_line.replace(f":{lab_server.port} ", f":{proxy.port} ")
        rig.home.known_hosts.write_text(line)
        began = time.monotonic()
        up(rig, name)
        assert time.monotonic() - began < 10
        seen = len(rig.sink.of(name))
        time.sleep(4)
        times = [at for _, at in rig.sink.of(name)[seen:]]
        assert len(times) >= 6
        assert max(b - a for a, b in pairwise(times)) < 1.5
        rig.fleet.close()


def test_at_300_ms_a_link_comes_up_and_says_how_far_it_is(rig: Rig, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port, latency_s=0.15) as proxy:
        name = rig.add(lab_server, trusted=False, port=proxy.port)
        line = lab_server.known_hosts_line.replace(f":{lab_server.port} ", f":{proxy.port} ")
        rig.home.known_hosts.write_text(line)
        report = rig.fleet.check(name)
        assert report.problem is None
        assert report.latency_ms is not None
        assert 300 <= report.latency_ms < 600
        rig.fleet.close()


# --- login shells


def through(shell: str) -> dict[str, str]:
    """As if the account's login shell were another: it gets the command as sshd would give it."""
    return {"ForceCommand": f'exec {shell} -c "$SSH_ORIGINAL_COMMAND"'}


@pytest.mark.parametrize("shell", ["fish", "csh", "dash"])
def test_r60a_under_any_login_shell_arguments_arrive_as_they_are(
    rig: Rig, make_lab_server: Callable[..., LabServer], shell: str
) -> None:
    name = rig.add(make_lab_server(options=through(shell)))
    report = rig.fleet.check(name)
    assert (report.problem, report.warnings) == (None, ())
    script = "import sys, json; print(json.dumps(sys.argv[1:]))"
    stream = rig.fleet.stream(name, "exec", {"argv": ["python3", "-c", script, *NASTY]})
    said = b"".join(base64.b64decode(str(event["stdout"])) for event in stream if "stdout" in event)
    assert json.loads(said) == NASTY
    assert stream.result()["exit_code"] == 0


@pytest.mark.parametrize("shell", ["fish", "csh"])
def test_without_python_under_any_login_shell_numbers_are_read_by_shell(
    rig: Rig, make_lab_server: Callable[..., LabServer], shell: str
) -> None:
    server = make_lab_server(options=through(shell))
    name = rig.add(server, python="/no/such/python")
    up(rig, name)
    problem = rig.fleet.link(name).problem
    assert problem is not None
    assert problem.sentence == f"{name}: the interpreter /no/such/python is not there or does not start."


def test_a_login_shell_that_prints_10_mb_is_told_in_bounded_memory(
    rig: Rig, make_lab_server: Callable[..., LabServer]
) -> None:
    noise = 'head -c 10000000 /dev/zero | tr "\\0" x; exec sh -c "$SSH_ORIGINAL_COMMAND"'
    name = rig.add(make_lab_server(options={"ForceCommand": noise}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = rig.fleet.check(name)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000
    assert report.problem is not None
    assert report.problem.code == "agent.noise"
    assert "the login shell printed" in report.problem.sentence
    assert "Make the shell's start-up files quiet" in report.problem.remedy


def test_r56_a_banner_and_a_motd_are_never_taken_for_ours(
    rig: Rig, make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    banner = tmp_path / "banner"
    banner.write_text("Enter your master password:\n\x1b[2J" * 200)
    name = rig.add(make_lab_server(options={"Banner": str(banner)}))
    report = rig.fleet.check(name)
    assert report.problem is None
    assert "master password" not in str(report.as_dict())
    assert not rig.notices
