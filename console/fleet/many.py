"""One argv on many servers: so many at once, bounded output, a limit of time and of failures, alike grouped.

Every run is an `exec` of the agent, audited as such; nothing is pasted into a shell line.
"""

from __future__ import annotations

import base64
import csv
import io
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from console.core.ports import AgentStream, ServerGate
from console.core.problems import Problem

MAX_OUTPUT_BYTES = 1024 * 1024
"""Of each stream of each server; what comes after it is read and dropped."""

DEFAULT_PARALLEL = 32


class RanState(StrEnum):
    """How it went on one server."""

    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    CANCELLED = "cancelled"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of it on one server.

    Attributes:
        exit_code: None where a signal ended it, or nothing ran.
        truncated: more came than is kept.
        problem: why it was not reached.
    """

    server: str
    state: RanState
    exit_code: int | None = None
    signal: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    truncated: bool = False
    seconds: float = 0.0
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Servers on which it came to the same: state, exit and every byte of output."""

    servers: tuple[str, ...]
    example: Ran


def grouped(runs: Iterable[Ran]) -> tuple[Group, ...]:
    """The largest group first; in a group the order of the runs."""
    found: dict[tuple[object, ...], list[Ran]] = {}
    for ran in runs:
        told = None if ran.problem is None else _told(ran.problem)
        key = (ran.state, ran.exit_code, ran.signal, ran.stdout, ran.stderr, told)
        found.setdefault(key, []).append(ran)
    groups = [Group(tuple(ran.server for ran in runs), runs[0]) for runs in found.values()]
    return tuple(sorted(groups, key=lambda group: -len(group.servers)))


def as_csv(runs: Sequence[Ran]) -> str:
    """One line for each server: how it ended, and its group of equal outcomes (0 is the largest)."""
    numbers = {server: number for number, group in enumerate(grouped(runs)) for server in group.servers}
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("server", "state", "exit_code", "signal", "seconds", "group", "truncated", "problem"))
    for ran in runs:
        rows.writerow(
            (
                ran.server,
                ran.state.value,
                "" if ran.exit_code is None else ran.exit_code,
                "" if ran.signal is None else ran.signal,
                f"{ran.seconds:.3f}",
                numbers[ran.server],
                "yes" if ran.truncated else "no",
                "" if ran.problem is None else ran.problem.sentence,
            )
        )
    return text.getvalue()


def _told(problem: Problem) -> tuple[str, ...]:
    """A Problem apart from which server it is about."""
    rest = (f"{key}={value}" for key, value in problem.attrs.items() if key not in ("server", "host", "port"))
    return (problem.code, *rest)


@dataclass
class FleetRun:
    """One run; `run` blocks, `cancel` from any thread ends what goes on and starts no more.

    Attributes:
        parallel: servers at once.
        stop_after: start no more after so many that did not end with 0; None for no limit.
        timeout_s: for each server, its connect apart; None for no limit.
    """

    gate: ServerGate
    servers: Sequence[str]
    argv: Sequence[str]
    parallel: int = DEFAULT_PARALLEL
    stop_after: int | None = None
    timeout_s: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _streams: set[AgentStream] = field(default_factory=set)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _failures: int = 0

    def run(self, on_ran: Callable[[Ran], None] | None = None) -> tuple[Ran, ...]:
        """All of it, in the order of the servers.

        Args:
            on_ran: called for each as it ends, on a worker thread.
        """

        def one(server: str) -> Ran:
            ran = self._one(server)
            if ran.state is not RanState.NOT_STARTED and ran.state is not RanState.DONE:
                self._count_failure()
            if on_ran is not None:
                on_ran(ran)
            return ran

        if not self.servers:
            return ()
        workers = max(1, min(self.parallel, len(self.servers)))
        with ThreadPoolExecutor(workers, thread_name_prefix="fleet-exec") as pool:
            return tuple(pool.map(one, self.servers))

    def cancel(self) -> None:
        """End it: what runs is ended on its server, what waits does not start."""
        self._cancelled.set()
        self._stopped.set()
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            stream.close()

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self.stop_after is not None and self._failures >= self.stop_after:
                self._stopped.set()

    def _one(self, server: str) -> Ran:
        if self._stopped.is_set():
            return Ran(server, RanState.NOT_STARTED)
        began = time.monotonic()
        params: dict[str, object] = {"argv": list(self.argv)}
        if self.timeout_s is not None:
            params["timeout_s"] = self.timeout_s
        kept: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}
        truncated = False
        try:
            stream = self.gate.stream(server, "exec", params)
            with self._lock:
                self._streams.add(stream)
            if self._cancelled.is_set():
                stream.close()
            try:
                for event in stream:
                    truncated = _keep(event, kept) or truncated
            finally:
                with self._lock:
                    self._streams.discard(stream)
                stream.close()
            result = stream.result()
        except Problem as problem:
            state = RanState.CANCELLED if self._cancelled.is_set() else _state_of(problem)
            return Ran(server, state, seconds=time.monotonic() - began, problem=problem)
        code, signal = result.get("exit_code"), result.get("signal")
        exit_code = code if isinstance(code, int) else None
        return Ran(
            server,
            self._state(result, exit_code),
            exit_code,
            signal if isinstance(signal, int) else None,
            bytes(kept["stdout"]),
            bytes(kept["stderr"]),
            truncated,
            time.monotonic() - began,
        )

    def _state(self, result: dict[str, object], exit_code: int | None) -> RanState:
        if result.get("timed_out"):
            return RanState.TIMED_OUT
        if exit_code is None and self._cancelled.is_set():
            return RanState.CANCELLED
        return RanState.DONE if exit_code == 0 else RanState.FAILED


def _keep(event: dict[str, object], kept: dict[str, bytearray]) -> bool:
    """Keep the output of an event; whether some of it was dropped."""
    dropped = False
    for kind, held in kept.items():
        text = event.get(kind)
        if isinstance(text, str):
            data = base64.b64decode(text)
            room = MAX_OUTPUT_BYTES - len(held)
            held += data[:room]
            dropped = dropped or len(data) > room
    return dropped


def _state_of(problem: Problem) -> RanState:
    return RanState.FAILED if problem.code.startswith(("job.", "remote.")) else RanState.UNREACHABLE
