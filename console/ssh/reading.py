"""How a connection reads: its loop, by a thread of its own or, while little comes, by the one that all share.

In the place of paramiko's `run`, which can only be a thread to the end. Touches private names of paramiko
5.1; tests/faults/ssh is the gate of an upgrade. What the messages do is transport.py's and channel.py's.
"""

from __future__ import annotations

import socket
import threading
from typing import Any

import paramiko
from paramiko.common import (
    DEBUG,
    ERROR,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_CHANNEL_WINDOW_ADJUST,
    MSG_DEBUG,
    MSG_DISCONNECT,
    MSG_IGNORE,
    MSG_KEXINIT,
    MSG_REQUEST_FAILURE,
    MSG_REQUEST_SUCCESS,
    MSG_UNIMPLEMENTED,
    WARNING,
    cMSG_UNIMPLEMENTED,
)
from paramiko.message import Message
from paramiko.ssh_exception import MessageOrderError
from paramiko.transport import _active_threads  # type: ignore[attr-defined]

from console.ssh.channel import Channel
from console.ssh.shared_reader import SharedReader

QUIET_S = 0.25
"""A connection on which nothing came for so long is read by the shared thread."""

_BULK_TURNS = 4
"""After so many reads in a row that filled the buffer, a connection gets a thread of its own."""

_SIMPLE = frozenset(
    (
        MSG_IGNORE,
        MSG_DEBUG,
        MSG_CHANNEL_DATA,
        MSG_CHANNEL_EXTENDED_DATA,
        MSG_CHANNEL_WINDOW_ADJUST,
        MSG_REQUEST_SUCCESS,
        MSG_REQUEST_FAILURE,
    )
)
"""What nobody has to wait for; whatever else comes is dealt with by a thread of its own."""

_KEX_KINDS = range(30, 42)


class ReadingTransport(paramiko.Transport):
    """A client's transport that reads as this module says."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shared: SharedReader | None = None
        self._expects_little = False
        self._alone: threading.Thread | None = None
        self._reads_here: int | None = None
        self._is_shared = False
        self._full_turns = 0
        self._deferred: list[Message] = []

    # --- threads

    def run(self) -> None:
        """The thread that paramiko starts."""
        _active_threads.append(self)
        self._read_on(greets=True)

    def read_alone(self) -> None:
        """Go on with a thread of its own."""
        self._is_shared = False
        self._alone = threading.Thread(target=self._read_on, name=self.name, daemon=True)
        self._alone.start()

    def read_here(self) -> None:
        """Go on with the calling thread."""
        self._is_shared = False
        self._alone = threading.current_thread()
        self._read_on()

    def wait_end(self, timeout_s: float) -> None:
        """Wait, no longer than that, until no thread of its own is left."""
        for thread in (self, self._alone):
            if thread is not None and thread.is_alive() and thread is not threading.current_thread():
                thread.join(timeout_s)

    def stop_thread(self) -> None:
        self.active = False
        if self.shared is not None and self.shared.forget(self):
            self._end(None)  # the shared thread does no more for it
        super().stop_thread()

    # --- the loop

    def _read_on(self, *, greets: bool = False) -> None:
        self._reads_here = threading.get_ident()
        error: Exception | None = None
        try:
            if greets:
                self._greet()
            if self.clear_to_send.is_set():  # else the end of the rekey sends it, which is read here
                self._send_deferred()
            while self.active:
                if self._wire.need_rekey() and not self.in_kex:
                    self._send_kex_init()  # type: ignore[attr-defined]
                if self._may_share() and self._has_shared():
                    return
                if not self._take_up(*self._wire.read_message()):
                    break
        except Exception as raised:  # noqa: BLE001 kept for who asks why it ended
            error = raised
        self._reads_here = None
        self._end(error)

    def _greet(self) -> None:
        self._wire.write_all(f"{self.local_version}\r\n".encode())
        self._check_banner()  # type: ignore[attr-defined]
        self._send_kex_init()  # type: ignore[attr-defined]
        self._expect_packet(MSG_KEXINIT)  # type: ignore[attr-defined]

    def _may_share(self) -> bool:
        """Whether all that can come is small and goes on at once, and nothing came for a while."""
        if not self._expects_little or self.shared is None or not isinstance(self.sock, socket.socket):
            return False
        channels: list[Channel] = self._channels.values()  # type: ignore[attr-defined]
        return (
            bool(channels)
            and all(each.is_handed_over for each in channels)
            and self.clear_to_send.is_set()
            and not (self.in_kex or self._deferred or self._expected_packet)
            and self._wire.next_kind() is None
            and self._wire.is_shareable
            and not self._wire.comes_within(QUIET_S)
        )

    def _has_shared(self) -> bool:
        """Whether the shared thread reads from now on; this one must do nothing more then."""
        assert self.shared is not None
        self._is_shared, self._full_turns = True, 0
        self._reads_here = None
        if self.shared.take(self):
            return True
        self._is_shared, self._expects_little = False, False
        self._reads_here = threading.get_ident()
        return False

    def turn(self) -> bool:
        """On the shared thread: one read of the socket, and what is whole now. False where it wants a thread
        of its own: bulk comes, or something that may have to wait."""
        self._alone = None
        self._reads_here = threading.get_ident()
        try:
            self._full_turns = self._full_turns + 1 if self._wire.fill() else 0
            while self.active and (kind := self._wire.next_kind()) is not None:
                if kind not in _SIMPLE or not self._take_up(*self._wire.read_message()) or self._deferred:
                    return False
            return self.active and self._full_turns < _BULK_TURNS and not self._wire.need_rekey()
        finally:
            self._reads_here = None

    def end_by(self, error: Exception) -> None:
        """End it because of an error in its turn."""
        self._is_shared = False
        self._end(error)

    # --- one message

    def _take_up(self, kind: int, message: Any) -> bool:
        """Deal with a message as paramiko does; False where it is the last."""
        if kind == MSG_IGNORE:
            self._enforce_strict_kex(kind)  # type: ignore[attr-defined]
            return True
        if kind == MSG_DISCONNECT:
            self._parse_disconnect(message)  # type: ignore[attr-defined]
            return False
        if kind == MSG_DEBUG:
            self._enforce_strict_kex(kind)  # type: ignore[attr-defined]
            self._parse_debug(message)  # type: ignore[attr-defined]
            return True
        if self._expected_packet:
            if kind not in self._expected_packet:
                refused = MessageOrderError if self.agreed_on_strict_kex else paramiko.SSHException  # type: ignore[attr-defined]
                raise refused(f"Expecting packet from {self._expected_packet!r}, got {kind:d}")
            self._expected_packet: tuple[int, ...] = ()
            if kind in _KEX_KINDS:
                self.kex_engine.parse_next(kind, message)  # type: ignore[union-attr]
                return True
        if kind in self._handler_table:  # type: ignore[attr-defined]
            self._handler_table[kind](message)  # type: ignore[attr-defined]
        elif kind in self._channel_handler_table:  # type: ignore[attr-defined]
            return self._for_channel(kind, message)
        elif kind in (during_login := getattr(self.auth_handler, "_handler_table", {})):
            during_login[kind](message)
        else:
            self._cannot(kind, message)
        return True

    def _for_channel(self, kind: int, message: Any) -> bool:
        number = message.get_int()
        channel = self._channels.get(number)  # type: ignore[attr-defined]
        if channel is not None:
            self._channel_handler_table[kind](channel, message)  # type: ignore[attr-defined]
        elif number not in self.channels_seen:
            self._log(ERROR, f"Channel request for unknown channel {number:d}")  # type: ignore[attr-defined]
            return False
        return True

    def _cannot(self, kind: int, message: Any) -> None:
        """Say that such messages are not understood, unless it is that which says so."""
        self._log(WARNING, f"Oops, unhandled type {kind}")  # type: ignore[attr-defined]
        if kind != MSG_UNIMPLEMENTED:
            answer = Message()
            answer.add_byte(cMSG_UNIMPLEMENTED)
            answer.add_int(message.seqno)
            self._send_message(answer)  # type: ignore[attr-defined]

    # --- sending, where the sender is who reads

    def _send_user_message(self, data: Message) -> None:
        # Who reads may not wait for the end of a rekey, which only it can bring about; and the shared thread
        # for nothing.
        if threading.get_ident() == self._reads_here:
            if not self.clear_to_send.is_set() or (self._is_shared and not self._sent_at_once(data)):
                self._deferred.append(data)
                return
            if self._is_shared:
                return
        super()._send_user_message(data)  # type: ignore[misc]

    def _sent_at_once(self, data: Message) -> bool:
        if not self.clear_to_send_lock.acquire(blocking=False):
            return False
        try:
            return self.clear_to_send.is_set() and bool(self._wire.sent_at_once(data))
        finally:
            self.clear_to_send_lock.release()

    def _send_deferred(self) -> None:
        """What could not be sent when it should; the keys are there now, and this thread may wait."""
        waiting, self._deferred = self._deferred, []
        for message in waiting:
            super()._send_user_message(message)  # type: ignore[misc]

    # --- the end

    def _end(self, error: Exception | None) -> None:
        """What follows the last message: everybody who waits is told."""
        if error is not None:
            self._log(DEBUG if isinstance(error, EOFError) else ERROR, f"It ended: {error!r}")  # type: ignore[attr-defined]
            self.saved_exception = error
        if self in _active_threads:
            _active_threads.remove(self)
        for channel in self._channels.values():  # type: ignore[attr-defined]
            channel._unlink()
        if self.active:
            self.active = False
            self.packetizer.close()
            if self.completion_event is not None:
                self.completion_event.set()
            if self.auth_handler is not None:
                self.auth_handler.abort()
            for event in list(self.channel_events.values()):
                event.set()
            with self.lock:
                self.server_accept_cv.notify()
        self.sock.close()

    @property
    def _wire(self) -> Any:
        return self.packetizer
