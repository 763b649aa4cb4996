"""The filter language of the fleet: `util<10 & mem>80`, `gpu-05`, `lost | idle`, `!drained`. Pure; no Qt.

A server fits where one of its accelerators fits the whole expression, so that `util<10 & mem>80` speaks of
one accelerator. What is not known fits no comparison.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from console.core.problems import Problem
from console.fleet.link_state import LinkState
from console.fleet.server import Role
from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity

Test = Callable[[ServerRow, AcceleratorRow | None], bool]
Value = Callable[[ServerRow, AcceleratorRow | None], float | None]

_TOKEN = re.compile(
    r"\s*(?:(?P<compare>[A-Za-z_]+)\s*(?P<op><=|>=|!=|<|>|=)\s*(?P<number>-?\d+(?:\.\d+)?)\s*%?"
    r"|(?P<sign>[&|!()])|(?P<word>[^\s&|!()<>=]+))"
)
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


def _memory(server: ServerRow, row: AcceleratorRow | None) -> float | None:
    if row is None:
        sample = server.sample
        used, total = (sample.memory_used_bytes, sample.memory_total_bytes) if sample else (None, None)
    else:
        used, total = row.sample.memory_used_bytes, row.sample.memory_total_bytes
    return None if used is None or not total else used / total * 100


_VALUES: dict[str, Value] = {
    "util": lambda _server, row: row.utilization_percent if row else None,
    "mem": _memory,
    "temp": lambda _server, row: row.sample.temperature_c if row and row.fresh else None,
    "power": lambda _server, row: row.sample.power_w if row and row.fresh else None,
    "gpus": lambda server, _row: float(len(server.accelerators)),
    "cpu": lambda server, _row: server.sample.cpu_percent if server.sample and server.fresh else None,
    "load": lambda server, _row: server.sample.load1 if server.sample and server.fresh else None,
    "age": lambda server, _row: server.age_s,
}


def _active(wanted: Activity) -> Test:
    return lambda _server, row: row is not None and row.activity is wanted


_WORDS: dict[str, Test] = {
    "lost": _active(Activity.LOST),
    "idle": _active(Activity.IDLE),
    "busy": _active(Activity.BUSY),
    "unknown": _active(Activity.UNKNOWN),
    "sick": lambda server, _row: server.severity >= Severity.WARNING,
    "critical": lambda server, _row: server.severity is Severity.CRITICAL,
    "up": lambda server, _row: server.link.state is LinkState.UP,
    "down": lambda server, _row: server.link.state is not LinkState.UP,
    "train": lambda server, _row: server.server.role in (Role.TRAIN, Role.BOTH),
    "infer": lambda server, _row: server.server.role in (Role.INFER, Role.BOTH),
    "drained": lambda server, _row: server.server.drained is not None,
    "simulated": lambda _server, row: row is not None and row.sample.simulated,
}
_WORDS["training"], _WORDS["inference"] = _WORDS["train"], _WORDS["infer"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed expression; an empty one lets everything through."""

    text: str
    _test: Test

    def accelerator(self, server: ServerRow, row: AcceleratorRow) -> bool:
        """Whether one accelerator fits."""
        return self._test(server, row)

    def server(self, server: ServerRow) -> bool:
        """Whether a server fits: by one of its accelerators, or by itself where it has none."""
        if not server.accelerators:
            return self._test(server, None)
        return any(self._test(server, row) for row in server.accelerators)


def parse(text: str) -> Filter:
    """Read an expression.

    Raises:
        Problem: `input.invalid`, naming what was not understood.
    """
    tokens = _tokens(text)
    if not tokens:
        return Filter(text, lambda _server, _row: True)
    parser = _Parser(tokens)
    test = parser.either()
    if parser.left:
        raise _invalid(f"'{parser.left[0].shown}' is left over")
    return Filter(text, test)


@dataclass(frozen=True, slots=True)
class _Token:
    shown: str
    sign: str = ""
    test: Test | None = None


def _invalid(reason: str) -> Problem:
    return Problem("input.invalid", what="the filter", reason=reason)


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise _invalid(f"'{text[at:].strip()[:20]}' is not understood")
        at = found.end()
        shown = found.group().strip()
        if found["compare"]:
            tokens.append(
                _Token(shown, test=_comparison(found["compare"], found["op"], float(found["number"])))
            )
        elif found["sign"]:
            tokens.append(_Token(shown, sign=found["sign"]))
        else:
            tokens.append(_Token(shown, test=_word(found["word"])))
    return tokens


def _comparison(name: str, sign: str, number: float) -> Test:
    value = _VALUES.get(name.lower())
    if value is None:
        raise _invalid(f"there is no value '{name}'; there are {', '.join(_VALUES)}")
    compare = _OPERATORS[sign]

    def test(server: ServerRow, row: AcceleratorRow | None) -> bool:
        found = value(server, row)
        return found is not None and compare(found, number)

    return test


def _word(word: str) -> Test:
    low = word.casefold()
    if low in _WORDS:
        return _WORDS[low]

    def test(server: ServerRow, row: AcceleratorRow | None) -> bool:
        return any(low in text.casefold() for text in _texts(server, row))

    return test


def _texts(server: ServerRow, row: AcceleratorRow | None) -> list[str]:
    texts = [server.server.name, server.server.host, *server.server.labels, *server.server.labels.values()]
    if row is not None:
        texts += [row.sample.name, row.sample.uuid]
        texts += [each.user or "" for each in row.sample.processes or ()]
        texts += [each.command or "" for each in row.sample.processes or ()]
    return texts


class _Parser:
    """`|` binds least, `&` or nothing between two terms more, `!` most."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.left = tokens

    def either(self) -> Test:
        tests = [self._both()]
        while self.left and self.left[0].sign == "|":
            self.left.pop(0)
            tests.append(self._both())
        return lambda server, row: any(test(server, row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self.left and self.left[0].sign in ("&", "!", "(", ""):
            if self.left[0].sign == "&":
                self.left.pop(0)
            tests.append(self._one())
        return lambda server, row: all(test(server, row) for test in tests)

    def _one(self) -> Test:
        if not self.left:
            raise _invalid("it ends too early")
        token = self.left.pop(0)
        if token.test is not None:
            return token.test
        if token.sign == "!":
            denied = self._one()
            return lambda server, row: not denied(server, row)
        if token.sign == "(":
            inner = self.either()
            if not self.left or self.left.pop(0).sign != ")":
                raise _invalid("a bracket is not closed")
            return inner
        raise _invalid(f"'{token.shown}' stands where a word is wanted")
