"""What features ask of a server, as protocols: the fleet's links implement them, tests may too.

Only shapes live here; nothing connects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


@dataclass(frozen=True, slots=True)
class Forward:
    """An open local forward: 127.0.0.1:local_port here reaches host:port as the server sees it."""

    server: str
    local_port: int
    host: str
    port: int


class AgentStream(Protocol):
    """Events of one long request. Iterating blocks; `close` from any thread ends it."""

    def __iter__(self) -> Iterator[dict[str, object]]: ...

    def close(self) -> None: ...

    def result(self) -> dict[str, object]:
        """The final answer, once the iteration has ended; raises the Problem that ended it."""


class ServerGate(Protocol):
    """Every way in which a feature reaches a server, by the server's name. Any thread may call.

    All methods raise Problems: `server.unknown`, the `ssh.*` and `agent.*` ones.
    """

    def call(
        self, server: str, method: str, params: Mapping[str, object] | None = None, *, timeout_s: float = 15.0
    ) -> dict[str, object]:
        """One request to the server's agent and its answer; connects where no link is up."""

    def stream(self, server: str, method: str, params: Mapping[str, object] | None = None) -> AgentStream:
        """A request whose answer is a stream of events."""

    def push_file(
        self, server: str, local: Path, remote: str, *, progress: Progress | None = None, mode: int = 0o600
    ) -> str:
        """Copy a file over a connection of its own: part file, SHA-256 checked there, fsync, rename.

        `remote` is absolute or relative to the agent's home. Returns the hex SHA-256.
        """

    def pull_file(self, server: str, remote: str, local: Path, *, progress: Progress | None = None) -> str:
        """The reverse; returns the hex SHA-256."""

    def forward(
        self, server: str, port: int, *, host: str = "127.0.0.1", local_port: int = 0
    ) -> AbstractContextManager[Forward]:
        """An encrypted way to a port of the server, listening on 127.0.0.1 only, closed with the context."""
