"""A receiver of webhooks over HTTP or TLS that answers as it is told, or hangs; and a proxy that tunnels."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The handshake on the request's own thread: one who hangs in it holds up nobody.
        if self.tls is not None:
            request = self.tls.wrap_socket(request, server_side=True)
        try:
            super().finish_request(request, client_address)
        finally:
            with contextlib.suppress(OSError):
                request.close()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no fault here."""


@dataclass
class Reply:
    """What is answered; `drip` sends the head a byte at a time until the client leaves."""

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: bool = False


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Receiver:
    """Used by `with`. `replies` are given first, then `usual`.

    Attributes:
        got: requests so far.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, usual: Reply | None = None, port: int = 0) -> None:
        self.usual = usual or Reply()
        self.replies: list[Reply] = []
        self.got: list[Got] = []
        self._changed = threading.Condition()
        self._over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = _Server(("127.0.0.1", port), Handler)
        self._server.tls = tls
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One request."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        with self._changed:
            self.got.append(Got(request.path, {k.lower(): v for k, v in request.headers.items()}, body))
            reply = self.replies.pop(0) if self.replies else self.usual
            self._changed.notify_all()
        request.close_connection = True
        if reply.hang:
            self._over.wait(60)
            return
        if reply.drip:
            with contextlib.suppress(OSError):
                for each in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                    request.wfile.write(bytes([each]))
                    if self._over.wait(0.05):
                        return
        data = reply.body.encode()
        request.send_response(reply.status)
        for name, value in reply.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def wait_for(self, count: int, patience_s: float = 30) -> list[Got]:
        """The first requests, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.got) >= count, patience_s), (
                f"{len(self.got)} of {count} requests came"
            )
            return list(self.got[:count])


class Proxy:
    """Tunnels every CONNECT to one port here, whatever name was asked for. Used by `with`.

    Attributes:
        asked: first lines and Proxy-Authorization of what came.
    """

    def __init__(self, target_port: int, status: str = "200 Connection established") -> None:
        self.asked: list[tuple[str, str]] = []
        self._target = target_port
        self._status = status
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._one(client)

    def _one(self, client: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data and (piece := client.recv(4096)):
            data += piece
        lines = data.decode().split("\r\n")
        said = next((line.split(" ", 1)[1] for line in lines if line.lower().startswith("proxy-auth")), "")
        self.asked.append((lines[0], said))
        client.sendall(f"HTTP/1.1 {self._status}\r\n\r\n".encode())
        if not self._status.startswith("200"):
            return
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            back = threading.Thread(target=_pump, args=(server, client))
            back.start()
            _pump(client, server)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def until(condition: Callable[[], bool], what: str, patience_s: float = 30) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.01)
