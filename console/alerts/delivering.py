"""Brings notifications to people: a thread that groups and decides, and one for each attempt. It never waits
for a channel; what is on its way when it ends is told again by who judges next: its claim is not done."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from console.alerts import grouping
from console.alerts.alert import Alert, Delivery
from console.alerts.channel import Channel
from console.alerts.channels import ChannelBook
from console.alerts.grouping import Entry, Kind, Parcel
from console.alerts.sending import Outcome, Sender
from console.alerts.wording import message_of
from console.core.clock import Clock
from console.core.ids import new_id
from console.core.notify import Level, Notice, Notifier
from console.core.problems import Problem
from console.fleet.server import Server
from console.plugin.api import Message
from console.telemetry.filter import read_strictly

Claim = Callable[[str, str], bool]

_KEPT = 200
_HELD = 1000
_LONGEST_WAIT_S = 5.0
_CLOSE_S = 3.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    fired: tuple[Alert, ...]
    ended: tuple[Alert, ...]
    claim: Claim


@dataclass
class _Inbox:
    """What other threads leave for the deliverer's own."""

    told: list[_Told] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    closing: bool = False


class Deliverer:
    """Any thread may call.

    Args:
        servers: the inventory, for channels with a filter.
        notifier: where a channel that fails is told of.
        sender: makes one attempt.
        chance: between 0 and 1, for pauses that differ.
    """

    def __init__(
        self,
        book: ChannelBook,
        servers: Callable[[], Iterable[Server]],
        clock: Clock,
        notifier: Notifier,
        sender: Sender,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._book = book
        self._servers = servers
        self._clock = clock
        self._notifier = notifier
        self._sender = sender
        self._pace = sender.pace
        self._chance = chance
        self._changed = threading.Condition()
        self._inbox = _Inbox()
        self._shown: tuple[Delivery, ...] = ()
        self._standing: Callable[[], Sequence[Alert]] = tuple
        self._thread: threading.Thread | None = None
        # Of the deliverer's own thread from here on.
        self._attempts: list[threading.Thread] = []
        self._parcels: dict[str, Parcel] = {}
        self._sent_s: dict[tuple[str, str], float] = {}
        self._turns: dict[tuple[str, str], int] = {}
        self._claims: dict[str, Claim] = {}
        self._failing: set[str] = set()
        self._held: list[_Told] = []
        self._channels: tuple[Channel, ...] = ()
        self._stamp: object = None
        self._unreadable = ""
        self._looked_s = float("-inf")

    # --- what others call

    def watch(self, standing: Callable[[], Sequence[Alert]]) -> None:
        """Begin, and repeat what still fires of these.

        Args:
            standing: the alerts that this process judges; none while another does. Cheap.
        """
        self._standing = standing
        with self._changed:
            self._begin()

    def close(self) -> None:
        """End; an attempt that hangs is left behind, and its alerts are told by who judges next."""
        with self._changed:
            self._inbox.closing = True
            self._changed.notify_all()
        until = time.monotonic() + _CLOSE_S
        for each in [self._thread, *self._attempts]:
            if each is not None:
                each.join(max(0.0, until - time.monotonic()))
        self._thread = None

    def tell(self, fired: Sequence[Alert], ended: Sequence[Alert], claim: Claim) -> None:
        """Bring these to people. Never waits.

        Args:
            claim: asked on the deliverer's thread with an alert's id (or that with ENDED) and a channel's
                name; where it says False somebody else tells it.
        """
        with self._changed:
            self._inbox.told.append(_Told(tuple(fired), tuple(ended), claim))
            self._changed.notify_all()
            self._begin()

    def _begin(self) -> None:
        if self._thread is None and not self._inbox.closing:
            self._thread = threading.Thread(target=self._run, name="alert-delivering", daemon=True)
            self._thread.start()

    def deliveries(self) -> tuple[Delivery, ...]:
        """Those on their way and those that ended, newest first. Cheap."""
        return self._shown

    # --- the deliverer's thread

    def _run(self) -> None:
        while True:
            with self._changed:
                inbox = self._inbox
                if not (inbox.closing or inbox.told or inbox.outcomes):
                    self._changed.wait(self._rest_s())
                if inbox.closing:
                    return
                told, inbox.told = inbox.told, []
                outcomes, inbox.outcomes = inbox.outcomes, []
            for outcome in outcomes:
                self._settle(outcome)
            self._read_channels()
            self._held += told
            if self._stamp is not None:
                held, self._held = self._held, []
                for each in held:
                    self._take(each)
            del self._held[:-_HELD]
            self._repeat()
            self._send_due()
            self._show()

    def _rest_s(self) -> float:
        now_s = self._clock.monotonic_s()
        dues = [each.due_s - now_s for each in self._parcels.values() if each.open]
        return min([_LONGEST_WAIT_S, self._pace.look_s, *(max(0.0, each) for each in dues)])

    def _read_channels(self) -> None:
        """Those in force: of the file as it is, or as it was last understood."""
        try:
            stat = self._book.path.stat()
            stamp: object = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except OSError:
            stamp = "none"
        if stamp == self._stamp:
            return
        try:
            self._channels = self._book.list()
        except Problem as problem:
            if self._unreadable != problem.sentence:
                self._unreadable = problem.sentence
                self._notifier.tell_problem(problem, key="channels")
            return
        self._stamp, self._unreadable = stamp, ""
        names = {each.name for each in self._channels if each.enabled}
        for parcel in [each for each in self._parcels.values() if each.open and each.channel not in names]:
            self._end(replace(parcel, problem="the channel was removed or switched off"), given_up=True)

    # --- taking

    def _take(self, told: _Told) -> None:
        for channel in self._channels:
            for alert in told.fired:
                if self._is_for(channel, alert, Kind.FIRED):
                    self._put(channel, Entry(alert, Kind.FIRED), told.claim)
            for alert in told.ended:
                if not self._over(channel, alert) and self._is_for(channel, alert, Kind.ENDED):
                    self._put(channel, Entry(alert, Kind.ENDED), told.claim)

    def _is_for(self, channel: Channel, alert: Alert, kind: Kind) -> bool:
        if not grouping.is_wanted(channel, alert, kind):
            return False
        if not channel.servers:
            return True
        fitting = read_strictly(channel.servers).listed(self._servers())
        return any(each.name == alert.target.server for each in fitting)

    def _put(self, channel: Channel, entry: Entry, claim: Claim | None) -> None:
        place = (channel.name, entry.alert.target.server)
        now_s = self._clock.monotonic_s()
        sent_s = self._sent_s.get(place)
        wait = grouping.wait_s(channel, entry.alert, entry.kind, None if sent_s is None else now_s - sent_s)
        open_one = next(
            (each for each in self._parcels.values() if each.open and (each.channel, each.server) == place),
            None,
        )
        if claim is not None:
            waits_long = wait > grouping.CLAIM_AT_ONCE_S or (open_one is not None and open_one.attempts > 0)
            if waits_long:
                if not claim(entry.key, channel.name):
                    return
                entry = replace(entry, claimed=True)
            self._claims[entry.key] = claim
        if open_one is None:
            begun = self._clock.now()
            self._keep(
                Parcel(new_id(), *place, begun=begun, due_s=now_s + wait, entries=(entry,), begun_s=now_s)
            )
        else:
            self._keep(open_one.joined(entry, now_s + wait))

    def _over(self, channel: Channel, alert: Alert) -> bool:
        """Whether it ended before this channel was told of it: its end needs no message of its own."""
        for parcel in list(self._parcels.values()):
            if not parcel.open or parcel.channel != channel.name:
                continue
            if not any(each.alert.id == alert.id and each.kind is Kind.FIRED for each in parcel.entries):
                if parcel.attempts == 0 and any(each.alert.id == alert.id for each in parcel.entries):
                    self._replace(parcel, parcel.over(alert))  # only a repetition, which is not true any more
                continue
            self._replace(parcel, parcel.over(alert))
            return True
        return False

    def _replace(self, old: Parcel, new: Parcel | None) -> None:
        if new is None:
            self._parcels.pop(old.id, None)
        else:
            self._keep(new)

    def _repeat(self) -> None:
        """Tell again of what fires for long; a judge that begins waits for the next turn of each."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < self._pace.look_s:
            return
        self._looked_s = now_s
        turns: dict[tuple[str, str], int] = {}
        now = self._clock.now()
        for alert in self._standing():
            for channel in self._channels:
                pair = (alert.id, channel.name)
                turn = turns[pair] = grouping.turn_of(channel, alert, now)
                if turn > self._turns.get(pair, turn) and self._is_for(channel, alert, Kind.REPEATED):
                    self._put_repetition(channel, alert)
        self._turns = turns

    def _put_repetition(self, channel: Channel, alert: Alert) -> None:
        waiting = any(
            each.alert.id == alert.id
            for parcel in self._parcels.values()
            if parcel.ended is None and parcel.channel == channel.name
            for each in parcel.entries
        )
        if not waiting:
            self._put(channel, Entry(alert, Kind.REPEATED, claimed=True), None)

    # --- sending

    def _send_due(self) -> None:
        self._attempts = [each for each in self._attempts if each.is_alive()]
        now_s = self._clock.monotonic_s()
        channels = {each.name: each for each in self._channels}
        for parcel in sorted(self._parcels.values(), key=lambda each: each.due_s):
            channel = channels.get(parcel.channel)
            if not parcel.open or parcel.due_s > now_s or channel is None:
                continue
            if any(each.busy and each.channel == parcel.channel for each in self._parcels.values()):
                continue
            ready = self._claimed(parcel)
            if ready is None:
                continue
            busy = replace(ready, busy=True, attempts=ready.attempts + 1)
            self._keep(busy)
            message = message_of(busy, self._sender.account, self._clock.now())
            thread = threading.Thread(
                target=self._attempt,
                args=(channel, message),
                name=f"alert-channel {channel.name}",
                daemon=True,
            )
            self._attempts.append(thread)
            thread.start()

    def _claimed(self, parcel: Parcel) -> Parcel | None:
        """With what is ours to tell; None where that is nothing, or where it cannot be known now."""
        left: list[Entry] = []
        for each in parcel.entries:
            if each.claimed:
                left.append(each)
                continue
            try:
                won = self._claims[each.key](each.key, parcel.channel)
            except Problem as problem:
                pause = self._pace.pause_s(1, self._chance(), None, False)
                waits = replace(parcel, problem=problem.sentence, due_s=self._clock.monotonic_s() + pause)
                untried = parcel.entries[len(left) :]
                self._keep(replace(waits, entries=(*left, *untried)))
                return None
            if won:
                left.append(replace(each, claimed=True))
        if not left:
            self._parcels.pop(parcel.id, None)
            return None
        return replace(parcel, entries=tuple(left))

    def _attempt(self, channel: Channel, message: Message) -> None:
        """On a thread of its own."""
        try:
            outcome = self._sender.send(channel, message)
        except Problem as problem:
            outcome = Outcome(message.id, reason=problem.sentence.rstrip("."), lasting=True)
        with self._changed:
            self._inbox.outcomes.append(outcome)
            self._changed.notify_all()

    def _settle(self, outcome: Outcome) -> None:
        parcel = self._parcels.get(outcome.parcel)
        if parcel is None:
            return
        parcel = replace(parcel, busy=False)
        if not outcome.reason:
            self._sent_s[parcel.channel, parcel.server] = self._clock.monotonic_s()
            self._end(replace(parcel, problem=""), given_up=False)
            if parcel.channel in self._failing:
                self._failing.discard(parcel.channel)
                self._say(parcel, f"Alerts go out through '{parcel.channel}' again.", Level.INFO)
            return
        parcel = replace(parcel, problem=outcome.reason)
        _log.info("channel %s, attempt %d: %s", parcel.channel, parcel.attempts, outcome.reason)
        if self._clock.monotonic_s() - parcel.begun_s > self._pace.give_up_s:
            self._end(parcel, given_up=True)
            hours = self._pace.give_up_s / 3600
            text = (
                f"An alert was not delivered through '{parcel.channel}' for {hours:.0f} h: {outcome.reason}."
            )
            self._say(parcel, text, Level.CRITICAL, "It is not tried again; look at the alert page yourself.")
            return
        pause = self._pace.pause_s(parcel.attempts, self._chance(), outcome.retry_after_s, outcome.lasting)
        parcel = replace(parcel, due_s=self._clock.monotonic_s() + pause)
        for later in list(self._parcels.values()):
            if later.open and (later.channel, later.server) == (parcel.channel, parcel.server):
                parcel = parcel.absorbed(later)
                self._parcels.pop(later.id)
        self._keep(parcel)
        if parcel.channel not in self._failing:
            self._failing.add(parcel.channel)
            text = f"An alert was not delivered through '{parcel.channel}': {outcome.reason}."
            self._say(parcel, text, Level.WARNING, "It is tried again; look at the channel's settings.")

    def _say(self, parcel: Parcel, text: str, level: Level, remedy: str = "") -> None:
        _log.info("%s", text)
        self._notifier.tell(Notice(text, level, f"channel.{parcel.channel}", remedy))

    # --- keeping

    def _end(self, parcel: Parcel, *, given_up: bool) -> None:
        self._keep(replace(parcel, busy=False, ended=self._clock.now(), given_up=given_up))
        ended = [each for each in self._parcels.values() if each.ended is not None]
        for old in ended[: max(0, len(ended) - _KEPT)]:
            self._parcels.pop(old.id)
        waiting = {
            entry.key for each in self._parcels.values() if each.ended is None for entry in each.entries
        }
        self._claims = {key: claim for key, claim in self._claims.items() if key in waiting}

    def _keep(self, parcel: Parcel) -> None:
        self._parcels[parcel.id] = parcel

    def _show(self) -> None:
        newest = sorted(self._parcels.values(), key=lambda each: each.begun, reverse=True)
        self._shown = tuple(each.delivery() for each in newest)
