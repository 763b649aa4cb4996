"""An SSH server of paramiko for what sshd does not do on demand: passwords, questions, broken windows.

Only for faults and logins that need it; everything else is tested on real sshd.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Self

import paramiko

USER, PASSWORD = "me", "correct horse"
QUESTIONS = [("Code:\x1b[31m ", False), ("Again: ", True)]
ANSWERS = ["123", "456"]


class _Rules(paramiko.ServerInterface):
    def __init__(self, server: OddServer) -> None:
        self._server = server

    def get_allowed_auths(self, username: str) -> str:
        if self._server.needs_both and self._server.passwords:
            return "keyboard-interactive"
        return self._server.methods

    def check_auth_password(self, username: str, password: str) -> int:
        self._server.passwords.append(password)
        if (username, password) != (USER, PASSWORD):
            return paramiko.AUTH_FAILED
        return paramiko.AUTH_PARTIALLY_SUCCESSFUL if self._server.needs_both else paramiko.AUTH_SUCCESSFUL

    def check_auth_interactive(self, username: str, submethods: str) -> int | paramiko.InteractiveQuery:
        if "keyboard-interactive" not in self.get_allowed_auths(username):
            return paramiko.AUTH_FAILED
        return paramiko.InteractiveQuery("Title\n", "Please answer", *QUESTIONS)

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        self._server.answers.append(list(responses))
        return paramiko.AUTH_SUCCESSFUL if list(responses) == ANSWERS else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self._server.commands[channel.get_id()] = command
        # After the answer to this request has left.
        timer = threading.Timer(0.1, self._server.on_exec, args=(channel,))
        timer.daemon = True
        timer.start()
        return True


def _say_ok(channel: paramiko.Channel) -> None:
    channel.sendall(b"ok\n")
    channel.send_exit_status(0)
    channel.close()


def flood(channel: paramiko.Channel) -> None:
    """Send on and on, whatever the window says."""
    channel.out_window_size = 2**40
    try:
        while channel.send(bytes(32_000)):
            channel.out_window_size = 2**40
    except (OSError, EOFError):  # we were thrown out, as it should be
        return


class OddServer:
    """Listens on loopback; one thread per connection. Used by `with`."""

    def __init__(
        self,
        *,
        methods: str = "password",
        needs_both: bool = False,
        on_exec: Callable[[paramiko.Channel], None] = _say_ok,
    ) -> None:
        self.methods = methods
        self.needs_both = needs_both
        self.on_exec = on_exec
        self.passwords: list[str] = []
        self.answers: list[list[str]] = []
        self.commands: dict[int, bytes] = {}  # by channel
        self.key = paramiko.ECDSAKey.generate()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._accept, daemon=True, name="lab-odd")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for transport in self._transports:
            transport.close()
            transport.join(5)

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(peer)
            transport.set_log_channel("console.ssh.wire")
            transport.add_server_key(self.key)
            self._transports.append(transport)
            try:
                transport.start_server(event=threading.Event(), server=_Rules(self))
            except paramiko.SSHException:
                continue
