"""One logged-in connection to a server: commands, forwards, signs of life. Every use is audited first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self

import paramiko

from console.core.audit import AuditEntry, AuditSink
from console.core.problems import Problem
from console.core.text import safe_line
from console.ssh.auth import Auth
from console.ssh.channel import RequestRefused
from console.ssh.deadline import Deadline
from console.ssh.errors import from_channel, lost
from console.ssh.exec_channel import ExecChannel
from console.ssh.forward import LocalForward
from console.ssh.handshake import Chain, establish
from console.ssh.known_hosts import KnownHosts
from console.ssh.target import Target
from console.ssh.transport import WINDOW_BYTES, ChannelRefused
from console.ssh.watchdog import Watchdog

_OPEN_S = 15.0
_MAX_AUDITED_CHARS = 4000
_NOWHERE = ("127.0.0.1", 1)


class Connection:
    """Made by `open`; `close` it. Any thread may call."""

    def __init__(self, target: Target, chain: Chain, audit: AuditSink) -> None:
        self.target = target
        self._chain = chain
        self._transport = chain.last
        self._audit = audit
        self._lock = threading.Lock()
        self._forwards: list[LocalForward] = []
        self._closed = False

    @classmethod
    def open(
        cls,
        target: Target,
        *,
        trust: KnownHosts,
        auth: Auth,
        audit: AuditSink,
        watchdog: Watchdog,
        deadline: Deadline | None = None,
        on_login: Callable[[], None] | None = None,
        on_let_in: Callable[[], None] | None = None,
    ) -> Self:
        """Connect, check the host key, log in.

        Args:
            trust: which host keys are known.
            auth: what may be asked of the person.
            audit: where every command and forward is recorded before it happens.
            watchdog: ends the connection when the server falls silent.
            deadline: for all of it; the target's `connect_timeout_s` from now where None.
            on_login: called when the host keys are accepted and the target's login begins.
            on_let_in: called after each login on the way, the target's included.

        Raises:
            Problem: `ssh.*`, `server.invalid_host`; nothing is left open then.
        """
        target = target.checked()
        deadline = deadline or Deadline.after(target.connect_timeout_s)
        chain = establish(target, trust, auth, deadline, on_login=on_login, on_let_in=on_let_in, audit=audit)
        for transport, hop in zip(chain.transports, (*target.jump, target), strict=True):
            watchdog.watch(transport, interval_s=hop.alive_interval_s, misses=hop.alive_misses)
        return cls(target, chain, audit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- signs of life

    @property
    def is_alive(self) -> bool:
        """Whether it is up, as far as is known."""
        return not self._closed and self._transport.is_active()

    @property
    def latency_ms(self) -> float | None:
        """The last measured round trip to the server's sshd; None before the first."""
        seconds = self._transport.latency_s
        return None if seconds is None else seconds * 1000

    def measure(self, timeout_s: float) -> float | None:
        """The round trip in milliseconds, asked for now: the best of three answers, because a busy server
        answers late. None where none came."""
        return self._transport.measure(timeout_s)

    @property
    def last_heard(self) -> float:
        """When the last packet came, on the monotonic clock."""
        return self._transport.last_heard

    @property
    def last_heard_s(self) -> float:
        """Seconds since the last packet came."""
        return time.monotonic() - self._transport.last_heard

    @property
    def silence_s(self) -> float | None:
        """How long the person's ssh_config lets a server be silent; None where it says nothing."""
        interval_s = self.target.alive_interval_s
        return None if interval_s is None else interval_s * self.target.alive_misses

    @property
    def server_banner(self) -> str:
        """The server's SSH version text, made safe to show."""
        return safe_line(self._transport.remote_version)

    @property
    def lost_reason(self) -> str | None:
        """Why it ended, where it ended; None while it is up."""
        if self._transport.is_active():
            return None
        return str(lost(self._transport, self.target.name).attrs["reason"])

    # --- use

    def exec(
        self,
        command: str,
        *,
        audit_text: str | None = None,
        changes: bool = False,
        deadline: Deadline | None = None,
        window_bytes: int = WINDOW_BYTES,
    ) -> ExecChannel:
        """Start a command; the account's login shell reads it.

        Args:
            command: the line; quote arguments with `shlex.quote`. No secrets: it shows in `ps` there.
            audit_text: what the audit log shows instead, for a line that carries a program.
            changes: whether it can change something on the server; stands in the audit log.
            deadline: until it has started; 15 s where None. Reading has its own.
            window_bytes: how much may be on its way unread; larger for bulk on slow links.

        Raises:
            Problem: `audit.unwritable`, and then nothing was run; `ssh.lost`, `ssh.timeout`,
                `ssh.channel_refused`.
        """
        deadline = deadline or Deadline.after(_OPEN_S)
        self._ensure_alive()
        shown = command if audit_text is None else audit_text
        self._record("ssh.exec", {"command": shown[:_MAX_AUDITED_CHARS]}, changes=changes)
        try:
            channel = self._transport.open("session", deadline, window_bytes=window_bytes)
            channel.ask_for_environment(self.target.environment)
            channel.request_exec(command, deadline)
        except (paramiko.SSHException, RequestRefused, OSError, EOFError) as error:
            raise from_channel(
                error, self._transport, self.target.name, stage="starting a command", deadline=deadline
            ) from error
        return ExecChannel(channel, self._transport, self.target.name)

    def forward(self, host: str, port: int, local_port: int = 0) -> LocalForward:
        """Listen on 127.0.0.1 here for what goes to host:port as the server sees it.

        Raises:
            Problem: `forward.port_taken`, `audit.unwritable`, `ssh.lost`.
        """
        self._ensure_alive()
        made = LocalForward(host, port, local_port)
        try:
            self.carry(made)
        except Problem:
            made.close()
            raise
        with self._lock:
            self._forwards = [each for each in self._forwards if each.is_open] + [made]
        return made

    def carry(self, forward: LocalForward) -> None:
        """Let a forward go on over this connection; it is its owner who closes it.

        Raises:
            Problem: `audit.unwritable`, `ssh.lost`.
        """
        self._ensure_alive()
        self._record(
            "ssh.forward",
            {"host": forward.host, "port": forward.port, "local_port": forward.local_port},
        )
        forward.start(self._transport)

    def forwarding_refused(self) -> str | None:
        """What the server says where it lets no forward through; None where it allows them. A port that
        nobody listens on is asked for, so nothing is reached."""
        self._ensure_alive()
        self._record("ssh.forward", {"host": _NOWHERE[0], "port": _NOWHERE[1], "probe": True})
        try:
            self._transport.open("direct-tcpip", Deadline.after(_OPEN_S), to=_NOWHERE).close_soon()
        except ChannelRefused as error:
            return safe_line(str(error)) if error.code == ChannelRefused.PROHIBITED else None
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise from_channel(
                error,
                self._transport,
                self.target.name,
                stage="asking for a forward",
                deadline=Deadline.after(0),
            ) from error
        return None

    def close(self) -> None:
        """End everything at once: forwards, channels, transports, jump servers. Never waits for a peer."""
        with self._lock:
            self._closed = True
            forwards, self._forwards = self._forwards, []
        self._chain.close()
        for each in forwards:
            each.close()

    def _ensure_alive(self) -> None:
        if self._closed or not self._transport.is_active():
            raise lost(self._transport, self.target.name)

    def _record(self, action: str, detail: dict[str, object], *, changes: bool = False) -> None:
        self._audit.record(
            AuditEntry(
                action, target=self.target.name, server=self.target.name, detail=detail, changes=changes
            )
        )
