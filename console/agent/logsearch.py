"""The process of one search in a job's log; started by loglines.py, and killed where its pattern hangs."""

import json
import os
import time

from . import logscan, paths, procs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

_TELL_EVERY_S = 0.1
_MOST_AT_ONCE = 5000


def hole_of(path: str) -> "Tuple[int, int]":
    """From where to where a log's bytes were given back; twice 0 where all are there."""
    told = paths.read_json(path + ".hole") or {}
    begin, end = told.get("from"), told.get("to")
    return (begin, end) if isinstance(begin, int) and isinstance(end, int) and begin < end else (0, 0)


def wanted_of(wish: "Dict[str, Any]") -> logscan.Wanted:
    """What is looked for; raises re.error for a pattern that is none."""
    return logscan.Wanted(*(wish[name] for name in ("pattern", "regex", "ignore_case", "drop", "needles")))


def run(bundle: "Dict[str, Any]") -> int:
    """The process of one search; its lines of JSON go to stdout."""
    procs.name_process("tandem-search")
    os.nice(10)
    wish = bundle["config"]
    descriptor = os.open(paths.raw(wish["path"]), os.O_RDONLY | os.O_NOFOLLOW)
    scan = logscan.Scan(
        wanted_of(wish), lambda at, length: os.pread(descriptor, length, at), wish["offset"], wish["nth"]
    )
    size = os.fstat(descriptor).st_size
    waiting: "List[Tuple[int, int]]" = []
    told, count = time.monotonic(), 0
    while scan.at < size and count < wish["most"]:
        came = scan.step(size, hole_of(wish["path"]))
        count += len(came)
        waiting += came
        if time.monotonic() - told > _TELL_EVERY_S or len(waiting) > _MOST_AT_ONCE:
            _say({"found": waiting, "upto": scan.at, "size": size})
            waiting, told = [], time.monotonic()
    if scan.at >= size:
        waiting += scan.rest()
    _say({"found": waiting, "upto": scan.at, "size": size})
    _say({"done": True, "line": scan.line, "nth": scan.nth, "upto": scan.at, "size": size})
    return 0


def _say(told: "Dict[str, Any]") -> None:
    data = json.dumps(told).encode("ascii") + b"\n"
    while data:
        data = data[os.write(1, data) :]
