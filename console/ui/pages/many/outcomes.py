"""What came of a command on many servers, as rows and words. No widget, no server."""

from __future__ import annotations

import shlex
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from console.core.problems import Problem
from console.core.text import decode, safe_line
from console.fleet.many import Group, Ran, RanState, grouped
from console.telemetry.filter import read_strictly
from console.telemetry.snapshot import ServerRow
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.problem_texts import texts_of

_TONES = {
    RanState.DONE: Tone.OK,
    RanState.FAILED: Tone.CRITICAL,
    RanState.TIMED_OUT: Tone.CRITICAL,
    RanState.UNREACHABLE: Tone.WARNING,
    RanState.CANCELLED: Tone.QUIET,
    RanState.NOT_STARTED: Tone.QUIET,
}
_WORST = [*list(_TONES)[1:4], RanState.CANCELLED, RanState.NOT_STARTED, RanState.DONE]
# What a shell would read and we do not.
_FOR_SHELLS = ("|", ">", "<", "&&", "||", ";", "&", "$", "`", "*", "~")
NAMED = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says now.

    Attributes:
        servers: that the filter hits.
        argv: that each of them would run.
        doubt: a sign that a shell would read and none will; empty where there is none.
        filter_fault, line_fault: why it cannot run; empty where it can.
    """

    servers: tuple[str, ...]
    argv: tuple[str, ...]
    doubt: str = ""
    filter_fault: str = ""
    line_fault: str = ""


def read_form(expression: str, line: str, rows: Sequence[ServerRow], *, by_shell: bool) -> Wanted:
    """Look at a filter and a command line; `rows` are the servers as they stand."""
    hit: tuple[str, ...] = ()
    filter_fault = ""
    if expression.strip():
        try:
            wanted = read_strictly(expression)
            hit = tuple(row.server.name for row in rows if wanted.server(row))
        except Problem as problem:
            filter_fault = texts_of(problem)[0]
    if by_shell:
        return Wanted(hit, ("sh", "-c", line) if line.strip() else (), filter_fault=filter_fault)
    try:
        argv = tuple(shlex.split(line))
    except ValueError:
        return Wanted(hit, (), "", filter_fault, translate("Many", "A quote is not closed."))
    doubt = next((sign for sign in _FOR_SHELLS if any(_bare(sign, word) for word in _raw_words(line))), "")
    return Wanted(hit, argv, doubt, filter_fault)


def _raw_words(line: str) -> list[str]:
    """The words with their quotes on: what is quoted is meant as it stands."""
    return shlex.split(line, posix=False)


def _bare(sign: str, word: str) -> bool:
    if word[:1] in ("'", '"') or "\\" in word:
        return False
    return word.startswith("~") if sign == "~" else sign in word


def named(servers: Sequence[str]) -> str:
    """Some names and how many more."""
    names = ", ".join(servers[:NAMED])
    if len(servers) <= NAMED:
        return names
    return translate("Many", "{names} and {count} more").format(names=names, count=len(servers) - NAMED)


def shown_argv(argv: Sequence[str]) -> str:
    """The words apart from each other, so that it is seen where one ends."""
    return "  ".join(f"[{safe_line(word, max_chars=80)}]" for word in argv)


def in_order(runs: Sequence[Ran]) -> list[Group]:
    """Groups of equal outcomes: what failed before what went well, the larger first."""
    return sorted(grouped(runs), key=lambda group: (_WORST.index(group.example.state), -len(group.servers)))


def key_of(group: Group) -> Hashable:
    """Stays the same while servers join the group."""
    ran = group.example
    problem = None if ran.problem is None else ran.problem.code
    return (ran.state, ran.exit_code, ran.signal, hash(ran.stdout), hash(ran.stderr), problem)


def outcome_word(ran: Ran) -> str:
    """How it ended."""
    if ran.state in (RanState.DONE, RanState.FAILED):
        if ran.signal is not None:
            return translate("Many", "signal {number}").format(number=ran.signal)
        if ran.exit_code is not None:
            return translate("Many", "exit {code}").format(code=ran.exit_code)
        return translate("Many", "failed")
    words = {
        RanState.TIMED_OUT: translate("Many", "time limit"),
        RanState.UNREACHABLE: translate("Many", "not reached"),
        RanState.CANCELLED: translate("Many", "cancelled"),
        RanState.NOT_STARTED: translate("Many", "not started"),
    }
    return words[ran.state]


def first_line(ran: Ran) -> str:
    """What it said, in short; where it did not run, why."""
    if ran.problem is not None and ran.state is not RanState.CANCELLED:
        return texts_of(ran.problem)[0]
    said = decode(ran.stdout or ran.stderr).strip()
    return safe_line(said.split("\n", 1)[0], max_chars=200)


def columns() -> list[Column[Group]]:
    """How it ended, on how many, which, and what it said."""
    return [
        Column(
            "outcome",
            translate("Many", "Outcome"),
            lambda group: outcome_word(group.example),
            sort=lambda group: (_WORST.index(group.example.state), group.example.exit_code or 0),
            width=130,
            tone=lambda group: _TONES[group.example.state],
            toned=True,
        ),
        Column(
            "count",
            translate("Many", "Servers"),
            lambda group: str(len(group.servers)),
            sort=lambda group: len(group.servers),
            align="right",
            width=76,
        ),
        Column("names", translate("Many", "Names"), lambda group: named(group.servers), width=260, drop=1),
        Column(
            "said",
            translate("Many", "What it said"),
            lambda group: first_line(group.example),
            width=200,
            stretch=True,
            fixed=True,
            dim=True,
        ),
    ]


def as_filter(servers: Sequence[str]) -> str:
    """An expression that means exactly these."""
    return " | ".join(f"name={name}" for name in servers)


def with_the_rest(servers: Sequence[str], came: Sequence[Ran], *, running: bool) -> list[Ran]:
    """In the order of the servers; who has not answered when all is over was never started, or cancelled."""
    by_name = {ran.server: ran for ran in came}
    if running:
        return [by_name[name] for name in servers if name in by_name]
    return [by_name.get(name) or Ran(name, RanState.CANCELLED) for name in servers]
