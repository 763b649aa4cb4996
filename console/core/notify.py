"""One way for any room to tell the person something; buffered until a face listens."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from console.core.problems import Problem


class Level(StrEnum):
    """How much a notice matters; the worst is seen first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message for the person.

    Attributes:
        text: one plain sentence.
        level: how much it matters.
        key: notices with one key replace each other.
        remedy: what to do, or empty.
    """

    text: str
    level: Level = Level.INFO
    key: str = ""
    remedy: str = ""


class Notifier:
    """Any thread may call `tell`; the listener is called on that thread and must only enqueue."""

    def __init__(self, *, keep: int = 200) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Notice] = deque(maxlen=keep)
        self._listener: Callable[[Notice], None] | None = None

    def tell(self, notice: Notice) -> None:
        """Hand a notice to the listener, or keep it until there is one."""
        with self._lock:
            listener = self._listener
            if listener is None:
                self._waiting.append(notice)
        if listener is not None:
            listener(notice)

    def tell_problem(self, problem: Problem, *, key: str = "") -> None:
        """A Problem as a warning."""
        self.tell(Notice(problem.sentence, Level.WARNING, key or problem.code, problem.remedy))

    def listen(self, listener: Callable[[Notice], None]) -> None:
        """Attach the face; it gets what waited first."""
        with self._lock:
            self._listener = listener
            waiting = list(self._waiting)
            self._waiting.clear()
        for notice in waiting:
            listener(notice)
