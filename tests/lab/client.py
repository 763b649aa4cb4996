"""Tandem's own SSH room set up to reach a lab server: trust, credentials, audit, watchdog."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from console.core.audit import AuditEntry
from console.ssh.auth import Auth
from console.ssh.connection import Connection
from console.ssh.deadline import Deadline
from console.ssh.known_hosts import HostKey, KnownHosts, parse_key
from console.ssh.target import Target
from console.ssh.watchdog import Watchdog
from tests.lab.sshd import LabServer


class ListedAudit:
    """An audit sink that keeps entries in a list; `broken` makes it refuse."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.broken: Exception | None = None

    def record(self, entry: AuditEntry) -> None:
        if self.broken is not None:
            raise self.broken
        self.entries.append(entry)

    @property
    def commands(self) -> list[object]:
        """What was run, in order."""
        return [entry.detail["command"] for entry in self.entries if entry.action == "ssh.exec"]


def target_of(server: LabServer, **changes: Any) -> Target:
    """A target that logs in to a lab server and reads nobody's known_hosts."""
    values: dict[str, Any] = {
        "name": server.name,
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "identities": (server.client_key,),
        "identities_only": True,
        "identity_agent": "none",
        "known_hosts": (),
    }
    return Target(**{**values, **changes})


def host_key_of(server: LabServer, kind: str | None = None) -> HostKey:
    """A lab server's host key as our own value."""
    name, text = server.host_key(kind)
    key = parse_key(name, text)
    if key is None:
        raise ValueError("not a key")
    return key


class Client:
    """What a console has: one trust store, one watchdog; used by `with`, closes all it opened."""

    def __init__(self, folder: Path, *, interval_s: float = 5.0, misses: int = 3) -> None:
        self.trust = KnownHosts(folder / "tandem_known_hosts", ())
        self.watchdog = Watchdog(interval_s=interval_s, misses=misses)
        self.audit = ListedAudit()
        self._opened: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all it opened and stop the watchdog."""
        for connection in self._opened:
            connection.close()
        self.watchdog.close()

    def trusts(self, server: LabServer, *, port: int | None = None) -> None:
        """Write the server's host key into our own known_hosts."""
        self.trust.add(server.host, port or server.port, host_key_of(server))

    def open(self, target: Target, *, auth: Auth | None = None, timeout_s: float = 15.0) -> Connection:
        """Connect to a target."""
        connection = Connection.open(
            target,
            trust=self.trust,
            auth=auth or Auth(),
            audit=self.audit,
            watchdog=self.watchdog,
            deadline=Deadline.after(timeout_s),
        )
        self._opened.append(connection)
        return connection

    def reach(self, server: LabServer, **changes: Any) -> Connection:
        """Trust a server and connect to it."""
        self.trusts(server)
        return self.open(target_of(server, **changes))
