"""Reads one source again and again on a thread of its own and hands what it tells to the live telemetry."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from console.core.clock import Clock
from console.core.problems import Problem
from console.core.text import safe_line
from console.fleet.link_state import LinkState, LinkView
from console.plugin.api import SourceHost, SourceReader, SourceReading
from console.telemetry.sources.asking import SourceAsk
from console.telemetry.sources.entries import SourceEntry
from console.telemetry.sources.sightings import Inventory, Servers, Sighting, Sightings
from console.telemetry.sources.told import Told

_log = logging.getLogger(__name__)

MAX_HOSTS = 20_000
FRESH_INTERVALS = 3.0
FRESH_AT_LEAST_S = 60.0
FORGET_AFTER_S = 3600.0
_LONGEST_PAUSE_S = 60.0
_FIRST_NUMBER = 1 << 40
_SKEW_S = 30.0


class Taker(Protocol):
    """What this room needs of the live telemetry."""

    def on_told(self, server: str, wire: Mapping[str, object], received_s: float, told: Told) -> None:
        """A sample that a source has."""

    def on_link(self, view: LinkView) -> None:
        """A link changed its state."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """How a source stands.

    Attributes:
        problem: why the last reading failed; None where it came, or none was made yet.
        hosts, listed: servers that it knows, and how many of them are in the inventory.
        read_s: seconds that the last reading took; None before the first.
        read_bytes: what was answered for it.
        age_s: seconds since a reading came.
        skew_s: its clock before ours.
        notes: what is odd.
    """

    entry: SourceEntry
    problem: Problem | None = None
    hosts: int = 0
    listed: int = 0
    accelerators: int = 0
    read_s: float | None = None
    read_bytes: int = 0
    age_s: float | None = None
    skew_s: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Where what links and sources tell goes, and the inventory that it is compared with."""

    taker: Taker
    servers: Servers
    sightings: Sightings


def read_once(name: str, reader: SourceReader) -> SourceReading:
    """One reading, bounded; whatever a plugin makes of nonsense is a Problem.

    Raises:
        Problem: `source.*`.
    """
    try:
        reading = reader.read()
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        _log.info("source %s", name, exc_info=True)
        raise Problem("source.answer", source=name, reason=safe_line(str(error), max_chars=200)) from error
    if len(reading.hosts) > MAX_HOSTS:
        note = f"Only {MAX_HOSTS} of its {len(reading.hosts)} servers are shown."
        return SourceReading(reading.now, reading.hosts[:MAX_HOSTS], (*reading.notes, note))
    return reading


def notes_of(reading: SourceReading, skew_s: float | None) -> tuple[str, ...]:
    """What is odd about a reading, its clock among it."""
    if skew_s is None or abs(skew_s) <= _SKEW_S:
        return reading.notes
    way = "before" if skew_s > 0 else "behind"
    return (*reading.notes, f"Its clock is {abs(skew_s):.0f} s {way} this one.")


class Poller:
    """One source. `close` ends its thread; what it told stays until it is forgotten."""

    def __init__(
        self,
        entry: SourceEntry,
        reader: SourceReader,
        ask: SourceAsk,
        seen: Seen,
        clock: Clock,
        tell: Callable[[Problem], None],
    ) -> None:
        self.entry = entry
        self.reader = reader
        self._ask = ask
        self._taker = seen.taker
        self._servers = seen.servers
        self._sightings = seen.sightings
        self._clock = clock
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"source {entry.name}", daemon=True)
        self._view = SourceView(entry)
        self._came_s: float | None = None
        self._number = _FIRST_NUMBER
        self._newest: dict[str, float] = {}
        self._seen_s: dict[str, float] = {}
        self._links: dict[str, LinkState] = {}
        self.skew_s = 0.0
        """The source's clock before ours, as of the last reading."""

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; does not wait."""
        self._stop.set()
        self._ask.stop()

    def close(self) -> None:
        """Stop and wait until it has."""
        self.stop()
        if self._thread.is_alive():
            self._thread.join()
        self._ask.close()

    def view(self) -> SourceView:
        """How it stands."""
        came_s = self._came_s
        age_s = None if came_s is None else self._clock.monotonic_s() - came_s
        return replace(self._view, age_s=age_s)

    def _run(self) -> None:
        failures = 0
        while True:
            try:
                self._look()
                failures = 0
            except Problem as problem:
                if self._stop.is_set():
                    return
                failures += 1
                self._failed(problem, failures)
            longest = max(_LONGEST_PAUSE_S, self.entry.interval_s)
            if self._stop.wait(min(longest, self.entry.interval_s * 2 ** min(failures, 6))):
                return

    def _look(self) -> None:
        begun_s, bytes_before = time.monotonic(), self._ask.bytes
        reading = read_once(self.entry.name, self.reader)
        skew_s = reading.now - self._clock.now().timestamp() if reading.now else None
        found = self._sightings.sighted(self.entry.name, reading.hosts, Inventory(self._servers.list()))
        now_s = self._clock.monotonic_s()
        self._take(reading.hosts, found, now_s)
        self.skew_s = skew_s or 0.0
        self._came_s = now_s
        self._view = SourceView(
            self.entry,
            hosts=len(found),
            listed=sum(each.listed for each in found.values()),
            accelerators=sum(_accelerators(host) for host in reading.hosts),
            read_s=time.monotonic() - begun_s,
            read_bytes=self._ask.bytes - bytes_before,
            skew_s=skew_s,
            notes=notes_of(reading, skew_s),
        )

    def _take(self, hosts: Sequence[SourceHost], found: dict[str, Sighting], now_s: float) -> None:
        entry = self.entry
        fresh_for_s = max(FRESH_AT_LEAST_S, FRESH_INTERVALS * entry.interval_s)
        before = self._sightings.of(entry.name)
        told = {host.name for host in hosts}
        kept = {
            name: sighting
            for name, sighting in before.items()
            if name not in told and now_s - self._seen_s.get(name, now_s) < FORGET_AFTER_S
        }
        # Before its samples: a server is looked for in the list when its row is made.
        self._sightings.keep(entry.name, {**found, **kept})
        for host in hosts:
            sighting = found[host.name]
            self._seen_s[host.name] = now_s
            silent = host.age_s > fresh_for_s
            if host.time > self._newest.get(host.name, 0.0) or host.name not in self._newest:
                self._newest[host.name] = host.time
                self._number += 1
                wire = {**host.sample, "seq": self._number, "time": host.time, "interval_s": entry.interval_s}
                told_so = Told(entry.name, fresh_for_s, only=not sighting.listed)
                self._taker.on_told(sighting.server.name, wire, now_s - host.age_s, told_so)
            self._link(sighting, LinkState.LOST if silent else LinkState.UP)
            if self._stop.is_set():
                return
        for sighting in kept.values():
            self._link(sighting, LinkState.LOST)
        for name in self._seen_s.keys() - found.keys() - kept.keys():
            for memory in (self._seen_s, self._newest, self._links):
                memory.pop(name, None)

    def _link(self, sighting: Sighting, state: LinkState, problem: Problem | None = None) -> None:
        """How a server's link is shown that only the source knows; the inventory's are the fleet's affair."""
        if sighting.listed or self._links.get(sighting.host) is state:
            return
        self._links[sighting.host] = state
        name = sighting.server.name
        if state is LinkState.LOST:
            problem = Problem("source.host_silent", source=self.entry.name, server=name)
        self._taker.on_link(LinkView(name, state, problem=problem))

    def _failed(self, problem: Problem, failures: int) -> None:
        view = self._view
        if view.problem is None or view.problem.code != problem.code:
            self._tell(problem)
        self._view = replace(view, problem=problem)
        if failures > 1:  # one answer that is late is no news
            for sighting in self._sightings.of(self.entry.name).values():
                self._link(sighting, LinkState.STALE, problem)


def _accelerators(host: SourceHost) -> int:
    found = host.sample.get("accelerators")
    return len(found) if isinstance(found, list) else 0
