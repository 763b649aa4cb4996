"""The lines of a job's log for whoever looks at a part of it: where they end, and which of them match.

A search runs in a process of its own (logsearch.py): a pattern may take for ever, and the agent has to go on.
"""

import json
import os
import re
import select
import subprocess
import time
from typing import Any, Dict, Tuple

from . import joblog, jobs, launch, logscan, logsearch, procs
from .execs import base_environment
from .paths import raw
from .wire import AgentError

_MOST_BLOCKS = 4096
_PATIENCE_S = 0.4
_MOST_PATTERN = 4096
_MOST_NEEDLES = 200
# A process that has worked for so long without a word is stuck in its pattern; a busy server is not that.
_STUCK_S = 5.0
SEARCH_MODULES = ("wire", "homes", "paths", "procs", "logscan", "logsearch")


def _log_of(request: Any) -> Tuple[str, str]:
    ident = request.text("id")
    return ident, os.path.join(jobs.known_folder(ident), "log")


def lines(request: Any) -> Dict[str, Any]:
    """job.lines: how many lines end in each block from `first` on; nothing where all is as it was known."""
    ident, path = _log_of(request)
    first = max(0, request.integer("first", 0))
    known = request.integer("size", -1)
    ended = joblog.ended(ident)
    hole = logsearch.hole_of(path)
    answer = {"hole": list(hole), "ended": ended, "first": first, "counts": []}  # type: Dict[str, Any]
    try:
        descriptor = os.open(raw(path), os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        answer.update({"size": 0, "upto": 0, "open": False, "before": 0})
        return answer
    try:
        size = os.fstat(descriptor).st_size
        answer["size"] = size
        if size == known and list(hole) == request.params.get("hole"):
            return answer
        _count(descriptor, size, hole, first, answer)
    finally:
        os.close(descriptor)
    if logsearch.hole_of(path) != hole:
        # What was counted may have been given back meanwhile.
        return lines(request)
    return answer


def _count(descriptor: int, size: int, hole: Tuple[int, int], first: int, answer: Dict[str, Any]) -> None:
    block = logscan.BLOCK
    deadline = time.monotonic() + _PATIENCE_S
    upto, counts = first * block, answer["counts"]
    data = b""
    while upto < size and len(counts) < _MOST_BLOCKS and (not counts or time.monotonic() < deadline):
        if hole[0] <= upto and upto + block <= hole[1]:
            counts.append(0)
            upto += block
            continue
        data = os.pread(descriptor, min(block, size - upto), upto)
        counts.append(logscan.ends_in(data, upto, hole))
        upto += len(data)
        if len(data) < block:
            break
    answer["upto"] = upto
    answer["open"] = upto > 0 and os.pread(descriptor, 1, upto - 1) != b"\n"
    start = hole[0] // block * block
    before = os.pread(descriptor, hole[0] - start, start) if hole[1] > hole[0] > start else b""
    answer["before"] = before.count(b"\n")


def search(request: Any) -> Dict[str, Any]:
    """job.search: a stream of matching lines, in the order of the log, with how far it has come."""
    ident, path = _log_of(request)
    wish = {
        "path": path,
        "pattern": request.text("pattern"),
        "regex": bool(request.params.get("regex")),
        "ignore_case": bool(request.params.get("ignore_case")),
        "drop": request.text("drop", ""),
        "needles": [str(each) for each in (request.params.get("needles") or [])[:_MOST_NEEDLES]],
        "offset": max(0, request.integer("offset", 0)),
        "nth": max(0, request.integer("nth", 0)),
        "most": max(1, request.integer("most", 100000)),
    }
    if not 0 < len(wish["pattern"]) <= _MOST_PATTERN or len(wish["drop"]) > _MOST_PATTERN:
        raise request.refuse("the pattern is empty or too long")
    try:
        logsearch.wanted_of(wish)
    except (re.error, OverflowError, RecursionError) as error:
        raise AgentError("log.pattern", reason=str(error)[:200]) from error
    return _run(request, ident, wish)


def _run(request: Any, ident: str, wish: Dict[str, Any]) -> Dict[str, Any]:
    bundle = request.agent.bundle
    content = {
        "boot": bundle["boot"],
        "boot_line": bundle["boot_line"],
        "entry": "logsearch",
        "config": wish,
        "modules": {name: bundle["modules"][name] for name in SEARCH_MODULES},
    }
    process = subprocess.Popen(
        launch.boot_argv(bundle),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env={raw(name): raw(value) for name, value in base_environment().items()},
    )
    request.agent.groups.add(process.pid)
    try:
        assert process.stdin is not None
        process.stdin.write(launch.packed(content))
        process.stdin.close()
        return _pass_on(request, process)
    except BrokenPipeError as error:
        raise request.refuse("the search of job %s ended at once" % ident) from error
    finally:
        procs.signal_group(process.pid, 9)
        process.wait()
        request.agent.groups.discard(process.pid)
        assert process.stdout is not None
        process.stdout.close()


def _pass_on(request: Any, process: "subprocess.Popen[bytes]") -> Dict[str, Any]:
    """Hand on what the process tells, line by line; the last line is the answer."""
    assert process.stdout is not None
    descriptor = process.stdout.fileno()
    received, heard = b"", 0.0
    while not request.cancelled.is_set():
        ready, _, _ = select.select([descriptor], [], [], 0.1)
        if not ready:
            if _worked_s(process.pid) - heard > _STUCK_S:
                raise AgentError("log.pattern_slow", seconds=int(_STUCK_S))
            continue
        data = os.read(descriptor, 1 << 16)
        heard = _worked_s(process.pid)
        if not data:
            raise request.refuse("the search ended without a word")
        received += data
        *whole, received = received.split(b"\n")
        for each in whole:
            told = json.loads(each.decode("ascii"))
            if told.pop("done", False):
                return dict(told)
            request.event(told)
    return {"cancelled": True}


def _worked_s(pid: int) -> float:
    """Processor time of a process that was not waited for yet."""
    with open("/proc/%d/stat" % pid, "rb") as stream:
        fields = stream.read().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))
