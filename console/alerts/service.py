"""The alerts as faces and scripts see them: what stands, what was, rules, silences, who judges. One thread looks
at the board and, where no other process does, judges. No Qt; how it is judged and told is elsewhere."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from console.alerts.alert import Alert, AlertState, Delivery, Judged, Silence
from console.alerts.board import Board, BoardView, shown
from console.alerts.board_values import noted
from console.alerts.keeping import Judging, Seat
from console.alerts.local_files import LocalFiles
from console.alerts.remote_board import RemoteFiles
from console.alerts.rule import Rule
from console.alerts.rule_book import RuleBook
from console.alerts.telling import Deliverer
from console.core.audit import AuditEntry, AuditSink, Outcome
from console.core.clock import Clock
from console.core.ids import resolve_prefix
from console.core.options import Options
from console.core.ports import ServerGate
from console.core.problems import Problem
from console.telemetry.snapshot import FleetSnapshot

WINDOW, ALERTD = "window", "alertd"
_CLOSE_S = 5.0
_MAX_SILENCE_S = 365 * 86400.0
_ENDED_LOOKED_AT = 64 * 1024

_log = logging.getLogger(__name__)

T = TypeVar("T")

Listener = Callable[[tuple[Alert, ...]], None]


@dataclass(frozen=True, slots=True)
class _State:
    """What the last look came to; replaced whole, read without a lock."""

    view: BoardView = BoardView()
    alerts: tuple[Alert, ...] = ()
    judged: Judged = Judged("", None)
    rules: tuple[Rule, ...] = ()
    problem: Problem | None = None
    looked: bool = False


class AlertService:
    """Alerts of one console. Any thread may call; what waits says so.

    Args:
        folder: the board of this home.
        look: the fleet as it is now.
        make_judge: a judge by these rules.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        options: Options,
        account: str,
        gate: ServerGate,
        look: Callable[[], FleetSnapshot],
        audit: AuditSink,
        deliverer: Deliverer,
        book: RuleBook,
        make_judge: Callable[[Sequence[Rule]], Judging],
    ) -> None:
        self._clock = clock
        self._options = options
        self._account = account
        self._gate = gate
        self._look = look
        self._audit = audit
        self._deliverer = deliverer
        self._book = book
        self._make_judge = make_judge
        self._files = LocalFiles(folder)
        self._own = Board(self._files, clock, account)
        self._boards: dict[str, Board] = {"": self._own}
        self._seat = Seat(self._files, self._own, clock, f"{account} ({WINDOW})", deliverer)
        self._judged_by: str | None = None
        self._state = _State()
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._ending = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    # --- life

    def start(self, role: str = WINDOW) -> None:
        """Look at the board from now on, and judge where nobody else does. Comes back at once.

        Args:
            role: ALERTD for the process that does nothing else; windows of the same home make way for it.

        Raises:
            Problem: for an alertd only: `alerts.second_judge`, `alerts.judged_elsewhere`, `file.unwritable`.
        """
        if role == ALERTD:
            if self.judge_name():
                raise Problem("alerts.judged_elsewhere", server=self.judge_name())
            if not self._files.be_alertd():
                raise Problem("alerts.second_judge", path=self._files.folder)
            by = f"{self._account} ({ALERTD})"
            self._seat = Seat(self._files, self._own, self._clock, by, self._deliverer)
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and leave the judge's seat; what was begun is on the board."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)
            self._thread = None
        self._seat.leave()

    # --- what stands; none of these waits once the service runs

    def alerts(self) -> tuple[Alert, ...]:
        """Pending, firing and without data, as last judged."""
        return self._looked().alerts

    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, and those that are switched off."""
        return self._looked().rules

    def own_rules(self) -> tuple[str, ...]:
        """Names of the rules that are the person's own or change a default.

        Raises:
            Problem: their file cannot be read as rules.
        """
        return self._book.own(self._looked().view.own_rules)

    def silences(self) -> tuple[Silence, ...]:
        """Those that hold now and those of the last thirty days, newest first."""
        return self._looked().view.silences

    def judged(self) -> Judged:
        """Who judges; where `problem` says why the board cannot be reached, what was last known."""
        return self._looked().judged

    def deliveries(self) -> tuple[Delivery, ...]:
        """Notifications on their way and of late, newest first: this process's and other judges'."""
        own = self._deliverer.deliveries()
        mine = {each.id for each in own}
        found = [*own, *(each for each in self._looked().view.deliveries if each.id not in mine)]
        return tuple(sorted(found, key=lambda each: each.begun, reverse=True))

    def problem(self) -> Problem | None:
        """Why the board or the rules cannot be read or written just now; None where all is well."""
        return self._state.problem

    def faults(self) -> tuple[str, ...]:
        """Files on the board that could not be read, each with its reason."""
        return self._looked().view.faults

    def judge_name(self) -> str:
        """The server whose board is looked at; empty for the one of this home."""
        return str(self._options.get("alerts.judge")).strip()

    def listen(self, listener: Listener) -> None:
        """Be told of what fired or ended since; called on the service's thread, must only enqueue."""
        self._listeners.append(listener)

    # --- what waits

    def refresh(self) -> None:
        """Look at the board now. Waits.

        Raises:
            Problem: it cannot be read or reached.
        """
        self._take(self._board().read())

    def history(
        self,
        since: datetime,
        until: datetime,
        *,
        server: str = "",
        rule: str = "",
        limit: int = 500,
    ) -> tuple[Alert, ...]:
        """What fired in a span, over or not, newest first. Waits.

        Raises:
            Problem: the board cannot be read or reached.
        """
        standing = [each for each in self._looked().alerts if each.fired is not None]
        known = {each.id for each in standing}
        found = [*standing, *(each for each in self._board().ended() if each.id not in known)]
        fitting = [
            each
            for each in found
            if each.fired is not None
            and each.fired <= until
            and (each.resolved is None or each.resolved >= since)
            and server in ("", each.target.server)
            and rule in ("", each.rule)
        ]
        fitting.sort(key=lambda each: each.fired or each.since, reverse=True)
        return tuple(fitting[:limit])

    def silence(self, rule: str, server: str, accelerator: str, for_s: float, reason: str) -> Silence:
        """No notifications for what matches, from now on for that long; an empty part matches all. Waits.

        Raises:
            Problem: `id.unknown` for a rule, `input.invalid`, the board's.
        """
        if rule and all(rule != each.name for each in self.rules()):
            raise Problem("id.unknown", kind="rule", given=rule, listing="alert rules")
        if not 0 < for_s <= _MAX_SILENCE_S:
            raise Problem(
                "input.invalid", what="The silence's time", reason="it is up to 365 days and not nothing"
            )
        detail: dict[str, object] = {"accelerator": accelerator, "for_s": for_s, "reason": reason}
        return self._change(
            AuditEntry("alert.silence", rule or "*", server, detail),
            lambda: self._board().silence(rule, server, accelerator, for_s, reason),
        )

    def end_silence(self, ident: str) -> Silence:
        """End a silence before its time. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.silence_over`, the board's.
        """
        found = resolve_prefix(
            ident, (each.id for each in self.silences()), kind="silence", listing="alert list"
        )
        return self._change(AuditEntry("alert.unsilence", found), lambda: self._board().end_silence(found))

    def acknowledge(self, alert_id: str) -> Alert:
        """Say that one knows of an alert. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.acknowledged` with who was first, the board's.
        """
        alert = self._alert(alert_id)
        entry = AuditEntry("alert.acknowledge", alert.id, alert.target.server, {"rule": alert.rule})
        return self._change(entry, lambda: self._board().acknowledge(alert))

    def assign(self, alert_id: str, owner: str) -> Alert:
        """Give an alert to somebody; empty for nobody. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.assigned` with who has it now, the board's.
        """
        alert = self._alert(alert_id)
        entry = AuditEntry(
            "alert.assign", alert.id, alert.target.server, {"rule": alert.rule, "owner": owner}
        )
        return self._change(entry, lambda: self._board().assign(alert, owner))

    def save_rule(self, rule: Rule) -> None:
        """Add a rule or change one; of a default's name it takes the default's place. Waits.

        Raises:
            Problem: the rule's, `alerts.rules_changed`, the board's.
        """
        own = self._looked().view.own_rules
        text = self._book.with_rule(own, rule)
        entry = AuditEntry("alert.rule.save", rule.name)
        self._change(entry, lambda: self._board().write_rules(text, own))

    def remove_rule(self, name: str) -> None:
        """Remove one of the person's own rules; a default of that name is in force again. Waits.

        Raises:
            Problem: `id.unknown`, `alerts.default_rule`, `alerts.rules_changed`, the board's.
        """
        own = self._looked().view.own_rules
        text = self._book.without_rule(own, name)
        self._change(AuditEntry("alert.rule.remove", name), lambda: self._board().write_rules(text, own))

    def claim(self, key: str, channel: str) -> bool:
        """The right to one notification of this console's own, such as its desktop's. Waits.

        Raises:
            Problem: the board cannot be written.
        """
        return self._board().claim(key, channel, self._account, delivers=False)

    # --- inside

    def _looked(self) -> _State:
        """The last look; where the service does not run, one is taken now, for the command line."""
        if not self._state.looked and self._thread is None:
            self.refresh()
        return self._state

    def _board(self) -> Board:
        name = self.judge_name()
        with self._lock:
            if name not in self._boards:
                self._boards[name] = Board(RemoteFiles(self._gate, name), self._clock, self._account)
            return self._boards[name]

    def _alert(self, given: str) -> Alert:
        known = {each.id: each for each in self.alerts()}
        return known[resolve_prefix(given, known, kind="alert", listing="alert list")]

    def _change(self, entry: AuditEntry, act: Callable[[], T]) -> T:
        """What changes something is audited before and after, and seen at once."""
        entry = replace(entry, changes=True)
        self._audit.record(replace(entry, outcome=Outcome.INTENT))
        try:
            done = act()
        except Problem as problem:
            detail = entry.detail | {"problem": problem.sentence}
            self._audit.record(replace(entry, detail=detail, outcome=Outcome.FAILED))
            raise
        self._audit.record(replace(entry, outcome=Outcome.DONE))
        self.refresh()
        self._wake.set()
        return done

    def _take(self, view: BoardView, problem: Problem | None = None) -> None:
        """Make a state of what was read, and of what this process judged where it does."""
        with self._lock:
            judges = self._seat.taken and not self.judge_name()
            alerts = self._seat.alerts if judges else view.alerts
            rules = self._state.rules
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
            self._state = _State(view, noticed, judged, rules, problem, looked=True)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                self._turn()
            except Exception as error:
                # A judge that dies silently is the worst: it is said, and tried again.
                _log.exception("a bug of Tandem in the judge of alerts")
                self._state = replace(
                    self._state, problem=Problem("alerts.failed", reason=f"{type(error).__name__}: {error}")
                )
            self._wake.wait(self._options.number("alerts.every_s"))

    def _turn(self) -> None:
        board, problem = self._board(), None
        try:
            view = board.read()
        except Problem as found:
            view, problem = board.view, found
        before = self._state
        fired, ended = self._judge(board, view)
        self._take(view, problem or (self._seat.problem if self._seat.taken else None))
        if not self._seat.taken:
            fired, ended = self._noticed(before, board)
        if fired or ended:
            for listener in self._listeners:
                listener((*fired, *ended))

    def _judge(self, board: Board, view: BoardView) -> tuple[Sequence[Alert], Sequence[Alert]]:
        """Judge where it is ours to: on this home's board, where nobody else does."""
        seat = self._seat
        if board is not self._own or self._files.makes_way():
            if seat.taken:
                seat.leave()
            return (), ()
        try:
            rules = self._book.in_force(None, view.own_rules)
        except Problem:
            if not seat.taken:
                rules = self._book.in_force(None, None)  # by the defaults rather than not at all
            else:
                rules = self._state.rules
        text = self._book.text(rules)
        if not seat.taken:
            if not seat.sit(self._make_judge(rules), text):
                return (), ()
        elif text != self._judged_by:
            seat.use(self._make_judge(rules), text)
        self._judged_by = text
        turn = seat.turn(self._look(), view, self._options.number("alerts.every_s"))
        return turn.fired, turn.ended

    def _noticed(self, before: _State, board: Board) -> tuple[Sequence[Alert], Sequence[Alert]]:
        """What fired or ended between two looks at a board that somebody else judges."""
        if not before.looked:
            return (), ()
        now = self._state.alerts
        known = {each.id for each in before.alerts if each.state is AlertState.FIRING}
        fired = [
            each
            for each in now
            if each.state is AlertState.FIRING and not each.muted and each.id not in known
        ]
        gone = {each.id for each in before.alerts if each.fired is not None} - {each.id for each in now}
        if not gone:
            return fired, ()
        try:
            return fired, [
                each for each in board.ended(_ENDED_LOOKED_AT) if each.id in gone and not each.muted
            ]
        except Problem as problem:
            self._state = replace(self._state, problem=self._state.problem or problem)
            return fired, ()
