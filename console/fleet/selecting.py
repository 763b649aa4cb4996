"""Which servers an expression means: `label.team=vision & role=infer & name~gpu`. Pure.

Of the inventory only: what is measured is the window's filter, commands go to servers by what they are.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable

from console.core.problems import Problem
from console.fleet.server import Role, Server

Test = Callable[[Server], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[&|!()])"
    r"|(?P<key>name|host|role|user|jump|label\.[A-Za-z0-9_.-]+)\s*(?P<op>!=|!~|=|~)\s*"
    r"(?:\"(?P<quoted>[^\"]*)\"|(?P<value>[^\s&|!()]+))"
    r"|(?P<word>[^\s&|!()=~]+))"
)
_MAX_CHARS = 2000


def select(text: str, servers: Iterable[Server]) -> tuple[Server, ...]:
    """The servers that fit, in their order.

    Raises:
        Problem: `input.invalid`, naming what was not understood.
    """
    test = parse(text)
    return tuple(server for server in servers if test(server))


def parse(text: str) -> Test:
    """Read an expression: `key=value`, `!=`, `~` (contains, or fits a pattern with * and ?), `!~`, `all`,
    `drained`, a word that name or label hold; `&` or a blank, `|`, `!` and brackets between them.

    Raises:
        Problem: `input.invalid`.
    """
    if len(text) > _MAX_CHARS:
        raise _invalid("it is too long")
    tokens = _tokens(text)
    if not tokens:
        raise _invalid("it is empty; 'all' means every server")
    parser = _Parser(tokens)
    test = parser.either(0)
    if parser.tokens:
        raise _invalid(f"'{parser.tokens[0][1]}' is left over")
    return test


def _invalid(reason: str) -> Problem:
    return Problem("input.invalid", what="the filter", reason=reason)


def _tokens(text: str) -> list[tuple[Test | str, str]]:
    """Each token's test, or its sign, and how it was written."""
    found: list[tuple[Test | str, str]] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _invalid(f"'{text[at:].strip()[:20]}' is not understood")
        at = match.end()
        shown = match.group().strip()
        if match["sign"]:
            found.append((match["sign"], shown))
        elif match["key"]:
            value = match["quoted"] if match["quoted"] is not None else match["value"]
            found.append((_comparison(match["key"], match["op"], value), shown))
        else:
            found.append((_word(match["word"]), shown))
    return found


def _comparison(key: str, sign: str, value: str) -> Test:
    wanted = value.casefold()
    if key == "role" and wanted not in {role.value for role in Role}:
        raise _invalid(f"'{value}' is no role; there are {', '.join(role.value for role in Role)}")

    def fits(server: Server) -> bool:
        held = _values(server, key)
        if sign in ("=", "!="):
            return any(each.casefold() == wanted for each in held)
        if set(wanted) & set("*?"):
            return any(fnmatch.fnmatchcase(each.casefold(), wanted) for each in held)
        return any(wanted in each.casefold() for each in held)

    return (lambda server: not fits(server)) if sign.startswith("!") else fits


def _values(server: Server, key: str) -> tuple[str, ...]:
    if key.startswith("label."):
        label = server.labels.get(key.removeprefix("label."))
        return () if label is None else (label,)
    if key == "role":
        # A server that does both does each.
        both = server.role is Role.BOTH
        return tuple(role.value for role in Role) if both else (server.role.value,)
    held = {"name": server.name, "host": server.host, "user": server.user, "jump": server.jump}[key]
    return () if held is None else (held,)


def _word(word: str) -> Test:
    low = word.casefold()
    if low == "all":
        return lambda _server: True
    if low == "drained":
        return lambda server: server.drained is not None

    def fits(server: Server) -> bool:
        texts = (server.name, *server.labels, *server.labels.values())
        if set(low) & set("*?"):
            return any(fnmatch.fnmatchcase(text.casefold(), low) for text in texts)
        return any(low in text.casefold() for text in texts)

    return fits


class _Parser:
    """`|` binds least, `&` or nothing between two terms more, `!` most."""

    _DEPTH = 50

    def __init__(self, tokens: list[tuple[Test | str, str]]) -> None:
        self.tokens = tokens

    def either(self, depth: int) -> Test:
        if depth > self._DEPTH:
            raise _invalid("its brackets are nested too deeply")
        tests = [self._both(depth)]
        while self.tokens and self.tokens[0][0] == "|":
            self.tokens.pop(0)
            tests.append(self._both(depth))
        return lambda server: any(test(server) for test in tests)

    def _both(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self.tokens and self.tokens[0][0] not in ("|", ")"):
            if self.tokens[0][0] == "&":
                self.tokens.pop(0)
            tests.append(self._one(depth))
        return lambda server: all(test(server) for test in tests)

    def _one(self, depth: int) -> Test:
        if not self.tokens:
            raise _invalid("it ends too early")
        token, shown = self.tokens.pop(0)
        if not isinstance(token, str):
            return token
        if token == "!":
            denied = self._one(depth + 1)
            if depth > self._DEPTH:
                raise _invalid("it is nested too deeply")
            return lambda server: not denied(server)
        if token == "(":
            inner = self.either(depth + 1)
            if not self.tokens or self.tokens.pop(0)[0] != ")":
                raise _invalid("a bracket is not closed")
            return inner
        raise _invalid(f"'{shown}' stands where a word is wanted")
