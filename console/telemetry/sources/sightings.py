"""Which servers sources know, and which of them are in the inventory. No I/O."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from console.core.text import safe_line
from console.fleet.server import Server
from console.plugin.api import SourceHost

SOURCE_LABEL = "source"
_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_MOST_CHARS = 63


class Servers(Protocol):
    """What this room needs of the inventory."""

    def list(self) -> tuple[Server, ...]:
        """All servers."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A server of a source.

    Attributes:
        host: what the source calls it.
        server: it, as it is shown; of the inventory where it is there.
        listed: whether it is in the inventory, so that it can also be reached over SSH.
    """

    source: str
    host: str
    server: Server
    listed: bool


def server_name(host: str) -> str:
    """A name for a host as servers have them; another one for every host."""
    if host and host.isascii() and len(host) <= _MOST_CHARS and not _ODD.search(host) and host[0] not in ".-":
        return host
    clean = _ODD.sub("-", safe_line(host, max_chars=200)).strip("-.")[:50] or "host"
    return f"{clean}-{hashlib.sha256(host.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


class Inventory:
    """Finds the inventory's server for a host: by name, by the host it is reached by, by its short name."""

    def __init__(self, servers: Iterable[Server]) -> None:
        self._by_name: dict[str, Server] = {}
        self._by_host: dict[str, Server | None] = {}
        self._by_short: dict[str, Server | None] = {}
        for server in servers:
            self._by_name[server.name.casefold()] = server
            for known, key in (
                (self._by_host, server.host.casefold()),
                (self._by_short, server.name.casefold().split(".")[0]),
            ):
                known[key] = None if key in known else server  # what fits two fits none

    def find(self, host: SourceHost) -> Server | None:
        """The server, None where none fits or several do."""
        name, address = host.name.casefold(), host.address.casefold()
        found = self._by_name.get(name) or self._by_host.get(name)
        if found is None and address and not address.startswith(("127.", "localhost")):
            found = self._by_host.get(address)
        return found or (None if name[:1].isdigit() else self._by_short.get(name.split(".")[0]))


class Sightings:
    """What all sources know now. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, dict[str, Sighting]] = {}
        self._only: tuple[Server, ...] = ()

    def sighted(self, source: str, hosts: Iterable[SourceHost], inventory: Inventory) -> dict[str, Sighting]:
        """Name and match these hosts of a source; those that it told of before are the same objects."""
        before = self._of.get(source, {})
        found: dict[str, Sighting] = {}
        for host in hosts:
            listed = inventory.find(host)
            old = before.get(host.name)
            if old is not None and (old.server == listed if old.listed else listed is None):
                found[host.name] = old
                continue
            server = listed or Server(
                server_name(host.name),
                server_name(host.address or host.name),
                labels={SOURCE_LABEL: source},
                source=source,
            )
            found[host.name] = Sighting(source, host.name, server, listed is not None)
        return found

    def keep(self, source: str, found: Mapping[str, Sighting]) -> None:
        """What the source knows from now on; nothing where it was removed."""
        with self._lock:
            if found:
                self._of[source] = dict(found)
            else:
                self._of.pop(source, None)
            only: dict[str, Server] = {}
            for hosts in self._of.values():
                for each in hosts.values():
                    if not each.listed:
                        only.setdefault(each.server.name, each.server)
            self._only = tuple(only[name] for name in sorted(only))

    def of(self, source: str) -> Mapping[str, Sighting]:
        """Host -> sighting of one source."""
        return self._of.get(source, {})

    def only(self) -> tuple[Server, ...]:
        """Servers that sources alone know, by name."""
        return self._only

    def by_server(self, name: str) -> Sighting | None:
        """Which source knows a server, and how it calls it; the first where several do."""
        with self._lock:
            for hosts in self._of.values():
                for each in hosts.values():
                    if each.server.name == name:
                        return each
        return None


class AllServers:
    """The inventory, and behind it what only sources know: what the fleet's picture is made of."""

    def __init__(self, book: Servers, sightings: Sightings) -> None:
        self._book = book
        self._sightings = sightings

    def list(self) -> tuple[Server, ...]:
        """All of them; a name of the inventory is the inventory's."""
        listed = self._book.list()
        names = {server.name for server in listed}
        return (*listed, *(each for each in self._sightings.only() if each.name not in names))
