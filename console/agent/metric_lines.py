"""Metrics as lines of text: JSON objects, and CSV with a header. Pure: bytes in, values out.

A line that is nothing is left out; a line beyond any measure is passed over.
"""

import calendar
import csv
import json
import math
import re
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

Emit = Callable[[str, float, float, float], None]

MAX_LINE = 1024 * 1024
MAX_VALUES = 500
_MAX_DEPTH = 4
_STEPS = ("step", "global_step", "iteration", "iter", "steps")
_TIMES = ("time", "timestamp", "wall_time", "_timestamp", "datetime", "date")
_WORDS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf, "-inf": -math.inf, "-infinity": -math.inf}
_DELIMITERS = ",;\t|"
# A smaller number is a span and no moment; a larger one counts milliseconds.
_FIRST_EPOCH, _FIRST_MILLIS, _LAST_MILLIS = 1e8, 1e11, 1e14
_ISO = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$"
)


def number_in(value: "Any") -> "Optional[float]":
    """A number as JSON or text has it, NaN and the infinities included; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return None
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower())
    return None


def moment_in(value: "Any") -> float:
    """Seconds since 1970 out of a number or an ISO 8601 text; NaN where it is no moment."""
    if isinstance(value, str):
        found = _ISO.match(value.strip())
        return _iso_seconds(found) if found else math.nan
    number = number_in(value)
    if number is None or not _FIRST_EPOCH <= number < _LAST_MILLIS:
        return math.nan
    return number / 1000.0 if number >= _FIRST_MILLIS else number


def _iso_seconds(found: "Any") -> float:
    year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
    if not (1970 <= year < 3000 and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60):
        return math.nan
    seconds = float(calendar.timegm((year, month, day, hour, minute, second)))
    if found.group(7):
        seconds += float("0." + found.group(7))
    zone = found.group(8)
    if zone and zone[0] in "+-":
        away = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        seconds += away if zone[0] == "-" else -away
    return seconds


def _whole_lines(state: "Dict[str, Any]", data: bytes, last: bool) -> "Iterator[Tuple[bytes, int]]":
    """Each whole line and where it ends; the rest of one that is too long is passed over."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1
        if not end and not last:
            if len(data) - at < MAX_LINE and not state.get("torn"):
                return
            state["torn"] = True
            yield b"", len(data)
            return
        end = end or len(data)
        line = b"" if state.pop("torn", None) or end - at > MAX_LINE else data[at:end]
        at = end
        yield line, at


def read_json(state: "Dict[str, Any]", data: bytes, last: bool, emit: Emit) -> int:
    """Read whole lines of JSON; how many bytes are done with.

    Args:
        state: "torn": the rest of a line that was too long is still to be passed over.
        last: nothing more will be written: a line without its end counts too.
        emit: called with name, step, time (seconds since 1970) and value; NaN where one is not told.
    """
    done = 0
    for line, end in _whole_lines(state, data, last):
        done = end
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            state["bad"] = int(state.get("bad") or 0) + 1
            continue
        if isinstance(value, dict):
            _object(value, emit)
    return done


def _object(line: "Dict[str, Any]", emit: Emit) -> None:
    step_name = next((name for name in _STEPS if number_in(line.get(name)) is not None), "")
    step = number_in(line.get(step_name)) if step_name else math.nan
    moment, time_name = math.nan, ""
    for name in _TIMES:
        moment = moment_in(line.get(name))
        if not math.isnan(moment):
            time_name = name
            break
    step = math.nan if step is None or math.isinf(step) else step
    if isinstance(line.get("name"), str) and "value" in line:
        value = number_in(line["value"])
        if value is not None:
            emit(line["name"], step, moment, value)
        return
    count = 0
    for name, value in _flat(line, "", 0):
        if count >= MAX_VALUES:
            return
        # A "time" that is no moment (seconds since the start, say) is a value like any other.
        if name not in (step_name, time_name):
            count += 1
            emit(name, step, moment, value)


def _flat(line: "Dict[str, Any]", prefix: str, depth: int) -> "Iterator[Tuple[str, float]]":
    for name, value in line.items():
        if isinstance(value, dict) and depth < _MAX_DEPTH:
            for each in _flat(value, prefix + name + "/", depth + 1):
                yield each
            continue
        number = number_in(value)
        if number is not None:
            yield prefix + name, number


class Header:
    """The first line of a CSV file: its columns, and which of them are step and time."""

    def __init__(self, line: bytes) -> None:
        text = line.decode("utf-8-sig", "replace").strip("\r\n")
        counts = [(text.count(each), -place) for place, each in enumerate(_DELIMITERS)]
        self.delimiter = _DELIMITERS[-max(counts)[1]]
        self.names = [name.strip() for name in _cells(text, self.delimiter)][:MAX_VALUES]
        lower = [name.lower() for name in self.names]
        steps = [name for name in _STEPS + ("epoch",) if name in lower]
        self.step = lower.index(steps[0]) if steps else -1
        times = [name for name in _TIMES if name in lower]
        self.time = lower.index(times[0]) if times else -1

    @property
    def names_columns(self) -> bool:
        """Whether it is a header at all: words, and more than one of them."""
        named = [name for name in self.names if name]
        return len(named) > 1 and not any(_cell_number(name, self.delimiter) is not None for name in named)


def _cells(text: str, delimiter: str) -> "List[str]":
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _cell_number(cell: str, delimiter: str) -> "Optional[float]":
    cell = cell.strip()
    if delimiter == ";":
        cell = cell.replace(",", ".")
    if not cell or "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        return None


def read_csv(state: "Dict[str, Any]", data: bytes, last: bool, emit: Emit, header: Header) -> int:
    """Read whole rows below a header that was read before; how many bytes are done with.

    Empty cells, which loggers leave where a step has no such value, are no values.
    """
    done = 0
    for line, end in _whole_lines(state, data, last):
        done = end
        if not line.strip():
            continue
        cells = _cells(line.decode("utf-8", "replace").strip("\r\n"), header.delimiter)[: len(header.names)]
        step = _cell_number(cells[header.step], header.delimiter) if 0 <= header.step < len(cells) else None
        moment = _cell_moment(cells, header)
        known = math.nan if step is None or not math.isfinite(step) else step
        for place, cell in enumerate(cells):
            if place == header.step or (place == header.time and not math.isnan(moment)):
                continue
            value = _cell_number(cell, header.delimiter)
            if value is not None and header.names[place]:
                emit(header.names[place], known, moment, value)
    return done


def _cell_moment(cells: "List[str]", header: Header) -> float:
    if not 0 <= header.time < len(cells):
        return math.nan
    number = _cell_number(cells[header.time], header.delimiter)
    return moment_in(cells[header.time] if number is None else number)
