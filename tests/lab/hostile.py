"""A TCP server on loopback that does to an SSH client what no honest server would.

with HostileServer("silent") as server:
    connect to 127.0.0.1, server.port
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Self

_BANNER = b"SSH-2.0-OpenSSH_9.2\r\n"
_TICK_S = 0.05


def _silent() -> Iterator[tuple[float, bytes]]:
    while True:
        yield 0.2, b""


def _byte_per_second() -> Iterator[tuple[float, bytes]]:
    for byte in itertools.cycle(b"SSH-2.0-slow"):
        yield 1.0, bytes([byte])


def _endless_banner_lines() -> Iterator[tuple[float, bytes]]:
    for number in itertools.count():
        yield 0.02, b"welcome %d\r\n" % number


def _endless_banner_without_line_end() -> Iterator[tuple[float, bytes]]:
    while True:
        yield 0.005, b"A" * 16 * 1024


def _banner_then_silence() -> Iterator[tuple[float, bytes]]:
    yield 0.0, _BANNER
    yield from _silent()


def _huge_packet() -> Iterator[tuple[float, bytes]]:
    yield 0.0, _BANNER
    yield 0.0, struct.pack(">I", 2 * 1024**3)
    while True:
        yield 0.001, b"\0" * 256 * 1024


def _garbage() -> Iterator[tuple[float, bytes]]:
    yield 0.0, _BANNER
    while True:
        yield 0.001, os.urandom(16 * 1024)


def _http() -> Iterator[tuple[float, bytes]]:
    yield 0.0, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def _closes() -> Iterator[tuple[float, bytes]]:
    return iter(())


MODES: dict[str, Callable[[], Iterator[tuple[float, bytes]]]] = {
    "silent": _silent,
    "byte_per_second": _byte_per_second,
    "endless_banner_lines": _endless_banner_lines,
    "endless_banner": _endless_banner_without_line_end,
    "banner_then_silence": _banner_then_silence,
    "huge_packet": _huge_packet,
    "garbage": _garbage,
    "http": _http,
    "closes": _closes,
}
"""Name -> what is sent: pairs of a pause in seconds and bytes; at the end the connection is closed."""


class HostileServer:
    """Serves every connection with one mode until stopped."""

    def __init__(self, mode: str) -> None:
        self._script = MODES[mode]
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_TICK_S)
        self._threads: list[threading.Thread] = []
        self.port = int(self._listener.getsockname()[1])
        self.accepted = 0

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all connections and threads."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True, name="lab-hostile")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                peer, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.accepted += 1
            self._spawn(self._serve, peer)

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            peer.settimeout(_TICK_S)
            for pause_s, data in self._script():
                if self._stopped.wait(pause_s) or not self._send(peer, data):
                    return
            peer.shutdown(socket.SHUT_WR)

    def _send(self, peer: socket.socket, data: bytes) -> bool:
        view = memoryview(data)
        while view and not self._stopped.is_set():
            try:
                view = view[peer.send(view) :]
            except TimeoutError:
                continue
            except OSError:
                return False
        return True
