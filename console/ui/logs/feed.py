"""Brings a log to the window: asks how it stands, reads the blocks that are looked at, off the Qt thread."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from console.core.logs.index import BLOCK, LogSource, News
from console.core.logs.text import LogText
from console.core.problems import Problem
from console.ui.worker import Worker

MOST_AT_ONCE = 3
REST_S = 2.0
"""After a question that failed."""


class LogFeed(QObject):
    """A source and what is known of it.

    Signals:
        grown: more lines, or a gap; called with whether lines of the middle have gone.
        filled: bytes that were missing have come.
    """

    grown = Signal(bool)
    filled = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._turn = 0
        self._not_before_s = 0.0
        self._reading: set[int] = set()
        self.text = LogText()
        self.source: LogSource | None = None
        self.size: int | None = None
        self.ended = False
        self.problem: Problem | None = None

    def open(self, source: LogSource | None) -> None:
        """Show another log, or none."""
        self._turn += 1
        self._reading.clear()
        self._not_before_s = 0.0
        self.text.clear()
        self.source, self.size, self.ended, self.problem = source, None, False, None
        self.grown.emit(False)

    @property
    def complete(self) -> bool:
        """Whether all its lines are counted and no more will come."""
        return self.ended and self.size == self.text.index.size

    def beat(self) -> None:
        """Ask what is new; a source that is slow is asked on a worker's thread, one question at a time."""
        source, index, turn = self.source, self.text.index, self._turn
        if source is None or self.complete or time.monotonic() < self._not_before_s:
            return
        first, size, hole = index.next, index.size, index.hole
        if not source.slow:
            self._take(source.news(first, size, hole), turn)
            return
        self._worker.run(
            lambda: source.news(first, size, hole),
            lambda news: self._take(news, turn),
            failed=lambda problem: self._failed(problem, turn),
            owner=self,
            key=f"log.news {id(self)} {turn}",
        )

    def _failed(self, problem: Problem, turn: int) -> None:
        if turn == self._turn:
            self.problem = problem
            self._not_before_s = time.monotonic() + REST_S
            self.grown.emit(False)

    def _take(self, news: News, turn: int) -> None:
        if turn != self._turn:
            return
        index = self.text.index
        before = (index.size, index.rows, index.hole, self.ended, self.size, self.problem)
        hole = index.hole
        self.text.take(news)
        self.size, self.ended, self.problem = news.size, news.ended, None
        if before != (index.size, index.rows, index.hole, self.ended, self.size, self.problem):
            self.grown.emit(index.hole != hole)
        if index.size < news.size:
            self.beat()

    def fetch(self) -> None:
        """Read what was asked for and is not here."""
        source, wanted = self.source, self.text.wanted
        if source is None or not wanted:
            return
        if not source.slow:
            for offset in sorted(wanted):
                self.text.put(*source.read(offset, BLOCK - offset % BLOCK))
            wanted.clear()
            self.filled.emit()
            return
        for offset in sorted(wanted):
            block = offset // BLOCK
            if len(self._reading) >= MOST_AT_ONCE or block in self._reading:
                continue
            self._read(source, offset, block, self._turn)
        wanted.clear()

    def _read(self, source: LogSource, offset: int, block: int, turn: int) -> None:
        self._reading.add(block)

        def came(piece: tuple[int, bytes]) -> None:
            if turn == self._turn:
                self._reading.discard(block)
                self.text.put(*piece)
                self.filled.emit()

        def failed(problem: Problem) -> None:
            if turn == self._turn:
                self._reading.discard(block)
                self.problem = problem
                self.grown.emit(False)

        self._worker.run(lambda: source.read(offset, BLOCK - offset % BLOCK), came, failed=failed, owner=self)
