"""The fleet: every way in which a feature reaches a server, and the links that are kept up meanwhile.

Implements core's ServerGate. What a link does is link.py's, what is sent over it the agent's.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from console.core import allocator
from console.core.audit import AuditSink
from console.core.clock import Clock
from console.core.home import Home
from console.core.notify import Notifier
from console.core.options import Options
from console.core.ports import AgentStream, Forward, Progress
from console.core.problems import Problem
from console.fleet.agent_client import AgentClient
from console.fleet.calls import CallLog
from console.fleet.check import CheckReport
from console.fleet.checking import check
from console.fleet.connector import Connector
from console.fleet.copying.link import CopyLink
from console.fleet.copying.one_file import pull_one, push_one
from console.fleet.forwards import ForwardBook
from console.fleet.life import Minder
from console.fleet.link import Link
from console.fleet.link_state import LinkState, LinkView
from console.fleet.route import Book
from console.fleet.server import Server
from console.fleet.session import Session
from console.fleet.sink import SampleSink
from console.fleet.slots import ConnectSlots
from console.fleet.streams import FollowedLog, Stream
from console.fleet.terminal import ssh_command
from console.plugin.api import AcceleratorProbe
from console.ssh.auth import Auth
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from console.ssh.handshake import scan_host_key
from console.ssh.known_hosts import HostKey as SshHostKey
from console.ssh.known_hosts import KnownHosts
from console.ssh.watchdog import Watchdog

T = TypeVar("T")

_CONNECT_MARGIN_S = 5.0
_CLOSE_S = 3.0
_OWN_AGENT = frozenset({"exec"})
"""Streams whose events cannot be read again get an agent of their own, which waits for a slow reader."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """A host key that a server shows, for the person to compare."""

    key_type: str
    fingerprint: str
    host: str
    port: int
    base64: str


class Fleet:
    """Links by name; any thread may call.

    Args:
        book: the inventory; read anew at every attempt to connect.
        home: holds the known hosts.
        sink: where samples and states of links go; None where nobody looks.
        auth: what may be asked of the person while connecting.
    """

    def __init__(
        self,
        book: Book,
        home: Home,
        options: Options,
        clock: Clock,
        audit: AuditSink,
        notify: Notifier,
        probes: Sequence[AcceleratorProbe] = (),
        sink: SampleSink | None = None,
        *,
        auth: Auth | None = None,
    ) -> None:
        self._book = book
        self._options = options
        self._notify = notify
        self._sink = sink
        self._trust = KnownHosts(home.known_hosts)
        self._auth = auth or Auth()
        self._watchdog = Watchdog()
        self._audit = audit
        self._connector = Connector(
            book, options, clock, audit, self._trust, self._auth, self._watchdog, tuple(probes)
        )
        self._slots = ConnectSlots(lambda: int(options.number("ssh.parallel_connects")))
        self._minder = Minder(when_settled=allocator.give_back)
        self._calls = CallLog(audit, clock)
        self._lock = threading.Lock()
        self._links: dict[str, Link] = {}
        self._retired: list[Link] = []
        self._own: set[Connection] = set()
        self._closed = False
        self.forwards = ForwardBook(self._own_connection)

    # --- ServerGate

    def call(
        self, server: str, method: str, params: Mapping[str, object] | None = None, *, timeout_s: float = 15.0
    ) -> dict[str, object]:
        """One request to the server's agent; connects where no link is up, within its own timeout on top."""
        given = dict(params or {})
        client = self._client(server)

        def ask() -> dict[str, object]:
            return client.call(method, given, timeout_s=timeout_s)

        return self._audited(server, method, given, ask)

    def stream(self, server: str, method: str, params: Mapping[str, object] | None = None) -> AgentStream:
        """A stream of events. `job.follow` reads again what a slow reader missed; `exec` waits for it; any
        other ends with `agent.overrun` when 8 MiB wait."""
        given = dict(params or {})
        session, connection, entry = self._reach(server)
        client = _agent_of(session)
        if method == "job.follow":
            offset = given.get("offset")
            start = offset if isinstance(offset, int) else 0
            return self._audited(
                server,
                method,
                given,
                lambda: FollowedLog(lambda at: client.stream(method, given | {"offset": at}), start),
            )

        def begin() -> Stream:
            if method not in _OWN_AGENT:
                return client.stream(method, given)
            try:
                return self._connector.start_stream(connection, entry, method, given)
            except Problem as problem:
                if problem.code != "ssh.channel_refused":
                    raise
                return client.stream(method, given)

        return self._audited(server, method, given, begin)

    def push_file(
        self, server: str, local: Path, remote: str, *, progress: Progress | None = None, mode: int = 0o600
    ) -> str:
        """Copy a file there over a connection of its own; returns the hex SHA-256."""
        return push_one(self.copy_link, server, local, remote, progress, mode)

    def pull_file(self, server: str, remote: str, local: Path, *, progress: Progress | None = None) -> str:
        """Copy a file from there over a connection of its own; returns the hex SHA-256."""
        return pull_one(self.copy_link, server, remote, local, progress)

    @contextmanager
    def copy_link(self, server: str, what: dict[str, object]) -> Iterator[CopyLink]:
        """A connection of its own for copies; `what` stands in the audit log: {"push": path}."""
        with self._own_connection(server) as connection:
            yield CopyLink(connection, self._book.get(server).python, self._audit, what)

    @contextmanager
    def forward(
        self, server: str, port: int, *, host: str = "127.0.0.1", local_port: int = 0
    ) -> Iterator[Forward]:
        """An encrypted way to a port of the server, over a connection of its own."""
        with (
            self._own_connection(server) as connection,
            connection.forward(host, port, local_port) as opened,
        ):
            yield Forward(server, opened.local_port, host, port)

    # --- links

    def watch(self, names: Iterable[str] | None = None, *, interval_s: float | None = None) -> None:
        """Keep links up and sample; all servers where no names are given. Comes back at once.

        Raises:
            Problem: `server.unknown`.
        """
        chosen = [server.name for server in self._book.list()] if names is None else list(names)
        every_s = interval_s or self._options.number("watch.interval_s")
        for link in [self._link(name) for name in chosen]:
            link.watch(every_s)

    def unwatch(self, names: Iterable[str] | None = None) -> None:
        """Sample no more; idle links close after a while."""
        with self._lock:
            links = dict(self._links)
        for name in list(links) if names is None else names:
            if name in links:
                links[name].unwatch()

    def links(self) -> dict[str, LinkView]:
        """How every link stands that was ever asked for."""
        with self._lock:
            links = list(self._links.values())
        return {link.name: link.view() for link in links}

    def link(self, name: str) -> LinkView:
        """How one link stands.

        Raises:
            Problem: `server.unknown`.
        """
        return self._link(name).view()

    def retry(self, name: str) -> None:
        """Try again at once, also after a refusal: the person says that it may work now."""
        self._link(name).retry()

    def check(self, name: str) -> CheckReport:
        """Connect, also after a refusal, and look at everything; what cannot be reached is in the report.

        Raises:
            Problem: `server.unknown`.
        """
        entry = self._book.get(name)
        link = self._link(name)
        try:
            session, connection, _ = link.use(self._connect_s(), insist=True)
            return check(entry, session, connection)
        except Problem as problem:
            return CheckReport(name, reachable=False, problem=problem)

    def ssh_command(self, name: str) -> tuple[str, ...]:
        """The `ssh` command line that leads to a server; nothing is connected.

        Raises:
            Problem: `server.unknown`, `ssh.config_invalid`.
        """
        entry = self._book.get(name)
        return ssh_command(entry, self._connector.target(entry), self._trust.own)

    def changed(self, name: str) -> None:
        """A server was edited or removed: its link starts anew with what the inventory says now."""
        with self._lock:
            link = self._links.pop(name, None)
            if link is not None:
                self._retired = [each for each in self._retired if not each.join(0.0)] + [link]
        if link is not None:
            link.close_soon(quietly=True)
        if self._sink is not None:
            self._sink.on_link(LinkView(name, LinkState.OFF))
        watched_s = None if link is None else link.interval_s
        if watched_s is not None and any(server.name == name for server in self._book.list()):
            anew = self._link(name)
            anew.retry()
            anew.watch(watched_s)

    # --- trust

    def scan_key(self, name: str) -> HostKey:
        """The key that the server shows now; nothing is trusted by this.

        Raises:
            Problem: `server.unknown`, `ssh.*`.
        """
        target = self._connector.target(self._book.get(name))
        found = scan_host_key(target, Deadline.after(self._connect_s()), trust=self._trust, auth=self._auth)
        return HostKey(found.kind, found.fingerprint, target.host, target.port, found.base64)

    def trust(self, name: str, key: HostKey) -> None:
        """Keep a key as the server's, and try to connect where a link waits for it.

        Raises:
            Problem: `server.unknown`, `file.unwritable`.
        """
        target = self._connector.target(self._book.get(name))
        known = SshHostKey(key.key_type, base64.b64decode(key.base64))
        self._trust.add(target.host, target.port, known, name=target.host_key_name)
        with self._lock:
            link = self._links.get(name)
        if link is not None:
            link.retry()

    # --- end

    def close(self) -> None:
        """End all links and connections within three seconds, whatever the servers do."""
        with self._lock:
            self._closed = True
            links, own = [*self._links.values(), *self._retired], list(self._own)
        for connection in own:
            connection.close()
        self.forwards.close_all()
        until = time.monotonic() + _CLOSE_S
        for link in links:
            link.close_soon()
        for link in links:
            link.join(until - time.monotonic())
        self._minder.close()
        self._watchdog.close()

    # --- inside

    def _link(self, name: str) -> Link:
        with self._lock:
            found = self._links.get(name)
            if found is not None:
                return found
        self._book.get(name)
        with self._lock:
            if self._closed:
                raise Problem("ssh.lost", server=name, reason="the console is closing")
            link = Link(name, self._connector, self._slots, self._minder, self._notify, self._sink)
            return self._links.setdefault(name, link)

    def _connect_s(self) -> float:
        return self._options.number("ssh.connect_timeout_s") + _CONNECT_MARGIN_S

    def _reach(self, name: str) -> tuple[Session, Connection, Server]:
        return self._link(name).use(self._connect_s())

    def _client(self, name: str) -> AgentClient:
        return _agent_of(self._reach(name)[0])

    def _audited(self, server: str, method: str, params: dict[str, object], act: Callable[[], T]) -> T:
        """Do it between its two entries of the audit log; without the first it is not done."""
        self._calls.before(server, method, params)
        try:
            done = act()
        except Problem as problem:
            self._calls.after(server, method, params, problem.sentence)
            raise
        self._calls.after(server, method, params, None)
        return done

    @contextmanager
    def _own_connection(self, name: str) -> Iterator[Connection]:
        """A connection for bulk, which `close` ends as well."""
        with self._connector.open_in_turn(self._book.get(name)) as connection:
            with self._lock:
                self._own.add(connection)
                closed = self._closed
            try:
                if closed:
                    raise Problem("ssh.lost", server=name, reason="the console is closing")
                yield connection
            finally:
                with self._lock:
                    self._own.discard(connection)


def _agent_of(session: Session) -> AgentClient:
    if session.client is None:
        raise session.refusal or Problem("agent.no_python", server="")
    return session.client
