"""The process of one search by an expression in a log that is kept here: an expression may never end, and a
process can be killed. It is started by local_search.py and imports no more than the search itself.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import BinaryIO

from console.agent.logscan import Scan, Wanted

ASK = "--search-in-a-log"
"""The one word by which Tandem is told to be this process."""


def run() -> int:
    """Read the wish and the bytes from stdin, print what is found as JSON, a line each step."""
    source = sys.stdin.buffer
    wish = json.loads(source.readline())
    parts = [(int(at), source.read(int(length))) for at, length in wish["parts"]]
    out = sys.stdout.buffer
    try:
        wanted = Wanted(wish["pattern"], True, wish["ignore_case"], wish["drop"])
    except (re.error, OverflowError, RecursionError) as error:
        _say(out, {"wrong": str(error)[:200]})
        return 0
    _say(out, {"ready": True})
    scan = Scan(wanted, lambda at, length: _read(parts, at, length), wish["offset"], wish["nth"])
    _search(out, scan, wish)
    return 0


def _search(out: BinaryIO, scan: Scan, wish: Mapping[str, object]) -> None:
    size, most, hole = wish["size"], wish["most"], wish["hole"]
    assert isinstance(size, int)
    assert isinstance(most, int)
    assert isinstance(hole, list)
    count = 0
    while scan.at < size and count < most:
        found = scan.step(size, (hole[0], hole[1]))
        count += len(found)
        _say(out, {"found": found, "upto": scan.at})
    rest = scan.rest() if scan.at >= size else []
    last = {"capped": scan.at < size, "line": scan.line, "nth": scan.nth}
    _say(out, {"found": rest, "upto": scan.at, "last": last})


def _read(parts: list[tuple[int, bytes]], at: int, length: int) -> bytes:
    for begin, data in parts:
        if begin <= at < begin + len(data):
            return data[at - begin : at - begin + length]
    return b""


def _say(out: BinaryIO, told: Mapping[str, object]) -> None:
    out.write(json.dumps(told).encode("ascii") + b"\n")
    out.flush()
