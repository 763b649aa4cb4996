"""The syntax of every filter: terms with `&`, `|`, `!` and brackets. What a term means is said outside.

Answers are yes, no or not known (None): what is not known neither fits nor, denied, fits. Pure; no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from console.core.problems import Problem

T = TypeVar("T")
Test = Callable[[T], bool | None]

MAX_CHARS = 2000
_DEPTH = 50
_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[&|()])|(?P<bang>!)(?![=~])"
    r"|(?P<key>[A-Za-z_][A-Za-z0-9_.-]*)\s*(?P<op><=|>=|!=|!~|=|~|<|>)\s*"
    r"(?:\"(?P<quoted>[^\"]*)\"|(?P<value>[^\s&|!()<>=~\"]+(?:\s*%)?))"
    r"|\"(?P<phrase>[^\"]+)\"|(?P<word>[^\s&|!()<>=~\"]+))"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it was written.

    Attributes:
        key, op, value: of a comparison; key and op are empty for a bare word, which is the value.
        column: where it begins, from 1.
    """

    key: str
    op: str
    value: str
    column: int


def wrong(reason: str, column: int) -> Problem:
    """The Problem of a text that is no filter, with the column that it is about."""
    return Problem("filter.invalid", reason=reason, column=column)


@dataclass(frozen=True, slots=True)
class _Token(Generic[T]):
    column: int
    shown: str
    sign: str = ""
    test: Test[T] | None = None


def parse(text: str, meaning: Callable[[Term], Test[T]]) -> Test[T]:
    """Read an expression; `&` or a blank bind more than `|`, `!` most.

    Args:
        meaning: what one term asks; raises `wrong(...)` where it knows no such thing.

    Raises:
        Problem: `filter.invalid` with the column, also where the text is empty.
    """
    if len(text) > MAX_CHARS:
        raise wrong("it is too long", MAX_CHARS)
    tokens = _tokens(text, meaning)
    if not tokens:
        raise wrong("it is empty; 'all' means everything", 1)
    parser = _Parser(tokens, len(text.rstrip()) + 1)
    test = parser.either(0)
    if parser.left:
        raise wrong(f"'{parser.left[0].shown}' is left over", parser.left[0].column)
    return test


def _tokens(text: str, meaning: Callable[[Term], Test[T]]) -> list[_Token[T]]:
    found: list[_Token[T]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            begin = at + len(text[at:]) - len(text[at:].lstrip())
            raise wrong(f"'{text[begin:][:20]}' is not understood", begin + 1)
        shown = match.group().strip()
        column = match.end() - len(match.group().lstrip()) + 1
        at = match.end()
        if sign := match["sign"] or match["bang"]:
            found.append(_Token(column, shown, sign=sign))
            continue
        value = next(
            each
            for each in (match["quoted"], match["value"], match["phrase"], match["word"])
            if each is not None
        )
        term = Term(match["key"] or "", match["op"] or "", value, column)
        found.append(_Token(column, shown, test=meaning(term)))
    return found


class _Parser(Generic[T]):
    def __init__(self, tokens: list[_Token[T]], end: int) -> None:
        self.left = tokens
        self._end = end

    def either(self, depth: int) -> Test[T]:
        if depth > _DEPTH:
            raise wrong("its brackets are nested too deeply", self._column())
        tests = [self._both(depth)]
        while self.left and self.left[0].sign == "|":
            self.left.pop(0)
            tests.append(self._both(depth))
        return tests[0] if len(tests) == 1 else _any_of(tests)

    def _both(self, depth: int) -> Test[T]:
        tests = [self._one(depth)]
        while self.left and self.left[0].sign not in ("|", ")"):
            if self.left[0].sign == "&":
                self.left.pop(0)
            tests.append(self._one(depth))
        return tests[0] if len(tests) == 1 else _all_of(tests)

    def _one(self, depth: int) -> Test[T]:
        if not self.left:
            raise wrong("it ends too early", self._end)
        token = self.left.pop(0)
        if token.test is not None:
            return token.test
        if token.sign == "!":
            if depth > _DEPTH:
                raise wrong("it is nested too deeply", token.column)
            return _denied(self._one(depth + 1))
        if token.sign == "(":
            inner = self.either(depth + 1)
            if not self.left or self.left.pop(0).sign != ")":
                raise wrong("a bracket is not closed", token.column)
            return inner
        raise wrong(f"'{token.shown}' stands where a word is wanted", token.column)

    def _column(self) -> int:
        return self.left[0].column if self.left else self._end


def _denied(test: Test[T]) -> Test[T]:
    def denied(thing: T) -> bool | None:
        found = test(thing)
        return None if found is None else not found

    return denied


def _all_of(tests: Sequence[Test[T]]) -> Test[T]:
    def both(thing: T) -> bool | None:
        known = True
        for test in tests:
            found = test(thing)
            if found is False:
                return False
            known = known and found is not None
        return True if known else None

    return both


def _any_of(tests: Sequence[Test[T]]) -> Test[T]:
    def either(thing: T) -> bool | None:
        known = True
        for test in tests:
            found = test(thing)
            if found:
                return True
            known = known and found is not None
        return False if known else None

    return either
