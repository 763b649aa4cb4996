"""AES-GCM packets, many per system call and copied as little as Python allows: what makes bulk fast.

Only buffers and ciphers; who holds which lock and when keys change is packets.py's and transport.py's.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any

import paramiko
from cryptography.exceptions import InvalidTag
from paramiko.common import MSG_CHANNEL_DATA

TAG_BYTES = 16
BATCH_PIECES = 8
"""How many packets of bulk leave in one write: 256 KiB."""
_BLOCK = 16
_LENGTH = struct.Struct(">I")
_HEAD = struct.Struct(">IB")
_DATA = struct.Struct(">BII")
_DATA_HEAD = struct.Struct(">IBBII")
_FIRST_BYTES = 2 * 1024
_MOST_BYTES = 256 * 1024
_SMALL_BYTES = 512
_READS = 4
"""After so many it is seen whether a smaller buffer had been enough: bulk is over then."""


class Nonce:
    """The counter of RFC 5647: four fixed bytes, then a 64-bit number that goes up by one a packet."""

    def __init__(self, iv: bytes) -> None:
        self._fixed = iv[:4]
        self._count = int.from_bytes(iv[4:12], "big")

    def spend(self) -> bytes:
        """The nonce of the next packet."""
        nonce = self._fixed + self._count.to_bytes(8, "big")
        self._count = (self._count + 1) & 0xFFFFFFFFFFFFFFFF
        return nonce


class DataMessage:
    """CHANNEL_DATA messages of one channel that came together, never copied; has of paramiko's Message what
    is asked of one."""

    def __init__(self, payload: memoryview, number: int) -> None:
        self.seqno = number
        self._channel, piece = _data(payload)
        self.pieces = [piece]

    def get_int(self) -> int:
        """The channel's number."""
        return self._channel

    def takes(self, payload: memoryview) -> bool:
        """Whether the next message goes on with this one, and was taken."""
        if payload[0] != MSG_CHANNEL_DATA:
            return False
        channel, piece = _data(payload)
        if channel != self._channel:
            return False
        self.pieces.append(piece)
        return True


def _data(payload: memoryview) -> tuple[int, memoryview]:
    """The channel of a CHANNEL_DATA message and its bytes, as they lie in the packet."""
    if len(payload) < _DATA.size:
        raise paramiko.SSHException("a data packet is too short")
    _, channel, size = _DATA.unpack_from(payload)
    if len(payload) < _DATA.size + size:
        raise paramiko.SSHException("a data packet is shorter than it says")
    return channel, payload[_DATA.size : _DATA.size + size]


class Inbox:
    """Bytes of the socket, read ahead; small until bulk comes, and again when it is over.

    Args:
        receive_into: fills a part of a buffer with at least one byte, or raises.
        max_packet_bytes: a longer packet ends the connection.
    """

    def __init__(self, receive_into: Callable[[memoryview], int], max_packet_bytes: int) -> None:
        self._receive_into = receive_into
        self._max_packet = max_packet_bytes
        self._view = memoryview(bytearray(_FIRST_BYTES))
        self._start = 0
        self._end = 0
        self._was_full = False
        self._reads = self._most_held = 0

    def put(self, data: bytes) -> None:
        """Bytes that were read by other means, before all that follows."""
        self._make_room(self._end - self._start + len(data), 0)
        self._view[self._end : self._end + len(data)] = data
        self._end += len(data)

    def take(self, count: int) -> bytes:
        """That many bytes; waits for them."""
        self._need(count)
        data = bytes(self._view[self._start : self._start + count])
        self._start += count
        return data

    def has_packet(self) -> bool:
        """Whether the next packet is here already."""
        held = self._end - self._start
        return held > 4 and held >= 4 + _LENGTH.unpack_from(self._view, self._start)[0] + TAG_BYTES

    def fill(self) -> bool:
        """Read once; whether there would have been more than there was room for."""
        held = self._end - self._start
        self._prepare(max(held + 1, self._announced() if held >= 4 else 0))
        self._read()
        return self._was_full

    def next_payload(self, engine: Any, nonce: Nonce) -> memoryview:
        """The next packet's content, its tag checked."""
        self._need(4)
        length = self._announced() - 4 - TAG_BYTES
        self._need(4 + length + TAG_BYTES)
        view, start = self._view, self._start
        sealed, head = view[start + 4 : start + 4 + length + TAG_BYTES], view[start : start + 4]
        try:
            plain = engine.decrypt(nonce.spend(), sealed, head)
        except InvalidTag:
            raise paramiko.SSHException("Mismatched MAC") from None
        self._start = start + 4 + length + TAG_BYTES
        end = length - plain[0]
        if end < 2:
            raise paramiko.SSHException("Invalid packet padding")
        return memoryview(plain)[1:end]

    def _need(self, count: int) -> None:
        """Read until so many bytes are there."""
        if self._end - self._start >= count:
            return
        self._prepare(count)
        while self._end - self._start < count:
            self._read()

    def _announced(self) -> int:
        """The length of the next packet with all that belongs to it, of which four bytes are here."""
        length: int = _LENGTH.unpack_from(self._view, self._start)[0]
        if length > self._max_packet:
            raise paramiko.SSHException(f"a packet of {length} bytes was announced")
        if length < _BLOCK or length % _BLOCK:
            raise paramiko.SSHException("Invalid packet blocking")
        return 4 + length + TAG_BYTES

    def _prepare(self, count: int) -> None:
        """Room for so many bytes, in a buffer of a fitting size."""
        size = len(self._view)
        if self._reads >= _READS and self._start == self._end:
            size = self._shrunk()
        elif self._was_full and size < _MOST_BYTES:
            size = min(_MOST_BYTES, 4 * size)
        self._make_room(count, size)
        self._reads += 1

    def _read(self) -> None:
        room = self._view[self._end :]
        got = self._receive_into(room)
        self._was_full = got == len(room)
        self._end += got
        self._most_held = max(self._most_held, self._end - self._start)

    def _shrunk(self) -> int:
        """The size of the buffer, which is another one where half of it was enough for the last reads."""
        enough = max(_FIRST_BYTES, (self._most_held // 1024 + 1) * 1024)
        self._reads = self._most_held = 0
        if 2 * enough <= len(self._view):
            self._view = memoryview(bytearray(enough))
            self._start = self._end = 0
            self._was_full = False
        return len(self._view)

    def _make_room(self, count: int, size: int) -> None:
        """What is held comes to the front of a buffer that has room for all; it is less than a packet."""
        held = bytes(self._view[self._start : self._end])
        size = max(size, count)
        if size > len(self._view):
            self._view = memoryview(bytearray(size))
        self._view[: len(held)] = held
        self._start, self._end = 0, len(held)


class Sealer:
    """Makes packets in one buffer that is used again and again; grows with what is sent."""

    def __init__(self, engine: Any, iv: bytes) -> None:
        self._engine = engine
        self._nonce = Nonce(iv)
        self.shrink()

    def shrink(self) -> None:
        """Let go of what large messages needed."""
        self._plain = memoryview(bytearray(_SMALL_BYTES))
        self._out = memoryview(bytearray(_SMALL_BYTES))

    def seal(self, payload: bytes) -> memoryview:
        """One message as a packet; valid until the next call."""
        length, padding = _sizes(len(payload))
        self._reserve(4 + length, 4 + length + TAG_BYTES)
        _HEAD.pack_into(self._plain, 0, length, padding)
        self._plain[5 : 5 + len(payload)] = payload
        self._plain[4 + length - padding : 4 + length] = os.urandom(padding)
        head, end = bytes(self._plain[:4]), 4 + length + TAG_BYTES
        self._out[:4] = head
        self._engine.encrypt_into(self._nonce.spend(), self._plain[4 : 4 + length], head, self._out[4:end])
        return self._out[:end]

    def seal_data(self, channel: int, data: memoryview, piece_bytes: int) -> tuple[memoryview, int]:
        """CHANNEL_DATA packets of at most `piece_bytes` each, one behind the other, and how many."""
        count = -(-len(data) // piece_bytes)
        most = 4 + _sizes(9 + min(piece_bytes, len(data)))[0]
        self._reserve(most, count * (most + TAG_BYTES))
        plain, out, encrypt, spend = self._plain, self._out, self._engine.encrypt_into, self._nonce.spend
        noise = os.urandom(2 * _BLOCK)
        at, laid = 0, -1
        for start in range(0, len(data), piece_bytes):
            piece = data[start : start + piece_bytes]
            size = len(piece)
            if size != laid:  # all but the last are alike: what surrounds the data is laid out once
                length, padding = _sizes(9 + size)
                _DATA_HEAD.pack_into(plain, 0, length, padding, MSG_CHANNEL_DATA, channel, size)
                plain[4 + length - padding : 4 + length] = noise[:padding]
                head, body, laid = bytes(plain[:4]), plain[4 : 4 + length], size
            plain[14 : 14 + size] = piece
            out[at : at + 4] = head
            end = at + 4 + length + TAG_BYTES
            encrypt(spend(), body, head, out[at + 4 : end])
            at = end
        return out[:at], count

    def _reserve(self, plain_bytes: int, out_bytes: int) -> None:
        if len(self._plain) < plain_bytes:
            self._plain = memoryview(bytearray(plain_bytes))
        if len(self._out) < out_bytes:
            self._out = memoryview(bytearray(out_bytes))


def _sizes(payload_bytes: int) -> tuple[int, int]:
    """Length field and padding of a packet; the length itself is not encrypted, so it does not count."""
    padding = 3 + _BLOCK - (payload_bytes + 4) % _BLOCK
    return 1 + payload_bytes + padding, padding
