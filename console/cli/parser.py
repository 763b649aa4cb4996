"""The words of the command line, as argparse builds them. Each verb names the function that serves it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from console import __version__
from console.core.problems import Problem
from console.core.units import parse_bytes, parse_duration


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and exiting."""
        words = self.prog.split(" ", 1)
        raise UsageError(message, words[1] if len(words) > 1 else "")


class UsageError(Exception):
    """Wrong words; ends with exit code 2."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.problem = Problem("usage.wrong", message=message.rstrip("."), command=command)


def duration_s(text: str) -> float:
    """An argparse type: seconds or 90s, 15m, 2h, 7d."""
    try:
        return parse_duration(text).total_seconds()
    except Problem as problem:
        raise argparse.ArgumentTypeError(problem.sentence) from problem


def size_bytes(text: str) -> int:
    """An argparse type: bytes or 512K, 64M, 1.5G, 2T."""
    try:
        return parse_bytes(text)
    except Problem as problem:
        raise argparse.ArgumentTypeError(problem.sentence) from problem


def pair(text: str) -> tuple[str, str]:
    """An argparse type: KEY=VALUE."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=VALUE")
    return key, value


def port(text: str) -> int:
    """An argparse type: a TCP port."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port between 1 and 65535")
    return int(text)


def whole(text: str) -> int:
    """An argparse type: a number of things, 0 or more."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number")
    return int(text)


class Verbs:
    """Adds verbs to a parser; every verb takes the general flags, before or after it."""

    def __init__(self, parser: Parser, title: str, *, required: bool = True) -> None:
        self._group = parser.add_subparsers(
            title=title, metavar="COMMAND", dest=f"verb_{title}", required=required, parser_class=Parser
        )

    def add(
        self,
        name: str,
        help_text: str,
        serve: Callable[..., int] | None,
        *,
        command: str = "",
        changes: bool = False,
    ) -> Parser:
        """A verb served by `serve(session, args)`; `changes` gives it --dry-run and --yes."""
        verb: Parser = self._group.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        general_flags(verb, suppress=True)
        if changes:
            verb.add_argument("--dry-run", action="store_true", help="print the plan and change nothing")
            verb.add_argument("--yes", action="store_true", help="do not ask")
        if serve is not None:
            verb.set_defaults(serve=serve, command=command or name)
        return verb


def general_flags(parser: argparse.ArgumentParser, *, suppress: bool = False) -> None:
    """--home, --json, --read-only, --debug: accepted everywhere."""
    kept: dict[str, object] = {"default": argparse.SUPPRESS} if suppress else {}
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout", **kept)  # type: ignore[arg-type]
    parser.add_argument("--debug", action="store_true", help="show what went on inside", **kept)  # type: ignore[arg-type]
    parser.add_argument("--read-only", action="store_true", help="refuse whatever changes something", **kept)  # type: ignore[arg-type]
    parser.add_argument("--home", metavar="DIR", help="folder that holds everything local", **kept)  # type: ignore[arg-type]


def build(add_verbs: Sequence[Callable[[Verbs], None]]) -> Parser:
    """The whole parser."""
    parser = Parser(
        prog="tandem",
        description="Console for training and inference servers, over plain SSH.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tandem {__version__}")
    general_flags(parser)
    verbs = Verbs(parser, "commands", required=False)
    for add in add_verbs:
        add(verbs)
    return parser
