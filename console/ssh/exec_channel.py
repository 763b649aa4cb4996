"""A command that runs on a server: its stdin, stdout, end. Every wait takes a deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import paramiko

from console.core.problems import Problem
from console.ssh.channel import Channel
from console.ssh.deadline import Deadline, left
from console.ssh.errors import lost, safe_reason
from console.ssh.transport import Transport

_SLICE_BYTES = 1024 * 1024
_PIECE_BYTES = 512 * 1024
"""Waited for at once; well below the smallest window, or the server could not send it."""


class ExecChannel:
    """Made by `Connection.exec`; `close` it. One thread may read while another writes; None as a
    deadline waits until data comes or the connection ends, which the watchdog sees to."""

    def __init__(self, channel: Channel, transport: Transport, server: str) -> None:
        self._channel = channel
        self._transport = transport
        self._server = server

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, size: int, deadline: Deadline | None = None, *, at_least: int = 1) -> bytes:
        """At most `size` bytes of stdout; fewer than `at_least` only at its end.

        Raises:
            Problem: `ssh.timeout`, `ssh.lost`.
        """
        try:
            data = self._channel.recv_by(size, left(deadline), at_least=at_least)
        except TimeoutError as error:
            raise self._too_late(deadline, "waiting for a command's output") from error
        if len(data) < at_least and not self._channel.eof_received and not self._transport.is_active():
            raise lost(self._transport, self._server)
        return data

    def hand_over(
        self, take: Callable[[bytes | memoryview], None], ended: Callable[[Problem | None], None]
    ) -> None:
        """From now on stdout goes to `take` as it comes, by whichever thread reads the connection, and nobody
        waits for it. At its end `ended` is called once: with `ssh.lost` where the connection went. Neither
        may wait: while little comes, that thread reads many others too. What is written after this
        is expected to be small."""
        self._transport.expect_little()
        self._channel.hand_over(
            take, lambda went: ended(lost(self._transport, self._server) if went else None)
        )

    def read_exactly(self, size: int, deadline: Deadline | None = None) -> bytes:
        """So many bytes of stdout, in one piece where they fit in the window; fewer only at its end.

        Raises:
            Problem: `ssh.timeout`, `ssh.lost`.
        """
        parts: list[bytes] = []
        while size:
            part = min(size, _PIECE_BYTES)
            data = self.read(part, deadline, at_least=part)
            parts.append(data)
            size -= len(data)
            if len(data) < part:
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    @property
    def has_data(self) -> bool:
        """Whether some of stdout could be read at once."""
        return self._channel.recv_ready()

    def read_all(self, limit: int, deadline: Deadline) -> bytes:
        """All of stdout, at most `limit` bytes; what comes after them is not read.

        Raises:
            Problem: `ssh.timeout`, `ssh.lost`.
        """
        parts: list[bytes] = []
        room = limit
        while room and (data := self.read(min(room, _SLICE_BYTES), deadline)):
            parts.append(data)
            room -= len(data)
        return b"".join(parts)

    @property
    def stderr(self) -> bytes:
        """The last of what came on stderr, up to 256 KiB."""
        return self._channel.stderr()

    def write(self, data: bytes | memoryview, deadline: Deadline | None = None) -> None:
        """Write all of it to stdin.

        Raises:
            Problem: `ssh.timeout`, `ssh.lost`; `ssh.channel_refused` where the command reads no more.
        """
        view = memoryview(data)
        while view:
            try:
                sent = self._channel.send_by(view, left(deadline))
            except TimeoutError as error:
                raise self._too_late(deadline, "sending to a command") from error
            except EOFError as error:
                raise lost(self._transport, self._server) from error
            except (OSError, paramiko.SSHException) as error:
                raise self._broken(error) from error
            if not sent:
                raise self._broken(None)
            view = view[sent:]

    def close_write(self) -> None:
        """End of stdin.

        Raises:
            Problem: `ssh.lost`.
        """
        if not self._channel.finish_writing():
            raise lost(self._transport, self._server)

    def exit_status(self, deadline: Deadline | None = None) -> int | None:
        """The command's exit status; None where a signal ended it (see `exit_signal`). Read stdout first.

        Raises:
            Problem: `ssh.timeout`; `ssh.lost` where the end came without a status.
        """
        if not self._channel.status_event.wait(left(deadline)):
            raise self._too_late(deadline, "waiting for a command's end")
        if self._channel.has_exit_status:
            return self._channel.exit_status
        if self._channel.exit_signal is None and not self._transport.is_active():
            raise lost(self._transport, self._server)
        return None

    @property
    def exit_signal(self) -> str | None:
        """Name of the signal that ended the command, without SIG; None otherwise."""
        return self._channel.exit_signal

    @property
    def is_open(self) -> bool:
        """Whether neither side closed it."""
        return not self._channel.closed

    def close(self) -> None:
        """End it; sshd hangs up on the command."""
        self._channel.close_soon()

    def _too_late(self, deadline: Deadline | None, stage: str) -> Problem:
        if not self._transport.is_active():
            return lost(self._transport, self._server)
        span_s = deadline.span_s if deadline is not None else 0.0
        return Problem("ssh.timeout", server=self._server, timeout_s=f"{span_s:.3g}", stage=stage)

    def _broken(self, error: Exception | None) -> Problem:
        if not self._transport.is_active():
            return lost(self._transport, self._server)
        return Problem(
            "ssh.channel_refused",
            server=self._server,
            reason=safe_reason(error) if error else "the command reads no more",
        )
