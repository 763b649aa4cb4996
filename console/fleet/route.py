"""From a server of the inventory to a Target, its jump servers and ssh_config included. Connects nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from console.core.problems import Problem
from console.fleet.server import Server
from console.ssh.config import notes, resolve_alias
from console.ssh.target import Target

MAX_HOPS = 8


class Book(Protocol):
    """What the fleet needs of the inventory."""

    def get(self, name: str) -> Server:
        """The server; raises `server.unknown`."""

    def list(self) -> tuple[Server, ...]:
        """All servers, in the order in which they are shown."""


def target_for(book: Book, server: Server, connect_timeout_s: float) -> Target:
    """Where to connect to for a server.

    Raises:
        Problem: `ssh.jump_loop`, `server.unknown` (a jump server), `server.invalid_host`,
            `ssh.config_invalid`.
    """
    return _target(book, server, connect_timeout_s, ()).checked()


def alias_notes(server: Server) -> tuple[str, ...]:
    """What the server's alias asks for and Tandem does not do, as sentences.

    Raises:
        Problem: `ssh.config_invalid`, `file.missing`.
    """
    if server.ssh_alias is None:
        return ()
    return notes(server.ssh_alias, _config(server))


def _config(server: Server) -> Path | None:
    return Path(server.ssh_config).expanduser() if server.ssh_config else None


def _target(book: Book, server: Server, timeout_s: float, above: tuple[str, ...]) -> Target:
    if server.name in above or len(above) >= MAX_HOPS:
        first = above[0] if above else server.name
        raise Problem("ssh.jump_loop", server=first, chain=" → ".join((*above, server.name)))
    target = _own_target(server, timeout_s)
    if server.jump is None:
        return target
    hop = _target(book, book.get(server.jump), timeout_s, (*above, server.name))
    # The person's own --jump settles the way, whatever the alias says.
    return replace(target, jump=(*hop.jump, replace(hop, jump=())), proxy_command=None)


def _own_target(server: Server, timeout_s: float) -> Target:
    if server.ssh_alias is not None:
        target = resolve_alias(
            server.ssh_alias, _config(server), name=server.name, connect_timeout_s=timeout_s
        )
    else:
        target = Target(name=server.name, host=server.host, connect_timeout_s=timeout_s)
    if server.port is not None:
        target = replace(target, port=server.port)
    if server.user is not None:
        target = replace(target, user=server.user)
    if server.identity is not None:
        # Whoever names a key means that one; the ssh-agent may hold it unlocked.
        target = replace(target, identities=(Path(server.identity).expanduser(),), identities_only=True)
    return target
