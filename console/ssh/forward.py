"""A local port that leads to a port of the server. Listens on 127.0.0.1 only."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Self

import paramiko

from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.channel import Channel
from console.ssh.deadline import Deadline
from console.ssh.transport import Transport, shut

_log = logging.getLogger(__name__)
_CHUNK = 64 * 1024
_OPEN_S = 15.0
_MAX_CONNECTIONS = 256


class LocalForward:
    """`Connection.forward` makes one, `Connection.carry` takes one over; `close` it. It listens from the
    start and lets nobody through before it has a connection."""

    def __init__(self, host: str, port: int, local_port: int = 0) -> None:
        self.host = host
        self.port = port
        self.refusal: str | None = None
        self._transport: Transport | None = None
        self._lock = threading.Lock()
        self._open: set[tuple[socket.socket, Channel]] = set()
        self._closed = False
        self._started = False
        try:
            self._listener = socket.create_server(("127.0.0.1", local_port), backlog=128)
        except OSError as error:
            raise Problem("forward.port_taken", port=local_port) from error
        self.local_port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(
            target=self._accept, name=f"ssh-forward {self.local_port}", daemon=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether it still listens and the connection below it is up."""
        return not self._closed and self._transport is not None and self._transport.is_active()

    @property
    def connections(self) -> int:
        """How many pass through it now."""
        with self._lock:
            return len(self._open)

    def start(self, transport: Transport) -> None:
        """Begin to accept, or go on over another connection."""
        self._transport = transport
        with self._lock:
            begins = not self._started and not self._closed
            self._started = True
        if begins:
            self._thread.start()

    def close(self) -> None:
        """Stop listening and end its connections."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            pairs = list(self._open)
        shut(self._listener)
        self._listener.close()
        for sock, channel in pairs:
            shut(sock)
            channel.close_soon()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:  # closed
                return
            with self._lock:
                full = len(self._open) >= _MAX_CONNECTIONS
            transport = self._transport
            if full or transport is None or not transport.is_active():
                sock.close()
                continue
            threading.Thread(
                target=self._serve, args=(sock, transport), name="ssh-forward-up", daemon=True
            ).start()

    def _serve(self, sock: socket.socket, transport: Transport) -> None:
        """One connection: this thread carries what goes up, another what comes down."""
        with sock:
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                channel = transport.open("direct-tcpip", Deadline.after(_OPEN_S), to=(self.host, self.port))
                self.refusal = None
            except (paramiko.SSHException, OSError, EOFError) as error:
                self.refusal = safe_line(str(error))
                _log.info("forward to %s:%s: %s", self.host, self.port, safe_line(str(error)))
                return
            pair = (sock, channel)
            with self._lock:
                self._open.add(pair)
                closed = self._closed
            down = threading.Thread(target=_carry_down, args=pair, name="ssh-forward-down", daemon=True)
            try:
                if not closed:
                    down.start()
                    _carry_up(sock, channel)
                    down.join()
            finally:
                channel.close_soon()
                with self._lock:
                    self._open.discard(pair)


def _carry_up(sock: socket.socket, channel: Channel) -> None:
    try:
        while data := sock.recv(_CHUNK):
            view = memoryview(data)
            while view:
                sent = channel.send_by(view, None)
                if not sent:
                    shut(sock)
                    return
                view = view[sent:]
    except (OSError, paramiko.SSHException, EOFError):
        shut(sock)  # the way is gone: whoever uses the port sees its end
    if not channel.closed and not channel.finish_writing():
        shut(sock)


def _carry_down(sock: socket.socket, channel: Channel) -> None:
    try:
        while data := channel.recv_by(_CHUNK, None):
            sock.sendall(data)
        if channel.closed:
            shut(sock)
        else:
            sock.shutdown(socket.SHUT_WR)
    except (OSError, paramiko.SSHException, EOFError):
        shut(sock)
        channel.close_soon()
