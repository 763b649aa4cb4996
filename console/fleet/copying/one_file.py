"""A single file to or from a server, for features that know what they copy: models, releases, outputs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from console.core.ports import Progress
from console.core.problems import Problem
from console.fleet.copying.ahead import Ahead
from console.fleet.copying.link import CopyLink
from console.fleet.copying.listing import list_remote
from console.fleet.copying.pace import quiet
from console.fleet.copying.pull import Pull
from console.fleet.copying.push import Push
from console.fleet.copying.sources import LocalSource

OpenLink = Callable[[str, dict[str, object]], AbstractContextManager[CopyLink]]
"""A connection for copies to a server of that name; what for stands in the audit log."""


def push_one(
    open_link: OpenLink, server: str, local: Path, remote: str, progress: Progress | None, mode: int
) -> str:
    """Copy `local` to `remote`: part file, hash checked there, fsync, rename; the hex SHA-256.

    Raises:
        Problem: `file.*`, `transfer.*`, `remote.*`, `ssh.*`, `agent.*`.
    """
    check_path(remote)
    source = LocalSource(local)
    if source.listing().is_dir:
        raise Problem("file.unreadable", path=local, reason="it is a folder")
    pace = quiet(progress, source.listing().total_bytes)
    what: dict[str, object] = {"push": remote}
    with Ahead.of(source) as ahead, open_link(server, what) as link, link.open() as channel:
        pushed = Push(channel, source, remote, pace, open_lane=link.open, mode=mode, ahead=ahead).run()
    pace.finish()
    assert pushed.sha256 is not None
    return pushed.sha256


def pull_one(open_link: OpenLink, server: str, remote: str, local: Path, progress: Progress | None) -> str:
    """Copy `remote` to `local`; only a file whose hash is the server's takes its place. The hex SHA-256.

    Raises:
        Problem: `file.unwritable`, `transfer.*`, `remote.*`, `ssh.*`, `agent.*`.
    """
    check_path(remote)
    with open_link(server, {"pull": remote}) as link, link.open() as channel:
        found = list_remote(channel, remote)
        if found.listing.is_dir:
            raise Problem("transfer.failed", server=server, path=remote, reason="it is a folder")
        pace = quiet(progress, found.listing.total_bytes)
        pulled = Pull(channel, found, local, pace).run()
    pace.finish()
    assert pulled.sha256 is not None
    return pulled.sha256


def check_path(path: str) -> None:
    """Refuse what cannot be a path that a person means."""
    if not path or not path.isprintable() or len(path) > 4096:
        raise Problem("input.invalid", what="path", reason="it is empty, too long or has control characters")
