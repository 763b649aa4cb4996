"""Hearing from servers once: for commands that need what is measured now and then end. Waits, so never on
Qt's thread."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from console.telemetry.snapshot import FleetSnapshot, ServerRow

PATIENCE_S = 25.0
"""One attempt to connect and a first sample."""

_LOOK_S = 0.05
_GAVE_UP = (LinkState.LOST, LinkState.WAITING, LinkState.REFUSED)


class Watching(Protocol):
    """What this room needs of the fleet."""

    def watch(self, names: Iterable[str] | None = None) -> None:
        """Keep links up and sample."""


class Showing(Protocol):
    """What this room needs of the live telemetry."""

    def snapshot(self) -> FleetSnapshot:
        """The fleet now."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came.

    Attributes:
        rows: every server that was asked, heard or not, in the order of the inventory.
        silent: names of those that were not heard, and why where that is known.
    """

    rows: tuple[ServerRow, ...]
    silent: tuple[tuple[str, Problem | None], ...]


def hear(
    fleet: Watching, telemetry: Showing, names: Iterable[str], *, patience_s: float = PATIENCE_S
) -> Heard:
    """Watch these servers and wait until each was heard, failed to connect, or `patience_s` is over.

    Raises:
        Problem: `server.unknown`.
    """
    wanted = set(names)
    fleet.watch(sorted(wanted))
    until = time.monotonic() + patience_s
    while True:
        rows = tuple(row for row in telemetry.snapshot().servers if row.server.name in wanted)
        waiting = [row for row in rows if not row.fresh and row.link.state not in _GAVE_UP]
        if not waiting or time.monotonic() > until:
            silent = tuple((row.server.name, row.link.problem) for row in rows if not row.fresh)
            return Heard(rows, silent)
        time.sleep(_LOOK_S)
