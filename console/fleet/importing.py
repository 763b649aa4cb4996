"""Servers out of ssh_config: its aliases as candidates for the inventory. Reads only; nothing connects."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path

from console.core.problems import Problem
from console.fleet.server import Server, checked
from console.ssh.config import aliases


def candidates(config: Path | None, patterns: Sequence[str] = ()) -> list[Server]:
    """One server per alias that fits a pattern (all where none is given), named like the alias.

    Aliases that are patterns themselves or cannot be names of servers are left out; how an alias connects
    stays in ssh_config and is read anew at every attempt.

    Raises:
        Problem: `ssh.config_invalid`, `file.missing`, `file.unreadable`.
    """
    found = []
    for alias in aliases(config):
        if patterns and not any(fnmatch.fnmatchcase(alias, pattern) for pattern in patterns):
            continue
        kept = str(config.expanduser().absolute()) if config is not None else None
        server = Server(name=alias, host=alias, ssh_alias=alias, ssh_config=kept)
        try:
            found.append(checked(server))
        except Problem:
            continue  # no name that a person could type: a URL, a glob, an e-mail address
    return found
