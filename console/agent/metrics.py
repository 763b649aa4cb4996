"""job.metrics and job.metrics.follow: what a job measured, from where the console stopped reading.

Nothing is remembered here: the console holds a cursor for every file. A long file is read in many short
answers, each thinned so that spikes stay.
"""

import base64
import os
import struct
import time
from typing import Any, Dict, List, Optional, Tuple

from . import jobs, metric_files, tfevents
from .joblog import ended as has_ended
from .metric_files import Opened, Source
from .metric_lines import MAX_LINE, Header, read_csv, read_json
from .thinning import Point, thin

Cursor = Dict[str, Any]

_PIECE = MAX_LINE
_BUDGET_BYTES = 16 * 1024 * 1024
_BUDGET_S = 0.5
_TICK_S = 0.25
_MAX_NAME = 200
MAX_CURVES = 2000
# All points of one answer: 32 bytes each, a third more as base64, in a frame of 4 MiB.
_MAX_POINTS = 48000
_DEFAULT_POINTS = 1000
_KEPT = ("torn", "skip", "bad")


class Answer:
    """What one look has found so far."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.curves: Dict[Tuple[str, str], List[Point]] = {}
        self.seen: Dict[Tuple[str, str], int] = {}
        self.sources: List[Dict[str, Any]] = []
        self.more = False
        self.dropped = 0
        self._until = time.monotonic() + _BUDGET_S
        self._left = _BUDGET_BYTES

    def emit_for(self, source: str) -> tfevents.Emit:
        """What takes the values of one source."""

        def emit(name: str, step: float, moment: float, value: float) -> None:
            key = (source, name[:_MAX_NAME])
            points = self.curves.get(key)
            if points is None:
                if len(self.curves) >= MAX_CURVES:
                    self.dropped += 1
                    return
                points = self.curves[key] = []
            count = self.seen.get(key, 0)
            points.append((float(count), step, moment, value))
            self.seen[key] = count + 1
            if len(points) >= 4 * self.limit:
                self.curves[key] = thin(points, self.limit)

        return emit

    def spend(self, count: int) -> bool:
        """Use up some of the budget; whether there is still some."""
        self._left -= count
        return self._left > 0 and time.monotonic() < self._until

    def as_dict(self, ended: bool) -> "Dict[str, Any]":
        """The answer as it travels."""
        limit = min(self.limit, max(5, _MAX_POINTS // max(1, len(self.curves))))
        rows = []
        for (source, name), points in self.curves.items():
            numbers = [number for point in thin(points, limit) for number in point]
            data = base64.b64encode(struct.pack("<%dd" % len(numbers), *numbers)).decode("ascii")
            seen = self.seen[(source, name)]
            rows.append({"source": source, "name": name, "seen": seen, "points_b64": data})
        return {
            "sources": self.sources,
            "curves": rows,
            "more": self.more,
            "ended": ended,
            "dropped": self.dropped,
        }


def _limit_of(request: Any) -> int:
    return max(5, min(_MAX_POINTS, int(request.integer("points", _DEFAULT_POINTS))))


def _cursors_of(request: Any) -> "Dict[str, Cursor]":
    given = request.mapping("cursors", {})
    return {name: each for name, each in given.items() if isinstance(each, dict)}


def metrics(request: Any) -> "Dict[str, Any]":
    """job.metrics: what is new since the cursors; `more` where the answer stopped at its budget."""
    ident = request.text("id")
    folder = jobs.known_folder(ident)
    return _look(request, ident, folder, _cursors_of(request), _limit_of(request))


def follow(request: Any) -> "Dict[str, Any]":
    """job.metrics.follow: the same as events while the job runs, to the end of what it wrote."""
    ident = request.text("id")
    folder = jobs.known_folder(ident)
    cursors, limit = _cursors_of(request), _limit_of(request)
    while not request.cancelled.is_set():
        found = _look(request, ident, folder, cursors, limit)
        if found["sources"]:
            request.event(found)
            cursors.update((each["name"], each["cursor"]) for each in found["sources"])
        if found["more"]:
            continue
        if found["ended"]:
            return {"ended": True}
        request.cancelled.wait(_TICK_S)
    return {"cancelled": True}


def _look(
    request: Any, ident: str, folder: str, cursors: "Dict[str, Cursor]", limit: int
) -> "Dict[str, Any]":
    # First whether it has ended, then the rest of the files: never the other way round.
    ended = has_ended(ident)
    answer = Answer(limit)
    for source in metric_files.places(request.agent, ident, folder, ended):
        if answer.more or request.cancelled.is_set():
            break
        row = _read_source(source, cursors.get(source.name) or {}, ended, answer)
        if row is not None:
            answer.sources.append(row)
    told = answer.as_dict(ended)
    told["cut"] = metric_files.left_out(request.agent, ident)
    return told


def _read_source(source: Source, cursor: Cursor, ended: bool, answer: Answer) -> "Optional[Dict[str, Any]]":
    """Read on in one file; None where nothing about it is new."""
    try:
        opened = Opened(source, cursor)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unreadable(source, cursor, error.strerror or type(error).__name__)
    try:
        return _read_opened(source, opened, cursor, ended, answer)
    except OSError as error:
        return _unreadable(source, cursor, error.strerror or type(error).__name__)
    finally:
        opened.close()


def _unreadable(source: Source, cursor: Cursor, reason: str) -> "Optional[Dict[str, Any]]":
    if cursor.get("problem") == reason:
        return None
    return _row(source, dict(cursor, problem=reason), False)


def _row(source: Source, cursor: Cursor, replaced: bool) -> "Dict[str, Any]":
    return {"name": source.name, "kind": source.kind, "cursor": cursor, "replaced": replaced}


def _read_opened(
    source: Source, opened: Opened, cursor: Cursor, ended: bool, answer: Answer
) -> "Optional[Dict[str, Any]]":
    start = opened.offset
    state = {} if opened.replaced else {key: cursor[key] for key in _KEPT if key in cursor}
    problem = None
    try:
        problem = _read_on(source, opened, state, ended, answer)
    except tfevents.Damaged as error:
        opened.offset += int(state.pop("done", 0))
        problem = "damaged at byte %d: %s" % (opened.offset, error)
    news = dict(state, offset=opened.offset, size=opened.size, edges=opened.edges(opened.offset))
    if problem is not None:
        news["problem"] = problem
    same = opened.offset == start and not opened.replaced and cursor.get("size") == opened.size
    if same and cursor.get("problem") == problem:
        return None
    return _row(source, news, opened.replaced)


def _read_on(source: Source, opened: Opened, state: Cursor, ended: bool, answer: Answer) -> "Optional[str]":
    """Read until the end of the file or of the budget; why no more of it can be read, None where it can."""
    read = _reader_of(source, opened)
    if isinstance(read, str):
        return read
    emit = answer.emit_for(source.name)
    while True:
        skip = int(state.pop("skip", 0))
        if skip:
            there = min(skip, opened.size - opened.offset)
            opened.offset += there
            if skip > there:
                # The rest of what is passed over is not written yet.
                state["skip"] = skip - there
                return None
        data = opened.read(_PIECE)
        last = ended and opened.offset + len(data) >= opened.size
        done = int(read(state, data, last, emit)) if data else 0
        opened.offset += done
        if not done:
            return None
        if not answer.spend(len(data)):
            answer.more = opened.offset < opened.size
            return None


def _reader_of(source: Source, opened: Opened) -> "Any":
    """What reads this kind, or a text that says why nothing can."""
    if source.kind == "tfevents":
        return tfevents.read
    if source.kind == "json":
        return read_json
    first = os.pread(opened.descriptor, 65536, 0)
    end = first.find(b"\n") + 1
    if not end:
        # The header is not whole yet.
        return "its first line is longer than any header" if len(first) == 65536 else _nothing
    header = Header(first[:end])
    if not header.names_columns:
        return "its first line names no columns"
    if opened.offset < end:
        opened.offset = end
    return lambda state, data, last, emit: read_csv(state, data, last, emit, header)


def _nothing(_state: Cursor, _data: bytes, _last: bool, _emit: tfevents.Emit) -> int:
    return 0
