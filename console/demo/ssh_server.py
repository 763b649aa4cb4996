"""A small SSH server for the demo: one account, one throw-away key, 127.0.0.1 only, exec and forwards.

It stands in for sshd where none is installed; nothing else may use it. Commands run as the current
user with a HOME of their own.
"""

from __future__ import annotations

import logging
import socket
import threading
from dataclasses import dataclass

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_CONNECT_FAILED,
    OPEN_SUCCEEDED,
)

from console.demo.pumps import relay, run_command

_LOG = logging.getLogger(__name__)
_QUIET = logging.getLogger("tandem.demo.transport")
_QUIET.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Who may log in and what the commands get.

    Attributes:
        user: the only user name that is let in.
        client_key: the only public key that is let in.
        environment: the whole environment of every command, HOME included.
    """

    user: str
    client_key: paramiko.PKey
    environment: dict[str, str]


class DemoSshServer:
    """Listens on a free loopback port until `close`."""

    def __init__(self, account: DemoAccount, host_key: paramiko.PKey, *, port: int = 0) -> None:
        self._account = account
        self._host_key = host_key
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        self._transports: set[paramiko.Transport] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name=f"demo-sshd-{self.port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and end every session; detached jobs go on, as with sshd."""
        self._closing.set()
        # A blocked accept() wakes up on shutdown, not on close.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            _LOG.debug("listener was closed already: %s", error)
        self._listener.close()
        with self._lock:
            transports = list(self._transports)
        for transport in transports:
            transport.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._serve, args=(connection,), name=f"demo-session-{self.port}", daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(connection)
        # A client that connects and leaves is no error here; paramiko would print a traceback for it.
        transport.set_log_channel(_QUIET.name)
        transport.add_server_key(self._host_key)
        session = _Session(self._account)
        with self._lock:
            self._transports.add(transport)
        try:
            transport.start_server(server=session)
            while transport.is_active() and not self._closing.is_set():
                channel = transport.accept(1.0)
                # An exec channel starts itself when its request arrives; a forward starts here.
                target = session.forwards.pop(channel.get_id(), None) if channel is not None else None
                if channel is not None and target is not None:
                    relay(channel, target)
        except (paramiko.SSHException, EOFError, OSError) as error:
            _LOG.info("demo session ended: %s", error)
        finally:
            transport.close()
            for unused in session.forwards.values():
                unused.close()
            with self._lock:
                self._transports.discard(transport)


class _Session(paramiko.ServerInterface):
    """What one client may do. Unused arguments are paramiko's interface."""

    def __init__(self, account: DemoAccount) -> None:
        self._account = account
        self.forwards: dict[int, socket.socket] = {}

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == self._account.user and key == self._account.client_key
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del chanid
        known = kind == "session"
        return OPEN_SUCCEEDED if known else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        work = threading.Thread(
            target=run_command,
            args=(channel, command, self._account.environment),
            name="demo-exec",
            daemon=True,
        )
        work.start()
        return True

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        del origin
        host, port = destination
        if host not in ("127.0.0.1", "localhost"):
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        try:
            self.forwards[chanid] = socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            return OPEN_FAILED_CONNECT_FAILED
        return OPEN_SUCCEEDED
