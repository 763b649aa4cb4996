"""Forwards: on loopback only, every byte, closed with the connection."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from tests.lab.client import Client
from tests.lab.sshd import LabServer, free_port


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A TCP server that sends back what it gets until the other side ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(peer: socket.socket) -> None:
        with peer:
            while data := peer.recv(65536):
                peer.sendall(data)

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(peer,)))
            threads[-1].start()

    main = threading.Thread(target=accept)
    main.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in [main, *threads]:
        thread.join()


def through(port: int, data: bytes) -> bytes:
    back = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:

        def send() -> None:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)

        writer = threading.Thread(target=send)
        writer.start()
        while more := sock.recv(65536):
            back += more
        writer.join()
    return bytes(back)


def test_every_byte_passes_both_ways_on_several_connections(
    client: Client, lab_server: LabServer, echo_port: int
) -> None:
    data = os.urandom(2_000_000)
    with client.reach(lab_server).forward("127.0.0.1", echo_port) as forward:
        found: list[bytes] = []
        threads = [
            threading.Thread(target=lambda: found.append(through(forward.local_port, data))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [data] * 4


def test_r60e_it_listens_on_loopback_only(client: Client, lab_server: LabServer) -> None:
    with client.reach(lab_server).forward("127.0.0.1", 9) as forward:
        wanted = f":{forward.local_port:04X}"
        addresses = {
            line.split()[1]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            for line in Path(table).read_text().splitlines()
            if line.split()[1].endswith(wanted) and line.split()[3] == "0A"
        }
    assert addresses == {f"0100007F{wanted}"}


def test_a_local_port_that_is_taken_is_named(client: Client, lab_server: LabServer) -> None:
    connection = client.reach(lab_server)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as caught:
            connection.forward("127.0.0.1", 9, port)
    assert caught.value.code == "forward.port_taken"
    assert caught.value.attrs["port"] == port


def test_nobody_behind_it_is_an_end_not_a_hang(client: Client, lab_server: LabServer) -> None:
    with client.reach(lab_server).forward("127.0.0.1", free_port()) as forward:
        assert through(forward.local_port, b"") == b""


def test_it_ends_with_its_connection(client: Client, lab_server: LabServer, echo_port: int) -> None:
    connection = client.reach(lab_server)
    forward = connection.forward("127.0.0.1", echo_port)
    with socket.create_connection(("127.0.0.1", forward.local_port), timeout=5) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        connection.close()
        assert sock.recv(1) == b""
    assert not forward.is_open
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", forward.local_port), timeout=1).close()


def test_it_is_audited(client: Client, lab_server: LabServer) -> None:
    client.reach(lab_server).forward("127.0.0.1", 8000).close()
    entry = client.audit.entries[-1]
    assert entry.action == "ssh.forward"
    assert entry.detail["port"] == 8000
