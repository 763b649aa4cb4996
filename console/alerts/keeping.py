"""The judge's side of a board on this machine: its seat, its turns, what it publishes, the spans without.

How rules are judged is judge's; how people are told is a Deliverer's; who may be told what is telling's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.agent import homes
from console.alerts import board_values as values
from console.alerts.alert import Alert, AlertState, Gap, Judged
from console.alerts.board import IN_FORCE, Board, BoardView, patience_s
from console.alerts.board_values import Beacon, Published
from console.alerts.judge import Judge
from console.alerts.local_files import LocalFiles
from console.alerts.recent import Expected
from console.alerts.rule import Rule
from console.alerts.rules_file import format_rules
from console.alerts.telling import Deliverer, Telling
from console.core.clock import Clock
from console.core.problems import Problem
from console.telemetry.snapshot import FleetSnapshot

_GAPS_KEPT = timedelta(days=30)
_MAX_GAPS = 500
_MAX_PUBLISHED = 3000
_MAX_UNWRITTEN = 2000
_CLEAN_EVERY_S = 3600.0
_NOTES_KEPT_S = 7 * 86400.0
_SILENCES_KEPT = timedelta(days=30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to.

    Attributes:
        fired: those to tell of now.
        ended: those of which was told, and that are over.
    """

    alerts: tuple[Alert, ...]
    fired: tuple[Alert, ...]
    ended: tuple[Alert, ...]


class Seat:
    """One process's place as judge of a board; only the service's thread calls, but for `claim`.

    What the disk refuses is a Problem to show, never a reason to stop judging: it is kept and written later.

    Args:
        by: "user@machine (alertd)".
    """

    def __init__(
        self,
        files: LocalFiles,
        board: Board,
        clock: Clock,
        by: str,
        deliverer: Deliverer,
    ) -> None:
        self._files = files
        self._board = board
        self._clock = clock
        self._by = by
        self._run = files.run
        self._telling = Telling(files, board, clock, by, deliverer)
        self._judge: Judge | None = None
        self._rules: tuple[Rule, ...] = ()
        self._unpublished = False
        self._gaps: tuple[Gap, ...] = ()
        self._last: Beacon | None = None
        self._last_s: float | None = None
        self._published: Published | None = None
        self._unwritten: list[str] = []
        self._cleaned_s = clock.monotonic_s()
        self.alerts: tuple[Alert, ...] = ()
        self.problem: Problem | None = None

    @property
    def taken(self) -> bool:
        """Whether this process judges."""
        return self._judge is not None

    def judged(self) -> Judged:
        """Who judges here."""
        if self._last is None:
            return Judged(self._by, None, self._gaps)
        if self._since(self._last) > patience_s(self._last.every_s):  # its turns fail
            return Judged("", self._last.last, (Gap(self._last.last, None), *self._gaps))
        return Judged(self._by, self._last.last, self._gaps)

    def sit(self, rules: tuple[Rule, ...]) -> bool:
        """Become the judge where nobody is, by these rules, and go on where the last one ended.

        Raises:
            Problem: the board cannot be read or its lock cannot be had.
        """
        if not self._files.take_seat():
            return False
        try:
            view = self._board.read()
            if self._judged_elsewhere(view):
                self._files.leave_seat()
                return False
        except Problem:
            self._files.leave_seat()
            raise
        self._judge, self._rules, self._unpublished = Judge(rules), rules, True
        self._go_on(view)
        self._judge.restore(self.alerts)
        return True

    def _judged_elsewhere(self, view: BoardView) -> bool:
        """On a disk of the network a lock binds one machine only: then another's fresh beacon counts."""
        beacon = view.beacon
        return (
            beacon is not None
            and self._files.on_network
            and beacon.machine != homes.machine_id()
            and bool(view.judged.by)
        )

    def _go_on(self, view: BoardView) -> None:
        published = view.published
        self.alerts = tuple(values.noted(each, view.notes.get(each.id)) for each in published.alerts)
        self._gaps = view.beacon.gaps if view.beacon is not None else ()
        self._published = None
        if view.beacon is not None:
            self._note_gap(self._since(view.beacon), view.beacon.every_s)
        self._telling.go_on(published)

    def _since(self, beacon: Beacon) -> float:
        """Seconds since a beacon; within one run of the machine whatever was done to its clock."""
        run, seconds = self._run()
        if run and run == beacon.boot:
            return seconds - beacon.boot_s
        return (self._clock.now() - beacon.last).total_seconds()

    def _note_gap(self, seconds: float, every_s: float) -> None:
        """Keep a span in which nothing was judged, where it was long enough to miss something."""
        now = self._clock.now()
        if seconds > patience_s(every_s):
            self._gaps = (Gap(now - timedelta(seconds=seconds), now), *self._gaps)
        fresh = [gap for gap in self._gaps if gap.until is not None and gap.until > now - _GAPS_KEPT]
        self._gaps = tuple(fresh[:_MAX_GAPS])

    def use(self, rules: tuple[Rule, ...]) -> None:
        """Judge by these rules from now on; what stands by one that is still there goes on."""
        assert self._judge is not None
        if rules != self._rules:
            self._judge.use(rules)
            self._rules, self._unpublished = rules, True

    def turn(
        self, snapshot: FleetSnapshot, view: BoardView, every_s: float, expected: Expected | None = None
    ) -> Turn:
        """Judge once and publish what came of it."""
        assert self._judge is not None
        now, monotonic_s = self._clock.now(), self._clock.monotonic_s()
        self.problem = None
        run, seconds = self._run()
        passed_s = self._passed(run, seconds, monotonic_s)
        if passed_s is not None:
            self._note_gap(passed_s, every_s)
        judgement = self._judge.step(snapshot, now, monotonic_s, view.silences, view.notes, expected)
        self.alerts = judgement.alerts
        # Who acknowledged it while it was pending need not be told that it fires.
        fired = tuple(each for each in judgement.fired if not each.acknowledged_by)
        ended = tuple(each for each in judgement.ended if not each.muted)
        self._telling.begin(fired, ended)
        self._keep_ended(judgement.ended)
        self._publish()
        if self._unpublished:
            self._unpublished = not self._write(IN_FORCE, format_rules(self._rules))
        self._telling.tell(fired, ended, self.alerts)
        self.problem = self.problem or self._telling.problem
        self._last = Beacon(
            by=self._by,
            machine=homes.machine_id(),
            last=now,
            boot=run,
            boot_s=seconds,
            every_s=every_s,
            gaps=self._gaps,
            problem="" if self.problem is None else self.problem.sentence,
        )
        self._last_s = seconds if run else monotonic_s
        self._beat(self._last)
        if monotonic_s - self._cleaned_s > _CLEAN_EVERY_S:
            self._cleaned_s = monotonic_s
            self._clean(view, now)
        return Turn(self.alerts, fired, ended)

    def claim(self, key: str, channel: str) -> bool:
        """As Telling.claim: the right to one notification."""
        return self._telling.claim(key, channel)

    def follow(self) -> None:
        """While another judges: bring to its end on the board what this process had claimed."""
        self.problem = None
        self._telling.note_done()

    def leave(self) -> None:
        """Judge no more, and say so on the board."""
        self.follow()
        if self._judge is not None and self._last is not None:
            last = self._last
            self._beat(Beacon("", last.machine, last.last, last.boot, last.boot_s, last.every_s, last.gaps))
        self._judge = None
        self._files.leave_seat()

    # --- inside

    def _passed(self, run: str, seconds: float, monotonic_s: float) -> float | None:
        """Seconds since the last turn, sleep of the machine included where it tells of it."""
        if self._last_s is None:
            return None
        return (seconds if run else monotonic_s) - self._last_s

    def _keep_ended(self, ended: Sequence[Alert]) -> None:
        self._unwritten += [
            values.written(values.alert_document(each)) + "\n" for each in ended if each.fired is not None
        ]
        del self._unwritten[:-_MAX_UNWRITTEN]
        if self._unwritten:
            try:
                self._files.append_ended("".join(self._unwritten))
            except Problem as problem:
                self._failed(problem)
                return
            self._unwritten = []

    def _publish(self) -> None:
        worst_first = sorted(self.alerts, key=lambda each: each.state is AlertState.PENDING)
        made = Published(tuple(worst_first[:_MAX_PUBLISHED]), self._telling.keys)
        if made == self._published:
            return
        # Every step changes a figure; only what stands and who was told has to outlast a power cut.
        durable = self._published is None or _outline(made) != _outline(self._published)
        if self._write("alerts.json", values.written(values.published_document(made)), durable=durable):
            self._published = made

    def _beat(self, beacon: Beacon) -> None:
        self._write("judged.json", values.written(values.beacon_document(beacon)), durable=not beacon.by)

    def _write(self, name: str, text: str, *, durable: bool = True) -> bool:
        try:
            self._files.write(name, text, durable=durable)
        except Problem as problem:
            self._failed(problem)
            return False
        return True

    def _failed(self, problem: Problem) -> None:
        if self.problem is None:
            _log.info("the board cannot be written: %s", problem.sentence)
        self.problem = self.problem or problem

    def _clean(self, view: BoardView, now: datetime) -> None:
        """Remove what nobody needs any more."""
        standing = frozenset(each.id for each in self.alerts)
        try:
            for ident in view.notes:
                name = f"notes/{ident}.json"
                if ident not in standing and self._files.age_s(name) > _NOTES_KEPT_S:
                    self._files.remove(name)
            for silence in view.silences:
                if silence.ends < now - _SILENCES_KEPT:
                    self._files.remove(f"silences/{silence.id}.json")
            self._telling.clean(standing)
        except Problem as problem:
            self._failed(problem)


def _outline(published: Published) -> tuple[object, ...]:
    stand = tuple((each.id, each.state, each.muted, each.fired) for each in published.alerts)
    return (stand, published.telling)
