"""What % and ${} stand for in the paths of ssh_config; `ssh -G` leaves them in."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import socket
from pathlib import Path

from console.ssh.config_asked import Settings

PATHS = ("identityfile", "certificatefile", "identityagent", "userknownhostsfile")
"""Keywords whose values may hold them."""
TOKENS = "dhikLlnpruCj"
_TOKEN = re.compile(r"%(.)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def expanded(alias: str, found: Settings) -> Settings:
    """The settings of an alias with its paths' tokens put in; one that is not known stays as it is."""
    if not any("%" in value or "${" in value for keyword in PATHS for value in found.get(keyword, ())):
        return found
    values = _values(alias, found)

    def put_in(match: re.Match[str]) -> str:
        if match[1] is not None:
            return values.get(match[1], match[0])
        return os.environ.get(match[2], match[0])

    changed = {
        keyword: tuple(_TOKEN.sub(put_in, value) for value in found[keyword])
        for keyword in PATHS
        if keyword in found
    }
    return {**found, **changed}


def _values(alias: str, found: Settings) -> dict[str, str]:
    def first(keyword: str, otherwise: str) -> str:
        return next(iter(found.get(keyword, ())), otherwise)

    host = first("hostname", alias)
    here, local_user = socket.gethostname(), getpass.getuser()
    user, port, jump = first("user", local_user), first("port", "22"), first("proxyjump", "")
    return {
        "%": "%",
        "d": str(Path.home()),
        "h": host,
        "i": str(os.getuid()) if hasattr(os, "getuid") else "",
        "k": first("hostkeyalias", host),
        "L": here.partition(".")[0],
        "l": here,
        "n": alias,
        "p": port,
        "r": user,
        "u": local_user,
        "j": jump,
        "C": hashlib.sha1(f"{here}{host}{port}{user}{jump}".encode(), usedforsecurity=False).hexdigest(),
    }
