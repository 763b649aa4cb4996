"""Why nothing is sent for an alert that fires: a silence, a server that is down or drained. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.alerts.alert import Silence, Target
from console.alerts.recent import Recent
from console.telemetry.snapshot import FleetSnapshot, ServerRow

SERVER_DOWN = "server down"
DRAINED = "drained"
UNREACHED = "nothing reached"
"""None of several servers is reached: that is told once, not of each of them."""

_MOST_JUMPS = 16


@dataclass(frozen=True, slots=True)
class Mutes:
    """What mutes at one moment."""

    rows: Mapping[str, ServerRow]
    recent: Mapping[str, Recent]
    unreached: bool
    silences: Sequence[Silence]
    now: datetime

    def reason(self, rule: str, target: Target, *, about_link: bool) -> str:
        """Id of a silence, or one of the words above; empty where nothing mutes it.

        Args:
            about_link: the rule asks whether the server is reached: that it is not, does not mute it.
        """
        for silence in self.silences:
            if silence.covers(rule, target, self.now):
                return silence.id
        row = self.rows.get(target.server)
        if row is None:
            return ""
        if self._is_down(target.server) and not about_link:
            return SERVER_DOWN
        if row.drained:
            return DRAINED
        if self.unreached:
            return UNREACHED
        return SERVER_DOWN if self._is_behind_a_dead_one(row) else ""

    def _is_down(self, server: str) -> bool:
        own = self.recent.get(server)
        return own is not None and own.trouble is not None

    def _is_behind_a_dead_one(self, row: ServerRow) -> bool:
        jump = row.server.jump
        for _ in range(_MOST_JUMPS):
            if jump is None or jump not in self.rows:
                return False
            if self._is_down(jump):
                return True
            jump = self.rows[jump].server.jump
        return False


def mutes(
    snapshot: FleetSnapshot,
    recent: Mapping[str, Recent],
    *,
    unreached: bool,
    silences: Sequence[Silence],
    now: datetime,
) -> Mutes:
    """What mutes now."""
    running = tuple(each for each in silences if each.begins <= now < each.ends)
    return Mutes({row.server.name: row for row in snapshot.servers}, recent, unreached, running, now)
