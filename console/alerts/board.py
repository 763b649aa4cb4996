"""The shared board of alerts as its readers see it, and what people change on it: compared, then swapped.

Where its files lie is local_files' and remote_board's; what judges write is keeping's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from console.agent import boardfiles
from console.alerts import board_values as values
from console.alerts.alert import Alert, AlertState, Delivery, Gap, Judged, Silence
from console.alerts.board_values import Beacon, Claim, Moments, Note, Published
from console.core.clock import Clock, from_epoch, iso, parse_iso
from console.core.ids import new_id
from console.core.problems import Problem

T = TypeVar("T")

UNKNOWN = Judged("", None)
RULES = "alerts.toml"
IN_FORCE = "rules.toml"
NOT_JUDGED_AFTER_S = 30.0
_TURNS_MISSED = 4
_ENDED_BYTES = 1024 * 1024
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What one reading of a board's files brought.

    Attributes:
        files: text of those that are new since the versions that were known.
        versions: of all files.
        faults: why one was not read.
        held: whether a process of that machine holds the judge's lock.
        machine, boot, boot_s, time_s: which machine this is, which run of it, and its clocks.
    """

    files: Mapping[str, str]
    versions: Mapping[str, str]
    faults: Mapping[str, str]
    held: bool
    machine: str
    boot: str
    boot_s: float
    time_s: float


class BoardFiles(Protocol):
    """A board's files, here or on another host. All methods raise Problems; they wait."""

    @property
    def ahead_s(self) -> float:
        """How far the board's clock is ahead of this console's, as of the last reading."""

    def read(self, known: Mapping[str, str]) -> Found:
        """What lies there; texts only of what is not known."""

    def ended(self, limit: int) -> str:
        """The last lines of what has ended."""

    def create(self, name: str, text: str) -> str | None:
        """Make a file that must not exist; None where it was made, else what is there."""

    def swap(self, name: str, expect: str, text: str) -> str | None:
        """Replace a file that has this digest ("" for none); None where it was, else what is there."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board at one reading, in this console's time.

    Attributes:
        published: the same as its judge left it, with what only judges look at.
        rules: the rules in force, as TOML; None where nobody judged yet.
        own_rules: the person's own, as TOML; None where there are none.
        faults: files that could not be read, each with its reason.
    """

    alerts: tuple[Alert, ...] = ()
    published: Published = field(default_factory=Published)
    silences: tuple[Silence, ...] = ()
    notes: Mapping[str, Note] = field(default_factory=dict)
    judged: Judged = UNKNOWN
    beacon: Beacon | None = None
    deliveries: tuple[Delivery, ...] = ()
    rules: str | None = None
    own_rules: str | None = None
    faults: tuple[str, ...] = ()


class Board:
    """One board; any thread may call, all of it waits for its files.

    Args:
        account: who acts, "user@machine".
    """

    def __init__(self, files: BoardFiles, clock: Clock, account: str) -> None:
        self._files = files
        self._clock = clock
        self._account = account
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        self._view = BoardView()

    @property
    def view(self) -> BoardView:
        """The last reading."""
        return self._view

    def read(self) -> BoardView:
        """Look at the board.

        Raises:
            Problem: it cannot be reached or read.
        """
        with self._lock:
            found = self._files.read(self._versions)
            self._texts.update(found.files)
            self._versions = dict(found.versions)
            self._texts = {name: text for name, text in self._texts.items() if name in self._versions}
            self._view = self._made(found)
            return self._view

    def _made(self, found: Found) -> BoardView:
        moments = Moments(self._files.ahead_s)
        faults = [f"{name}: {reason}" for name, reason in found.faults.items()]

        def get(name: str, make: Callable[[str], T], default: T) -> T:
            text = self._texts.get(name)
            if text is None:
                return default
            try:
                return make(text)
            except (ValueError, KeyError) as error:
                faults.append(f"{name}: {error}")
                return default

        published = get("alerts.json", lambda text: values.published_from(text, moments), Published())
        beacon: Beacon | None = get("judged.json", lambda text: values.beacon_from(text, moments), None)
        notes: dict[str, Note] = {}
        silences: list[Silence] = []
        sent: list[Delivery] = []
        for name in sorted(self._texts):
            folder, _, rest = name.partition("/")
            ident = rest.removesuffix(".json")
            if folder == "notes":
                note = get(name, lambda text: values.note_from(text, moments), None)
                if note is not None:
                    notes[ident] = note
            elif folder == "silences":
                silence = get(name, lambda text: values.silence_from(text, moments), None)
                if silence is not None and silence.id == ident:
                    silences.append(silence)
                elif silence is not None:
                    faults.append(f"{name}: it holds the silence of another name")
            elif folder == "sent":
                sent += get(name, lambda text: values.deliveries_from(text, moments), ())
        return BoardView(
            alerts=tuple(values.noted(each, notes.get(each.id)) for each in published.alerts),
            published=published,
            silences=tuple(sorted(silences, key=lambda each: each.begins, reverse=True)),
            notes=notes,
            judged=judged_of(beacon, found, moments),
            beacon=beacon,
            deliveries=tuple(sorted(sent, key=lambda each: each.begun, reverse=True)),
            rules=self._texts.get(IN_FORCE),
            own_rules=self._texts.get(RULES),
            faults=tuple(faults),
        )

    def sent_files(self) -> tuple[str, ...]:
        """Names of the files in which judges tell what they delivered, as last read."""
        return tuple(name for name in self._versions if name.startswith("sent/"))

    # --- what has ended

    def ended(self, limit: int = _ENDED_BYTES) -> tuple[Alert, ...]:
        """What has ended, newest first; lines that cannot be read are left out.

        Raises:
            Problem: it cannot be reached or read.
        """
        moments = Moments(self._files.ahead_s)
        found, seen = [], set()
        for line in reversed(self._files.ended(limit).splitlines()):
            try:
                each = values.alert_from(values.parsed(line), moments)
            except ValueError:  # a line that was cut by a power failure says nothing
                continue
            if each.id not in seen:  # a judge that died between two files wrote it twice
                seen.add(each.id)
                found.append(each)
        return tuple(found)

    # --- what people change

    def silence(self, rule: str, server: str, accelerator: str, for_s: float, reason: str) -> Silence:
        """Put a silence up that begins now.

        Raises:
            Problem: the board cannot be written.
        """
        now = self._now()
        made = Silence(
            new_id(), rule, server, accelerator, now, now + timedelta(seconds=for_s), self._account, reason
        )
        moments = Moments(self._files.ahead_s)
        self._files.create(f"silences/{made.id}.json", values.written(values.silence_document(made, moments)))
        return made

    def end_silence(self, ident: str) -> Silence:
        """End a silence before its time.

        Raises:
            Problem: `alerts.silence_over` where it ended already, `id.unknown`, the board's.
        """
        name = f"silences/{ident}.json"
        moments = Moments(self._files.ahead_s)
        text = self._text(name)
        for _ in range(_TRIES):
            found = self._parse(text, lambda given: values.silence_from(given, moments))
            if found is None:
                raise Problem("id.unknown", kind="silence", given=ident, listing="alert list")
            now = self._now()
            if found.ends <= now:
                raise Problem(
                    "alerts.silence_over", id=ident, when=iso(found.ends), who=found.ended_by or "its time"
                )
            over = replace(found, ends=now, ended_by=self._account)
            other = self._swap(name, text, values.silence_document(over, moments))
            if other is None:
                return over
            text = other
        raise Problem("alerts.contended", what=f"silence {ident}")

    def acknowledge(self, alert: Alert) -> Alert:
        """Say that one knows; whoever is first has said it, the other is told who.

        Raises:
            Problem: `alerts.acknowledged`, the board's.
        """

        def change(note: Note) -> Note | None:
            if note.acknowledged_by == self._account:
                return None
            if note.acknowledged_by:
                when = iso(note.acknowledged) if note.acknowledged is not None else "an unknown time"
                raise Problem("alerts.acknowledged", alert=alert.id, who=note.acknowledged_by, when=when)
            return replace(note, acknowledged_by=self._account, acknowledged=self._now())

        return self._note(alert, change)

    def assign(self, alert: Alert, owner: str) -> Alert:
        """Give an alert to somebody; it is refused where it changed hands since this console looked.

        Raises:
            Problem: `alerts.assigned`, the board's.
        """
        seen = alert.owner

        def change(note: Note) -> Note | None:
            if note.owner == owner:
                return None
            if note.owner != seen:
                raise Problem("alerts.assigned", alert=alert.id, who=note.owner or "nobody")
            return replace(note, owner=owner)

        return self._note(alert, change)

    def _note(self, alert: Alert, change: Callable[[Note], Note | None]) -> Alert:
        name = f"notes/{alert.id}.json"
        if not boardfiles.is_name(name):
            raise Problem("id.unknown", kind="alert", given=alert.id, listing="alert list")
        moments = Moments(self._files.ahead_s)
        text = self._text(name)
        for _ in range(_TRIES):
            # What is garbled is replaced: it said nothing, and must not stand in the way for ever.
            found = self._parse(text, lambda given: values.note_from(given, moments)) or Note()
            wanted = change(found)
            if wanted is None:
                return values.noted(alert, found)
            other = self._swap(name, text, values.note_document(wanted, moments))
            if other is None:
                return values.noted(alert, wanted)
            text = other
        raise Problem("alerts.contended", what=f"alert {alert.id}")

    def write_rules(self, text: str, expect: str | None) -> None:
        """Replace the person's rules, if they are still what the caller changed.

        Raises:
            Problem: `alerts.rules_changed`, the board's.
        """
        if self._files.swap(RULES, _digest(expect), text) is not None:
            raise Problem("alerts.rules_changed")

    def claim(self, key: str, channel: str, by: str, *, delivers: bool) -> bool:
        """Take one notification upon oneself; True for exactly one of all who ask.

        Raises:
            Problem: the board cannot be written.
        """
        made = Claim(key, channel, by, self._now(), delivers)
        document = values.claim_document(made, Moments(self._files.ahead_s))
        return self._files.create(claim_name(key, channel), values.written(document)) is None

    # --- inside

    def _now(self) -> datetime:
        """Now as it can be written: the value that is returned is the one that others read."""
        return parse_iso(iso(self._clock.now()))

    def _text(self, name: str) -> str:
        """What this console last read; the swap finds out whether it still is so."""
        return self._texts.get(name, "")

    @staticmethod
    def _parse(text: str, make: Callable[[str], T]) -> T | None:
        if not text:
            return None
        try:
            return make(text)
        except ValueError:
            return None

    def _swap(self, name: str, text: str, document: dict[str, object]) -> str | None:
        return self._files.swap(name, _digest(text or None), values.written(document))


def _digest(text: str | None) -> str:
    return "" if text is None else boardfiles.digest(text)


def claim_name(key: str, channel: str) -> str:
    """The file of a claim: keys and channels may hold anything, names of files may not."""
    both = f"{key}\0{channel}"
    return f"claims/{boardfiles.digest(both)[:40]}.json"


def judged_of(beacon: Beacon | None, found: Found, moments: Moments) -> Judged:
    """Who judges, and since when nobody does."""
    if beacon is None:
        return Judged("", None)
    if found.boot and found.boot == beacon.boot:
        age_s = found.boot_s - beacon.boot_s  # whatever was done to the clock since
    else:
        age_s = (moments.read(iso(from_epoch(found.time_s))) - beacon.last).total_seconds()
    here = found.machine == beacon.machine
    alive = bool(beacon.by) and (found.held or not here) and age_s <= patience_s(beacon.every_s)
    if alive:
        return Judged(beacon.by, beacon.last, beacon.gaps)
    return Judged("", beacon.last, (Gap(beacon.last, None), *beacon.gaps))


def patience_s(every_s: float) -> float:
    """How long after its last turn a judge counts as one."""
    return max(NOT_JUDGED_AFTER_S, _TURNS_MISSED * every_s)


def shown(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Those that stand: pending, firing, no data."""
    return tuple(
        each for each in alerts if each.state in (AlertState.PENDING, AlertState.FIRING, AlertState.NO_DATA)
    )
