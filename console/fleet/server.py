"""What a server is to Tandem, as data: how to reach it and what it is for. No I/O lives here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from console.core.problems import Problem

_NAME = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$")
_HOST = re.compile(r"^[A-Za-z0-9_\[][A-Za-z0-9._:%\[\]-]{0,254}$")


class Role(StrEnum):
    """Which of the two engines a server belongs to."""

    TRAIN = "train"
    INFER = "infer"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Server:
    """One server of the inventory.

    Attributes:
        name: unique, chosen by the person.
        host: name or address; for an alias of ssh_config the alias itself.
        port: None means the alias's or 22.
        user: None means the alias's or this account's.
        identity: path of a private key, or None for the agent and the defaults.
        jump: name of another server of the inventory to go through, or None.
        ssh_alias: alias of ssh_config that settles the rest, or None.
        ssh_config: the file that the alias comes from, None for ~/.ssh/config.
        python: interpreter for the agent and, by default, for jobs.
        cost_per_hour: in the currency of the settings, or None where unknown.
        simulated: what the demo hands to the simulated plugin; None for real servers.
        drained: the reason why no new work goes there, or None.
        source: the site's monitoring that alone knows it; None where it can be reached over SSH.
        privileges: acts by sudo that the operator switched on (privileges.py).
    """

    name: str
    host: str
    port: int | None = None
    user: str | None = None
    identity: str | None = None
    jump: str | None = None
    ssh_alias: str | None = None
    ssh_config: str | None = None
    role: Role = Role.BOTH
    labels: dict[str, str] = field(default_factory=dict)
    python: str | None = None
    cost_per_hour: float | None = None
    simulated: dict[str, object] | None = None
    drained: str | None = None
    privileges: tuple[str, ...] = ()
    source: str | None = None


def checked(server: Server) -> Server:
    """The server, if its name and host are well formed.

    Raises:
        Problem: `server.invalid_name`, `server.invalid_host`.
    """
    if not _NAME.match(server.name):
        raise Problem(
            "server.invalid_name",
            name=server.name[:80],
            reason="it must begin with a letter or digit and hold no spaces",
        )
    for host in (server.host, server.ssh_alias or server.host, server.user or server.host):
        if not _HOST.match(host):
            raise Problem(
                "server.invalid_host",
                host=host[:80],
                reason="it holds characters that no host, alias or user has",
            )
    if server.port is not None and not 0 < server.port < 65536:
        raise Problem(
            "server.invalid_host",
            host=f"{server.host}:{server.port}",
            reason="a port lies between 1 and 65535",
        )
    return server
