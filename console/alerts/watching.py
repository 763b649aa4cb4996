"""The thread that looks at a board of alerts and, where no other process does, judges.

What faces ask for, and what people change, is the service's.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.alerts.alert import Alert, AlertState, Judged
from console.alerts.board import UNKNOWN, Board, BoardView, shown
from console.alerts.board_values import noted
from console.alerts.keeping import Seat
from console.alerts.local_files import LocalFiles
from console.alerts.recent import Expected
from console.alerts.remote_board import RemoteFiles
from console.alerts.rule import Rule
from console.alerts.rule_book import RuleBook
from console.alerts.telling import Deliverer
from console.core.clock import Clock
from console.core.options import Options
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.telemetry.snapshot import FleetSnapshot

WINDOW, ALERTD = "window", "alertd"
_CLOSE_S = 5.0
_ENDED_LOOKED_AT = 64 * 1024

_log = logging.getLogger(__name__)

Listener = Callable[[tuple[Alert, ...]], None]


@dataclass(frozen=True, slots=True)
class State:
    """What the last look came to; replaced whole, read without a lock.

    Attributes:
        looked: whether there was one.
    """

    view: BoardView = field(default_factory=BoardView)
    alerts: tuple[Alert, ...] = ()
    judged: Judged = UNKNOWN
    rules: tuple[Rule, ...] = ()
    problem: Problem | None = None
    looked: bool = False


class Watching:
    """Any thread may call. The arguments are the service's."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        options: Options,
        account: str,
        gate: ServerGate,
        look: Callable[[], FleetSnapshot],
        deliverer: Deliverer,
        book: RuleBook,
        expected: Callable[[], Expected],
    ) -> None:
        self._clock = clock
        self._options = options
        self._account = account
        self._gate = gate
        self._look = look
        self._deliverer = deliverer
        self._book = book
        self._expected = expected
        self._files = LocalFiles(folder, clock)
        self._own = Board(self._files, clock, account)
        self._boards: dict[str, Board] = {"": self._own}
        self._seat = self._seat_as(WINDOW)
        self._known: Expected = {}
        self._in_force: tuple[Rule, ...] = ()
        self._heard: dict[str, Alert] | None = None
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.state = State()

    def _seat_as(self, role: str) -> Seat:
        return Seat(self._files, self._own, self._clock, f"{self._account} ({role})", self._deliverer)

    # --- life

    def start(self, role: str) -> None:
        """As the service's."""
        if role == ALERTD:
            if self.judge_name():
                raise Problem("alerts.judged_elsewhere", server=self.judge_name())
            if not self._files.be_alertd():
                raise Problem("alerts.second_judge", path=self._files.folder)
            self._seat = self._seat_as(role)
        self._deliverer.watch(lambda: self._seat.alerts if self._seat.taken else ())
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """As the service's."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)
            self._thread = None
        self._deliverer.close()
        self._seat.leave()

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def listen(self, listener: Listener) -> None:
        """As the service's."""
        self._listeners.append(listener)

    # --- what there is

    def judge_name(self) -> str:
        """The server whose board is looked at; empty for the one of this home."""
        return str(self._options.get("alerts.judge")).strip()

    def board(self) -> Board:
        """The board that is looked at."""
        name = self.judge_name()
        with self._lock:
            if name not in self._boards:
                self._boards[name] = Board(RemoteFiles(self._gate, name), self._clock, self._account)
            return self._boards[name]

    def looked(self) -> State:
        """The last look; where nothing runs, one is taken now, for the command line.

        Raises:
            Problem: the board cannot be read, only where nothing runs.
        """
        if not self.state.looked and self._thread is None:
            self.refresh()
        return self.state

    def refresh(self) -> None:
        """Look now, without judging. Waits.

        Raises:
            Problem: the board cannot be read or reached.
        """
        self._take(self.board().read())

    def _take(self, view: BoardView, problem: Problem | None = None) -> None:
        """Make a state of what was read, and of what this process judged where it does."""
        with self._lock:
            judges = self._seat.taken and not self.judge_name()
            alerts = self._seat.alerts if judges else view.alerts
            rules = self.state.rules
            try:
                rules = self._book.in_force(view.rules if not judges else None, view.own_rules)
            except Problem as fault:
                problem = problem or fault
            judged = self._seat.judged() if judges else view.judged
            if problem is not None and not judges:
                # It is not known whether somebody judges: what was last known, without an open gap.
                gaps = tuple(gap for gap in judged.gaps if gap.until is not None)
                judged = Judged("", judged.last, gaps)
            noticed = shown([noted(each, view.notes.get(each.id)) for each in alerts])
            self.state = State(view, noticed, judged, rules, problem, looked=True)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 - a fault of ours: logged, told
                # A judge that dies silently is the worst: it is said, and tried again.
                _log.exception("a bug of Tandem in the judge of alerts")
                self.state = replace(
                    self.state, problem=Problem("alerts.failed", reason=f"{type(error).__name__}: {error}")
                )
            self._wake.wait(self._options.number("alerts.every_s"))

    def _turn(self) -> None:
        board, problem = self.board(), None
        try:
            view = board.read()
        except Problem as found:
            view, problem = board.view, found
        fired: Sequence[Alert] = ()
        ended: Sequence[Alert] = ()
        try:
            fired, ended = self._judge(board, view)
        except Problem as found:
            problem = problem or found
        self._take(view, problem or (self._seat.problem if self._seat.taken else None))
        heard, self._heard = self._heard, {each.id: each for each in self.state.alerts}
        if not self._seat.taken and heard is not None:
            fired, ended = self._noticed(heard, board)
        if fired or ended:
            for listener in self._listeners:
                listener((*fired, *ended))

    def _judge(self, board: Board, view: BoardView) -> tuple[Sequence[Alert], Sequence[Alert]]:
        """Judge where it is ours to: on this home's board, where nobody else does."""
        seat = self._seat
        if board is not self._own or self._files.makes_way():
            if seat.taken:
                seat.leave()
            seat.follow()
            return (), ()
        try:
            rules = self._book.in_force(None, view.own_rules)
        except Problem:
            # By what was in force, else by the defaults, rather than not at all.
            rules = self._in_force or self._book.in_force(None, None)
        self._in_force = rules
        if seat.taken:
            seat.use(rules)
        elif not seat.sit(rules):
            seat.follow()
            return (), ()
        try:
            self._known = self._expected()
        except Problem as problem:
            # What servers were made of is a help to judge, and no condition.
            _log.info("judged without the equipment that is kept: %s", problem.sentence)
        turn = seat.turn(self._look(), view, self._options.number("alerts.every_s"), self._known)
        return turn.fired, turn.ended

    def _noticed(self, before: dict[str, Alert], board: Board) -> tuple[Sequence[Alert], Sequence[Alert]]:
        """What fired or ended between two looks at a board that somebody else judges."""
        now = self.state.alerts
        known = {each.id for each in before.values() if each.state is AlertState.FIRING}
        fired = [
            each
            for each in now
            if each.state is AlertState.FIRING and not each.muted and each.id not in known
        ]
        gone = {each.id for each in before.values() if each.fired is not None} - {each.id for each in now}
        if not gone:
            return fired, ()
        try:
            return fired, [
                each for each in board.ended(_ENDED_LOOKED_AT) if each.id in gone and not each.muted
            ]
        except Problem as problem:
            self.state = replace(self.state, problem=self.state.problem or problem)
            return fired, ()
