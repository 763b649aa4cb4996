"""Local forwards by name: listed, and brought back over a new connection when theirs breaks.

The local port stays taken meanwhile, so that nobody else can listen in its place.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from console.core.problems import Problem
from console.fleet.backoff import delay_s, waits_for_person
from console.ssh.connection import Connection
from console.ssh.forward import LocalForward

_LOOK_S = 0.2
_JOIN_S = 2.0

OpenConnection = Callable[[str], AbstractContextManager[Connection]]


class ForwardState(StrEnum):
    """Life of a forward: `refused` waits for the person, as a link does."""

    CONNECTING = "connecting"
    OPEN = "open"
    WAITING = "waiting"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ForwardView:
    """One forward at one moment: 127.0.0.1:local_port here leads to host:port as the server sees it.

    Attributes:
        problem: why it is not open, or why its last connection was not let through; None where all is well.
        connections: how many pass through it now.
        retry_in_s: seconds until the next attempt while waiting.
    """

    name: str
    server: str
    local_port: int
    host: str
    port: int
    state: ForwardState
    problem: Problem | None = None
    connections: int = 0
    retry_in_s: float | None = None


class ForwardBook:
    """Every forward of this console. Any thread may call.

    Args:
        open_connection: a connection of its own to a server, closed with the context.
    """

    def __init__(self, open_connection: OpenConnection) -> None:
        self._open_connection = open_connection
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def open(
        self, server: str, port: int, *, host: str = "127.0.0.1", local_port: int = 0, name: str | None = None
    ) -> ForwardView:
        """Open a forward and keep it until `close`. Comes back when it is open.

        Raises:
            Problem: `forward.port_taken`, `name.taken`, or what kept the first connection.
        """
        with self._lock:
            chosen = self._free_name(name, f"{server}-{port}")
            kept = self._kept[chosen] = _Kept(chosen, server, host, port, self._open_connection)
        try:
            kept.start(local_port)
        except BaseException:
            with self._lock:
                self._kept.pop(chosen, None)
            kept.close()
            raise
        return kept.view()

    def views(self) -> tuple[ForwardView, ...]:
        """All of them, by name."""
        with self._lock:
            kept = sorted(self._kept.values(), key=lambda each: each.name)
        return tuple(each.view() for each in kept)

    def view(self, name: str) -> ForwardView:
        """One of them.

        Raises:
            Problem: `id.unknown`.
        """
        return self._get(name).view()

    def retry(self, name: str) -> None:
        """Try again at once, also after a refusal.

        Raises:
            Problem: `id.unknown`.
        """
        self._get(name).retry()

    def close(self, name: str) -> None:
        """Close one and forget it; its connections end.

        Raises:
            Problem: `id.unknown`.
        """
        kept = self._get(name)
        with self._lock:
            self._kept.pop(name, None)
        kept.close()

    def close_all(self) -> None:
        """Close all; with the console."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
        for each in kept:
            each.close(0.0)
        until = time.monotonic() + _JOIN_S
        for each in kept:
            each.close(until - time.monotonic())

    def _get(self, name: str) -> _Kept:
        with self._lock:
            found = self._kept.get(name)
        if found is None:
            raise Problem("id.unknown", kind="forward", given=name, listing="forward --help")
        return found

    def _free_name(self, wanted: str | None, usual: str) -> str:
        if wanted is not None:
            if wanted in self._kept:
                raise Problem("name.taken", kind="forward", name=wanted)
            return wanted
        names = itertools.chain([usual], (f"{usual}-{number}" for number in itertools.count(2)))
        return next(each for each in names if each not in self._kept)


class _Kept:
    """One forward and the thread that keeps a connection below it."""

    def __init__(self, name: str, server: str, host: str, port: int, open_connection: OpenConnection) -> None:
        self.name = name
        self._server = server
        self._host = host
        self._port = port
        self._open_connection = open_connection
        self._changed = threading.Condition()
        self._state = ForwardState.CONNECTING
        self._problem: Problem | None = None
        self._retry_s = 0.0
        self._closing = False
        self._insisted = False
        self._forward: LocalForward | None = None
        self._thread = threading.Thread(target=self._run, name=f"forward {name}", daemon=True)

    def start(self, local_port: int) -> None:
        """Listen, connect, and come back when that worked; raises the Problem where it did not."""
        self._forward = LocalForward(self._host, self._port, local_port)
        self._thread.start()
        with self._changed:
            while self._state is ForwardState.CONNECTING and not self._closing:
                self._changed.wait()
            if self._problem is not None:
                raise self._problem

    def view(self) -> ForwardView:
        with self._changed:
            forward = self._forward
            waiting = self._state is ForwardState.WAITING
            refusal = forward.refusal if forward is not None else None
            told = (
                None
                if refusal is None
                else Problem(
                    "forward.not_through",
                    server=self._server,
                    host=self._host,
                    port=self._port,
                    reason=refusal,
                )
            )
            return ForwardView(
                self.name,
                self._server,
                forward.local_port if forward is not None else 0,
                self._host,
                self._port,
                self._state,
                self._problem or told,
                forward.connections if forward is not None else 0,
                max(0.0, self._retry_s - time.monotonic()) if waiting else None,
            )

    def retry(self) -> None:
        with self._changed:
            self._insisted = True
            self._changed.notify_all()

    def close(self, wait_s: float = _JOIN_S) -> None:
        with self._changed:
            self._closing = True
            self._state = ForwardState.CLOSED
            self._changed.notify_all()
        if self._forward is not None:
            self._forward.close()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(max(0.0, wait_s))

    def _run(self) -> None:
        failures = 0
        while not self._closing:
            problem = self._serve()
            with self._changed:
                was_open = self._state is ForwardState.OPEN
                if self._closing or problem is None:
                    return
                failures = 1 if was_open else failures + 1
                self._problem = problem
                refused = waits_for_person(problem.code)
                self._state = ForwardState.REFUSED if refused else ForwardState.WAITING
                self._retry_s = time.monotonic() + delay_s(failures, random.random(), problem.code)
                self._changed.notify_all()
                while not self._closing and not self._insisted:
                    left = self._retry_s - time.monotonic()
                    if left <= 0 and not refused:
                        break
                    self._changed.wait(None if refused else left)
                self._insisted = False

    def _serve(self) -> Problem | None:
        """Connect and carry until that breaks; the Problem that ended it, None where it is closed."""
        forward = self._forward
        if forward is None:
            return None
        try:
            with self._open_connection(self._server) as connection:
                connection.carry(forward)
                with self._changed:
                    if self._closing:
                        return None
                    self._state = ForwardState.OPEN
                    self._problem = None
                    self._changed.notify_all()
                    while not self._closing and connection.is_alive:
                        self._changed.wait(_LOOK_S)
                reason = connection.lost_reason or "it was closed"
        except Problem as problem:
            return problem
        return Problem("ssh.lost", server=self._server, reason=reason)
