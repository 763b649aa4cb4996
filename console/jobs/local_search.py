"""A search by an expression in bytes that are here, in a process of its own that is killed where it hangs."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from typing import IO

from console.core.home import own_command
from console.core.logs.ansi import ESCAPES
from console.core.logs.index import Found, Search, Take
from console.core.problems import Problem
from console.jobs.search_child import ASK

PATIENCE_S = 5.0
_START_S = 30.0
_HERE = "this computer"


def search(
    wish: Search,
    parts: list[tuple[int, bytes]],
    size: int,
    hole: tuple[int, int],
    take: Take,
    *,
    patience_s: float = PATIENCE_S,
) -> None:
    """Look for an expression; see LogSource.search.

    Args:
        parts: bytes with the offset of the first of each, in their order.
        patience_s: so long one step of the search may take.

    Raises:
        Problem: `log.pattern`, `log.pattern_slow`.
    """
    child = subprocess.Popen(
        [*own_command(), ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdin is not None
    assert child.stdout is not None
    told: queue.Queue[bytes] = queue.Queue()
    reader = threading.Thread(target=_read, args=(child.stdout, told), name="log search")
    reader.start()
    try:
        _ask(child.stdin, wish, parts, size, hole)
        _take_all(told, size, take, patience_s)
    finally:
        child.kill()
        child.wait()
        reader.join()
        child.stdout.close()


def _read(stream: IO[bytes], told: queue.Queue[bytes]) -> None:
    for line in stream:
        told.put(line)
    told.put(b"")


def _ask(
    stream: IO[bytes], wish: Search, parts: list[tuple[int, bytes]], size: int, hole: tuple[int, int]
) -> None:
    words = {
        "pattern": wish.pattern,
        "ignore_case": wish.ignore_case,
        "drop": ESCAPES,
        "offset": wish.offset,
        "nth": wish.nth,
        "most": wish.most,
        "size": size,
        "hole": list(hole),
        "parts": [[at, len(data)] for at, data in parts],
    }
    try:
        with stream:
            stream.write(json.dumps(words).encode("ascii") + b"\n")
            for _, data in parts:
                stream.write(data)
    except OSError:  # it has ended; what it said, or that it said nothing, tells
        return


def _take_all(told: queue.Queue[bytes], size: int, take: Take, patience_s: float) -> None:
    for row in _rows(told, patience_s):
        if "wrong" in row:
            raise Problem("log.pattern", reason=str(row["wrong"]))
        found = row.get("found")
        if not isinstance(found, list):
            continue
        lines = tuple((int(line), int(nth)) for line, nth in found)
        last, upto = row.get("last"), row["upto"]
        assert isinstance(upto, int)
        if isinstance(last, dict):
            take(Found(lines, upto, size, last["capped"], last["line"], last["nth"]))
            return
        if not take(Found(lines, upto, size)):
            return


def _rows(told: queue.Queue[bytes], patience_s: float) -> Iterator[dict[str, object]]:
    patience = _START_S
    while True:
        try:
            line = told.get(timeout=patience)
        except queue.Empty:
            raise Problem("log.pattern_slow", server=_HERE, seconds=f"{patience:g}") from None
        if not line:
            raise Problem("log.pattern", reason="the search ended without an answer")
        row = json.loads(line)
        assert isinstance(row, dict)
        yield row
        patience = patience_s
