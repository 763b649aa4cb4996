"""Curves of one server over whatever the charts show: rings at once, roll-ups off the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from console.core.problems import Problem
from console.telemetry.spans import Curve, Stored, joined, raw, width_for
from console.ui.desk import Desk

Key = tuple[str, str | None]
"""Metric, and the accelerator's UUID or None."""

_EDGE_S = 2.0
_AGAIN_S = 10.0
_MARGIN = 0.5
_EMPTY = Stored(10, *np.empty((4, 0)))
POINTS = 600
"""Points over the view; charts are about so many pixels wide, and each point has its extremes with it."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read last: for whom, from when to when, how fine, and when."""

    server: str
    low: float
    high: float
    width_s: int
    at_s: float
    found: dict[Key, Stored] = field(default_factory=dict)


class CurveFeed:
    """One per page. `show` says what is wanted on every beat; `curve` gives what is there by then."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._server = ""
        self._span = (0.0, 1.0)
        self._all_live = False
        self._read: _Read | None = None
        self._asked_back = ""
        self._older = False
        self.problem: Problem | None = None
        """Why the store could not be read; the rings are shown meanwhile."""
        self.arrivals = 0
        """Counts what was read, so that charts are drawn again when it came."""

    def show(
        self, server: str, keys: Iterable[Key], low: float, high: float, *, rings_only: bool = False
    ) -> None:
        """This server over this span from now on; `rings_only` where nothing older is kept."""
        if server != self._server:
            self._read = None
        self._server, self._span = server, (low, high)
        first = self.first_live(server)
        self._all_live = first is not None and (rings_only or low >= first - _EDGE_S)
        if not self._all_live:
            self._want(tuple(dict.fromkeys(keys)), low, high)

    def first_live(self, server: str) -> float | None:
        """When the ring's oldest sample was taken."""
        times = self._desk.context.telemetry.series(server, "cpu_percent", None)[0]
        return float(times[0]) if len(times) else None

    def older(self, server: str, low: float) -> bool:
        """Whether the store has anything of a server from between `low` and the rings.

        Asked once, off-thread; False until the answer is there.
        """
        if server != self._asked_back:
            self._asked_back, self._older = server, False
            history = self._desk.context.history

            def look() -> bool:
                back_s = self._desk.context.clock.now().timestamp()
                found = history.stored(server, "cpu_percent", None, low, back_s, 100)
                first = self.first_live(server)
                before = found.starts + found.width_s <= (back_s if first is None else first)
                return bool(np.isfinite(found.mean[before]).any())

            self._desk.worker.run(
                look, lambda yes: self._keep_older(server, yes=yes), key=f"older {id(self)}"
            )
        return self._older

    def _keep_older(self, server: str, *, yes: bool) -> None:
        if server == self._asked_back:
            self._older = yes

    def curve(self, metric: str, accelerator: str | None = None) -> Curve:
        """One curve over the span, as far as it is known by now."""
        low, high = self._span
        times, values = self._desk.context.telemetry.series(self._server, metric, accelerator)
        if self._all_live:
            return raw(times, values, low, high)
        read = self._read
        stored = None if read is None else read.found.get((metric, accelerator))
        if stored is None or not len(stored.starts):
            stored = _nothing(low, high)
        return _cut(joined(stored, times, values), low, high)

    def _want(self, keys: tuple[Key, ...], low: float, high: float) -> None:
        now_s = self._desk.context.clock.now().timestamp()
        if self._fits(keys, low, high, now_s):
            return
        server, history = self._server, self._desk.context.history
        margin = (high - low) * _MARGIN
        begin, end = low - margin, min(high + margin, max(now_s, high))
        points = int(POINTS * (end - begin) / (high - low))

        def read() -> _Read:
            found = history.stored_of(server, keys, begin, end, points)
            width = max((each.width_s for each in found.values()), default=0)
            return _Read(server, begin, end, width, now_s, found)

        def failed(problem: Problem) -> None:
            self.problem = problem
            # Asked again after a while, not on the next beat.
            self._keep(
                _Read(server, begin, end, width_for(high - low, POINTS), now_s, dict.fromkeys(keys, _EMPTY))
            )

        def keep(found: _Read) -> None:
            self.problem = None
            self._keep(found)

        self._desk.worker.run(read, keep, failed=failed, key=f"curves {id(self)}")

    def _fits(self, keys: tuple[Key, ...], low: float, high: float, now_s: float) -> bool:
        read = self._read
        if read is None or read.server != self._server or not set(keys) <= read.found.keys():
            return False
        if low < read.low or (high > read.high and read.high < now_s - _AGAIN_S - read.width_s):
            return False
        wanted = width_for(high - low, POINTS)
        if read.width_s > 2 * wanted and (read.high - read.low) > 3 * (high - low):
            return False
        if read.width_s * 2 < wanted:
            return False
        return high < now_s - read.width_s or now_s - read.at_s < max(_AGAIN_S, read.width_s / 2)

    def _keep(self, read: _Read) -> None:
        if read.server == self._server:
            self._read = read
            self.arrivals += 1


def _nothing(low: float, high: float) -> Stored:
    width = width_for(high - low, POINTS)
    starts = np.arange(low // width * width, high, width, dtype=np.float64)
    return Stored(width, starts, *np.full((3, len(starts)), np.nan))


def _cut(curve: Curve, low: float, high: float) -> Curve:
    """Only what is shown, and a point more at either side, so that lines reach the edges."""
    first = max(0, int(np.searchsorted(curve.times, low)) - 1)
    last = min(len(curve), int(np.searchsorted(curve.times, high, side="right")) + 1)
    part = slice(first, last)
    return Curve(curve.times[part], curve.values[part], curve.low[part], curve.high[part], curve.width_s)
