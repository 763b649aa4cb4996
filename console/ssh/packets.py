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
from paramiko.packet import Packetizer as ParamikoPacketizer

MAX_PACKET_BYTES = 512 * 1024
MAX_BANNER_BYTES = 64 * 1024


class Packetizer(ParamikoPacketizer):
    """paramiko's, bounded. The server decides when to rekey: a rekey of our own can deadlock."""

    REKEY_BYTES = 2**62
    REKEY_PACKETS = 2**62

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self._sock = sock
        self._before_banner_bytes = 0
        self.first_line: str | None = None
        self.last_heard = time.monotonic()

    def start_handshake(self, timeout: float) -> None:
        """Nothing: paramiko would start a timer thread; the deadline of the connect does that work."""

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        if n > MAX_PACKET_BYTES:
            raise paramiko.SSHException(f"a packet of {n} bytes was announced")
        data = super().read_all(n, check_rekey)
        self.last_heard = time.monotonic()
        return data

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

    def would_block(self) -> bool:
        """Whether a small packet could not be written at once: a writer is stuck or the buffer is full."""
        lock: Any = self._Packetizer__write_lock  # type: ignore[attr-defined]
        if not lock.acquire(blocking=False):
            return True
        try:
            return not _is_writable(self._sock)
        finally:
            lock.release()


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
