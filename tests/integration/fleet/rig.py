"""What the tests of the fleet share: a recording sink, a console's fleet with its inventory, waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from console.core.home import Home
from console.core.notify import Notice
from console.core.options import Options
from console.fleet.fleet import Fleet
from console.fleet.inventory import ServerBook
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.store.audit_log import AuditLog
from tests.lab.sshd import LabServer


@dataclass
class Recorder:
    """A SampleSink that keeps everything."""

    samples: list[tuple[str, dict, float]] = field(default_factory=list)
    views: list[LinkView] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on_sample(self, server: str, wire: Mapping, received_s: float) -> None:
        with self.lock:
            self.samples.append((server, dict(wire), received_s))

    def on_link(self, view: LinkView) -> None:
        with self.lock:
            self.views.append(view)

    def of(self, server: str) -> list[tuple[dict, float]]:
        with self.lock:
            return [(wire, at) for name, wire, at in self.samples if name == server]

    def states(self, server: str) -> list[LinkState]:
        with self.lock:
            return [view.state for view in self.views if view.server == server]


def until(condition: Callable[[], object], *, within_s: float = 30.0, what: str = "it") -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        time.sleep(0.01)


@dataclass
class Rig:
    """A console's fleet and what it stands on."""

    fleet: Fleet
    book: ServerBook
    options: Options
    audit: AuditLog
    home: Home
    sink: Recorder
    notices: list[Notice]

    def add(self, lab: LabServer, name: str | None = None, *, trusted: bool = True, **changes: object) -> str:
        """Enter a lab server in the inventory."""
        given = {
            "host": lab.host,
            "port": lab.port,
            "user": lab.user,
            "identity": str(lab.client_key),
        } | changes
        server = Server(name=name or lab.name, **given)
        self.book.add(server)
        if trusted:
            with self.home.known_hosts.open("a", encoding="ascii") as file:
                file.write(lab.known_hosts_line)
        return server.name

    def state(self, name: str) -> LinkState:
        return self.fleet.link(name).state

    def actions(self) -> list[tuple[str, str, object]]:
        """(action, outcome, method or command) of the audit log, oldest first."""
        rows = sorted(self.audit.entries(limit=1000), key=lambda row: row.seq)
        return [(row.action, str(row.outcome), row.detail.get("method") or row.detail) for row in rows]
