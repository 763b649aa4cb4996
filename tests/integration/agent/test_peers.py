"""The line between two servers: who gets in, who does not, where it listens. Real TLS, real sockets."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.agent.copier import Gone
from console.agent.peers import Dialler, Identity, Listener, Refused, SocketPipe, proof
from console.ssh.throwaway import Throwaway, make_throwaway

SECRET = "ab" * 32


@dataclass
class Ends:
    """A listener that expects "friend", and what others may try."""

    own: Throwaway = field(default_factory=make_throwaway)
    friend: Throwaway = field(default_factory=make_throwaway)
    stranger: Throwaway = field(default_factory=make_throwaway)
    arrived: list[tuple[str, SocketPipe]] = field(default_factory=list)
    listener: Listener | None = None
    over: bool = False

    def start(self) -> None:
        identity = Identity(self.own.certificate, self.own.key, {"friend": self.friend.certificate})
        self.listener = Listener(identity, {"friend": SECRET}, ["127.0.0.1"], self._take)

    def _take(self, name: str, line: SocketPipe) -> None:
        self.arrived.append((name, line))
        if self.over:
            line.close()

    @property
    def where(self) -> tuple[str, int]:
        assert self.listener is not None
        return self.listener.addresses[0]

    def dialler(self, who: Throwaway, secret: str = SECRET, name: str = "friend") -> Dialler:
        identity = Identity(who.certificate, who.key, {"server": self.own.certificate})
        return Dialler(identity, name, "server", secret)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    made.start()
    assert made.listener is not None
    yield made
    made.over = True
    made.listener.close()
    for _, line in made.arrived:
        line.close()


def refused_soon(ends: Ends, count: int) -> None:
    assert ends.listener is not None
    deadline = time.monotonic() + 30
    while ends.listener.refused < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert ends.arrived == []


def test_r60e_the_port_is_closed_until_it_is_needed_and_on_one_address_only(ends: Ends) -> None:
    assert ends.listener is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(ends.where, 2).close()
    ends.listener.open()
    assert [host for host, _ in ends.listener.addresses] == ["127.0.0.1"]
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = [fields[1] for fields in sockets if fields[3] == "0A"]
    assert [each for each in listening if each.endswith(f":{ends.where[1]:04X}")] == [
        f"0100007F:{ends.where[1]:04X}"
    ]
    ends.dialler(ends.friend).dial([ends.where]).close()
    ends.listener.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(ends.where, 2).close()


def test_r60e_a_wrong_token_a_used_one_and_a_stranger_get_nothing(ends: Ends) -> None:
    assert ends.listener is not None
    ends.listener.open()
    with pytest.raises(Refused, match="the token is wrong"):
        ends.dialler(ends.friend, "cd" * 32).dial([ends.where])
    refused_soon(ends, 1)
    for who in (ends.stranger, ends.own):
        with pytest.raises((Refused, Gone, OSError)):
            ends.dialler(who).dial([ends.where])
    refused_soon(ends, 3)
    # What was said once, said again: the very same token over a new connection.
    context = Identity(ends.friend.certificate, ends.friend.key, {"server": ends.own.certificate}).context(
        "server"
    )
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(ends.own.certificate)).hexdigest()
    for turn, welcome in ((10**12, True), (10**12, False), (10**12 - 1, False), (10**12 + 1, True)):
        pipe = SocketPipe(context.wrap_socket(socket.create_connection(ends.where, 5)))
        pipe.send({"turn": turn, "proof": proof(SECRET, "friend", turn, fingerprint)})
        answer = pipe.receive_message()
        assert ("welcome" in answer) is welcome
        assert welcome or answer == {"refused": "the token was used before"}
        pipe.close()


def test_noise_silence_and_a_crowd_neither_get_in_nor_keep_others_out(ends: Ends) -> None:
    assert ends.listener is not None
    ends.listener.open()
    crowd = [socket.create_connection(ends.where, 5) for _ in range(6)]
    try:
        crowd[0].sendall(b"GET / HTTP/1.0\r\n\r\n")
        crowd[1].sendall(bytes(200))
        ends.dialler(ends.friend).dial([ends.where]).close()
        deadline = time.monotonic() + 30
        while [name for name, _ in ends.arrived] != ["friend"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        for each in crowd:
            each.close()


def test_a_caller_tells_nothing_to_another_server_on_the_same_port(ends: Ends) -> None:
    """R-60f: whoever squats the port has not the key."""
    assert ends.listener is not None
    ends.listener.open()
    identity = Identity(ends.friend.certificate, ends.friend.key, {"server": ends.stranger.certificate})
    with pytest.raises(Refused, match=r"something else answers there|hung up"):
        Dialler(identity, "friend", "server", SECRET).dial([ends.where])
    assert ends.arrived == []
    assert SECRET not in repr(ends.own)
