"""A board in a folder with a clock that tests set, and a fleet of which they say what is reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.alerts.alert import Alert, Delivery
from console.alerts.board import Board
from console.alerts.keeping import Seat, Turn
from console.alerts.local_files import LocalFiles
from console.alerts.rules_file import parse_rules
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.snapshot import FleetSnapshot, ServerRow, count

RULES = parse_rules(
    """
    [rules.answers]
    title = "It answers"
    condition = "reached"
    for = "0s"
    keep_firing_for = "0s"
    summary = "{server} answers."
    remedy = "Nothing is to be done."
    """
)


class SetClock:
    """Wall and monotonic time as a test wants them; `run` is the machine's own count."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 5, 1, 12, tzinfo=UTC)
        self.s = 1000.0
        self.boot = "run-1"

    def now(self) -> datetime:
        return self.wall

    def monotonic_s(self) -> float:
        return self.s

    def sleep_s(self, seconds: float) -> None:
        self.go(seconds)

    def run(self) -> tuple[str, float]:
        return self.boot, self.s

    def go(self, seconds: float) -> None:
        self.s += seconds
        self.wall += timedelta(seconds=seconds)


class Channel:
    """A notifier with one channel that delivers when a test says so."""

    def __init__(self, clock: SetClock, name: str = "ops") -> None:
        self.clock, self.name = clock, name
        self.told: list[tuple[str, ...]] = []
        self.sent: list[str] = []
        self.delivers = True
        self._deliveries: list[Delivery] = []

    def tell(self, fired: Sequence[Alert], ended: Sequence[Alert], claim: Callable[[str, str], bool]) -> None:
        self.told.append(tuple(each.id for each in (*fired, *ended)))
        for alerts, end in ((fired, ""), (ended, "/ended")):
            for alert in alerts:
                if not claim(alert.id + end, self.name):
                    continue
                if self.delivers:
                    self.sent.append(alert.id + end)
                over = (alert.id,) if end else ()
                now, ident = self.clock.now(), f"d{len(self._deliveries)}"
                done = now if self.delivers else None
                self._deliveries.append(Delivery(ident, (alert.id,), self.name, 1, now, done, "", ended=over))

    def deliver_all(self) -> None:
        """What was on its way arrives."""
        self.sent += [each.alerts[0] for each in self._deliveries if each.delivered is None]
        self._deliveries = [replace(each, delivered=self.clock.now()) for each in self._deliveries]

    def deliveries(self) -> tuple[Delivery, ...]:
        return tuple(self._deliveries)

    def watch(self, standing: Callable[[], Sequence[Alert]]) -> None:
        """Nothing is repeated here."""

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class Judging:
    """One process's place on a board."""

    files: LocalFiles
    board: Board
    seat: Seat
    channel: Channel
    clock: SetClock

    def turn(self, *names: str, every_s: float = 5.0) -> Turn:
        """Judge once, with these servers reached."""
        return self.seat.turn(fleet(self.clock, *names), self.board.read(), every_s)


def judging(folder: Path, clock: SetClock, *, by: str = "me@here (alertd)") -> Judging:
    """A process that may sit down at a board."""
    files, channel = LocalFiles(folder, clock, run=clock.run), Channel(clock)
    board = Board(files, clock, "me@here")
    return Judging(files, board, Seat(files, board, clock, by, channel), channel, clock)


def fleet(clock: SetClock, *names: str) -> FleetSnapshot:
    """Servers that are reached, without samples."""
    rows = tuple(
        ServerRow(Server(name, "h"), LinkView(name, LinkState.UP), None, None, False, ()) for name in names
    )
    return FleetSnapshot(clock.now(), rows, count(rows))
