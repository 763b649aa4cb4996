"""Commands on a real sshd: output, end, stdin, deadlines, limits, and the audit log before all of it."""

from __future__ import annotations

import hashlib
import os
import shlex
import threading
import time
from collections.abc import Callable

import pytest

from console.core.problems import Problem
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from tests.integration.fleet.rig import until
from tests.lab.client import Client
from tests.lab.sshd import LabServer


@pytest.fixture
def connection(client: Client, lab_server: LabServer) -> Connection:
    return client.reach(lab_server)


def run(connection: Connection, command: str) -> tuple[bytes, int | None]:
    with connection.exec(command) as channel:
        return channel.read_all(10_000_000, Deadline.after(10)), channel.exit_status(Deadline.after(10))


@pytest.mark.parametrize("status", [0, 1, 4, 44, 255])
def test_the_exit_status_is_the_commands_own(connection: Connection, status: int) -> None:
    assert run(connection, f"exit {status}") == (b"", status)


def test_a_signal_is_told_from_a_status(connection: Connection) -> None:
    with connection.exec("kill -TERM $$") as channel:
        assert channel.read(10, Deadline.after(5)) == b""
        assert channel.exit_status(Deadline.after(5)) is None
        assert channel.exit_signal == "TERM"


def test_stdout_and_stderr_are_apart(connection: Connection) -> None:
    with connection.exec("echo out; echo err >&2") as channel:
        assert channel.read_all(100, Deadline.after(5)) == b"out\n"
        assert channel.exit_status(Deadline.after(5)) == 0
        assert channel.stderr == b"err\n"


def test_much_on_stderr_neither_stalls_nor_grows(connection: Connection) -> None:
    with connection.exec("head -c 8000000 /dev/zero >&2; echo done") as channel:
        assert channel.read_all(100, Deadline.after(10)) == b"done\n"
        assert len(channel.stderr) == 256 * 1024


def test_every_byte_goes_up_and_comes_back(connection: Connection) -> None:
    data = os.urandom(6_000_000)
    with connection.exec("cat") as channel:
        writer = threading.Thread(
            target=lambda: (channel.write(data, Deadline.after(20)), channel.close_write())
        )
        writer.start()
        back = channel.read_all(len(data) + 1, Deadline.after(20))
        writer.join()
    assert hashlib.sha256(back).digest() == hashlib.sha256(data).digest()


def test_a_read_has_a_deadline(connection: Connection) -> None:
    begun = time.monotonic()
    with connection.exec("sleep 30") as channel:
        with pytest.raises(Problem) as caught:
            channel.read(1, Deadline.after(0.2))
        assert caught.value.code == "ssh.timeout"
        with pytest.raises(Problem):
            channel.exit_status(Deadline.after(0.2))
    assert time.monotonic() - begun < 2


def test_a_write_to_a_command_that_reads_nothing_has_a_deadline(connection: Connection) -> None:
    with connection.exec("sleep 30") as channel, pytest.raises(Problem) as caught:
        channel.write(bytes(8_000_000), Deadline.after(0.3))
    assert caught.value.code == "ssh.timeout"


def test_a_write_to_a_command_that_ended_says_so(connection: Connection) -> None:
    with connection.exec("exec true") as channel:
        channel.exit_status(Deadline.after(5))
        with pytest.raises(Problem) as caught:
            channel.write(bytes(8_000_000), Deadline.after(5))
    assert caught.value.code == "ssh.channel_refused"


def run_when_there_is_room(connection: Connection, command: str) -> tuple[bytes, int | None]:
    """sshd counts a session until it has reaped its command, a moment after it told its end."""
    deadline = Deadline.after(5)
    while True:
        try:
            return run(connection, command)
        except Problem as problem:
            if problem.code != "ssh.channel_refused" or deadline.is_over:
                raise
            time.sleep(0.02)


def test_r23_more_channels_than_the_server_allows_are_refused_and_the_rest_lives(
    client: Client, make_lab_server: Callable[..., LabServer]
) -> None:
    connection = client.reach(make_lab_server(options={"MaxSessions": "2"}))
    first, second = connection.exec("cat"), connection.exec("cat")
    with pytest.raises(Problem) as caught:
        connection.exec("cat")
    assert caught.value.code == "ssh.channel_refused"
    first.close()
    second.close_write()
    assert second.exit_status(Deadline.after(5)) == 0
    assert run_when_there_is_room(connection, "echo still here") == (b"still here\n", 0)


def test_every_command_is_audited_before_it_runs(client: Client, connection: Connection) -> None:
    run(connection, "echo one")
    connection.exec("echo a very long program", audit_text="start the agent", changes=True).close()
    assert client.audit.commands == ["echo one", "start the agent"]
    assert [entry.changes for entry in client.audit.entries] == [False, True]
    assert {entry.server for entry in client.audit.entries} == {"lab"}


def test_without_an_audit_log_nothing_is_run(
    client: Client, connection: Connection, lab_server: LabServer
) -> None:
    client.audit.broken = Problem("audit.unwritable", reason="disk full")
    marker = lab_server.home / "ran"
    with pytest.raises(Problem) as caught:
        connection.exec(f"touch {shlex.quote(str(marker))}")
    assert caught.value.code == "audit.unwritable"
    with pytest.raises(Problem):
        connection.forward("127.0.0.1", 9)
    client.audit.broken = None
    run(connection, "true")
    assert not marker.exists()


def test_a_closed_session_is_a_lost_connection_for_reader_and_next_command(
    connection: Connection, lab_server: LabServer
) -> None:
    with connection.exec("sleep 30") as channel:
        lab_server.end_sessions()
        with pytest.raises(Problem) as caught:
            channel.read(1, Deadline.after(5))
        assert caught.value.code == "ssh.lost"
    with pytest.raises(Problem) as caught:
        connection.exec("true")
    assert caught.value.code == "ssh.lost"
    assert not connection.is_alive
    assert connection.lost_reason


def test_the_keepalive_measures_the_latency(
    make_lab_server: Callable[..., LabServer], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Client(tmp_path_factory.mktemp("client"), interval_s=0.1) as client:
        connection = client.reach(make_lab_server())
        assert connection.latency_ms is None
        deadline = time.monotonic() + 30
        while connection.latency_ms is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert connection.latency_ms is not None
        assert 0 < connection.latency_ms < 1000
        assert connection.last_heard_s < 1


def test_eight_commands_at_once_mix_nothing_up(connection: Connection) -> None:
    found: dict[int, bytes] = {}

    def one(number: int) -> None:
        found[number] = run(connection, f"echo {number}; sleep 0.05; echo {number}")[0]

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"{number}\n{number}\n".encode() for number in range(8)}


def test_what_came_is_read_though_the_way_up_has_gone(connection: Connection) -> None:
    size = 700_000  # more than is read before the peer is told of room
    with connection.exec(f"head -c {size} /dev/zero; cat") as channel:
        assert channel.read(1, Deadline.after(5))
        until(lambda: len(channel._channel.in_buffer) == size - 1)
        connection._transport.packetizer.close()
        data = channel.read_exactly(size - 1, Deadline.after(10))
        with pytest.raises(Problem) as gone:
            channel.close_write()
    assert (len(data), gone.value.code) == (size - 1, "ssh.lost")
