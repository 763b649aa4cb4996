"""Who is told what, once: claims on the board, what became of them, and going on where another judge died.

A notification is one key (an alert, or "/ended" of it) by one channel. Its claim is a file that is made
once and never expires; only where its claimer died before the channel took it, the next judge takes over.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from console.agent import boardfiles
from console.alerts import board_values as values
from console.alerts.alert import Alert, Delivery
from console.alerts.board import Board, claim_name
from console.alerts.board_values import Claim, Published
from console.alerts.local_files import LocalFiles
from console.core.clock import Clock, iso
from console.core.ids import new_id
from console.core.problems import Problem

ENDED = "/ended"
_BEGUN_WITHIN_S = 60.0
"""A notifier groups and waits a little; after this long, it has claimed what it wants to tell."""
_LOOK_EVERY_S = 30.0
_BEAT_EVERY_S = 30.0
_GONE_AFTER_S = 90.0
_KEPT_S = 7 * 86400.0
_SHOWN = 200

_log = logging.getLogger(__name__)


class Deliverer(Protocol):
    """What brings notifications to people."""

    def tell(self, fired: Sequence[Alert], ended: Sequence[Alert], claim: Callable[[str, str], bool]) -> None:
        """Bring these to people. Never waits.

        Args:
            claim: asked before the first attempt of each alert and channel, on any thread: the alert's id
                (or that with "/ended") and the channel's name. Where it says False, somebody else tells it.
        """

    def deliveries(self) -> tuple[Delivery, ...]:
        """Those on their way, and those that ended a short while ago. Cheap."""

    def watch(self, standing: Callable[[], Sequence[Alert]]) -> None:
        """Repeat what still fires of these; there are none while another process judges."""

    def close(self) -> None:
        """End; what was on its way is told by who judges next."""


class Telling:
    """The judge's notifications; only the service's thread calls, but for `claim`.

    At least once: an alert is told twice only where its judge died between the channel's yes and its own next
    turn. While the disk refuses claims, this process tells all the same and remembers by itself: no other
    judges.
    """

    def __init__(self, files: LocalFiles, board: Board, clock: Clock, by: str, deliverer: Deliverer) -> None:
        self._files = files
        self._board = board
        self._clock = clock
        self._by = by
        self._deliverer = deliverer
        self._ident = new_id()
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], Claim] = {}
        self._unwritten: set[tuple[str, str]] = set()
        self._left: dict[tuple[str, str], str] = {}
        self._begun: dict[str, float] = {}
        self._again: tuple[str, ...] = ()
        self._seen: set[str] = set()
        self._ever = False
        self._looked_s = float("-inf")
        self._beat_s = float("-inf")
        self._shown: tuple[Delivery, ...] = ()
        self.problem: Problem | None = None

    @property
    def keys(self) -> frozenset[str]:
        """Keys of notifications that may not be claimed yet; the next judge tells them again."""
        return frozenset(self._begun)

    def go_on(self, published: Published) -> None:
        """Take over from the judge before: what it had begun to tell and did not claim is told by us."""
        self._again = tuple(sorted(published.telling))
        now_s = self._clock.monotonic_s()
        self._begun = dict.fromkeys(self._again, now_s)

    def begin(self, fired: Sequence[Alert], ended: Sequence[Alert]) -> None:
        """Note what is about to be told, before it is."""
        now_s = self._clock.monotonic_s()
        self._begun = {key: at for key, at in self._begun.items() if now_s - at < _BEGUN_WITHIN_S}
        for key in [*(each.id for each in fired), *(each.id + ENDED for each in ended)]:
            self._begun[key] = now_s

    def tell(self, fired: Sequence[Alert], ended: Sequence[Alert], standing: Sequence[Alert]) -> None:
        """Hand over what is new and what others left, and keep on the board what became of the rest."""
        self.problem = None
        again, over = self._others(standing)
        fired, ended = (*fired, *again), (*ended, *over)
        if fired or ended:
            self._deliverer.tell(_once(fired), _once(ended), self.claim)
        self.note_done()

    def claim(self, key: str, channel: str) -> bool:
        """The right to one notification; True once for all judges. Any thread; waits for the disk."""
        pair = (key, channel)
        with self._lock:
            if pair in self._open or pair in self._unwritten:
                return False
            try:
                left = self._left.pop(pair, None)
                if left is None:
                    won = self._board.claim(key, channel, self._ident, delivers=True)
                else:
                    won = self._take_over(pair, left)
            except Problem as problem:
                # To tell twice is better than not at all, and nobody else judges while we do.
                _log.info("a claim cannot be written: %s", problem.sentence)
                self._unwritten.add(pair)
                self.problem = problem
                return True
            if won:
                self._ever = True
                self._open[pair] = self._claim_of(pair)
            return won

    # --- what others left

    def _others(self, standing: Sequence[Alert]) -> tuple[list[Alert], list[Alert]]:
        now_s = self._clock.monotonic_s()
        keys, self._again = list(self._again), ()
        if now_s - self._looked_s > _LOOK_EVERY_S:
            self._looked_s = now_s
            try:
                keys += self._orphans()
            except Problem as problem:
                self.problem = problem
        if not keys:
            return [], []
        return self._alerts_of(keys, standing)

    def _orphans(self) -> list[str]:
        """Keys of claims whose claimer is gone and that nobody brought to their end."""
        keys = []
        for name, text in self._files.claims():
            try:
                claim = values.claim_from(text)
            except ValueError as error:
                _log.info("%s on the board cannot be read: %s", name, error)
                continue
            pair = (claim.key, claim.channel)
            if claim.done or not claim.delivers or claim.by == self._ident or name != claim_name(*pair):
                continue
            if name in self._seen:
                continue  # its channel is no longer set up here, else it were ours
            sent = f"sent/{claim.by}.json"
            there = boardfiles.is_name(sent) and self._files.text(sent) is not None
            if self._files.age_s(sent if there else name) > _GONE_AFTER_S:
                with self._lock:
                    self._left[pair] = text
                self._seen.add(name)
                keys.append(claim.key)
                self._end_of_claimer(sent)
        return keys

    def _end_of_claimer(self, sent: str) -> None:
        """What it had not delivered is no longer on its way through it."""
        text = self._files.text(sent) if boardfiles.is_name(sent) else None
        if text is None:
            return
        try:
            found = values.deliveries_from(text)
        except ValueError:
            self._files.remove(sent)
            return
        ended = [each for each in found if each.delivered is not None or each.given_up]
        if len(ended) != len(found):
            self._files.write(sent, _sent(ended, iso(self._clock.now())))

    def _alerts_of(self, keys: Iterable[str], standing: Sequence[Alert]) -> tuple[list[Alert], list[Alert]]:
        """The alerts of keys: those that stand, and those that ended meanwhile, of which that is told."""
        stand = {each.id: each for each in standing}
        gone: dict[str, Alert] = {}
        try:
            gone = {each.id: each for each in self._board.ended()}
        except Problem as problem:
            self.problem = problem
        fired, ended = [], []
        for key in dict.fromkeys(keys):
            ident = key.removesuffix(ENDED)
            if ident in stand and key == ident and not stand[ident].muted:
                fired.append(stand[ident])
                continue
            if ident in gone and not gone[ident].muted:
                ended.append(gone[ident])
            if key == ident:
                self._let_go(key)
        return fired, ended

    def _let_go(self, key: str) -> None:
        """That it fired is told no more: it is over, or muted meanwhile."""
        with self._lock:
            left = [pair for pair in self._left if pair[0] == key]
            claims = [values.claim_from(self._left.pop(pair)) for pair in left]
        for claim in claims:
            document = values.claim_document(replace(claim, done="over before it was told"))
            try:
                self._files.write(claim_name(claim.key, claim.channel), values.written(document))
            except Problem as problem:
                self.problem = problem

    def _take_over(self, pair: tuple[str, str], text: str) -> bool:
        document = values.claim_document(self._claim_of(pair))
        swapped = self._files.swap(claim_name(*pair), boardfiles.digest(text), values.written(document))
        return swapped is None

    def _claim_of(self, pair: tuple[str, str]) -> Claim:
        return Claim(*pair, by=self._ident, at=self._clock.now(), delivers=True)

    # --- what became of ours

    def note_done(self) -> None:
        """Keep on the board what was delivered or given up, and that we are alive while something is not.

        Also for who judges no more: what it claimed is still its own to bring to an end.
        """
        deliveries = self._deliverer.deliveries()
        for each in deliveries:
            if each.delivered is not None or each.given_up:
                self._close(each, "delivered" if each.delivered is not None else "given up")
        if not self._ever:
            return
        now_s = self._clock.monotonic_s()
        waits = bool(self._open) and now_s - self._beat_s > _BEAT_EVERY_S
        if deliveries[:_SHOWN] == self._shown and not waits:
            return
        try:
            self._files.write(f"sent/{self._ident}.json", _sent(deliveries[:_SHOWN], iso(self._clock.now())))
        except Problem as problem:
            self.problem = problem
            return
        self._shown, self._beat_s = deliveries[:_SHOWN], now_s

    def _close(self, delivery: Delivery, done: str) -> None:
        for ident in delivery.alerts:
            pair = (ident + ENDED if ident in delivery.ended else ident, delivery.channel)
            with self._lock:
                claim = self._open.get(pair)
            if claim is None:
                continue
            try:
                text = values.written(values.claim_document(replace(claim, done=done)))
                self._files.write(claim_name(*pair), text)
            except Problem as problem:
                self.problem = problem
                continue
            with self._lock:
                self._open.pop(pair, None)

    def clean(self, standing: frozenset[str]) -> None:
        """Remove claims and deliveries of a week ago whose alerts are over.

        Raises:
            Problem: the board cannot be written.
        """
        for name, text in self._files.claims():
            try:
                ident = values.claim_from(text).key.removesuffix(ENDED)
            except ValueError:
                ident = ""
            if ident not in standing and self._files.age_s(name) > _KEPT_S:
                self._files.remove(name)
        for name in self._board.sent_files():
            if self._files.age_s(name) > _KEPT_S:
                self._files.remove(name)


def _sent(deliveries: Sequence[Delivery], at: str) -> str:
    documents = [values.delivery_document(each) for each in deliveries]
    return values.written({"beat": at, "deliveries": documents})


def _once(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    return tuple({each.id: each for each in alerts}.values())
