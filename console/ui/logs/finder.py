"""A search through a log and its matches as rows: on a worker's thread, and on again as the log grows."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shiboken6
from PySide6.QtCore import QObject, Signal

from console.core.logs.expressions import reach_of
from console.core.logs.index import BLOCK, Found, Integers, LineIndex, LogSource, Search
from console.core.problems import Problem
from console.ui.worker import Worker

AGAIN_AFTER_S = 2.0
# A search of a log that grows rests for so many times as long as it took.
_REST = 4.0
_NONE: Integers = np.zeros((0, 2), dtype=np.int64)


class Finder(QObject):
    """One thing that is looked for, or none.

    Attributes:
        wish: what; None for nothing.
        upto, size: bytes that were looked at, of how many.
        done: whether it came to the end of what was there.
        capped: whether it stopped at the most matches that are kept.
        problem: why it ended.

    Signals:
        changed: other matches, or further.
    """

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._turn = 0
        self._clear()

    def _clear(self) -> None:
        self.wish: Search | None = None
        self.upto = self.size = 0
        self.done, self.capped = True, False
        self.problem: Problem | None = None
        self._source: LogSource | None = None
        self._lines = _NONE
        self._rows: tuple[object, Integers] | None = None
        self._resume = (0, 0)
        self._began = 0.0
        self._next_s = 0.0

    def stop(self) -> None:
        """Look for nothing."""
        self._turn += 1
        self._clear()
        self.changed.emit()

    def start(self, source: LogSource, wish: Search) -> None:
        """Look for something from the beginning."""
        self._turn += 1
        self._clear()
        self._source, self.wish = source, wish
        self._run(wish)
        self.changed.emit()

    def go_on(self, size: int, *, at_once: bool = False) -> None:
        """Look at what has come since: now and then, or now."""
        if self.wish is None or not self.done or self.capped:
            return
        failed = self.problem is not None
        if failed and self.problem is not None and self.problem.code.startswith("log."):
            return
        if size > self.upto and ((at_once and not failed) or time.monotonic() >= self._next_s):
            self.problem = None
            offset, nth = self._resume
            # The line that was not over then is looked at again.
            self._lines = self._lines[self._lines[:, 0] < offset]
            self._run(replace(self.wish, offset=offset, nth=nth))

    def _run(self, wish: Search) -> None:
        source, turn = self._source, self._turn
        if source is None:
            return
        self.done, self._began = False, time.monotonic()

        def take(found: Found) -> bool:
            """Called on the worker's thread."""
            self._worker.post(lambda: deliver(found))
            return self._turn == turn

        def deliver(found: Found) -> None:
            if shiboken6.isValid(self) and self._turn == turn:
                self._take(found)

        def over() -> None:
            if self._turn == turn:
                self.done = True
                took = time.monotonic() - self._began
                self._next_s = time.monotonic() + max(AGAIN_AFTER_S, min(_REST * took, 5 * AGAIN_AFTER_S))
                self.changed.emit()

        def failed(problem: Problem) -> None:
            if self._turn == turn:
                # A pattern that cannot be used stays so; a link that was lost comes back.
                self.done, self.problem = True, problem
                self._next_s = time.monotonic() + 5 * AGAIN_AFTER_S
                self.changed.emit()

        self._worker.run(lambda: source.search(wish, take), lambda _: over(), failed=failed, owner=self)

    def _take(self, last: Found) -> None:
        fresh, kept = last.lines, self._lines
        if fresh:
            lines = np.array(fresh, dtype=np.int64)
            known = int(kept[-1, 0]) if len(kept) else -1
            kept = np.concatenate([kept, lines[lines[:, 0] > known]])
        self._lines = kept
        self.upto, self.size, self.capped = max(self.upto, last.upto), last.size, last.capped
        if last.line is not None:
            self._resume = (last.line, last.nth)
        self._rows = None
        self.changed.emit()

    def forget_gap(self, index: LineIndex) -> None:
        """Matches in what was given back are gone; at the gap's edge they are counted anew."""
        hole = index.hole
        if hole is not None and len(self._lines):
            low, high = hole.begin, (hole.end // BLOCK + 1) * BLOCK
            self._lines = self._lines[(self._lines[:, 0] < low) | (self._lines[:, 0] >= high)]
            self._rows = None
            self.changed.emit()

    def rows(self, index: LineIndex) -> Integers:
        """The rows of the matches, in their order."""
        key = (len(self._lines), index.size, index.hole)
        if self._rows is None or self._rows[0] != key:
            rows = index.rows_of(self._lines[:, 0], self._lines[:, 1])
            self._rows = (key, rows[rows >= 0])
        return self._rows[1]

    @property
    def count(self) -> int:
        """Lines that match so far."""
        return len(self._lines)

    def beyond(self, index: LineIndex, row: int, *, back: bool = False) -> int | None:
        """The next matching row after one, or the one before it; round the ends."""
        rows = self.rows(index)
        if not len(rows):
            return None
        if back:
            return int(rows[int(np.searchsorted(rows, row, side="left")) - 1])
        return int(rows[int(np.searchsorted(rows, row, side="right")) % len(rows)])

    def marks(self) -> Callable[[str], list[tuple[int, int]]]:
        """What to highlight in a matching line: every place of a text, the first of an expression."""
        wish = self.wish
        if wish is None or self.problem is not None or wish.needles:
            return lambda _: []
        flags = re.IGNORECASE if wish.ignore_case else 0
        try:
            pattern = re.compile(wish.pattern if wish.regex else re.escape(wish.pattern), flags)
        except (re.error, OverflowError, RecursionError):  # the search itself tells of it
            return lambda _: []
        if not wish.regex:
            return lambda text: [found.span() for found in pattern.finditer(text)]

        reach = reach_of(wish.pattern)

        def first(text: str) -> list[tuple[int, int]]:
            found = pattern.search(text[:reach]) if reach else None
            return [found.span()] if found else []

        return first
