"""Each thing that a server does to us on real sshd, and the sentence that a person reads of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from tests.integration.fleet.rig import Rig, until
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults


def up(rig: Rig, name: str) -> None:
    rig.fleet.watch([name], interval_s=0.5)
    until(lambda: rig.sink.of(name) and rig.state(name) is LinkState.UP, within_s=20, what="the link")


def told_when(rig: Rig, name: str, state: LinkState) -> Problem:
    """What stood beside the first view of that state."""
    until(lambda: state in rig.sink.states(name), within_s=30, what=state.value)
    problem = next(view.problem for view in rig.sink.views if view.server == name and view.state is state)
    assert problem is not None
    return problem


class Running:
    """A command that runs on the server, and the Problem that ended it here."""

    def __init__(self, rig: Rig, name: str) -> None:
        self._stream = rig.fleet.stream(name, "exec", {"argv": ["sleep", "120"]})
        self.ended: list[Problem] = []
        self._thread = threading.Thread(target=self._wait)
        self._thread.start()

    def _wait(self) -> None:
        try:
            self._stream.result()
        except Problem as problem:
            self.ended.append(problem)

    def problem(self, within_s: float) -> Problem:
        self._thread.join(within_s)
        assert self.ended, "the command hangs"
        return self.ended[0]


def test_an_sshd_that_is_killed(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    up(rig, name)
    running = Running(rig, name)
    lab_server.stop_listening()
    assert running.problem(10).sentence.startswith(f"{name}: the connection was lost: ")
    lost = told_when(rig, name, LinkState.LOST)
    assert lost.sentence.startswith(f"{name}: the connection was lost: ")
    assert lost.remedy == "Tandem reconnects by itself."
    until(lambda: rig.fleet.link(name).problem.code == "ssh.refused", what="the refusal")
    sentence = f"{name}: {lab_server.host} port {lab_server.port} refused the connection."
    assert rig.fleet.link(name).problem.sentence == sentence
    lab_server.restart()
    until(lambda: rig.state(name) is LinkState.UP, within_s=40, what="up again")
    assert rig.fleet.link(name).problem is None


def test_an_sshd_that_is_stopped_and_a_call_that_keeps_its_deadline(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    up(rig, name)
    running = Running(rig, name)
    lab_server.pause()
    began = time.monotonic()
    with pytest.raises(Problem) as caught:
        rig.fleet.call(name, "hello", timeout_s=2)
    assert time.monotonic() - began < 2 + 5
    assert caught.value.code in ("agent.timeout", "ssh.timeout")
    assert caught.value.sentence.startswith(f"{name}: ")
    assert " within 2" in caught.value.sentence
    problem = told_when(rig, name, LinkState.LOST)
    assert problem.sentence.startswith(f"{name}: the connection was lost: no")
    assert running.problem(20).code == "ssh.lost"
    lab_server.resume()
    until(lambda: rig.state(name) is LinkState.UP, within_s=40, what="up again")


def test_an_sshd_that_is_killed_in_the_middle_of_a_login_has_refused_nobody(
    rig: Rig, make_lab_server: Callable[..., LabServer], tmp_path: Path
) -> None:
    script = tmp_path / "keys"
    script.write_text("kill -9 $PPID\n")
    options = {
        "AuthorizedKeysFile": "none",
        "AuthorizedKeysCommand": f"/bin/sh {script}",
        "AuthorizedKeysCommandUser": "root",
    }
    server = make_lab_server(options=options)
    name = rig.add(server)
    rig.fleet.watch([name])
    until(lambda: rig.state(name) is LinkState.WAITING, what="waiting")
    problem = rig.fleet.link(name).problem
    assert problem is not None
    assert problem.sentence == f"{name}: the connection was lost: the server closed it."
    script.write_text(f"cat {server.authorized_keys}\n")
    until(lambda: rig.state(name) is LinkState.UP, within_s=40, what="up by itself")


def test_r05_an_sshd_that_comes_back_with_another_host_key(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    up(rig, name)
    lab_server.restart(new_host_key=True)
    until(lambda: rig.state(name) is LinkState.REFUSED, within_s=20, what="the refusal")
    problem = rig.fleet.link(name).problem
    assert problem is not None
    place = f"{lab_server.host} port {lab_server.port}"
    assert problem.sentence == (
        f"{name}: the host key of {place} is now {lab_server.fingerprint()}, "
        f"not the one kept in {rig.home.known_hosts} line 1; someone may be in between."
    )
    assert problem.remedy.startswith("Do not connect.")
    tried = lab_server.auth_attempts()
    with pytest.raises(Problem):
        rig.fleet.call(name, "hello")
    assert lab_server.auth_attempts() == tried, "nothing is tried on a server that may be another"


@pytest.mark.parametrize("lines", [3, 60])
def test_noise_before_the_banner_is_passed_over(rig: Rig, lab_server: LabServer, lines: int) -> None:
    noise = b"Enter your master password:\r\n" * lines
    with DelayProxy(lab_server.port, noise=noise) as proxy:
        name = rig.add(lab_server, trusted=False, port=proxy.port)
        line = lab_server.known_hosts_line.replace(f":{lab_server.port} ", f":{proxy.port} ")
        rig.home.known_hosts.write_text(line)
        report = rig.fleet.check(name)
        assert report.problem is None
        assert "password" not in str(report.as_dict())
        rig.fleet.close()


def test_more_noise_than_a_banner_has_is_quoted(rig: Rig, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port, noise=b"welcome \x1b[2J\r\n" * 20_000) as proxy:
        name = rig.add(lab_server, trusted=False, port=proxy.port)
        report = rig.fleet.check(name)
        assert report.problem is not None
        assert report.problem.code == "ssh.not_ssh"
        assert f"what answers at 127.0.0.1 port {proxy.port} is not SSH" in report.problem.sentence
        assert "it says 'welcome" in report.problem.sentence
        assert "\x1b" not in report.problem.sentence
        rig.fleet.close()


def test_r23_maxsessions_is_named_when_it_is_met(rig: Rig, make_lab_server: Callable[..., LabServer]) -> None:
    name = rig.add(make_lab_server(options={"MaxSessions": "1"}))
    up(rig, name)
    report = rig.fleet.check(name)
    assert report.problem is None
    assert report.warnings == ("it opens no second channel at a time (MaxSessions in its sshd_config)",)
    with (
        rig.fleet._own_connection(name) as connection,
        connection.exec("sleep 20"),
        pytest.raises(Problem) as caught,
    ):
        connection.exec("true")
    assert caught.value.sentence.startswith(f"{name}: the server opened no further channel: ")
    assert "MaxSessions" in caught.value.remedy


def test_r42_a_listing_with_control_characters_is_shown_safely(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    folder = lab_server.home / "data"
    folder.mkdir()
    for odd in ("a\x1b[2J", "new\nline", "..x", "\u202egnp.exe"):
        (folder / odd).write_text("x")
    listed = rig.fleet.call(name, "file.list", {"path": "data"})
    entries = listed["entries"]
    assert isinstance(entries, list)
    assert len(entries) == 4
    with pytest.raises(Problem) as caught:
        rig.fleet.call(name, "file.list", {"path": "data/gone\x1b[2J"})
    assert "\x1b" not in caught.value.sentence
