"""Several streams read as one, in the order in which they bring something. No I/O of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import TypeVar

from console.core.problems import Problem

T = TypeVar("T")

_AHEAD = 64
_LOOK_S = 0.2


class _End:
    """A stream is over; what was wrong, if anything was."""

    def __init__(self, problem: Problem | None) -> None:
        self.problem = problem


def together(streams: Mapping[str, Iterator[T]]) -> Iterator[tuple[str, T]]:
    """What each stream brings, under its name, as it comes. A single one is read without a thread.

    Raises:
        Problem: the first of a stream that failed, once all others are at their end.
    """
    if len(streams) == 1:
        ((name, stream),) = streams.items()
        for item in stream:
            yield name, item
        return
    arrived: queue.Queue[tuple[str, T | _End]] = queue.Queue(_AHEAD)
    nobody = threading.Event()

    def read(name: str, stream: Iterator[T]) -> None:
        problem = None
        try:
            for item in stream:
                if not _hand(arrived, (name, item), nobody):
                    return
        except Problem as caught:
            problem = caught
        _hand(arrived, (name, _End(problem)), nobody)

    # Nobody waits for them where the reader leaves: the end of their connection ends them.
    for name, stream in streams.items():
        threading.Thread(target=read, args=(name, stream), name=f"follow {name}", daemon=True).start()
    left, first = len(streams), None
    try:
        while left:
            name, found = arrived.get()
            if isinstance(found, _End):
                left, first = left - 1, first or found.problem
            else:
                yield name, found
    finally:
        nobody.set()
    if first is not None:
        raise first


def _hand(
    arrived: queue.Queue[tuple[str, T | _End]], item: tuple[str, T | _End], nobody: threading.Event
) -> bool:
    """Put it where the reader takes it; False where there is no reader any more."""
    while not nobody.is_set():
        try:
            arrived.put(item, timeout=_LOOK_S)
        except queue.Full:
            continue
        return True
    return False
