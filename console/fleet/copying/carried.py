"""Copies that run on servers by themselves, as values: a server's part, and the whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.core.clock import parse_iso
from console.core.problems import Problem
from console.core.text import safe_line
from console.core.units import format_bytes
from console.fleet.copying.tree import Skipped
from console.fleet.remote_problem import problem_from

_MOST = 2**62


class PartState(StrEnum):
    """How a copy stands on one server. GIVING has all of it, and others still get it from there."""

    STARTING = "starting"
    RUNNING = "running"
    GIVING = "giving"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    UNKNOWN = "unknown"


LIVE = frozenset({PartState.STARTING, PartState.RUNNING, PartState.GIVING})
ARRIVED = frozenset({PartState.GIVING, PartState.SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a copy or fetch on one server.

    Attributes:
        root: the absolute path there; empty where it did not arrive.
        way: "directly from NAME", "through the console" or "from the URL"; empty where it did not arrive.
        sha256: of the file, where it was one.
        digest: one hash over all names and contents, where it was carried by servers.
        skipped: what was left out, and why.
        problem: why it did not arrive.
        copy_id: the copy's, by which its servers know it.
    """

    server: str
    root: str = ""
    files: int = 0
    unchanged: int = 0
    bytes: int = 0
    sha256: str | None = None
    digest: str | None = None
    way: str = ""
    skipped: tuple[Skipped, ...] = ()
    problem: Problem | None = None
    copy_id: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One server's part.

    Attributes:
        role: "source", "target" or "fetch".
        giver: from whom it gets it; planned, until it is so.
        done, total: bytes; None where unknown.
        arrived: what came; None while nothing has.
    """

    server: str
    role: str
    state: PartState
    giver: str | None
    done: int | None
    total: int | None
    arrived: Arrived | None = None
    digest: str | None = None
    problem: Problem | None = None
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One copy or fetch over all servers that told of it.

    Attributes:
        kind: "copy" or "fetch".
        title: what it is, in words.
        servers: all that take part, told or not.
    """

    id: str
    kind: str
    title: str
    servers: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def state(self) -> PartState:
        """Of the whole: running while any part is, else the worst of what its targets are."""
        goals = [part.state for part in self.parts if part.role != "source"] or [
            part.state for part in self.parts
        ]
        if any(state in LIVE and state is not PartState.GIVING for state in goals):
            return PartState.RUNNING
        for worst in (PartState.FAILED, PartState.LOST, PartState.CANCELLED, PartState.UNKNOWN):
            if worst in goals:
                return worst
        told = {part.server for part in self.parts}
        return PartState.SUCCEEDED if told >= set(self.servers) else PartState.UNKNOWN

    @property
    def started(self) -> datetime | None:
        """The first of its parts' starts."""
        return min((part.started for part in self.parts if part.started), default=None)


def part_of(server: str, told: Mapping[str, object]) -> Part:
    """What a server told of its part; nonsense becomes unknown."""
    spec = told.get("spec")
    spec = spec if isinstance(spec, Mapping) else {}
    role = str(spec.get("role") or "target")
    try:
        state = PartState(str(told.get("state")))
    except ValueError:
        state = PartState.UNKNOWN
    problem = None
    if told.get("error"):
        problem = copy_problem(server, told.get("error"))
    elif state is PartState.LOST:
        reason = safe_line(str(told.get("reason") or "nobody knows why"), max_chars=200)
        problem = Problem("transfer.lost", server=server, reason=reason)
    elif state is PartState.CANCELLED:
        problem = Problem("transfer.cancelled", server=server)
    giver = told.get("giver") or spec.get("giver")
    taken = told.get("taken")
    arrived = None
    if isinstance(taken, Mapping) and state in ARRIVED:
        arrived = _arrived(server, role, taken)
    return Part(
        server,
        role,
        state,
        safe_line(str(giver), max_chars=100) if giver else None,
        _count(told.get("done")),
        _count(told.get("total")) or None,
        arrived,
        _hash(told.get("digest")),
        problem,
        _moment(told.get("started")),
        _moment(told.get("ended")),
    )


def copy_problem(server: str, error: object) -> Problem:
    """An error of a server's part; sizes become words."""
    attrs = error.get("attrs") if isinstance(error, Mapping) else None
    if not isinstance(error, Mapping) or not isinstance(attrs, Mapping):
        return problem_from(server, "copy", error)
    sizes = {
        key: format_bytes(value if isinstance(value, int) else None)
        for key, value in attrs.items()
        if key in ("needed", "free", "limit")
    }
    return problem_from(server, "copy", {"code": error.get("code"), "attrs": {**attrs, **sizes}})


def tasks_of(told: Iterable[tuple[str, Mapping[str, object]]]) -> list[Task]:
    """Parts by (server, what it told) put together by their ids, the newest first."""
    found: dict[str, list[tuple[Part, Mapping[str, object]]]] = {}
    for server, each in told:
        ident = each.get("id")
        if isinstance(ident, str) and ident.isalnum() and len(ident) <= 32:
            spec = each.get("spec")
            found.setdefault(ident, []).append(
                (part_of(server, each), spec if isinstance(spec, Mapping) else {})
            )
    return [_task(ident, parts) for ident, parts in sorted(found.items(), reverse=True)]


def _task(ident: str, parts: list[tuple[Part, Mapping[str, object]]]) -> Task:
    spec = parts[0][1]
    named = spec.get("servers")
    servers = [safe_line(str(each), max_chars=100) for each in named] if isinstance(named, list) else []
    order = {name: at for at, name in enumerate(servers)}
    shown = sorted((part for part, _ in parts), key=lambda part: order.get(part.server, len(order)))
    names = [*servers, *(part.server for part in shown if part.server not in order)]
    title = safe_line(str(spec.get("title") or "?"), max_chars=300)
    return Task(ident, str(spec.get("kind") or "copy"), title, tuple(names), tuple(shown))


def _arrived(server: str, role: str, taken: Mapping[str, object]) -> Arrived:
    skipped = taken.get("skipped")
    return Arrived(
        server,
        safe_line(str(taken.get("root") or ""), max_chars=4096),
        _count(taken.get("files")) or 0,
        _count(taken.get("unchanged")) or 0,
        _count(taken.get("bytes")) or 0,
        _hash(taken.get("sha256")),
        _hash(taken.get("digest")),
        "from the URL"
        if role == "fetch"
        else f"directly from {safe_line(str(taken.get('giver')), max_chars=100)}",
        tuple(
            Skipped(safe_line(str(row[0]), max_chars=200), safe_line(str(row[1]), max_chars=100))
            for row in (skipped if isinstance(skipped, list) else [])
            if isinstance(row, list) and len(row) == 2
        ),
    )


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
    return int(value) if whole else None  # type: ignore[call-overload]


def _hash(value: object) -> str | None:
    good = isinstance(value, str) and len(value) == 64 and all(each in "0123456789abcdef" for each in value)
    return value if good else None  # type: ignore[return-value]


def _moment(value: object) -> datetime | None:
    try:
        return parse_iso(value) if isinstance(value, str) else None
    except ValueError:
        return None
