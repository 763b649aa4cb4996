"""The packet layer with bounds: packet size, banner size, and a note of when the peer was last heard.

paramiko has none of them (it reads up to 4 GiB before any key is checked). Touches private names of
paramiko 5.1; tests/faults/ssh is the gate of an upgrade.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Any

import paramiko
from paramiko.common import MSG_CHANNEL_DATA, cMSG_CHANNEL_DATA
from paramiko.message import Message
from paramiko.packet import Packetizer as ParamikoPacketizer

from console.ssh.gcm import DataMessage, Inbox, Nonce, Sealer

MAX_PACKET_BYTES = 512 * 1024
MAX_BANNER_BYTES = 64 * 1024
_REST_S = 0.001
_BULK_BYTES = 16 * 1024
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Packetizer(ParamikoPacketizer):
    """paramiko's, bounded. The server decides when to rekey: a rekey of our own can deadlock.

    AES-GCM, which every OpenSSH since 6.2 has, is done by gcm.py; paramiko does the other ciphers.
    """

    REKEY_BYTES = 2**62
    REKEY_PACKETS = 2**62

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self._sock = sock
        self._before_banner_bytes = 0
        self._inbox = Inbox(self._receive_into, MAX_PACKET_BYTES)
        self._sealer: Sealer | None = None
        self._gcm_in: tuple[Any, Nonce] | None = None
        self._next: memoryview | None = None
        self._rests = False
        self._is_tcp = isinstance(sock, socket.socket) and sock.family in (socket.AF_INET, socket.AF_INET6)
        self.first_line: str | None = None
        self.last_heard = time.monotonic()

    def start_handshake(self, timeout: float) -> None:
        """Nothing: paramiko would start a timer thread; the deadline of the connect does that work."""

    # --- reading

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        del check_rekey  # we never ask for one
        if n > MAX_PACKET_BYTES:
            raise paramiko.SSHException(f"a packet of {n} bytes was announced")
        self._take_early()
        return self._inbox.take(n)

    def read_message(self) -> tuple[int, Any]:
        if self._gcm_in is None:
            kind, message = super().read_message()
            return kind, message
        self._take_early()
        number: int = self._Packetizer__sequence_number_in  # type: ignore[has-type]
        self._Packetizer__sequence_number_in = (number + 1) & 0xFFFFFFFF
        payload, self._next = self._next, None
        if payload is None:
            payload = self._open_packet(*self._gcm_in)
        if payload[0] == MSG_CHANNEL_DATA:
            return MSG_CHANNEL_DATA, self._with_more(DataMessage(payload, number), *self._gcm_in)
        content = Message(bytes(payload[1:]))
        content.seqno = number
        return payload[0], content

    def _open_packet(self, engine: Any, nonce: Nonce) -> memoryview:
        payload = self._inbox.next_payload(engine, nonce)
        expand = self._Packetizer__compress_engine_in  # type: ignore[attr-defined]
        return payload if expand is None else memoryview(expand(bytes(payload)))

    def _with_more(self, message: DataMessage, engine: Any, nonce: Nonce) -> DataMessage:
        """Add what is here already of the same channel's data: the way to the channel is gone once for all.

        The first packet of another kind ends it, opened but not counted: keys change by such a packet only.
        """
        while self._inbox.has_packet():
            payload = self._open_packet(engine, nonce)
            if not message.takes(payload):
                self._next = payload
                break
            number: int = self._Packetizer__sequence_number_in
            self._Packetizer__sequence_number_in = (number + 1) & 0xFFFFFFFF
        return message

    def set_inbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        super().set_inbound_cipher(block_engine, *args, **kwargs)
        self._gcm_in = (block_engine, Nonce(kwargs["iv_in"])) if kwargs.get("aead") else None

    def _take_early(self) -> None:
        """What was read behind the banner's last line."""
        early: bytes = self._Packetizer__remainder  # type: ignore[has-type]
        if early:
            self._inbox.put(early)
            self._Packetizer__remainder = b""

    def _receive_into(self, space: memoryview) -> int:
        """Some bytes of the socket, at least one; waits for them as long as the connection is wanted."""
        if self._rests:
            self._rests = False
            time.sleep(_REST_S)
        while True:
            try:
                if isinstance(self._sock, socket.socket):
                    count = self._sock.recv_into(space)
                    self._acknowledge(count)
                else:  # a channel of the jump server's transport, or a proxy command
                    data = self._sock.recv(len(space))
                    count = len(data)
                    space[:count] = data
            except TimeoutError:
                if self.closed:
                    raise EOFError from None
                continue
            except OSError:
                if self.closed:
                    raise EOFError from None
                raise
            if not count:
                raise EOFError
            self.last_heard = time.monotonic()
            return count

    def _acknowledge(self, count: int) -> None:
        """Tell the server at once that a little has come. sshd holds a small packet back until the one before
        is acknowledged, which the kernel does by itself only 40 ms later; what comes in bulk needs none."""
        if self._is_tcp and _QUICKACK is not None and 0 < count < _BULK_BYTES:
            self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def rest(self) -> None:
        """Let what comes gather for a moment before it is read: nobody is in a hurry for it."""
        self._rests = True

    # --- reading by a thread that may not wait

    @property
    def is_shareable(self) -> bool:
        """Whether a packet can be told to be whole before it is read: what paramiko deciphers cannot."""
        return self._gcm_in is not None

    def comes_within(self, seconds: float) -> bool:
        """Whether something comes on the socket in that time."""
        poller = select.poll()
        poller.register(self._sock, select.POLLIN)
        return bool(poller.poll(seconds * 1000))

    def fill(self) -> bool:
        """Read the socket once, which has something; whether it filled all the room there was."""
        self._rests = False
        self._take_early()
        return self._inbox.fill()

    def next_kind(self) -> int | None:
        """The kind of the next message, if all of it is here."""
        if self._next is None:
            if self._gcm_in is None or not self._inbox.has_packet():
                return None
            self._next = self._open_packet(*self._gcm_in)
        return self._next[0]

    def sent_at_once(self, data: Any) -> bool:
        """Send a small message, if nobody is writing and the socket has room; whether it was sent."""
        if not self._write_lock.acquire(blocking=False):
            return False
        try:
            if not _is_writable(self._sock):
                return False
            self.send_message(data)
            return True
        finally:
            self._write_lock.release()

    def readline(self, timeout: float) -> str:
        line = super().readline(timeout)
        if self.first_line is None:
            self.first_line = line[:200]
        self.last_heard = time.monotonic()
        return line

    def _read_timeout(self, timeout: float) -> bytes:
        data: bytes = super()._read_timeout(timeout)  # type: ignore[misc]
        self._before_banner_bytes += len(data)
        if self._before_banner_bytes > MAX_BANNER_BYTES:
            raise paramiko.SSHException("more text than an SSH banner has")
        return data

    # --- writing

    def send_message(self, data: Any) -> None:
        with self._write_lock:
            if self._sealer is None:
                super().send_message(data)
                return
            payload = data.asbytes()
            shrink = self._Packetizer__compress_engine_out  # type: ignore[attr-defined]
            self._write(self._sealer.seal(payload if shrink is None else shrink(payload)), 1)

    def send_channel_data(self, channel: int, data: memoryview, piece_bytes: int) -> None:
        """CHANNEL_DATA messages of at most `piece_bytes` each, in one write where that can be."""
        with self._write_lock:
            if self._sealer is not None and self._Packetizer__compress_engine_out is None:  # type: ignore[attr-defined]
                self._write(*self._sealer.seal_data(channel, data, piece_bytes))
                return
            for start in range(0, len(data), piece_bytes):
                message = Message()
                message.add_byte(cMSG_CHANNEL_DATA)
                message.add_int(channel)
                message.add_string(bytes(data[start : start + piece_bytes]))
                self.send_message(message)

    def _write(self, sealed: memoryview, packets: int) -> None:
        number: int = self._Packetizer__sequence_number_out  # type: ignore[has-type]
        self._Packetizer__sequence_number_out = (number + packets) & 0xFFFFFFFF
        self.write_all(sealed)
        self._Packetizer__sent_bytes: int = self._Packetizer__sent_bytes + len(sealed)
        if self._Packetizer__sent_bytes >= self.REKEY_BYTES and not self.need_rekey():
            self._trigger_rekey()  # type: ignore[attr-defined]

    def set_outbound_cipher(self, block_engine: Any, *args: Any, **kwargs: Any) -> None:
        super().set_outbound_cipher(block_engine, *args, **kwargs)
        self._sealer = Sealer(block_engine, kwargs["iv_out"]) if kwargs.get("aead") else None

    def shrink(self) -> None:
        """Let go of what large messages needed, unless one is being written."""
        if self._write_lock.acquire(blocking=False):
            try:
                if self._sealer is not None:
                    self._sealer.shrink()
            finally:
                self._write_lock.release()

    @property
    def _write_lock(self) -> Any:
        return self._Packetizer__write_lock  # type: ignore[attr-defined]

    def would_block(self) -> bool:
        """Whether a small packet could not be written at once: a writer is stuck or the buffer is full."""
        if not self._write_lock.acquire(blocking=False):
            return True
        try:
            return not _is_writable(self._sock)
        finally:
            self._write_lock.release()


def _is_writable(sock: Any) -> bool:
    if isinstance(sock, socket.socket):
        if sock.fileno() < 0:
            return False
        if hasattr(select, "poll"):  # select() is limited to descriptors below 1024
            poller = select.poll()
            poller.register(sock, select.POLLOUT)
            return bool(poller.poll(0))
        return bool(select.select([], [sock], [], 0)[1])
    # A channel of the jump server's transport: its window, and what lies below it.
    outer = sock.transport
    return bool(sock.send_ready()) and bool(outer.can_send_now())
