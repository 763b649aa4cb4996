"""Judges the rules over snapshots of the fleet. No I/O, no threads, no clock of its own: all is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from console.alerts.alert import Alert, AlertSeverity, AlertState, Silence, Target
from console.alerts.alert_texts import moved, new_alert, worded
from console.alerts.asked import Seen
from console.alerts.asking import Asked, Group, Questions, Where, questions
from console.alerts.course import Course, Moment, advanced, begun, ended, meant, restored
from console.alerts.muting import Mutes, mutes
from console.alerts.recent import Expected, Memory, Recent
from console.alerts.rule import NoData, Rule, Scope
from console.core.ids import new_id
from console.fleet.link_state import LinkState
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow, count

REWORDED_S = 60.0
"""An alert that goes on has its figures told anew so often: what is published is not rewritten each turn."""

_URGENCY = {AlertSeverity.CRITICAL: 0, AlertSeverity.WARNING: 1, AlertSeverity.INFO: 2}


class AlertNote(Protocol):
    """What people did with an alert."""

    @property
    def owner(self) -> str:
        """To whom it was given."""

    @property
    def acknowledged_by(self) -> str:
        """Who knows of it."""

    @property
    def acknowledged(self) -> datetime | None:
        """Since when."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one step found.

    Attributes:
        alerts: all that are pending, firing or without data, the most urgent first; muted ones too.
        began: those whose condition holds since this step.
        fired: those to tell of now, each once in its life: it fires, and nothing mutes it (any more).
        ended: those that had fired and are over. One that was never told of has `muted` set.
    """

    alerts: tuple[Alert, ...]
    began: tuple[Alert, ...]
    fired: tuple[Alert, ...]
    ended: tuple[Alert, ...]


@dataclass(slots=True)
class _Live:
    """An episode that goes on.

    Attributes:
        told: somebody was told of it, or could have been.
        mute: what muted it last.
        worded_s: when its texts were made.
    """

    alert: Alert
    course: Course
    told: bool = False
    mute: str = ""
    worded_s: float | None = None
    turn: int = 0


Key = tuple[str, str, str]
"""Rule, server, accelerator."""


class Judge:
    """One judge of one fleet; one thread calls it.

    Args:
        ids: makes the id of a new episode.
    """

    def __init__(self, rules: Iterable[Rule], ids: Callable[[], str] = new_id) -> None:
        self._ids = ids
        self._memory = Memory()
        self._lives: dict[Key, _Live] = {}
        self._turn = 0
        self._questions: Questions = questions(())
        self.use(rules)

    def use(self, rules: Iterable[Rule]) -> None:
        """Judge these rules from now on. What fires by a rule that is still there goes on under it; what
        fires by one that is gone or switched off ends with the next step.

        Raises:
            Problem: `filter.invalid`, of a rule that was not checked.
        """
        rules = tuple(rules)
        before = {each.rule.name: each.rule for each in self._questions.all()}
        self._questions = questions(rules)
        for key, live in self._lives.items():
            if before.get(key[0]) not in rules:
                live.worded_s = None

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Go on with alerts that another judge left. What had been told of is not told again."""
        for alert in alerts:
            if alert.state in (AlertState.PENDING, AlertState.FIRING, AlertState.NO_DATA):
                key = (alert.rule, alert.target.server, alert.target.accelerator)
                told = alert.fired is not None and not alert.muted
                self._lives[key] = _Live(alert, restored(alert), told=told, mute=alert.muted)

    def step(
        self,
        snapshot: FleetSnapshot,
        now: datetime,
        monotonic_s: float,
        silences: Sequence[Silence] = (),
        notes: Mapping[str, AlertNote] | None = None,
        expected: Expected | None = None,
    ) -> Judgement:
        """Judge the fleet as it is now.

        Args:
            now: wall time, for what is told and for silences.
            monotonic_s: never jumps; every span is counted on it.
            notes: by alert's id.
            expected: accelerators that servers are known to have, see `recent.py`.
        """
        self._turn += 1
        turn = _Turn(self, snapshot, Moment(now, monotonic_s), expected)
        turn.ask_all()
        turn.end_what_is_gone()
        return turn.judgement(silences, notes or {})


class _Turn:
    """One step of a judge."""

    def __init__(
        self, judge: Judge, snapshot: FleetSnapshot, moment: Moment, expected: Expected | None
    ) -> None:
        self._judge = judge
        self._lives = judge._lives
        self._snapshot = snapshot
        self._moment = moment
        self._recent = judge._memory.look(snapshot, moment.monotonic_s, expected)
        self._unreached = judge._memory.unreached
        self._began: list[Key] = []
        self._about_link = {each.rule.name: each.condition.about_link for each in judge._questions.all()}

    # --- asking

    def ask_all(self) -> None:
        """Ask every rule of every target that may have another answer than before."""
        asked = self._judge._questions
        for each in asked.fleet:
            self._ask_fleet(each)
        busy = {(key[1], key[2]) for key in self._lives}
        present: set[Where] = set()
        for server in self._snapshot.servers:
            recent = self._recent[server.server.name]
            self._ask_groups(asked.servers, server, None, recent, busy)
            present.add((server.server.name, ""))
            for row in server.accelerators:
                self._ask_groups(asked.accelerators, server, row, recent, busy)
                present.add(row.key)
        for group in (*asked.servers, *asked.accelerators):
            group.forget(present)

    def _ask_groups(
        self,
        groups: tuple[Group, ...],
        server: ServerRow,
        row: AcceleratorRow | None,
        recent: Recent,
        busy: set[Where],
    ) -> None:
        key = (server.server.name, "") if row is None else row.key
        for group in groups:
            signature = group.signature(server, row, recent)
            if key not in busy and group.seen.get(key) == signature:
                continue
            seen = Seen(server, row, recent)
            waits = False
            for asked in group.rules:
                answer = asked.condition.test(seen)
                # Most rules of most targets: nothing is wrong, and nothing was.
                if answer is False and key not in busy:
                    continue
                waits |= self._advance(asked, seen, key, self._within(asked, seen, answer))
            # What is under way goes on with time alone.
            if waits:
                group.seen.pop(key, None)
            else:
                group.seen[key] = signature

    def _ask_fleet(self, asked: Asked) -> None:
        rows = self._snapshot.servers
        if not rows:
            return
        counts = self._snapshot.counts
        if asked.where.text:
            rows = tuple(row for row in rows if asked.where.server(row))
            counts = count(rows)
        first = self._snapshot.servers[0]
        seen = Seen(first, None, self._recent[first.server.name], counts, self._judge._memory.unreached)
        self._advance(asked, seen, ("", ""), asked.condition.test(seen))

    @staticmethod
    def _within(asked: Asked, seen: Seen, answer: bool | None) -> bool | None:
        """The answer; of what the rule is not about, that nothing is wrong."""
        if answer is False or not asked.where.text:
            return answer
        fits = (
            asked.where.server(seen.server)
            if seen.row is None
            else asked.where.accelerator(seen.server, seen.row)
        )
        return answer if fits else False

    def _advance(self, asked: Asked, seen: Seen, where: Where, answer: bool | None) -> bool:
        """Take one rule's answer over; whether an episode of it is under way."""
        rule = asked.rule
        key = (rule.name, *where)
        live = self._lives.get(key)
        if answer is None and where[0] and seen.server.link.state is LinkState.OFF:
            # Nothing is known because a person wanted it so.
            rule = replace(rule, no_data=NoData.KEEP)
        if live is None:
            if not meant(rule, answer):
                return False
            course = begun(rule, answer, self._moment)
            alert = new_alert(self._judge._ids(), asked, seen, Target(*where), course)
            live = _Live(alert, course, worded_s=self._moment.monotonic_s)
            self._lives[key] = live
            self._began.append(key)
        else:
            before, live.course = live.course, advanced(live.course, rule, answer, self._moment)
            if meant(rule, answer) and self._is_reworded(live, before):
                live.alert = worded(live.alert, asked, seen, live.course)
                live.worded_s = self._moment.monotonic_s
        live.turn = self._judge._turn
        return not live.course.ended

    def _is_reworded(self, live: _Live, before: Course) -> bool:
        due = live.worded_s is None or self._moment.monotonic_s - live.worded_s >= REWORDED_S
        return due or live.course.state is not before.state

    # --- what nobody was asked of

    def end_what_is_gone(self) -> None:
        """Episodes whose rule or target is no more end; an accelerator that is missed keeps its own."""
        rules = {each.rule.name: each.rule for each in self._judge._questions.all()}
        for key, live in self._lives.items():
            if live.turn == self._judge._turn:
                continue
            rule = rules.get(key[0])
            recent = self._recent.get(key[1])
            if rule is not None and recent is not None and self._is_missed(rule, key, recent):
                live.course = advanced(live.course, rule, None, self._moment)
            else:
                live.course = ended(live.course, self._moment.now)

    def _is_missed(self, rule: Rule, key: Key, recent: Recent) -> bool:
        if rule.scope is not Scope.ACCELERATOR or not key[2]:
            return False
        row = self._snapshot.server(key[1])
        # Before its first sample a server has no accelerators that could be gone.
        return key[2] in recent.known or row is None or row.sample is None

    # --- what is told

    def judgement(self, silences: Sequence[Silence], notes: Mapping[str, AlertNote]) -> Judgement:
        """What is told of it; what has ended is forgotten."""
        mute = mutes(
            self._snapshot,
            self._recent,
            unreached=self._unreached is True,
            silences=silences,
            now=self._moment.now,
        )
        alerts: list[Alert] = []
        fired: list[Alert] = []
        over: list[Alert] = []
        for key in list(self._lives):
            live = self._lives[key]
            is_new = self._settle(key, live, mute, notes)
            if live.course.ended:
                del self._lives[key]
                if live.course.state is AlertState.RESOLVED:
                    over.append(live.alert)
                continue
            alerts.append(live.alert)
            if is_new:
                fired.append(live.alert)
        alerts.sort(key=_order)
        began = tuple(self._lives[key].alert for key in self._began if key in self._lives)
        return Judgement(tuple(alerts), began, tuple(fired), tuple(over))

    def _settle(self, key: Key, live: _Live, mute: Mutes, notes: Mapping[str, AlertNote]) -> bool:
        """Bring the alert to where its course is; whether it is to be told of now."""
        about_link = self._about_link.get(key[0], False)
        reason = mute.reason(key[0], live.alert.target, about_link=about_link)
        course = live.course
        if course.ended and not live.told:
            reason = reason or live.mute
        live.alert = moved(live.alert, course, muted=reason)
        note = notes.get(live.alert.id)
        if note is not None:
            live.alert = replace(
                live.alert,
                owner=note.owner,
                acknowledged_by=note.acknowledged_by,
                acknowledged=note.acknowledged,
            )
        live.mute = reason or live.mute
        # What is over already, though it is kept for a while, is not told of late.
        tells = course.fired is not None and not course.ended and course.answer is not False
        if live.told or not tells or reason:
            return False
        live.told = True
        return True


def _order(alert: Alert) -> tuple[bool, int, datetime, str]:
    return (alert.fired is None, _URGENCY[alert.severity], alert.first_seen, alert.id)
