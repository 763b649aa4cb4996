"""The sources of this console: kept, opened by their plugins, read again and again, asked for curves."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from console.core.clock import Clock
from console.core.notify import Notifier
from console.core.problems import Problem
from console.core.text import safe_line
from console.plugin.api import Source, SourceReader
from console.telemetry.sources.asking import Forwards, SourceAsk
from console.telemetry.sources.entries import SourceBook, SourceEntry, checked
from console.telemetry.sources.polling import Poller, Seen, SourceView, notes_of, read_once
from console.telemetry.sources.sightings import Inventory
from console.telemetry.spans import Stored, width_for

_MOST_POINTS = 2000


class Sources:
    """Any thread may call. Nothing is asked before `start`, `check` or `stored`.

    Args:
        kinds: what plugins provide.
        secret_of: from a name to what is kept under it, None where nothing is.
    """

    def __init__(
        self,
        book: SourceBook,
        kinds: Sequence[Source],
        secret_of: Callable[[str], str | None],
        forwards: Forwards,
        seen: Seen,
        clock: Clock,
        notifier: Notifier,
    ) -> None:
        self.book = book
        self.kinds = tuple(kinds)
        self._secret_of = secret_of
        self._forwards = forwards
        self._seen = seen
        self._servers = seen.servers
        self._sightings = seen.sightings
        self._clock = clock
        self._notifier = notifier
        self._lock = threading.Lock()
        self._pollers: dict[str, Poller] = {}
        self._started = False

    def start(self) -> None:
        """Read all sources from now on; one that cannot be opened is told and left out.

        Raises:
            Problem: `file.unreadable`.
        """
        with self._lock:
            self._started = True
            for entry in self.book.list():
                if entry.name not in self._pollers:
                    try:
                        self._open(entry)
                    except Problem as problem:
                        self._notifier.tell_problem(problem)

    def close(self) -> None:
        """End all reading."""
        with self._lock:
            self._started = False
            pollers, self._pollers = list(self._pollers.values()), {}
        for each in pollers:
            each.stop()
        for each in pollers:
            each.close()

    def add(self, entry: SourceEntry, *, replace: bool = False) -> SourceEntry:
        """Keep a source, and read it where sources are read.

        Raises:
            Problem: `input.invalid`, `name.taken`, `file.*`.
        """
        checked(entry)
        self._reader(entry, SourceAsk(entry, self._secret_of, self._forwards))
        self.book.put(entry, replace=replace)
        self._close_one(entry.name)
        with self._lock:
            if self._started:
                self._open(entry)
        return entry

    def remove(self, name: str) -> SourceEntry:
        """Forget a source and the servers that only it knows.

        Raises:
            Problem: `id.unknown`, `file.*`.
        """
        entry = self.book.get(name)
        self.book.remove(name)
        self._close_one(name)
        self._sightings.keep(name, {})
        return entry

    def views(self) -> tuple[SourceView, ...]:
        """How each source stands; those that are not read now have been asked nothing.

        Raises:
            Problem: `file.unreadable`.
        """
        with self._lock:
            pollers = dict(self._pollers)
        return tuple(
            pollers[entry.name].view() if entry.name in pollers else SourceView(entry)
            for entry in self.book.list()
        )

    def check(self, name: str) -> SourceView:
        """Ask one once and tell what came; waits.

        Raises:
            Problem: `id.unknown`, `file.unreadable`.
        """
        return self.try_out(self.book.get(name))

    def try_out(self, entry: SourceEntry, secret: str | None = None) -> SourceView:
        """The same for one that is not kept, with its secret; waits.

        Raises:
            Problem: `input.invalid`.
        """
        secret_of = self._secret_of if secret is None else lambda _name: secret
        ask = SourceAsk(checked(entry), secret_of, self._forwards)
        begun_s = time.monotonic()
        try:
            reading = read_once(entry.name, self._reader(entry, ask))
        except Problem as problem:
            if problem.code == "input.invalid":
                raise
            return SourceView(entry, problem)
        finally:
            ask.close()
        inventory = Inventory(self._servers.list())
        skew_s = reading.now - self._clock.now().timestamp() if reading.now else None
        return SourceView(
            entry,
            None,
            len(reading.hosts),
            sum(inventory.find(host) is not None for host in reading.hosts),
            sum(
                len(found) for host in reading.hosts if isinstance(found := host.sample["accelerators"], list)
            ),
            time.monotonic() - begun_s,
            ask.bytes,
            min((host.age_s for host in reading.hosts), default=None),
            skew_s,
            notes_of(reading, skew_s),
        )

    def knows(self, server: str) -> bool:
        """Whether a source that is read now has this server, and the inventory has not."""
        found = self._sightings.by_server(server)
        return found is not None and not found.listed and found.source in self._pollers

    def stored(
        self, server: str, metric: str, accelerator: str | None, since: float, until: float, points: int
    ) -> Stored:
        """A curve out of the source, on a grid without holes, as `History.stored`; waits.

        Raises:
            Problem: `source.*`, `server.unknown`.
        """
        found = self._sightings.by_server(server)
        poller = None if found is None else self._pollers.get(found.source)
        if found is None or poller is None:
            raise Problem("server.unknown", name=server)
        first_s, end_s = int(since), max(int(since) + 1, int(until))
        width = width_for(end_s - first_s, min(points, _MOST_POINTS))
        begin_s = first_s // width * width
        starts = np.arange(begin_s, end_s, width, dtype=np.float64)
        skew_s = round(poller.skew_s)
        low_s, high_s = float(begin_s + skew_s), float(begin_s + skew_s + len(starts) * width)
        try:
            spans = poller.reader.curve(found.host, metric, accelerator, low_s, high_s, width)
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            reason = safe_line(str(error), max_chars=200)
            raise Problem("source.answer", source=found.source, reason=reason) from error
        columns = np.full((3, len(starts)), np.nan)
        for span in spans:
            place = round((span.start - low_s) / width)
            if 0 <= place < len(starts) and math.isfinite(span.mean):
                columns[:, place] = span.low, span.mean, span.high
        return Stored(width, starts, *columns)

    def _reader(self, entry: SourceEntry, ask: SourceAsk) -> SourceReader:
        for kind in self.kinds:
            if kind.name == entry.kind:
                try:
                    return kind.open(ask, entry.settings)
                except ValueError as error:
                    what = f"source '{entry.name}'"
                    raise Problem("input.invalid", what=what, reason=safe_line(str(error))) from error
        raise Problem("id.unknown", kind="kind of source", given=entry.kind, listing="plugin list")

    def _open(self, entry: SourceEntry) -> None:
        ask = SourceAsk(entry, self._secret_of, self._forwards)
        poller = Poller(
            entry,
            self._reader(entry, ask),
            ask,
            self._seen,
            self._clock,
            lambda problem: self._notifier.tell_problem(problem, key=f"source.{entry.name}"),
        )
        self._pollers[entry.name] = poller
        poller.start()

    def _close_one(self, name: str) -> None:
        with self._lock:
            poller = self._pollers.pop(name, None)
        if poller is not None:
            poller.close()
