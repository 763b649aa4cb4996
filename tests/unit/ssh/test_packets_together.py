"""Packets that came together: data of one channel goes to it at once, the rest in turn, all are counted."""

from __future__ import annotations

import itertools
import os
import socket

import paramiko
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from console.ssh.gcm import DataMessage, Sealer
from console.ssh.packets import Packetizer

KEY, IV = b"k" * 16, b"i" * 12
DATA, WINDOW, EOF_SENT = 94, 93, 96


class Pair:
    """A packetizer that reads with AES-GCM, and whoever writes to it."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair()
        self.packetizer = Packetizer(self.near)
        self.packetizer.set_inbound_cipher(AESGCM(KEY), 16, None, 16, b"", None, aead=True, iv_in=IV)
        self.sealer = Sealer(AESGCM(KEY), IV)

    def data(self, channel: int, content: bytes) -> bytes:
        return bytes(self.sealer.seal_data(channel, memoryview(content), 32 * 1024)[0])

    def other(self, kind: int) -> bytes:
        return bytes(self.sealer.seal(bytes([kind]) + b"\0\0\0\1"))

    def read(self) -> tuple[int, int, bytes]:
        """Kind, number and, of data, all of its bytes."""
        kind, message = self.packetizer.read_message()
        content = b"".join(message.pieces) if isinstance(message, DataMessage) else b""
        return kind, message.seqno, content


@pytest.fixture
def pair():  # type: ignore[no-untyped-def]
    found = Pair()
    yield found
    found.near.close()
    found.far.close()


def test_order_and_numbers_hold_whatever_comes_together(pair: Pair) -> None:
    big = os.urandom(100_000)  # four packets
    sent = [pair.data(1, b"one"), pair.data(1, b"two"), pair.other(WINDOW), pair.data(1, big)]
    sent += [pair.data(2, b"three"), pair.data(1, b"four"), pair.other(EOF_SENT)]
    pair.far.sendall(b"".join(sent))
    found = [pair.read() for _ in range(2)]
    assert found == [(DATA, 0, b"onetwo"), (WINDOW, 2, b"")]
    gathered = b""
    while gathered != big:  # as much at once as a read of the socket brought
        kind, _, content = pair.read()
        assert kind == DATA
        gathered += content
    assert [pair.read() for _ in range(3)] == [(DATA, 7, b"three"), (DATA, 8, b"four"), (EOF_SENT, 9, b"")]


def test_data_does_not_wait_for_a_packet_that_is_half_there(pair: Pair) -> None:
    whole, half = pair.data(1, b"whole"), pair.data(1, b"half")
    pair.far.sendall(whole + half[:10])
    assert pair.read() == (DATA, 0, b"whole")
    pair.far.sendall(half[10:])
    assert pair.read() == (DATA, 1, b"half")


def test_a_packet_that_was_touched_ends_it(pair: Pair) -> None:
    packet = bytearray(pair.data(1, b"content"))
    packet[-1] ^= 1
    pair.far.sendall(packet)
    with pytest.raises(paramiko.SSHException, match="MAC"):
        pair.read()


def test_a_data_packet_that_lies_about_its_size_ends_it(pair: Pair) -> None:
    pair.far.sendall(bytes(pair.sealer.seal(bytes([DATA]) + b"\0\0\0\1" + b"\0\0\xff\xff" + b"few")))
    with pytest.raises(paramiko.SSHException, match="shorter than it says"):
        pair.read()


class _Listening(socket.socket):
    """Notes which options are set."""

    told: list[tuple[int, int, int | bytes]]

    def setsockopt(self, level: int, name: int, value: int) -> None:  # type: ignore[override]
        super().setsockopt(level, name, value)
        self.told.append((level, name, value))


def test_little_that_comes_over_tcp_is_acknowledged_at_once() -> None:
    """Else sshd holds its next small packet back for 40 ms."""
    with socket.create_server(("127.0.0.1", 0)) as server, _Listening() as near:
        near.told = []
        near.connect(server.getsockname())
        far, _ = server.accept()
        with far:
            packetizer = Packetizer(near)
            far.sendall(b"x" * 100)
            assert packetizer.read_all(100) == b"x" * 100
            assert (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1) in near.told


@given(st.lists(st.integers(1, 6000), min_size=1, max_size=12), st.lists(st.integers(1, 9000), min_size=1))
def test_read_without_waiting_nothing_is_lost_however_it_is_cut(sizes: list[int], cuts: list[int]) -> None:
    pair = Pair()
    try:
        sent = [os.urandom(size) for size in sizes]
        left = b"".join(pair.data(1, content) + pair.other(WINDOW) for content in sent)
        found, windows, cut = b"", 0, itertools.cycle(cuts)
        while left:
            size = next(cut)
            pair.far.sendall(left[:size])
            left = left[size:]
            while pair.packetizer.comes_within(0):
                pair.packetizer.fill()
                while (kind := pair.packetizer.next_kind()) is not None:
                    read, _, content = pair.read()
                    assert read == kind
                    found += content
                    windows += kind == WINDOW
        assert (found, windows) == (b"".join(sent), len(sent))
    finally:
        pair.near.close()
        pair.far.close()


def test_a_packet_too_long_is_refused_before_it_is_read(pair: Pair) -> None:
    pair.far.sendall((1 << 30).to_bytes(4, "big") + b"x" * 100)
    pair.packetizer.fill()
    pair.far.sendall(b"x")
    with pytest.raises(paramiko.SSHException, match="was announced"):
        pair.packetizer.fill()
