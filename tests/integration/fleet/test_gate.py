"""The gate against a real sshd and the real agent: calls, streams, files, forwards."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from tests.integration.fleet.rig import Rig, until
from tests.lab.sshd import LabServer


def output(rig: Rig, name: str, argv: list[str]) -> tuple[bytes, dict]:
    stream = rig.fleet.stream(name, "exec", {"argv": argv})
    data = b"".join(base64.b64decode(event["stdout"]) for event in stream if "stdout" in event)
    return data, stream.result()


def test_a_call_connects_and_the_second_uses_the_same_link(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    first = rig.fleet.call(name, "hello")
    assert first["home"] == str(lab_server.home)
    assert rig.fleet.call(name, "hello")["pid"] == first["pid"]
    view = rig.fleet.link(name)
    assert view.state is LinkState.UP
    assert view.hello is not None
    assert view.hello.python
    assert abs(view.hello.clock_offset_s) < 1


def test_an_unknown_server_is_a_problem(rig: Rig) -> None:
    with pytest.raises(Problem) as found:
        rig.fleet.call("nobody", "hello")
    assert found.value.code == "server.unknown"


def test_r60a_arguments_arrive_as_they_are(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    argv = ["printf", "%s|", "a b", "$HOME", "`id`", "'\"", "-n", "läßt\n"]
    data, result = output(rig, name, argv)
    assert data.decode() == "a b|$HOME|`id`|'\"|-n|läßt\n|"
    assert result["exit_code"] == 0


def test_a_slow_reader_holds_the_command_back_and_loses_nothing(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    size = 60_000_000
    stream = rig.fleet.stream(name, "exec", {"argv": ["head", "-c", str(size), "/dev/zero"]})
    events = iter(stream)
    count = len(base64.b64decode(next(events)["stdout"]))
    time.sleep(1.0)
    assert rig.fleet.call(name, "hello")["pid"]  # nobody else waits
    for event in events:
        count += len(base64.b64decode(event.get("stdout", "")))
    assert count == size
    assert stream.result()["exit_code"] == 0


def test_closing_a_stream_ends_the_command(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    stream = rig.fleet.stream(name, "exec", {"argv": ["sh", "-c", "echo $$; exec sleep 300"]})
    pid = int(base64.b64decode(next(iter(stream))["stdout"]))
    stream.close()
    until(lambda: not Path(f"/proc/{pid}").exists(), what="the end of the command")
    assert stream.result() == {"cancelled": True}


def test_a_missing_command_is_the_agents_problem(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    stream = rig.fleet.stream(name, "exec", {"argv": ["no-such-command-here"]})
    assert list(stream) == []
    with pytest.raises(Problem) as found:
        stream.result()
    assert found.value.code == "job.command_missing"
    assert found.value.attrs["server"] == name


def test_an_unknown_method_is_agent_failed(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "no.such")
    assert found.value.code == "agent.failed"
    assert "no.such" in found.value.sentence


def test_files_go_there_and_back_with_their_hash(rig: Rig, lab_server: LabServer, tmp_path: Path) -> None:
    name = rig.add(lab_server)
    local, back = tmp_path / "it's a file.bin", tmp_path / "back.bin"
    local.write_bytes(os.urandom(3_000_000))
    seen: list[tuple[int, int]] = []
    digest = rig.fleet.push_file(
        name, local, "dir's file.bin", progress=lambda *at: seen.append(at), mode=0o640
    )
    there = lab_server.home / "dir's file.bin"
    assert digest == hashlib.sha256(local.read_bytes()).hexdigest()
    assert there.read_bytes() == local.read_bytes()
    assert there.stat().st_mode & 0o777 == 0o640
    assert seen[-1] == (3_000_000, 3_000_000)
    assert rig.fleet.pull_file(name, "dir's file.bin", back) == digest
    assert back.read_bytes() == local.read_bytes()
    # Beside the file there is only our own folder, where copies keep what makes the next one short.
    assert {path.name for path in lab_server.home.iterdir()} <= {"dir's file.bin", ".tandem"}


def test_pulling_what_is_not_there_leaves_nothing(rig: Rig, lab_server: LabServer, tmp_path: Path) -> None:
    name = rig.add(lab_server)
    with pytest.raises(Problem) as found:
        rig.fleet.pull_file(name, "/no/such", tmp_path / "x")
    assert found.value.code == "remote.path_missing"
    assert not list(tmp_path.glob(".*part"))


def test_a_forward_reaches_a_port_of_the_server(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(peer.recv(100).upper())

    thread = threading.Thread(target=serve)
    thread.start()
    with (
        rig.fleet.forward(name, listener.getsockname()[1]) as forward,
        socket.create_connection(("127.0.0.1", forward.local_port)) as near,
    ):
        near.sendall(b"hello")
        assert near.recv(100) == b"HELLO"
    thread.join()
    listener.close()


def test_the_audit_log_names_starts_and_calls_without_secrets(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.call(
        name, "file.write", {"path": str(lab_server.home / "x"), "data_b64": "c2VjcmV0", "mode": 0o600}
    )
    rig.fleet.call(name, "file.stat", {"path": "/etc"})
    rig.fleet.call(name, "file.stat", {"path": "/etc"})
    actions = rig.actions()
    assert [action for action, _, _ in actions if action != "ssh.exec"] == ["agent.start"] + [
        "agent.call"
    ] * 3
    calls = [(outcome, what) for action, outcome, what in actions if action == "agent.call"]
    assert calls == [("intent", "file.write"), ("done", "file.write"), ("done", "file.stat")]
    assert "c2VjcmV0" not in repr(rig.audit.entries(limit=100))
    assert any("/bin/sh -c" in str(what) for action, _, what in actions if action == "ssh.exec")


def test_a_call_has_a_deadline(rig: Rig, lab_server: LabServer) -> None:
    name = rig.add(lab_server)
    rig.fleet.call(name, "hello")
    lab_server.pause_sessions()
    began = time.monotonic()
    with pytest.raises(Problem) as found:
        rig.fleet.call(name, "file.stat", {"path": "/"}, timeout_s=0.5)
    assert found.value.code == "agent.timeout"
    assert time.monotonic() - began < 5
    lab_server.resume()


def test_many_threads_share_one_link(rig: Rig, lab_server: LabServer, make_lab_server: Callable) -> None:
    name = rig.add(lab_server)
    pids: list[object] = []

    def ask() -> None:
        for _ in range(10):
            pids.append(rig.fleet.call(name, "hello")["pid"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 80
    assert len(set(pids)) == 1
