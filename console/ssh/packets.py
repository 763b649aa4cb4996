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
        payload = self._inbox.next_payload(*self._gcm_in)
        number: int = self._Packetizer__sequence_number_in  # type: ignore[has-type]
        self._Packetizer__sequence_number_in = (number + 1) & 0xFFFFFFFF
        expand = self._Packetizer__compress_engine_in  # type: ignore[attr-defined]
        if expand is not None:
            payload = memoryview(expand(bytes(payload)))
        if payload[0] == MSG_CHANNEL_DATA:
            return MSG_CHANNEL_DATA, DataMessage(payload, number)
        content = Message(bytes(payload[1:]))
        content.seqno = number
        return payload[0], content

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
        while True:
            try:
                if isinstance(self._sock, socket.socket):
                    count = self._sock.recv_into(space)
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
