"""paramiko's transport, hardened: bounded packets, strong algorithms, no deadlock in a rekey, a pinned
host key, channels with deadlines, and a keepalive whose answers are counted.

Touches private names of paramiko 5.1; tests/faults/ssh is the gate of an upgrade.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import paramiko
from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
    cMSG_CHANNEL_OPEN,
    cMSG_GLOBAL_REQUEST,
)
from paramiko.kex_curve25519 import KexCurve25519
from paramiko.message import Message

from console.core.text import decode, safe_line
from console.ssh import wirelog
from console.ssh.aside import KexAside
from console.ssh.channel import Channel
from console.ssh.deadline import Deadline
from console.ssh.packets import Packetizer
from console.ssh.reading import ReadingTransport

WINDOW_BYTES = 2 * 1024 * 1024
MAX_CHANNEL_PACKET_BYTES = 32 * 1024
_QUESTIONS = 4
_SHORT_S = 0.01

_LISTS = ("key exchange", "host key type", "cipher", "", "MAC")
"""What the first name lists of a KEXINIT are about; the fourth repeats the third."""


class ChannelRefused(paramiko.SSHException):
    """The server opened no channel; the text says why in its words, the code in SSH's."""

    PROHIBITED = 1

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(reason)
        self.code = code


class Transport(ReadingTransport):
    """One SSH connection over a socket, or over a channel of the jump server's transport."""

    _preferred_ciphers = (
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    )
    _preferred_macs = (
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
    )
    # RFC 8731 gave curve25519 its plain name; paramiko knows the older one only.
    _kex_info: ClassVar[dict[str, Any]] = {
        **paramiko.Transport._kex_info,  # type: ignore[attr-defined]
        "curve25519-sha256": KexCurve25519,
    }
    _preferred_kex = (
        *(k for k in paramiko.Transport._preferred_kex if k.startswith("mlkem")),  # type: ignore[attr-defined]
        "curve25519-sha256",
        *(k for k in paramiko.Transport._preferred_kex if not k.startswith("mlkem")),  # type: ignore[attr-defined]
    )
    _channel_handler_table: ClassVar[dict[int, Callable[[Any, Message], None]]] = {
        **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined]
        MSG_CHANNEL_DATA: Channel.on_data,
        MSG_CHANNEL_EXTENDED_DATA: Channel.on_extended_data,
        MSG_CHANNEL_REQUEST: Channel.on_request,
        MSG_CHANNEL_EOF: Channel.on_eof,
        MSG_CHANNEL_CLOSE: Channel.on_close,
        MSG_CHANNEL_WINDOW_ADJUST: Channel.on_window_adjust,
    }
    # `close` wakes the reader by a shutdown, so it need not look every tenth of a second.
    _active_check_timeout = 5.0

    def __init__(self, sock: Any, *, name: str, host_key_types: Sequence[str] = ()) -> None:
        # The types first that known_hosts has, so that a known key is asked for. Certificates only where
        # an authority is known there: paramiko would take any, and handshake.py judges them.
        ours: tuple[str, ...] = paramiko.Transport._preferred_keys  # type: ignore[attr-defined]
        self._certificate_types = tuple(k for k in host_key_types if k.endswith("-cert-v01@openssh.com"))
        self._preferred_keys = (
            *(k for k in host_key_types if k in ours),
            *(k for k in ours if k not in host_key_types),
        )
        super().__init__(
            sock,
            default_window_size=WINDOW_BYTES,
            default_max_packet_size=MAX_CHANNEL_PACKET_BYTES,
            packetizer_class=Packetizer,
        )
        self.set_log_channel(wirelog.tame())
        self.name = f"ssh {name}"
        self.banner_timeout = 3600.0  # the caller's deadline closes us long before
        self.lost_reason: str | None = None
        self.peer_lists: list[list[str]] = []
        self.latency_s: float | None = None
        self._pinned: bytes | None = None
        self._refusals: dict[int, ChannelRefused] = {}
        self._abandoned: set[int] = set()
        self._asked_at: deque[float] = deque(maxlen=64)

    # --- algorithms and host key

    @property
    def preferred_keys(self) -> Sequence[str]:
        """Certificates that were asked for, then plain types: paramiko would add all of its own."""
        filtered: tuple[str, ...] = self._filter_algorithm("keys")  # type: ignore[attr-defined]
        return (*self._certificate_types, *filtered)

    @property
    def host_key_blob(self) -> bytes:
        """What the server proved itself with as it came: a plain key or a whole certificate."""
        if self._pinned is None:
            raise paramiko.SSHException("no keys were exchanged yet")
        return self._pinned

    def _parse_kex_init(self, m: Message) -> None:
        copy = Message(m.asbytes())
        copy.get_bytes(16)
        self.peer_lists = [[safe_line(name, max_chars=64) for name in copy.get_list()[:64]] for _ in _LISTS]
        super()._parse_kex_init(m)  # type: ignore[misc]
        self.kex_engine = KexAside(self.kex_engine)

    def missing_algorithm(self) -> tuple[str, list[str], list[str]] | None:
        """What no algorithm is common for: its kind, the peer's list, ours."""
        ours = (self.preferred_kex, self.preferred_keys, self.preferred_ciphers, (), self.preferred_macs)
        for kind, theirs, mine in zip(_LISTS, self.peer_lists, ours, strict=False):
            if kind and not set(theirs) & set(mine):
                return kind, theirs, list(mine)
        return None

    def _verify_key(self, host_key: bytes, sig: bytes) -> None:
        super()._verify_key(host_key, sig)  # type: ignore[misc]
        if self._pinned is not None and self._pinned != host_key:
            raise paramiko.SSHException("the host key changed during the connection")
        self._pinned = host_key

    # --- sending

    def _parse_newkeys(self, m: Message) -> None:
        super()._parse_newkeys(m)  # type: ignore[misc]
        self.peer_lists = []  # what they are for is done
        self._send_deferred()

    def send_by(self, message: Message, deadline: Deadline) -> None:
        """Send, but first wait for the end of a rekey no longer than the deadline.

        Raises:
            TimeoutError: the rekey did not end.
        """
        while not self.clear_to_send.wait(min(0.1, deadline.left_s)):
            if not self.active:
                return  # whoever waits for the answer sees that
            if deadline.is_over:
                raise TimeoutError("the exchange of keys did not end")
        self._send_user_message(message)

    def send_data(self, channel: int, data: memoryview, piece_bytes: int) -> None:
        """Data of a channel, in packets of at most `piece_bytes`; not by the thread that reads.

        Raises:
            paramiko.SSHException: a rekey did not end.
        """
        if self.shared is not None:
            self.shared.hurry()  # an answer may be waited for
        until = time.monotonic() + self.clear_to_send_timeout
        while True:
            self.clear_to_send.wait(0.1)
            if not self.active:
                return  # whoever waits for the answer sees that
            with self.clear_to_send_lock:
                if self.clear_to_send.is_set():
                    packetizer: Any = self.packetizer
                    packetizer.send_channel_data(channel, data, piece_bytes)
                    return
            if time.monotonic() > until:
                raise paramiko.SSHException("the exchange of keys did not end")

    def expect_little(self) -> None:
        """Only small messages follow, and nobody reads them: let go of the room that large ones needed, and
        of the thread, when it is quiet."""
        self._expects_little = True
        packetizer: Any = self.packetizer
        packetizer.shrink()

    def can_send_now(self) -> bool:
        """Whether a small message would leave at once: no rekey, no stuck writer, room in the socket."""
        if not self.active or not self.clear_to_send.is_set():
            return False
        packetizer: Any = self.packetizer
        return not packetizer.would_block()

    # --- keepalive

    @property
    def last_heard(self) -> float:
        """When the last packet came, on the monotonic clock."""
        packetizer: Any = self.packetizer
        return float(packetizer.last_heard)

    def ask_for_life(self) -> None:
        """Send a request that every server answers, if that cannot block."""
        if not self.can_send_now():
            return
        message = Message()
        message.add_byte(cMSG_GLOBAL_REQUEST)
        message.add_string("keepalive@openssh.com")
        message.add_boolean(True)
        if self.shared is not None:
            self.shared.hurry()  # or the round trip would seem longer
        self._asked_at.append(time.monotonic())
        self._send_user_message(message)

    def measure(self, timeout_s: float) -> float | None:
        """The round trip in milliseconds, asked for now; None where no answer came.

        A server that has just let us in answers its first question late, so a long one is asked again, one
        after the other, until two are alike or it was short.
        """
        until = time.monotonic() + timeout_s
        best: float | None = None
        for _ in range(_QUESTIONS):
            self.latency_s = None
            self.ask_for_life()
            while (found := self.latency_s) is None and self.active and time.monotonic() < until:
                time.sleep(0.001)
            if found is None:
                break
            alike = best is not None and abs(found - best) < best / 5
            best = found if best is None else min(best, found)
            if alike or best < _SHORT_S:
                break
        return None if best is None else best * 1000

    def _parse_request_success(self, m: Message) -> None:
        self._note_answer()
        super()._parse_request_success(m)  # type: ignore[misc]

    def _parse_request_failure(self, m: Message) -> None:
        self._note_answer()
        super()._parse_request_failure(m)  # type: ignore[misc]

    def _note_answer(self) -> None:
        if self._asked_at:  # answers come in the order of the questions
            self.latency_s = time.monotonic() - self._asked_at.popleft()

    # --- channels

    def open(
        self,
        kind: str,
        deadline: Deadline,
        *,
        to: tuple[str, int] | None = None,
        window_bytes: int = WINDOW_BYTES,
    ) -> Channel:
        """Open a channel, `session` or `direct-tcpip`.

        Raises:
            ChannelRefused: the server said no.
            TimeoutError: it did not answer in time; should it still open, it is closed then.
            paramiko.SSHException: the connection ended.
        """
        if not self.active:
            raise paramiko.SSHException("the connection is closed")
        with self.lock:
            number: int = self._next_channel()  # type: ignore[attr-defined]
            channel = Channel(number)
            self._channels.put(number, channel)  # type: ignore[attr-defined]
            self.channels_seen[number] = True
            self.channel_events[number] = opened = threading.Event()
            channel._set_transport(self)  # type: ignore[attr-defined]
            channel._set_window(window_bytes, MAX_CHANNEL_PACKET_BYTES)  # type: ignore[attr-defined]
        asked_at = time.monotonic()
        self.send_by(_open_message(kind, number, window_bytes, to), deadline)
        while not opened.wait(min(0.5, deadline.left_s)) and self.active and not deadline.is_over:
            continue
        with self.lock:
            refusal = self._refusals.pop(number, None)
            if refusal is None and not opened.is_set() and self.active:
                self._abandoned.add(number)
                raise TimeoutError("no answer to the request for a channel")
        if refusal is not None:
            raise refusal
        if not self.active:
            raise paramiko.SSHException("the connection ended")
        if self.latency_s is None:  # sshd opens a channel without looking anywhere
            self.latency_s = time.monotonic() - asked_at
        return channel

    def _parse_channel_open_success(self, m: Message) -> None:
        number = Message(m.asbytes()).get_int()
        super()._parse_channel_open_success(m)  # type: ignore[misc]
        with self.lock:
            late = number in self._abandoned
            self._abandoned.discard(number)
            channel = self._channels.get(number)  # type: ignore[attr-defined]
        if late and channel is not None:
            channel.close()

    def _parse_channel_open_failure(self, m: Message) -> None:
        number, code = m.get_int(), m.get_int()
        said = safe_line(decode(m.get_binary()), max_chars=200)
        with self.lock:
            self._channels.delete(number)  # type: ignore[attr-defined]
            event = self.channel_events.pop(number, None)
            if number in self._abandoned:
                self._abandoned.discard(number)
            elif event is not None:
                self._refusals[number] = ChannelRefused(said or f"code {code}", code)
            if event is not None:
                event.set()

    # --- end

    def give_up(self, reason: str) -> None:
        """Close because the peer is taken for dead; never waits for it."""
        self.lost_reason = self.lost_reason or reason
        self.close()

    def stop_thread(self) -> None:
        self.active = False
        shut(self.sock)  # wakes a reader or writer that the closing of the descriptor would not
        super().stop_thread()

    def close(self) -> None:
        """End the connection at once. Its thread ends by itself a moment later; `wait_end` waits for it."""
        if self.ident is None:  # never started: paramiko's close would leave the socket open
            shut(self.sock)
            self.sock.close()
            return
        super().close()
        shut(self.sock)


def shut(sock: Any) -> None:
    """Wake whoever waits on a socket, in either direction; a socket that is closed already is no fault."""
    if not isinstance(sock, socket.socket):
        sock.close()
        return
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _open_message(kind: str, number: int, window_bytes: int, to: tuple[str, int] | None) -> Message:
    message = Message()
    message.add_byte(cMSG_CHANNEL_OPEN)
    message.add_string(kind)
    message.add_int(number)
    message.add_int(window_bytes)
    message.add_int(MAX_CHANNEL_PACKET_BYTES)
    if to is not None:
        message.add_string(to[0])
        message.add_int(to[1])
        message.add_string("127.0.0.1")  # where it comes from: nothing of this machine is told
        message.add_int(0)
    return message
