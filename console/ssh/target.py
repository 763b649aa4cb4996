"""Where a connection goes and what it may use to get in. Values only; nothing connects here."""

from __future__ import annotations

import getpass
import re
from dataclasses import dataclass
from pathlib import Path

from console.core.problems import Problem

_HOST = re.compile(r"[A-Za-z0-9_.:%\[\]-]{1,255}")
_USER = re.compile(r"[A-Za-z0-9_.@\\+$-]{1,255}")


@dataclass(frozen=True, slots=True)
class Target:
    """One SSH server and the way to it.

    Attributes:
        name: the server's name in messages and in the audit log.
        host: name or address to connect to.
        user: account there; the local account's name where empty.
        identities: private keys to offer; the usual files of ~/.ssh where empty.
        identities_only: offer no key of the agent that is not among the identities.
        certificates: certificates to offer the keys with (CertificateFile); the ones that lie beside the
            keys where empty.
        identity_agent: socket of the agent; None for SSH_AUTH_SOCK, "none" for no agent.
        jump: servers to go through, the first is reached directly.
        proxy_command: a shell command whose stdin and stdout are the way; excludes `jump`.
        host_key_name: name to look up in known_hosts instead of host and port.
        known_hosts: files to read beside Tandem's own; None for the usual user and system files.
        alias: the alias of ssh_config it came from.
        connect_timeout_s: seconds in all for one attempt.
        alive_interval_s: seconds between two signs of life (ServerAliveInterval); None for Tandem's own.
        alive_misses: so many of them missing are the end (ServerAliveCountMax).
        compression: compress what goes over the wire.
        environment: variables to ask the server to set (SetEnv); it takes what its AcceptEnv lists.
        accepts_new_key: trust a server's first key without asking (StrictHostKeyChecking accept-new).
        notes: sentences on what of ssh_config could not be read or is read otherwise.
    """

    name: str
    host: str
    port: int = 22
    user: str = ""
    identities: tuple[Path, ...] = ()
    identities_only: bool = False
    certificates: tuple[Path, ...] = ()
    identity_agent: str | None = None
    jump: tuple[Target, ...] = ()
    proxy_command: str | None = None
    host_key_name: str | None = None
    known_hosts: tuple[Path, ...] | None = None
    alias: str | None = None
    connect_timeout_s: float = 15.0
    alive_interval_s: float | None = None
    alive_misses: int = 3
    compression: bool = False
    environment: tuple[tuple[str, str], ...] = ()
    accepts_new_key: bool = False
    notes: tuple[str, ...] = ()

    @property
    def login(self) -> str:
        """The account to log in as."""
        return self.user or getpass.getuser()

    def checked(self) -> Target:
        """Itself, after a look at every string that could be more than a name.

        Raises:
            Problem: `server.invalid_host`, `input.invalid`, `ssh.jump_loop`.
        """
        check_host(self.host)
        if self.user and (self.user.startswith("-") or not _USER.fullmatch(self.user)):
            raise Problem(
                "input.invalid", what=f"user '{self.user}'", reason="it has characters no account has"
            )
        if not 1 <= self.port <= 65535:
            raise Problem("input.invalid", what=f"port {self.port}", reason="it lies between 1 and 65535")
        self._check_chain()
        for hop in self.jump:
            hop.checked()
        return self

    def _check_chain(self) -> None:
        chain = [*self.jump, self]
        places = [(hop.host.lower(), hop.port) for hop in chain]
        if len(set(places)) != len(places):
            names = " → ".join(hop.name for hop in chain)
            raise Problem("ssh.jump_loop", server=self.name, chain=names)


def check_host(host: str) -> str:
    """A host name or address that cannot be mistaken for an option or a command.

    Raises:
        Problem: `server.invalid_host`.
    """
    if not host or host.startswith("-"):
        raise Problem("server.invalid_host", host=host, reason="it is empty or begins with a dash")
    if not _HOST.fullmatch(host):
        raise Problem(
            "server.invalid_host", host=host, reason="only letters, digits and . - _ : may stand in it"
        )
    return host
