"""What runs over a connection that is up: an agent, or the shell loop where there is no Python.

A session is pumped by its link's thread until it is up, and then by whichever thread reads its connection. It
opens and closes no connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from console.core.clock import Clock
from console.core.problems import Problem
from console.fleet.agent_client import DEAD_AFTER_S, STALE_AFTER_S, AgentClient, ByteChannel
from console.fleet.frames import NoPython, Preamble, Started, TooNoisy
from console.fleet.hello import parse_hello
from console.fleet.link_state import Hello
from console.fleet.shell_probe import BlockReader, ShellSampler, hello_from, script
from console.fleet.streams import Callbacks, OneAnswer
from console.ssh.deadline import Deadline
from console.ssh.exec_channel import ExecChannel

OnSample = Callable[[Mapping[str, object]], None]
_READ_BYTES = 256 * 1024
_WRITE_BYTES = 4 * 1024
SHELL_INTERVAL_S = 2.0
"""The shell loop starts a dozen processes per turn, so it never turns faster."""


class SshChannel:
    """An exec channel as the agent's client wants it."""

    def __init__(self, channel: ExecChannel) -> None:
        self._channel = channel

    def read(self, max_bytes: int, timeout_s: float) -> bytes | None:
        """Some bytes, b"" at the end, None where nothing came in time."""
        try:
            return self._channel.read(max_bytes, Deadline.after(timeout_s))
        except Problem as problem:
            if problem.code == "ssh.timeout":
                return None
            raise

    def hand_over(
        self, take: Callable[[bytes | memoryview], None], ended: Callable[[Problem | None], None]
    ) -> None:
        """Give what comes to `take`, on the thread that reads the connection, instead of to `read`."""
        self._channel.hand_over(take, ended)

    def write(self, data: bytes, timeout_s: float) -> None:
        """All of the bytes, in pieces: what a connection keeps ready for sending grows with the largest."""
        deadline = Deadline.after(timeout_s)
        view = memoryview(data)
        for start in range(0, len(view), _WRITE_BYTES):
            self._channel.write(view[start : start + _WRITE_BYTES], deadline)

    def close(self) -> None:
        """End the command."""
        self._channel.close()

    def said(self) -> str:
        """The end of what came on stderr."""
        return self._channel.stderr[-600:].decode("utf-8", errors="replace")


class Session(Protocol):
    """Either kind."""

    stale_after_s: float
    dead_after_s: float

    @property
    def hello(self) -> Hello | None:
        """What the server said of itself; None until it has."""

    @property
    def client(self) -> AgentClient | None:
        """The agent, or None in the fall-back."""

    @property
    def last_sample(self) -> Mapping[str, object] | None:
        """The fall-back's last sample; None with an agent, which can be asked for one."""

    @property
    def refusal(self) -> Problem | None:
        """Why there is no agent."""

    @property
    def ended(self) -> Problem | None:
        """Why it ended."""

    @property
    def last_heard_s(self) -> float:
        """When anything came, on the monotonic clock."""

    def pump(self, timeout_s: float) -> bool:
        """Read once; False when it has ended."""

    def run_by_itself(self, ended: Callable[[], None]) -> None:
        """From now on be fed by the thread that reads the connection, not pumped; call `ended` there."""

    def watch(self, interval_s: float | None) -> None:
        """Sample at this interval, or not at all."""

    def follows(self, interval_s: float | None) -> bool:
        """Whether `watch` would change nothing; never waits."""

    def close(self, problem: Problem | None = None) -> None:
        """End it."""


class AgentSession:
    """An agent: hello and the subscription leave together with the bundle, so that no round trip is lost."""

    stale_after_s: float = STALE_AFTER_S
    dead_after_s: float = DEAD_AFTER_S
    refusal: Problem | None = None
    last_sample: Mapping[str, object] | None = None

    def __init__(self, client: AgentClient, server: str, clock: Clock, on_sample: OnSample) -> None:
        self.client = client
        self._server = server
        self._clock = clock
        self._on_sample = on_sample
        self._hello: OneAnswer | None = OneAnswer("hello")
        self._parsed: Hello | None = None
        self._interval_s: float | None = None
        self._subscription: tuple[int, Callbacks] | None = None
        self._asked_s = 0.0

    def start(self, bundle: bytes, nonce: str, timeout_s: float, interval_s: float | None) -> None:
        """Send everything and wait for the first line."""
        first = b""
        if interval_s is not None:
            receiver = Callbacks("telemetry.subscribe", self._on_sample)
            number, first = self.client.prepare(receiver, _wish(interval_s))
            self._subscription, self._interval_s = (number, receiver), interval_s
        if self._hello is None:
            raise RuntimeError("a session starts once")
        _, hello = self.client.prepare(self._hello)
        self._asked_s = self._clock.now().timestamp()
        self.client.start(bundle, nonce, timeout_s, first=first + hello)

    @property
    def hello(self) -> Hello | None:
        """Parsed once, when it came; raises the Problem that came instead."""
        asked = self._hello
        if asked is not None and asked.is_done:
            answered_s = self._clock.now().timestamp()
            self._parsed = parse_hello(asked.take(), self._asked_s, answered_s)
            self._hello = None
        return self._parsed

    @property
    def ended(self) -> Problem | None:
        """Why it ended."""
        return self.client.ended

    @property
    def last_heard_s(self) -> float:
        """When anything came."""
        return self.client.last_heard_s

    def pump(self, timeout_s: float) -> bool:
        """Read once."""
        return self.client.pump(timeout_s)

    def run_by_itself(self, ended: Callable[[], None]) -> None:
        """Be fed by the thread that reads the connection."""
        self.client.run_by_itself(ended)

    def watch(self, interval_s: float | None) -> None:
        """Subscribe, cancel or change the interval where it differs from what is running."""
        current = self._subscription
        if current is not None and current[1].ended:
            if current[1].problem is not None:
                raise current[1].problem
            current = self._subscription = None
        if self.follows(interval_s):
            return
        if current is not None:
            self.client.cancel(current[0])
            self._subscription = None
        self._interval_s = interval_s
        if interval_s is not None:
            wish = _wish(interval_s)
            self._subscription = self.client.subscribe("telemetry.subscribe", wish, self._on_sample)

    def follows(self, interval_s: float | None) -> bool:
        """Whether the right subscription runs."""
        current = self._subscription
        if current is None:
            return interval_s is None
        return interval_s == self._interval_s and not current[1].ended

    def close(self, problem: Problem | None = None) -> None:
        """End the agent."""
        self.client.close(problem)


def _wish(interval_s: float) -> dict[str, object]:
    """Samples that tell only what changed, after a first whole one."""
    return {"interval_s": interval_s, "changes": True}


class ShellSession:
    """The sh loop. It always samples, because its blocks are also its signs of life."""

    client: AgentClient | None = None

    def __init__(
        self,
        channel: ByteChannel,
        server: str,
        clock: Clock,
        on_sample: OnSample,
        refusal: Problem,
        interval_s: float | None,
    ) -> None:
        self._channel = channel
        self._server = server
        self._clock = clock
        self._on_sample = on_sample
        self._watched = interval_s is not None
        self.refusal: Problem | None = refusal
        self._interval_s = max(SHELL_INTERVAL_S, interval_s or 0.0)
        self.stale_after_s = 3 * self._interval_s + 2
        self.dead_after_s = 6 * self._interval_s + 20  # nvidia-smi may take its ten seconds twice
        self._sampler = ShellSampler()
        self.last_sample: Mapping[str, object] | None = None
        self._reader: BlockReader | None = None
        self._hello: Hello | None = None
        self._ended: Problem | None = None
        self._asked_s = 0.0
        self._when_ended: Callable[[], None] | None = None
        self.last_heard_s = time.monotonic()

    def start(self, nonce: str, timeout_s: float) -> None:
        """Send the script and wait for its first line."""
        until = time.monotonic() + timeout_s
        self._asked_s = self._clock.now().timestamp()
        self._channel.write(script(nonce, self._interval_s), timeout_s)
        preamble = Preamble(nonce, word="TANDEM-SHELL")
        while True:
            data = self._channel.read(_READ_BYTES, max(0.01, until - time.monotonic()))
            if data is None or not data:
                raise Problem("agent.protocol", server=self._server, reason="the shell did not answer")
            match preamble.feed(data):
                case Started(rest):
                    self._reader = BlockReader(nonce)
                    self._take(rest)
                    return
                case TooNoisy(count):
                    raise Problem("agent.noise", server=self._server, bytes=count)
                case NoPython() | None:
                    continue

    @property
    def hello(self) -> Hello | None:
        """Known with the first block."""
        return self._hello

    @property
    def ended(self) -> Problem | None:
        """Why it ended."""
        return self._ended

    def pump(self, timeout_s: float) -> bool:
        """Read once."""
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
        """Be fed by the thread that reads the connection."""
        self._when_ended = ended
        self._channel.hand_over(self._came, self._gone)

    def _came(self, data: bytes | memoryview) -> None:
        if self._ended is not None:
            return
        self.last_heard_s = time.monotonic()
        try:
            self._take(bytes(data))
        except Problem as problem:
            self.close(problem)

    def _gone(self, problem: Problem | None) -> None:
        self.close(problem or Problem("ssh.lost", server=self._server, reason="the shell ended"))

    def _take(self, data: bytes) -> None:
        if self._reader is None:
            return
        for block in self._reader.feed(data):
            if self._hello is None:
                answered_s = self._clock.now().timestamp()
                self._hello = parse_hello(hello_from(block), self._asked_s, answered_s)
            self.last_sample = sample = self._sampler.sample(block, self._interval_s)
            if self._watched:
                self._on_sample(sample)

    def watch(self, interval_s: float | None) -> None:
        """Hand samples on, or not; the loop keeps the interval it was started with."""
        self._watched = interval_s is not None

    def follows(self, interval_s: float | None) -> bool:
        """Whether samples are handed on as wanted."""
        return self._watched is (interval_s is not None)

    def close(self, problem: Problem | None = None) -> None:
        """End the loop; its next write ends the shell."""
        if self._ended is None:
            self._ended = problem or Problem(
                "ssh.lost", server=self._server, reason="the link was closed here"
            )
            self._channel.close()
            if self._when_ended is not None:
                self._when_ended()
