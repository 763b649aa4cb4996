"""The console's side of one agent: start it over a channel, then many requests at once on that channel.

Whoever owns a client pumps it from one thread, or lets it run by itself, on who reads the connection; any
thread may call. Opens no connection itself.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from console.core.problems import Problem
from console.core.text import decode, safe_line
from console.fleet.frames import (
    MAX_NOISE_BYTES,
    Frame,
    FrameDecoder,
    FrameError,
    NoPython,
    Preamble,
    Started,
    TooNoisy,
    encode,
)
from console.fleet.remote_problem import problem_from
from console.fleet.streams import Answer, Callbacks, OneAnswer, Receiver, Stream

BEAT_S = 2.0
STALE_AFTER_S = 3 * BEAT_S
DEAD_AFTER_S = 6 * BEAT_S
_READ_BYTES = 256 * 1024
_SEND_S = 15.0


class ByteChannel(Protocol):
    """What a client needs of an exec channel."""

    def read(self, max_bytes: int, timeout_s: float) -> bytes | None:
        """Some bytes, b"" at the end, None where nothing came in time."""

    def hand_over(
        self, take: Callable[[bytes | memoryview], None], ended: Callable[[Problem | None], None]
    ) -> None:
        """Give what comes to `take` instead; at the end call `ended`, with what broke the connection."""

    def write(self, data: bytes, timeout_s: float) -> None:
        """All of the bytes; raises a Problem where they could not be sent in time."""

    def close(self) -> None:
        """End the command."""

    def said(self) -> str:
        """The end of what came on stderr, for messages."""


def new_nonce() -> str:
    """What the agent repeats in its first line, so that old output cannot be taken for it."""
    return secrets.token_hex(8)


class AgentClient:
    """One agent.

    Args:
        channel: an exec channel on which the boot line was started.
        server: its name, for Problems.
        python: the interpreter that was asked for, or None.
    """

    def __init__(self, channel: ByteChannel, server: str, *, python: str | None = None) -> None:
        self._channel = channel
        self._server = server
        self._python = python
        self._decoder = FrameDecoder()
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        self._lock = threading.Lock()
        self._receivers: dict[int, Receiver] = {}
        self._ended: Problem | None = None
        self._when_ended: Callable[[], None] | None = None
        self.last_heard_s = time.monotonic()

    # --- start

    def start(self, bundle: bytes, nonce: str, timeout_s: float, *, first: bytes = b"") -> None:
        """Send the bundle, and requests that shall not wait for the first line; find that line.

        Raises:
            Problem: `agent.no_python`, `agent.python_missing`, `agent.noise`, `agent.protocol`,
                `agent.timeout`, `ssh.lost`.
        """
        until = time.monotonic() + timeout_s
        preamble = Preamble(nonce)
        unsent: Problem | None = None
        try:
            self._channel.write(bundle + first, timeout_s)
        except Problem as problem:
            unsent = problem  # a shell that found no Python has left already; what it said comes first
        while True:
            left = until - time.monotonic()
            data = self._channel.read(_READ_BYTES, max(0.0, left)) if left > 0 else None
            if data is None:
                raise Problem(
                    "agent.timeout", server=self._server, method="start", timeout_s=round(timeout_s, 1)
                )
            if not data:
                if unsent is not None and unsent.code != "ssh.channel_refused":
                    raise unsent
                raise self._never_started(preamble.noise)
            self.last_heard_s = time.monotonic()
            match preamble.feed(data):
                case Started(rest):
                    self._take(rest)
                    return
                case NoPython():
                    raise self._no_python()
                case TooNoisy(count):
                    raise Problem("agent.noise", server=self._server, bytes=count)

    def _no_python(self) -> Problem:
        if self._python:
            return Problem("agent.python_missing", server=self._server, path=self._python)
        return Problem("agent.no_python", server=self._server)

    def _never_started(self, noise: bytes) -> Problem:
        if len(noise) >= MAX_NOISE_BYTES:
            return Problem("agent.noise", server=self._server, bytes=len(noise))
        said = safe_line((decode(noise) + " " + self._channel.said())[-600:], max_chars=300)
        return Problem(
            "agent.protocol",
            server=self._server,
            reason=f"it ended before it began{', saying: ' + said if said else ''}",
        )

    # --- reading, on the owner's thread

    def pump(self, timeout_s: float) -> bool:
        """Read once and hand out what came; False when the agent has ended."""
        if self._ended is not None:
            return False
        try:
            data = self._channel.read(_READ_BYTES, timeout_s)
        except Problem as problem:
            self.close(problem)
            return False
        if data:
            self._came(data)
        elif data is not None:
            self._gone(None)
        return self._ended is None

    def run_by_itself(self, ended: Callable[[], None]) -> None:
        """From now on nobody pumps: the thread that reads the connection decodes and hands out what comes,
        and calls `ended` when the agent has ended. While little comes, one thread does so for all links: no
        receiver may wait in there. None does: an answer sets an event, a sample is taken over under locks
        that are held for moments, a stream that is full drops (the one kind that holds its reader back has an
        agent and a pumping thread of its own)."""
        self._when_ended = ended
        self._channel.hand_over(self._came, self._gone)

    def _came(self, data: bytes | memoryview) -> None:
        if self._ended is not None:
            return
        self.last_heard_s = time.monotonic()
        try:
            self._take(data)
        except Problem as problem:
            self.close(problem)

    def _gone(self, problem: Problem | None) -> None:
        said = self._channel.said() or "it ended"
        self.close(problem or Problem("ssh.lost", server=self._server, reason=said))

    def _take(self, data: bytes | memoryview) -> None:
        try:
            frames = self._decoder.feed(data)
        except FrameError as error:
            raise Problem("agent.protocol", server=self._server, reason=str(error)) from error
        for frame, size in frames:
            self._dispatch(frame, size)

    def _dispatch(self, frame: Frame, size: int) -> None:
        number = frame.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            return  # a beat
        event = frame.get("event")
        with self._lock:
            receiver = self._receivers.get(number)
            if receiver is not None and event is None:
                del self._receivers[number]
        if receiver is None:
            return  # the answer to a request that nobody waits for any more
        if isinstance(event, dict):
            receiver.on_event(event, size)
        elif isinstance(result := frame.get("result"), dict):
            receiver.on_result(result)
        else:
            receiver.on_problem(problem_from(self._server, receiver.method, frame.get("error")))

    # --- requests, on any thread

    def call(self, method: str, params: Mapping[str, object] | None = None, *, timeout_s: float) -> Answer:
        """One request and its answer.

        Raises:
            Problem: the agent's, `agent.timeout`, `ssh.lost`.
        """
        until = time.monotonic() + timeout_s
        waiter = OneAnswer(method)
        number = self._register(waiter)
        try:
            self._send(_request(number, method, params), timeout_s)
            if not waiter.wait(max(0.0, until - time.monotonic())):
                raise Problem("agent.timeout", server=self._server, method=method, timeout_s=timeout_s)
        finally:
            self._forget(number)
        return waiter.take()

    def stream(
        self, method: str, params: Mapping[str, object] | None = None, *, holds_back: bool = False
    ) -> Stream:
        """A request whose events are iterated."""
        number = next(self._numbers)
        stream = Stream(self._server, method, lambda: self.cancel(number), holds_back=holds_back)
        self._register(stream, number)
        try:
            self._send(_request(number, method, params), _SEND_S)
        except Problem:
            self._forget(number)
            raise
        return stream

    def prepare(self, receiver: Receiver, params: Mapping[str, object] | None = None) -> tuple[int, bytes]:
        """A request as bytes for `start` to send along, and its number."""
        number = self._register(receiver)
        return number, encode(_request(number, receiver.method, params))

    def subscribe(
        self, method: str, params: Mapping[str, object], on_event: Callable[[Answer], None]
    ) -> tuple[int, Callbacks]:
        """A request whose events go to a function on the pumping thread."""
        receiver = Callbacks(method, on_event)
        number = self._register(receiver)
        self._send(_request(number, method, params), _SEND_S)
        return number, receiver

    def cancel(self, number: int) -> None:
        """Tell the agent to stop a stream and take no more of it; an agent that is gone has stopped."""
        self._forget(number)
        if self._ended is None:
            try:
                self._send({"cancel": number}, _SEND_S)
            except Problem as problem:
                self.close(problem)

    @property
    def pending(self) -> int:
        """Requests and streams under way."""
        with self._lock:
            return len(self._receivers)

    @property
    def ended(self) -> Problem | None:
        """Why it ended, or None while it lives."""
        return self._ended

    def close(self, problem: Problem | None = None) -> None:
        """End the agent; everyone who waits gets the Problem."""
        reason = problem or Problem("ssh.lost", server=self._server, reason="the link was closed here")
        with self._lock:
            if self._ended is not None:
                return
            self._ended = reason
            waiting = list(self._receivers.values())
            self._receivers.clear()
        self._channel.close()
        for receiver in waiting:
            receiver.on_problem(reason)
        if self._when_ended is not None:
            self._when_ended()

    # --- inside

    def _register(self, receiver: Receiver, number: int | None = None) -> int:
        number = next(self._numbers) if number is None else number
        with self._lock:
            if self._ended is not None:
                raise self._ended
            self._receivers[number] = receiver
        return number

    def _forget(self, number: int) -> None:
        with self._lock:
            self._receivers.pop(number, None)

    def _send(self, message: Mapping[str, object], timeout_s: float) -> None:
        try:
            data = encode(message)
        except FrameError as error:
            raise Problem("agent.protocol", server=self._server, reason=str(error)) from error
        until = time.monotonic() + timeout_s
        if not self._sending.acquire(timeout=timeout_s):
            raise Problem("ssh.timeout", server=self._server, timeout_s=timeout_s, stage="sending a request")
        try:
            self._channel.write(data, max(0.05, until - time.monotonic()))
        except Problem as problem:
            self.close(problem)  # half a frame may have left: nothing after it would be understood
            raise
        finally:
            self._sending.release()


def _request(number: int, method: str, params: Mapping[str, object] | None) -> dict[str, object]:
    return {"id": number, "method": method, "params": dict(params or {})}
