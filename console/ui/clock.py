"""The one clock of the window: what is visible is refreshed, what is hidden costs nothing.

Garbage is collected here too, in the main thread only: a cycle that holds widgets must not die elsewhere.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 100
CHARTS = 1
"""Every tick: 10 Hz."""
TABLES = 3
"""Every third tick, the nearest to 4 Hz that does not beat against the samples' 1 Hz."""
SLOW = 10
"""Once a second: the clock, badges, the strip."""
_YOUNG_EVERY = 3
"""And wherever a beat has nothing else to do: what piles up longer stops the window longer."""
_MIDDLE_EVERY = 60
_ALL_EVERY = 3000


@dataclass(slots=True)
class _Client:
    owner: QWidget
    call: Callable[[], None]
    every: int
    last: int = field(default=-1_000_000)


class UiClock(QObject):
    """Calls back at 10, 4 or 1 Hz while the owner can be seen.

    A beat that comes late is dropped, never queued: there is one timer and it does not catch up.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clients: list[_Client] = []
        self._ticks = self._moments = 0
        self._waiting: list[_Client] | None = None
        self._beats = False
        self._collects = False
        self._gives_back = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS // 2)
        self._timer.timeout.connect(self._half)

    @property
    def ticks(self) -> int:
        """How many beats there were."""
        return self._ticks

    @property
    def moments(self) -> int:
        """Counts up whenever clients are called; what is computed once for all of them is kept under this."""
        return self._moments

    def every(self, beats: int, owner: QWidget, call: Callable[[], None]) -> None:
        """Call `call` every `beats` ticks for as long as `owner` lives and is visible."""
        self._clients.append(_Client(owner, call, beats))

    @property
    def beats(self) -> bool:
        """Whether it is the timer that calls at this moment, and not a person's act or a whole `tick`."""
        return self._beats

    def apart(self, owner: QWidget, call: Callable[[], None]) -> None:
        """What is long and part of a beat, in a pass of the event loop of its own, behind what is due
        already: the person's own events and other timers. At once where it is not the timer that calls."""
        if self._beats:
            QTimer.singleShot(1, owner, call)  # with 0 it would come before timers that are overdue
        else:
            call()

    def start(self, *, collect_garbage: bool = True) -> None:
        """Begin to beat; from now on garbage is collected by the clock alone."""
        self._collects = collect_garbage
        if collect_garbage:
            self._gives_back = gc.isenabled()
            gc.collect()
            gc.freeze()
            gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Beat no more and give the collection back to Python."""
        self._timer.stop()
        if self._collects:
            gc.unfreeze()
            if self._gives_back:
                gc.enable()

    def tick(self) -> None:
        """One beat, all of it at once; tests call it themselves."""
        self._call(self._next_beat())

    def _half(self) -> None:
        """Half a beat: charts at its begin, and what else is due in its middle, so that the person's own
        events come between the two."""
        if self._waiting is None:
            due = self._next_beat()
            self._beat([client for client in due if client.every == CHARTS])
            self._waiting = [client for client in due if client.every != CHARTS]
            return
        waiting, self._waiting = self._waiting, None
        self._moments += 1
        self._beat(waiting)
        if self._collects and (not waiting or self._ticks % _YOUNG_EVERY == 0):
            _collect(self._ticks)

    def _beat(self, clients: list[_Client]) -> None:
        self._beats = True
        try:
            self._call(clients)
        finally:
            self._beats = False

    def _next_beat(self) -> list[_Client]:
        """Begin another beat; who is due in it."""
        self._ticks += 1
        self._moments += 1
        self._clients = [client for client in self._clients if shiboken6.isValid(client.owner)]
        return [client for client in self._clients if self._ticks - client.last >= client.every]

    def _call(self, clients: list[_Client]) -> None:
        for client in clients:
            if shiboken6.isValid(client.owner) and _seen(client.owner):
                client.last = self._ticks
                client.call()


def _collect(ticks: int) -> None:
    """A little often, everything seldom: with hundreds of servers that takes up to a tenth of a second.

    Nothing is frozen on the way: connections that were cut are cycles, and would never be given back.
    """
    if ticks % _ALL_EVERY == 0:
        gc.collect()
    else:
        gc.collect(0 if ticks % _MIDDLE_EVERY else 1)


@contextmanager
def collecting_here() -> Iterator[None]:
    """While widgets live, and until they are gone, only this thread may collect garbage.

    A collection on a worker thread would destroy Qt objects there, which ends the process.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.enable()


def _seen(widget: QWidget) -> bool:
    return widget.isVisible() and not widget.window().isMinimized()
