"""The console's end of a copy channel: starts the small program on the server and exchanges frames with it.

What the frames mean is push.py's and pull.py's. Everything that comes is bounded.
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Mapping
from typing import Self

from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.bundle import build_copier
from console.fleet.frames import NoPython, Preamble, Started, TooNoisy
from console.fleet.remote_problem import problem_from
from console.ssh.deadline import Deadline
from console.ssh.exec_channel import ExecChannel

JSON, DATA, COPY, DATA_AT = 1, 2, 3, 4
HEAD = struct.Struct(">BI")
MAX_MESSAGE = 4 * 1024 * 1024
MAX_DATA = 1024 * 1024
STALL_S = 60.0
"""How long the other side may take nothing and say nothing while it should."""
_START_S = 30.0
_HASH_BYTES_PER_S = 50e6

Message = dict[str, object]


def hashing_s(size: int) -> float:
    """How long reading so many bytes once may take on a slow disk."""
    return STALL_S + size / _HASH_BYTES_PER_S


class CopyChannel:
    """One program on a server, made by `CopyLink.open`; used by `with`, and by one thread.

    Args:
        channel: on which the boot line was started.
        python: the interpreter that was asked for, or None.
        latency_ms: the round trip, where it is known.
    """

    def __init__(
        self, channel: ExecChannel, server: str, *, python: str | None = None, latency_ms: float | None = None
    ) -> None:
        self._channel = channel
        self.server = server
        self.latency_ms = latency_ms
        self._python = python
        self._ahead = b""
        self._owed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up: the program on the server ends."""
        self._channel.close()

    def start(self) -> Self:
        """Send the program and find its first line.

        Raises:
            Problem: `agent.no_python`, `agent.python_missing`, `agent.noise`, `agent.timeout`, `ssh.*`.
        """
        nonce = secrets.token_hex(8)
        preamble, deadline = Preamble(nonce), Deadline.after(_START_S)
        try:
            self._channel.write(build_copier({"nonce": nonce}), deadline)
        except Problem as problem:
            if problem.code != "ssh.channel_refused":
                raise
        while True:
            data = self._channel.read(256 * 1024, deadline)
            if not data:
                raise self._failed("its program ended before it began")
            match preamble.feed(data):
                case Started(rest):
                    self._ahead = rest
                    return self
                case NoPython():
                    raise self._no_python()
                case TooNoisy(count):
                    raise Problem("agent.noise", server=self.server, bytes=count)

    def _no_python(self) -> Problem:
        if self._python:
            return Problem("agent.python_missing", server=self.server, path=self._python)
        return Problem("agent.no_python", server=self.server)

    # --- sending

    def send(self, op: str, **values: object) -> None:
        """A message that gets no answer of its own."""
        body = json.dumps({"op": op, **values}, separators=(",", ":")).encode("ascii")
        self.send_raw(HEAD.pack(JSON, len(body)) + body)

    def post(self, op: str, **values: object) -> None:
        """A message whose answer is collected later."""
        self.send(op, **values)
        self._owed += 1

    def post_raw(self, frames: bytes) -> None:
        """Whole frames that get one answer, which is collected later."""
        self.send_raw(frames)
        self._owed += 1

    def send_raw(self, frame: bytes | memoryview) -> None:
        """A whole frame, header included.

        Raises:
            Problem: what the program said before it ended, or `ssh.*`.
        """
        try:
            self._channel.write(frame, Deadline.after(STALL_S))
        except Problem as problem:
            if problem.code != "ssh.channel_refused":
                raise
            raise self._last_words() from problem

    def _last_words(self) -> Problem:
        """The Problem that the program told before it hung up."""
        try:
            while True:
                self.receive(STALL_S)
        except Problem as problem:
            return problem

    # --- receiving

    @property
    def has_data(self) -> bool:
        """Whether something has come."""
        return bool(self._ahead) or self._channel.has_data

    def receive(self, timeout_s: float = STALL_S) -> tuple[int, bytes]:
        """The next frame: its kind and its bytes.

        Raises:
            Problem: `transfer.failed` where the stream ended, `agent.protocol`, `ssh.*`, or what was told.
        """
        deadline = Deadline.after(timeout_s)
        kind, size = HEAD.unpack(self._exactly(HEAD.size, deadline))
        if kind not in (JSON, DATA) or size > (MAX_MESSAGE if kind == JSON else MAX_DATA):
            raise Problem(
                "agent.protocol", server=self.server, reason=f"a frame of kind {kind}, {size} bytes"
            )
        return kind, self._exactly(size, deadline)

    def message(self, timeout_s: float = STALL_S) -> Message:
        """The next frame, which must be a message; one that tells an error is raised."""
        kind, body = self.receive(timeout_s)
        if kind != JSON:
            raise Problem("agent.protocol", server=self.server, reason="data where a message was expected")
        return self.parse(body)

    def parse(self, body: bytes) -> Message:
        """A message's bytes as values."""
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem("agent.protocol", server=self.server, reason="a message that is no JSON") from None
        if not isinstance(found, dict):
            raise Problem("agent.protocol", server=self.server, reason="a message that is no object")
        if "error" in found:
            raise self.problem(found["error"])
        return found

    def problem(self, error: object) -> Problem:
        """What the program tells of a failure; sizes become words."""
        attrs = error.get("attrs") if isinstance(error, Mapping) else None
        if isinstance(error, Mapping) and isinstance(attrs, Mapping) and "needed" in attrs:
            sizes = {key: _bytes(attrs.get(key)) for key in ("needed", "free")}
            return problem_from(self.server, "copy", {"code": error.get("code"), "attrs": {**attrs, **sizes}})
        return problem_from(self.server, "copy", error)

    def ask(self, op: str, timeout_s: float = STALL_S, **values: object) -> Message:
        """A message and its answer, after all that is owed."""
        self.collect()
        self.send(op, **values)
        return self.message(timeout_s)

    def collect(self, keep: int = 0, timeout_s: float = STALL_S) -> None:
        """Read answers until no more than `keep` are owed."""
        while self._owed > keep:
            self.message(timeout_s)
            self._owed -= 1

    def _exactly(self, size: int, deadline: Deadline) -> bytes:
        if self._ahead:
            early, self._ahead = self._ahead[:size], self._ahead[size:]
            if len(early) == size:
                return early
            return early + self._rest(size - len(early), deadline)
        return self._rest(size, deadline)

    def _rest(self, size: int, deadline: Deadline) -> bytes:
        data = self._channel.read_exactly(size, deadline)
        if len(data) < size:
            raise self._failed("its program ended too early")
        return data

    def _failed(self, reason: str) -> Problem:
        said = self._channel.stderr[-300:].decode("utf-8", errors="replace").strip().splitlines()
        return Problem("agent.failed", server=self.server, method="copy", reason=said[-1] if said else reason)


def _bytes(value: object) -> str:
    return format_bytes(value if isinstance(value, int) else None)
