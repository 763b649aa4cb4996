"""A channel whose requests have deadlines, whose window is enforced and whose stderr never stalls it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import paramiko
from paramiko.buffered_pipe import PipeTimeout
from paramiko.common import cMSG_CHANNEL_REQUEST, cMSG_CHANNEL_WINDOW_ADJUST
from paramiko.message import Message

from console.core.text import decode, safe_line
from console.ssh.byte_queue import ByteQueue
from console.ssh.deadline import Deadline
from console.ssh.gcm import BATCH_PIECES, DataMessage
from console.ssh.packets import MAX_PACKET_BYTES

MAX_STDERR_BYTES = 256 * 1024
_MAX_PIECE_BYTES = 32 * 1024
"""What OpenSSH takes in one packet of a channel; RFC 4253 has every server take it."""

_AMPLE_WINDOW = 512 * 1024
"""What may still be sent is enough for longer than a rest of the reader."""

_LOG = logging.getLogger(__name__)


class RequestRefused(paramiko.SSHException):
    """The server said no to a request on an open channel."""


class _Nothing:
    """In the place of paramiko's buffer for stderr, of which ours keeps the end only."""

    def close(self) -> None:
        """There is nothing to close."""


class Channel(paramiko.Channel):
    """paramiko's, with bounds. Made by `Transport.open` only."""

    def __init__(self, chanid: int) -> None:
        super().__init__(chanid)
        self.exit_signal: str | None = None
        self.has_exit_status = False
        self._stderr = bytearray()
        self._arrived = ByteQueue()
        self.in_buffer = self._arrived  # type: ignore[assignment]
        self.in_stderr_buffer = _Nothing()  # type: ignore[assignment]
        self._ended: Callable[[bool], None] | None = None

    def request_exec(self, command: str, deadline: Deadline) -> None:
        """Ask the server to run a command.

        Raises:
            TimeoutError: no answer in time; the channel is closed then.
            RequestRefused: the server said no, or closed the channel.
        """
        request = Message()
        request.add_byte(cMSG_CHANNEL_REQUEST)
        request.add_int(self.remote_chanid)
        request.add_string("exec")
        request.add_boolean(True)
        request.add_string(command)
        self.event.clear()
        self.event_ready = False
        self._wire().send_by(request, deadline)
        if not self.event.wait(deadline.left_s):
            self.close_soon()
            raise TimeoutError("no answer to the request to run a command")
        if not self.event_ready:
            raise RequestRefused("the server refused to run a command")

    def ask_for_environment(self, variables: Sequence[tuple[str, str]]) -> None:
        """Ask the server to set variables; no answer is wanted, it takes what it likes."""
        for name, value in variables:
            request = Message()
            request.add_byte(cMSG_CHANNEL_REQUEST)
            request.add_int(self.remote_chanid)
            request.add_string("env")
            request.add_boolean(False)
            request.add_string(name)
            request.add_string(value)
            self._wire()._send_user_message(request)

    def recv_by(self, size: int, timeout_s: float | None, *, at_least: int = 1) -> bytes:
        """At most `size` bytes, `at_least` so many before the end. TimeoutError where they did not come."""
        try:
            data = self._arrived.read(size, timeout_s, at_least=at_least)
        except PipeTimeout:
            raise TimeoutError("nothing came") from None
        self._acknowledge(len(data))
        return data

    def hand_over(self, take: Callable[[bytes | memoryview], None], ended: Callable[[bool], None]) -> None:
        """From now on what comes goes to `take`, by whichever thread reads the transport, so that no other
        waits for it; at the end `ended` is told whether the connection itself went. Neither may wait."""

        def took(data: bytes | memoryview) -> None:
            take(data)
            self._acknowledge(len(data))

        self._ended = ended
        self._arrived.hand_to(took)
        self._tell_end(went=not self._wire().is_active())

    @property
    def is_handed_over(self) -> bool:
        """Whether what comes is waited for by nobody."""
        return self._ended is not None

    def _tell_end(self, *, went: bool) -> None:
        if self._arrived.has_just_ended() and self._ended is not None:
            self._ended(went)

    def send_by(self, data: memoryview, timeout_s: float | None) -> int:
        """Send a first part of the data; how much, 0 where the peer reads no more.

        Raises:
            TimeoutError: the peer opened no window in time.
            OSError: the channel is closed.
        """
        with self.lock:
            if self.closed:
                raise OSError("the channel is closed")
            # Not `self.timeout`: that is shared by all who use the channel.
            until = None if timeout_s is None else time.monotonic() + timeout_s
            while self.out_window_size == 0 and not (self.closed or self.eof_sent):
                wait_s = None if until is None else until - time.monotonic()
                if wait_s is not None and wait_s <= 0:
                    raise TimeoutError("the peer reads nothing")
                self.out_buffer_cv.wait(wait_s)
            if self.closed or self.eof_sent:
                return 0
            piece = min(self.out_max_packet_size, _MAX_PIECE_BYTES)
            size = min(len(data), self.out_window_size, BATCH_PIECES * piece)
            self.out_window_size -= size
        self._wire().send_data(self.remote_chanid, data[:size], piece)
        return size

    def send(self, s: bytes | bytearray | memoryview) -> int:
        """As a socket's: for a transport that runs through this channel."""
        return self.send_by(memoryview(s), self.timeout)

    def finish_writing(self) -> bool:
        """Tell the peer that no more comes; False where the way to it has gone, as later calls will say."""
        try:
            self.shutdown_write()
        except (OSError, EOFError, paramiko.SSHException) as error:
            _LOG.debug("the connection went before the end of a channel's data: %s", error)
            return False
        return True

    def close_soon(self) -> None:
        """Close, but where the messages for it could not leave at once, only on our side first.

        A peer that hangs must not hold up whoever closes.
        """
        if self._wire().can_send_now() or not self._wire().is_active():
            self._close_surely()
        else:
            threading.Thread(target=self._close_surely, name="ssh-channel-close", daemon=True).start()

    def _close_surely(self) -> None:
        try:
            self.close()
        except (OSError, EOFError, paramiko.SSHException) as error:
            # The connection went first, which closed the channel too.
            _LOG.debug("channel closed with its connection: %s", error)

    def stderr(self) -> bytes:
        """The last of what came on stderr, at most MAX_STDERR_BYTES."""
        with self.lock:
            return bytes(self._stderr)

    # --- called by the thread that reads the transport

    def on_data(self, message: Message | DataMessage) -> None:
        pieces = message.pieces if isinstance(message, DataMessage) else [memoryview(message.get_binary())]
        size = sum(map(len, pieces))
        if len(self._arrived) + size > self.in_window_size + 2 * MAX_PACKET_BYTES:
            raise paramiko.SSHException("the peer sent more than its window allows")
        self._arrived.feed(*pieces)

    def on_window_adjust(self, message: Message) -> None:
        self._window_adjust(message)  # type: ignore[attr-defined]
        if self.out_window_size >= _AMPLE_WINDOW:
            # A server tells every 100 KiB that it took; to be woken each time costs a core in ten.
            self._wire().packetizer.rest()

    def on_eof(self, message: Message) -> None:
        self._handle_eof(message)  # type: ignore[attr-defined]
        self._tell_end(went=False)

    def on_close(self, message: Message) -> None:
        self._handle_close(message)  # type: ignore[attr-defined]
        self._tell_end(went=False)

    def _unlink(self) -> None:
        super()._unlink()  # type: ignore[misc]
        self._tell_end(went=True)

    def on_extended_data(self, message: Message) -> None:
        code = message.get_int()
        data = message.get_binary()
        if code == 1:
            with self.lock:
                self._stderr += data
                del self._stderr[:-MAX_STDERR_BYTES]
        # Counted as read at once: a command that says much on stderr must not run out of window.
        self._acknowledge(len(data))

    def on_request(self, message: Message) -> None:
        name = message.get_text()
        wants_reply = message.get_boolean()
        if name == "exit-signal":
            self.exit_signal = safe_line(decode(message.get_binary()), max_chars=40)
            self.status_event.set()
            return
        if name == "exit-status":
            self.has_exit_status = True
        again = Message()
        again.add_string(name)
        again.add_boolean(wants_reply)
        again.add_bytes(message.get_remainder())
        again.rewind()
        self._handle_request(again)  # type: ignore[attr-defined]

    def _acknowledge(self, count: int) -> None:
        adjust = self._check_add_window(count)  # type: ignore[attr-defined]
        if adjust > 0:
            message = Message()
            message.add_byte(cMSG_CHANNEL_WINDOW_ADJUST)
            message.add_int(self.remote_chanid)
            message.add_int(adjust)
            try:
                self._wire()._send_user_message(message)
            except (OSError, EOFError, paramiko.SSHException) as error:
                # What has come is read to its end; the next read says that the connection is gone.
                _LOG.debug("the connection went before the peer heard what was read: %s", error)

    def _wire(self) -> Any:
        return self.transport
