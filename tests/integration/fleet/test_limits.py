"""What a server limits is named: forwards, sessions, log-ins at once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from console.core.problems import Problem
from console.fleet.backoff import delay_s
from console.fleet.link_state import LinkState
from console.fleet.server import Server
from tests.integration.fleet.rig import Rig, until
from tests.lab.sshd import LabServer


def test_a_server_that_refuses_forwards_says_which_features_remain(
    rig: Rig, make_lab_server: Callable[..., LabServer]
) -> None:
    gate = make_lab_server(name="gate", options={"AllowTcpForwarding": "no"})
    inner = make_lab_server(name="inner")
    rig.add(gate)
    rig.add(inner, jump="gate")
    (told,) = [each for each in rig.fleet.check("gate").warnings if "forwarding" in each]
    assert "AllowTcpForwarding" in told
    assert "telemetry, commands, jobs, files and a terminal work" in told
    report = rig.fleet.check("inner")
    assert report.problem is not None
    assert report.problem.code == "ssh.forwarding_refused"
    assert not [each for each in rig.fleet.check("gate").warnings if "MaxSessions" in each]


def test_a_server_that_forwards_has_nothing_to_say(rig: Rig, lab_server: LabServer) -> None:
    assert rig.fleet.check(rig.add(lab_server)).warnings == ()


def test_r23_a_server_with_one_session_is_watched_and_told(
    rig: Rig, make_lab_server: Callable[..., LabServer]
) -> None:
    name = rig.add(make_lab_server(options={"MaxSessions": "1"}))
    rig.fleet.watch([name])
    until(lambda: rig.sink.of(name), what="a sample")
    (told,) = rig.fleet.check(name).warnings
    assert "MaxSessions" in told
    # A command that would like a channel of its own shares the agent's.
    stream = rig.fleet.stream(name, "exec", {"argv": ["echo", "hello"]})
    assert [sorted(event) for event in stream] == [["stdout"]]
    assert stream.result()["exit_code"] == 0


def test_r22_maxstartups_is_named_and_tried_again_slowly(
    rig: Rig, make_lab_server: Callable[..., LabServer]
) -> None:
    server = make_lab_server(options={"MaxStartups": "1:100:1", "LoginGraceTime": "3"})
    name = rig.add(server)
    with socket.create_connection((server.host, server.port)) as held:
        held.recv(20)  # its banner: this one is logging in, and one is all it takes
        rig.fleet.watch([name])
        until(lambda: rig.state(name) is LinkState.WAITING, what="waiting")
        view = rig.fleet.link(name)
    assert view.problem is not None
    assert view.problem.code in ("ssh.limited", "ssh.not_ssh")
    assert "MaxStartups" in view.problem.sentence
    if view.problem.code == "ssh.limited":
        assert view.retry_in_s is not None
        assert view.retry_in_s > 3
    rig.fleet.retry(name)
    until(lambda: rig.state(name) is LinkState.UP, what="up", within_s=20)


def test_r22_penalties_are_named(rig: Rig) -> None:
    """What OpenSSH 9.8 and newer say; the one here may be older, so a socket says it."""
    listener = socket.create_server(("127.0.0.1", 0))
    rig.book.add(Server("gpu", "127.0.0.1", port=listener.getsockname()[1]))

    def refuse() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"Not allowed at this time\r\n")
            peer.recv(100)

    thread = threading.Thread(target=refuse)
    thread.start()
    with pytest.raises(Problem) as caught:
        rig.fleet.call("gpu", "hello")
    thread.join(5)
    listener.close()
    assert caught.value.code == "ssh.limited"
    assert (
        "turns this address away for a while after failed logins (PerSourcePenalties" in caught.value.sentence
    )


def test_r22_after_a_limit_the_pause_is_longer() -> None:
    assert delay_s(1, 0.0) < 1
    assert delay_s(1, 0.0, "ssh.limited") >= 5
