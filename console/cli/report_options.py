"""The options that all reports share: what is added up, from when to when, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from console.cli.parser import Parser, UsageError
from console.cli.session import Session
from console.core.moments import parse_moment


def add_by(verb: Parser, choices: Sequence[str], default: str | None = None) -> None:
    """--by."""
    names = " or ".join((", ".join(choices[:-1]), choices[-1]))
    verb.add_argument("--by", choices=tuple(choices), default=default, help=f"add up by {names}")


def add_span(verb: Parser) -> None:
    """--since and --until."""
    verb.add_argument("--since", metavar="T", help="a span (7d) or a UTC time")
    verb.add_argument("--until", metavar="T", help="a span (1d) or a UTC time; now where left out")


def add_format(verb: Parser) -> None:
    """--format."""
    verb.add_argument("--format", choices=("text", "csv"), default="text")


def span_of(session: Session) -> tuple[datetime | None, datetime | None]:
    """The two moments; None is open.

    Raises:
        Problem: `input.invalid`.
        UsageError: they are the wrong way round.
    """
    args = session.args
    since = parse_moment(args.since) if args.since else None
    until = parse_moment(args.until) if args.until else None
    if since is not None and until is not None and since >= until:
        raise UsageError("--since lies behind --until", args.command)
    return since, until
