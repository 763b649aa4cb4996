"""The fleet as it is now: takes samples from who reads the links, gives snapshots and series to whoever asks.

The screen pulls; nothing is pushed from here. Nothing here connects or writes to disk.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Protocol

import numpy as np

from console.core.clock import Clock
from console.core.options import Options
from console.core.problems import Problem
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.metrics import (
    BY_KEY,
    Floats,
    MetricScope,
    figures,
)
from console.telemetry.parsing import parse_changes, parse_sample
from console.telemetry.ring_plan import ASKED_FOR, LISTED, Key, Plan, planned
from console.telemetry.rings import Ring
from console.telemetry.sample import AcceleratorState, ServerSample
from console.telemetry.snapshot import AcceleratorRow, Counts, FleetSnapshot, ServerRow, Severity, count
from console.telemetry.together import Together

RING_S = 900.0
SAME_FOR_S = 0.25
"""A snapshot is handed out again for so long where nothing changed; ages move on after that."""

_SAME_CLOCK_S = 0.05
_READ_BOOK_S = 2.0
_READ_BOOK_LATEST_S = 6.0
_FORGET_COLUMN_S = 900.0
_LOG = logging.getLogger(__name__)


class Servers(Protocol):
    """What this room needs of the inventory."""

    def list(self) -> tuple[Server, ...]:
        """All servers in the order in which they are shown."""


class Recorder(Protocol):
    """Takes samples for the charts of days: the history."""

    def add(self, server: str, sample: ServerSample, at: datetime, values: Floats) -> None:
        """Cheap; never waits for a disk. When it came, and its `figures`."""


class Keeper(Protocol):
    """Takes what servers are made of: the equipment book."""

    def take(self, server: str, wire: object) -> None:
        """Cheap; never waits for a disk."""


@dataclass(frozen=True, slots=True)
class _Built:
    """What of a server's row stays the same until one of the four is another object."""

    server: Server
    link: LinkView
    sample: ServerSample | None
    fresh: bool
    accelerators: tuple[AcceleratorRow, ...]
    severity: Severity
    counts: Counts
    powers: tuple[float, ...]
    limits: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Came:
    """A sample that waits to be taken over, and when it came by both clocks."""

    server: str
    wire: Mapping[str, object]
    received_s: float
    at: datetime


@dataclass(slots=True)
class _Live:
    """What is known of one server. `lock` guards the ring and the columns; the rest is replaced whole."""

    link: LinkView
    lock: threading.Lock = field(default_factory=threading.Lock)
    sample: ServerSample | None = None
    ring: Ring | None = None
    interval_s: float = 1.0
    asked: dict[Key, float] = field(default_factory=dict)
    built: _Built | None = None
    plan: Plan | None = None


class LiveTelemetry:
    """A SampleSink of the fleet. Any thread may call anything.

    Args:
        history: also gets every sample; None where none is kept.
        equipment: gets what a server is made of, which comes with some samples.
    """

    def __init__(
        self,
        book: Servers,
        clock: Clock,
        options: Options,
        history: Recorder | None = None,
        equipment: Keeper | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._options = options
        self._history = history
        self._equipment = equipment
        self._lock = threading.Lock()
        self._lives: dict[str, _Live] = {}
        self._building = threading.Lock()
        self._servers: tuple[Server, ...] = ()
        self._servers_read_s: float | None = None
        self._version = 0
        self._cached: tuple[int, float, FleetSnapshot] | None = None
        self._offset_s = 0.0
        self._came = Together(self._take_over)

    # --- what the links tell

    def on_sample(self, server: str, wire: Mapping[str, object], received_s: float) -> None:
        """Take a sample over, with others that come in this moment."""
        self._came.put(_Came(server, wire, received_s, self._clock.now()))

    def _take_over(self, came: _Came) -> None:
        server, wire, received_s = came.server, came.wire, came.received_s
        live = self._live(server)
        sample: ServerSample | None
        if "since" in wire:
            sample = parse_changes(wire, received_s, live.sample, now=came.at)
            if sample is None:
                return  # what it shows grows old until a whole one comes
        else:
            sample = parse_sample(wire, received_s, server=server, now=came.at, before=live.sample)
        interval = wire.get("interval_s")
        values = figures(sample)
        with live.lock:
            if isinstance(interval, int | float) and 0.05 <= interval <= 3600:
                live.interval_s = float(interval)
            self._store(live, sample, values)
        live.sample = sample
        self._version += 1
        if self._history is not None:
            self._history.add(server, sample, came.at, values)
        if self._equipment is not None and "inventory" in wire:
            self._equipment.take(server, wire["inventory"])
        if self._servers_read_s is not None and received_s - self._servers_read_s > _READ_BOOK_S:
            self._read_ahead(received_s)

    def on_link(self, view: LinkView) -> None:
        """Take a link's state over; one that is off may mean that the inventory changed."""
        self._live(view.server).link = view
        if view.state is LinkState.OFF:
            self._servers_read_s = None
        self._version += 1

    # --- what others ask

    def snapshot(self) -> FleetSnapshot:
        """The fleet now. The same object for 250 ms where nothing changed."""
        self._came.look()
        now_s = self._clock.monotonic_s()
        with self._building:
            read_s = self._servers_read_s
            if read_s is None or now_s - read_s > _READ_BOOK_LATEST_S:
                self._read_book(now_s)
            version, cached = self._version, self._cached
            if cached is not None and cached[0] == version and now_s - cached[1] < SAME_FOR_S:
                return cached[2]
            made = self._build(now_s)
            self._cached = (version, now_s, made)
            return made

    def series(
        self, server: str, metric: str, accelerator: str | None = None, seconds: float = RING_S
    ) -> tuple[Floats, Floats]:
        """Epoch seconds and values of the last minutes, NaN where data was missing; empty where none is kept.

        Args:
            accelerator: UUID, for metrics of accelerators.

        Raises:
            Problem: `input.invalid` where there is no such metric.
        """
        spec = BY_KEY.get(metric)
        if spec is None or (spec.scope is MetricScope.ACCELERATOR) != (accelerator is not None):
            raise Problem(
                "input.invalid", what=f"metric '{metric}'", reason=f"it is one of {', '.join(BY_KEY)}"
            )
        self._came.look()
        now_s = self._clock.monotonic_s()
        live = self._lives.get(server)
        if live is None or live.ring is None:
            return np.empty(0), np.empty(0)
        key = (accelerator, metric)
        with live.lock:
            if metric in ASKED_FOR or (metric not in LISTED and accelerator is not None):
                live.asked[key] = now_s
            times, values = live.ring.read(key, now_s - seconds, live.interval_s)
        return times + self._epoch_offset(now_s), values

    def _epoch_offset(self, now_s: float) -> float:
        """From the rings' monotonic axis to wall time: a jump of this machine's clock moves no point
        against another.

        Kept until the clocks have really moved apart, so that all curves of a server have the very same
        times.
        """
        offset = self._clock.now().timestamp() - now_s
        if abs(offset - self._offset_s) > _SAME_CLOCK_S:
            self._offset_s = offset
        return self._offset_s

    def mean_series(self, server: str, metric: str, accelerators: Sequence[str]) -> Floats:
        """The values of `series`, the mean over these accelerators (UUIDs), read in one go."""
        live = self._lives.get(server)
        if live is None or live.ring is None:
            return np.empty(0)
        keys = [(uuid, metric) for uuid in accelerators]
        with live.lock:
            return live.ring.mean(keys, self._clock.monotonic_s() - RING_S, live.interval_s)[1]

    @property
    def nbytes(self) -> int:
        """Memory of all rings."""
        self._came.drain()
        return sum(live.ring.nbytes for live in list(self._lives.values()) if live.ring is not None)

    # --- inside

    def _live(self, server: str) -> _Live:
        live = self._lives.get(server)
        if live is None:
            with self._lock:
                live = self._lives.setdefault(server, _Live(LinkView(server, LinkState.OFF)))
        return live

    def _store(self, live: _Live, sample: ServerSample, values: Floats) -> None:
        """Write the ring's next slot; the live's lock is held."""
        if live.ring is None:
            live.ring = Ring(min(4096, max(64, math.ceil(RING_S / live.interval_s))))
        ring = live.ring
        if live.asked and self._tend_columns(live, ring, sample.received_s):
            live.plan = None
        uuids = tuple(each.uuid for each in sample.accelerators)
        if live.plan is None or live.plan.uuids != uuids:
            live.plan = planned(ring, uuids)
        ring.write(sample.received_s, values[live.plan.source], live.plan.places)

    @staticmethod
    def _tend_columns(live: _Live, ring: Ring, now_s: float) -> bool:
        """Whether some came or went."""
        changed = False
        for key, asked_s in list(live.asked.items()):
            if now_s - asked_s > _FORGET_COLUMN_S:
                ring.drop_column(key)
                del live.asked[key]
                changed = True
            elif not ring.has(key):
                ring.add_columns([key])
                changed = True
        return changed

    def _read_book(self, now_s: float) -> None:
        self._servers_read_s = now_s
        servers = self._book.list()
        # The same objects where nothing changed: rows are told apart by identity.
        known = {server.name: server for server in self._servers}
        kept = tuple(known[server.name] if known.get(server.name) == server else server for server in servers)
        # Only who was listed and is no more: one that was added a moment ago may not be listed yet.
        gone = known.keys() - {server.name for server in kept}
        with self._lock:
            for name in gone:
                self._lives.pop(name, None)
        if kept != self._servers:
            self._servers = kept
            self._version += 1

    def _read_ahead(self, now_s: float) -> None:
        """Here, so that the window's thread need not. A store that cannot be read is no fault of the link
        whose sample this was: who asks for a snapshot reads again, and is told."""
        try:
            self._read_book(now_s)
        except Problem as problem:
            self._servers_read_s = None
            _LOG.debug("the inventory could not be read beside a sample: %s", problem)

    def _build(self, now_s: float) -> FleetSnapshot:
        stale_after_s = self._options.number("watch.stale_after_s")
        rows = []
        built = []
        oldest: tuple[str, float] | None = None
        for server in self._servers:
            live = self._live(server.name)
            sample, link = live.sample, live.link
            age_s = None if sample is None else max(0.0, now_s - sample.received_s)
            fresh = age_s is not None and age_s <= stale_after_s and link.state is LinkState.UP
            made = live.built
            if (
                made is None
                or made.sample is not sample
                or made.link is not link
                or made.fresh is not fresh
                or made.server is not server
            ):
                made = live.built = _built(server, link, sample, fresh)
            built.append(made)
            rows.append(ServerRow(server, link, sample, age_s, fresh, made.accelerators, made.severity))
            if age_s is not None and (oldest is None or age_s > oldest[1]):
                oldest = (server.name, age_s)
        return FleetSnapshot(self._clock.now(), tuple(rows), _total(built), oldest)


def _built(server: Server, link: LinkView, sample: ServerSample | None, fresh: bool) -> _Built:
    accelerators = (
        tuple(AcceleratorRow(server, each, fresh) for each in sample.accelerators) if sample else ()
    )
    row = ServerRow(server, link, sample, None, fresh, accelerators)
    current = [each.sample for each in accelerators if fresh and each.sample.state is AcceleratorState.OK]
    return _Built(
        server,
        link,
        sample,
        fresh,
        accelerators,
        row.severity,
        count((row,)),
        tuple(each.power_w for each in current if each.power_w is not None),
        tuple(each.power_limit_w for each in current if each.power_limit_w is not None),
    )


def _total(built: list[_Built]) -> Counts:
    """What `count` says of all rows, from what it said of each: the same to the last bit."""
    parts = [each.counts for each in built]
    powers = list(chain.from_iterable(each.powers for each in built))
    limits = list(chain.from_iterable(each.limits for each in built))
    used = [part.memory_used_bytes for part in parts if part.memory_used_bytes is not None]
    total = [part.memory_total_bytes for part in parts if part.memory_total_bytes is not None]
    return Counts(
        servers=len(parts),
        links_up=sum(part.links_up for part in parts),
        accelerators=sum(part.accelerators for part in parts),
        busy=sum(part.busy for part in parts),
        idle=sum(part.idle for part in parts),
        lost=sum(part.lost for part in parts),
        unknown=sum(part.unknown for part in parts),
        simulated=sum(part.simulated for part in parts),
        memory_used_bytes=sum(used) if used else None,
        memory_total_bytes=sum(total) if total else None,
        power_w=sum(powers) if powers else None,
        power_limit_w=sum(limits) if limits else None,
        critical=sum(part.critical for part in parts),
        warning=sum(part.warning for part in parts),
    )
