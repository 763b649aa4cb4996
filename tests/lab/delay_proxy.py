"""A TCP proxy on loopback with toxics: latency each way, a rate, a black hole, a reset, small slices.

with DelayProxy(server.port, latency_s=0.05) as proxy:
    connect to 127.0.0.1, proxy.port
    proxy.blackhole()
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import deque
from typing import Self

_TICK_S = 0.02
_IN_FLIGHT_BYTES = 8 * 1024 * 1024


class DelayProxy:
    """Forwards to 127.0.0.1:`target_port`.

    Args:
        latency_s: added to every byte, each way; half of the round trip it adds.
        in_flight_bytes: how much may be under way; more for fast and long ways.
        slice_bytes: pass on at most so many bytes at a time, or 0 for all.
        bytes_per_s: pass on at most so many each way of a connection, or 0 for no limit.
        noise: what a client hears first, before anything of the server's.
    """

    def __init__(
        self,
        target_port: int,
        *,
        latency_s: float = 0.0,
        slice_bytes: int = 0,
        bytes_per_s: int = 0,
        in_flight_bytes: int = _IN_FLIGHT_BYTES,
        noise: bytes = b"",
    ) -> None:
        self.latency_s = latency_s
        self._slice = slice_bytes
        self._in_flight = in_flight_bytes
        self._bytes_per_s = bytes_per_s
        self._noise = noise
        self._target = ("127.0.0.1", target_port)
        self._stopped = threading.Event()
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_TICK_S)
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def blackhole(self) -> None:
        """From now on nothing passes in either direction; connections stay open."""
        self._open.clear()

    def restore(self) -> None:
        """Let bytes pass again, also those held back."""
        self._open.set()

    def reset(self) -> None:
        """Cut every connection with a TCP reset."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.close()

    def stop(self) -> None:
        """End everything."""
        self._stopped.set()
        self._open.set()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(5)
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for each in sockets:
            each.close()
        self._listener.close()

    def _spawn(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True, name="lab-proxy")  # type: ignore[arg-type]
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._sockets += [client, server]
            for each in (client, server):
                each.settimeout(_TICK_S)
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.sendall(self._noise)
            self._spawn(self._pump, client, server)
            self._spawn(self._pump, server, client)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Read at once, write when the time has come; what waits is bounded."""
        waiting: deque[tuple[float, bytes]] = deque()
        held = 0
        ended = False
        while not self._stopped.is_set():
            if not ended and held < self._in_flight:
                due_s = waiting[0][0] - time.monotonic() if waiting else _TICK_S
                try:
                    source.settimeout(min(_TICK_S, max(0.0005, due_s)))
                    data = source.recv(256 * 1024)
                except TimeoutError:
                    data = None
                except OSError:
                    data = b""
                if data is not None:
                    waiting.append((time.monotonic() + self.latency_s, data))
                    held += len(data)
                    ended = not data
            while waiting and waiting[0][0] <= time.monotonic() and self._open.is_set():
                _, data = waiting.popleft()
                held -= len(data)
                if not self._deliver(sink, data):
                    return
            if ended and not waiting:
                return
            if ended:
                time.sleep(0.001)

    def _deliver(self, sink: socket.socket, data: bytes) -> bool:
        if not data:
            return self._half_close(sink)
        view = memoryview(data)
        # A twentieth of a second at a time, so that a slow link is smooth.
        most = self._slice or (max(1, self._bytes_per_s // 20) if self._bytes_per_s else len(view))
        while view and not self._stopped.is_set():
            try:
                sent = sink.send(view[:most])
                view = view[sent:]
                if self._bytes_per_s:
                    self._stopped.wait(sent / self._bytes_per_s)
            except TimeoutError:
                continue
            except OSError:
                return False
        return True

    @staticmethod
    def _half_close(sink: socket.socket) -> bool:
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # the other side was quicker
            return False
        return True
