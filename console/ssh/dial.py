"""The bytes below SSH: a TCP socket, or a command's stdin and stdout, both within a deadline."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import queue
import shlex
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from console.core.problems import Problem
from console.core.text import decode, safe_line
from console.ssh.deadline import Deadline
from console.ssh.errors import Stage, from_socket, timed_out
from console.ssh.target import Target

_USER_TIMEOUT_MS = 15_000
_KEEPALIVE = (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
_STDERR_KEPT = 2000
_LAST_WORDS_S = 0.5

Address = tuple[Any, ...]
"""One answer of getaddrinfo."""


def connect(target: Target, deadline: Deadline) -> socket.socket:
    """A TCP socket to the target; its addresses are tried in turn, each with a fair part of the time.

    Raises:
        Problem: `ssh.unresolved`, `ssh.refused`, `ssh.unreachable`, `ssh.timeout`.
    """
    addresses = _resolve(target, deadline)
    last: OSError = TimeoutError()
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        if deadline.is_over:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.05, deadline.left_s / (len(addresses) - index)))
            sock.connect(address)
            _tune(sock, target)
        except OSError as error:
            sock.close()
            last = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise from_socket(last, target, deadline) from last


def _resolve(target: Target, deadline: Deadline) -> list[Address]:
    """Addresses of the host. An address needs no resolver; a name is looked up on a thread, because
    getaddrinfo knows no timeout: a stuck one ends with the resolver's own."""
    literal = target.host.strip("[]")
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(literal.partition("%")[0])
        try:
            return list(
                socket.getaddrinfo(literal, target.port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
            )
        except OSError as error:
            raise from_socket(error, target, deadline) from error
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(list(socket.getaddrinfo(target.host, target.port, 0, socket.SOCK_STREAM)))
        except OSError as error:
            answers.put(error)
        except UnicodeError as error:  # a label that is too long or empty
            answers.put(socket.gaierror(socket.EAI_NONAME, f"not a host name ({error})"))

    threading.Thread(target=look_up, name="ssh-resolve", daemon=True).start()
    try:
        found = answers.get(timeout=max(0.001, deadline.left_s))
    except queue.Empty:
        raise timed_out(target, deadline, Stage.RESOLVING) from None
    if isinstance(found, OSError):
        raise from_socket(found, target, deadline) from found
    return found


def _tune(sock: socket.socket, target: Target) -> None:
    patience_ms = int((target.alive_interval_s or 0) * target.alive_misses * 1000)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Unacknowledged data suppresses keepalive probes; this bounds that case.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, max(_USER_TIMEOUT_MS, patience_ms))


class ProxyCommand:
    """A command that is the way to a server, as ssh's ProxyCommand; `sock` is our end of it.

    The command comes out of the person's own ssh_config and runs in their shell, as ssh does it. Host,
    port and user were checked before they are put in.
    """

    def __init__(self, target: Target) -> None:
        if os.name != "posix":
            raise Problem(
                "ssh.unsupported",
                server=target.name,
                what="ProxyCommand on this system",
                remedy="Use ProxyJump instead.",
            )
        line = expand(target.proxy_command or "", target)
        self.sock, theirs = socket.socketpair()
        self._stderr = bytearray()
        with theirs:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {line}"],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        self._drain = threading.Thread(target=self._keep_stderr, name="ssh-proxy-stderr", daemon=True)
        self._drain.start()

    def _keep_stderr(self) -> None:
        pipe = self._process.stderr
        if pipe is None:
            return
        with pipe:
            while data := os.read(pipe.fileno(), 4096):
                self._stderr += data
                del self._stderr[:-_STDERR_KEPT]

    @property
    def said(self) -> str:
        """The last of what the command wrote on stderr; a command that has just ended may have said it behind
        the end of its output."""
        self._drain.join(_LAST_WORDS_S)
        return safe_line(decode(bytes(self._stderr)), max_chars=300)

    def close(self) -> None:
        """End the command and what it started; leaves no zombie."""
        self.sock.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        self._drain.join(2.0)


def expand(command: str, target: Target) -> str:
    """ProxyCommand's tokens, quoted for the shell; `ssh -G` leaves them in.

    Raises:
        Problem: `ssh.unsupported` on a token that is not known.
    """
    known: dict[str, Callable[[], str]] = {
        "%": lambda: "%",
        "h": lambda: shlex.quote(target.host),
        "n": lambda: shlex.quote(target.alias or target.host),
        "p": lambda: str(target.port),
        "r": lambda: shlex.quote(target.login),
    }
    parts = command.split("%")
    text = parts[0]
    index = 1
    while index < len(parts):
        part = parts[index]
        if not part and index + 1 < len(parts):  # "%%"
            text += "%" + parts[index + 1]
            index += 2
            continue
        if part[:1] not in known:
            raise Problem(
                "ssh.unsupported",
                server=target.name,
                what=f"the token %{part[:1]} in ProxyCommand",
                remedy="Use %h, %n, %p or %r there.",
            )
        text += known[part[0]]() + part[1:]
        index += 1
    return text
