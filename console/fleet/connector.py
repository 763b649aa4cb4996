"""Opens connections to servers of the inventory and starts what runs over them. Keeps nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from console.core.audit import AuditEntry, AuditSink
from console.core.clock import Clock
from console.core.options import Options
from console.core.problems import Problem
from console.fleet.agent_client import AgentClient, new_nonce
from console.fleet.bundle import ProbeSource, boot_command, build_bundle, bundle_sha256
from console.fleet.doors import Doors, Turn
from console.fleet.route import Book, target_for
from console.fleet.server import Server
from console.fleet.session import AgentSession, OnSample, Session, ShellSession, SshChannel
from console.fleet.shell_probe import COMMAND
from console.fleet.streams import Stream
from console.plugin.api import AcceleratorProbe
from console.ssh.auth import Auth
from console.ssh.connection import Connection
from console.ssh.known_hosts import KnownHosts
from console.ssh.target import Target
from console.ssh.watchdog import Watchdog

START_S = 30.0
"""For the agent's first line: a Python on a busy network disk takes its time."""


@dataclass(frozen=True, slots=True)
class Connector:
    """How links and transfers reach a server.

    Attributes:
        probes: of all plugins; simulated ones go only to servers whose entry says so.
    """

    book: Book
    options: Options
    clock: Clock
    audit: AuditSink
    trust: KnownHosts
    auth: Auth
    watchdog: Watchdog
    probes: Sequence[AcceleratorProbe]
    doors: Doors = field(default_factory=Doors)

    def server(self, name: str) -> Server:
        """The inventory's entry as it is now."""
        return self.book.get(name)

    def target(self, server: Server) -> Target:
        """Where it is."""
        return target_for(self.book, server, self.options.number("ssh.connect_timeout_s"))

    def open(
        self,
        server: Server,
        target: Target | None = None,
        turn: Turn | None = None,
        on_login: Callable[[], None] | None = None,
        around_question: Callable[[], AbstractContextManager[object]] | None = None,
    ) -> Connection:
        """A connection of its own, within the target's timeout.

        Args:
            target: where to, if that is known already.
            turn: the right to try, which is told who let us in.
            on_login: called when the login begins.
            around_question: entered while a person is asked something.
        """
        return Connection.open(
            target or self.target(server),
            trust=self.trust,
            auth=self.auth if around_question is None else self.auth.within(around_question),
            audit=self.audit,
            watchdog=self.watchdog,
            on_login=on_login,
            on_let_in=None if turn is None else turn.passed,
        )

    def open_in_turn(self, server: Server) -> Connection:
        """A connection that a person asked for now; waits while another tries the same login.

        Raises:
            Problem: any of `ssh.*`.
        """
        insisted_s = time.monotonic()
        target = self.target(server)
        while (turn := self.doors.enter(target, insisted_s)) is None:
            self.doors.wait(target, lambda: False)
        with turn:
            return self.open(server, target, turn)

    # --- what runs over it

    def start_session(
        self, connection: Connection, server: Server, on_sample: OnSample, interval_s: float | None
    ) -> Session:
        """An agent, or the shell loop where no Python is found.

        Raises:
            Problem: `ssh.*`, `agent.*`.
        """
        client, bundle, nonce = self._boot(connection, server)
        session = AgentSession(client, server.name, self.clock, on_sample)
        session.dead_after_s = max(session.dead_after_s, connection.silence_s or 0.0)
        try:
            session.start(bundle, nonce, START_S, interval_s)
        except Problem as problem:
            session.close(problem)
            if problem.code not in ("agent.no_python", "agent.python_missing"):
                raise
            return self._start_shell(connection, server, on_sample, problem, interval_s)
        return session

    def start_stream(
        self, connection: Connection, server: Server, method: str, params: dict[str, object]
    ) -> Stream:
        """A stream with an agent of its own: when it is read slowly, the command on the server waits.

        Raises:
            Problem: `ssh.*`, `agent.*`.
        """
        client, bundle, nonce = self._boot(connection, server)
        stream = Stream(server.name, method, client.close, holds_back=True)
        try:
            _, first = client.prepare(stream, params)
            client.start(bundle, nonce, START_S, first=first)
        except Problem as problem:
            client.close(problem)
            raise

        def pump() -> None:
            while client.pump(5.0) and not stream.is_over:
                pass
            client.close()

        threading.Thread(target=pump, name=f"stream {server.name}", daemon=True).start()
        return stream

    def _boot(self, connection: Connection, server: Server) -> tuple[AgentClient, bytes, str]:
        probes = self._sources(server)
        nonce = new_nonce()
        config: dict[str, object] = {"nonce": nonce}
        if server.simulated is not None:
            config["simulated"] = server.simulated
        detail: dict[str, object] = {
            "sha256": bundle_sha256(probes),
            "probes": [probe.name for probe in probes],
        }
        self.audit.record(AuditEntry("agent.start", server.name, server.name, detail))
        channel = connection.exec(boot_command(server.python))
        client = AgentClient(SshChannel(channel), server.name, python=server.python)
        return client, build_bundle(probes, config), nonce

    def _start_shell(
        self,
        connection: Connection,
        server: Server,
        on_sample: OnSample,
        refusal: Problem,
        interval_s: float | None,
    ) -> Session:
        channel = SshChannel(connection.exec(COMMAND, audit_text=f"{COMMAND} (read-only loop over /proc)"))
        session = ShellSession(channel, server.name, self.clock, on_sample, refusal, interval_s)
        try:
            session.start(new_nonce(), START_S)
        except Problem as problem:
            session.close(problem)
            raise
        return session

    def _sources(self, server: Server) -> tuple[ProbeSource, ...]:
        wanted = [probe for probe in self.probes if server.simulated is not None or not probe.simulated]
        return tuple(ProbeSource(probe.name, _text_of(probe), probe.vendor) for probe in wanted)


def _text_of(probe: AcceleratorProbe) -> str:
    try:
        return probe.source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("file.unreadable", path=probe.source, reason=error) from error
