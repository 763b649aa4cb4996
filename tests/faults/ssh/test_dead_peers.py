"""Peers that hang, links that swallow, processes that sleep: noticed in time, closed at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from tests.lab.client import Client, target_of
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

INTERVAL_S = 0.3
NOTICED_S = INTERVAL_S * 3 + 1.5


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Client]:
    """A client whose watchdog is quick."""
    with Client(tmp_path, interval_s=INTERVAL_S) as made:
        yield made


def seconds_until_lost(connection: Connection) -> float:
    begun = time.monotonic()
    while connection.is_alive and time.monotonic() - begun < 20:
        time.sleep(0.01)
    return time.monotonic() - begun


def streaming(connection: Connection) -> Callable[[], Problem | None]:
    """Read an endless stream on a thread; returns how to get the Problem that ended it."""
    channel = connection.exec("while :; do echo x; sleep 0.02; done")
    found: list[Problem] = []

    def read() -> None:
        try:
            while channel.read(1000):
                continue
        except Problem as problem:
            found.append(problem)

    thread = threading.Thread(target=read)
    thread.start()

    def ended() -> Problem | None:
        thread.join(10)
        return found[0] if found else None

    return ended


def uploading(connection: Connection) -> Callable[[], Problem | None]:
    channel = connection.exec("cat >/dev/null")
    found: list[Problem] = []

    def write() -> None:
        data = bytes(1_000_000)
        try:
            while True:
                channel.write(data)
        except Problem as problem:
            found.append(problem)

    thread = threading.Thread(target=write)
    thread.start()

    def ended() -> Problem | None:
        thread.join(10)
        return found[0] if found else None

    return ended


def idle(_: Connection) -> Callable[[], Problem | None]:
    return lambda: None


@pytest.mark.parametrize("activity", [idle, streaming, uploading])
def test_r20_a_stopped_server_is_noticed(
    quick: Client, lab_server: LabServer, activity: Callable[[Connection], Callable[[], Problem | None]]
) -> None:
    connection = quick.reach(lab_server)
    ended = activity(connection)
    time.sleep(0.3)
    lab_server.pause_sessions()
    assert seconds_until_lost(connection) < NOTICED_S
    problem = ended()
    assert activity is idle or (problem is not None and problem.code == "ssh.lost")
    assert "nothing was heard" in str(connection.lost_reason)
    lab_server.resume()


@pytest.mark.parametrize("activity", [idle, streaming, uploading])
def test_r20_a_link_that_swallows_everything_is_noticed(
    quick: Client, lab_server: LabServer, activity: Callable[[Connection], Callable[[], Problem | None]]
) -> None:
    with DelayProxy(lab_server.port) as proxy:
        quick.trusts(lab_server, port=proxy.port)
        connection = quick.open(target_of(lab_server, port=proxy.port))
        ended = activity(connection)
        time.sleep(0.3)
        proxy.blackhole()
        assert seconds_until_lost(connection) < NOTICED_S
        problem = ended()
        assert activity is idle or (problem is not None and problem.code == "ssh.lost")


def test_r20_a_reset_is_noticed_at_once(quick: Client, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port) as proxy:
        quick.trusts(lab_server, port=proxy.port)
        connection = quick.open(target_of(lab_server, port=proxy.port))
        proxy.reset()
        assert seconds_until_lost(connection) < 1


def test_a_slow_but_living_link_is_kept(quick: Client, lab_server: LabServer) -> None:
    with DelayProxy(lab_server.port, latency_s=0.15) as proxy:
        quick.trusts(lab_server, port=proxy.port)
        connection = quick.open(target_of(lab_server, port=proxy.port))
        ended = uploading(connection)
        time.sleep(4)
        assert connection.is_alive
        assert connection.latency_ms is not None
        assert connection.latency_ms > 250
        connection.close()
        ended()


def test_r28_closing_is_quick_beside_stopped_servers(
    quick: Client, lab_server: LabServer, make_lab_server: Callable[..., LabServer]
) -> None:
    inner = make_lab_server()
    connections = [quick.reach(lab_server) for _ in range(3)]
    quick.trusts(inner)
    connections.append(quick.open(target_of(inner, jump=(target_of(lab_server, name="gate"),))))
    ends = [uploading(connection) for connection in connections]
    channels = [connection.exec("sleep 60") for connection in connections]
    lab_server.pause()
    time.sleep(0.3)
    begun = time.monotonic()
    for channel in channels:
        channel.close()
    for connection in connections:
        connection.close()
    assert time.monotonic() - begun < 1.0
    for ended in ends:
        ended()
    lab_server.resume()


def test_r24_starting_a_command_on_a_stopped_server_has_a_deadline(
    client: Client, lab_server: LabServer
) -> None:
    connection = client.reach(lab_server)
    lab_server.pause_sessions()
    begun = time.monotonic()
    with pytest.raises(Problem) as caught:
        connection.exec("true", deadline=Deadline.after(0.5))
    assert caught.value.code == "ssh.timeout"
    assert time.monotonic() - begun < 2
    lab_server.resume()
    # A channel that opens after its time is closed again; the connection goes on.
    with connection.exec("echo ok") as channel:
        assert channel.read_all(10, Deadline.after(5)) == b"ok\n"


def test_r20_our_own_sleep_does_not_end_living_connections(tmp_path: Path, lab_server: LabServer) -> None:
    """A laptop that sleeps for longer than the watchdog waits; here: a process that is stopped."""
    script = f"""
import sys, time
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from tests.lab.client import Client, target_of
from tests.lab.sshd import LabServer
server = LabServer(Path({str(lab_server.folder)!r}), client_key=Path({str(lab_server.client_key)!r}))
server.port = {lab_server.port}
with Client(Path({str(tmp_path)!r}), interval_s=0.3) as client:
    connection = client.reach(server)
    print("up", flush=True)
    time.sleep(3.5)
    print("alive" if connection.is_alive else connection.lost_reason, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        process.send_signal(signal.SIGCONT)
        assert process.stdout.readline() == "alive\n"
