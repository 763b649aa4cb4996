"""Rekeys in the middle of everything: no byte lost, nothing stuck, the connection lives."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable

import pytest

from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from console.ssh.packets import Packetizer
from tests.lab.client import Client, target_of
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults

SIZE = 25_000_000


def poll(connection: Connection, stop: threading.Event, counts: list[int]) -> None:
    while not stop.is_set():
        with connection.exec("echo tick") as channel:
            assert channel.read_all(100, Deadline.after(20)) == b"tick\n"
            assert channel.exit_status(Deadline.after(20)) == 0
        counts.append(1)
        time.sleep(0.05)


@pytest.mark.parametrize(("who", "latency_s"), [("server", 0.0), ("server", 0.03), ("client", 0.03)])
def test_r25_many_rekeys_under_commands_a_download_and_an_upload(
    client: Client,
    make_lab_server: Callable[..., LabServer],
    who: str,
    latency_s: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """We never begin a rekey, but the path that would deadlock must be sound all the same."""
    if who == "client":
        monkeypatch.setattr(Packetizer, "REKEY_BYTES", 1_000_000)
    limits = {"RekeyLimit": "1M"} if who == "server" else {}
    server = make_lab_server(options={**limits, "LogLevel": "DEBUG1"})
    (server.home / "data").write_bytes(os.urandom(SIZE))
    data = os.urandom(SIZE)
    down, up, ticks = hashlib.sha256(), b"", []
    stop = threading.Event()
    with DelayProxy(server.port, latency_s=latency_s) as proxy:
        client.trusts(server, port=proxy.port)
        connection = client.open(target_of(server, port=proxy.port))
        pollers = [threading.Thread(target=poll, args=(connection, stop, ticks)) for _ in range(3)]
        for poller in pollers:
            poller.start()
        source, sink = connection.exec('cat "$HOME/data"'), connection.exec("sha256sum")
        uploader = threading.Thread(target=lambda: (sink.write(data, Deadline.after(90)), sink.close_write()))
        uploader.start()
        while more := source.read(1_000_000, Deadline.after(30)):
            down.update(more)
        uploader.join()
        up = sink.read_all(1000, Deadline.after(30))
        stop.set()
        for poller in pollers:
            poller.join()
        assert connection.is_alive
    assert down.digest() == hashlib.sha256((server.home / "data").read_bytes()).digest()
    assert up.split()[0].decode() == hashlib.sha256(data).hexdigest()
    assert len(ticks) > 10
    assert server.log_text().count("rekey in after") > 10
