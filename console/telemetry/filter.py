"""The words of the fleet's one filter (`util<10 & label.team=vision`), see resources/help/filter.md. Pure.

A server fits where one of its accelerators fits the whole. What is not known fits nothing, denied or not.
"""

from __future__ import annotations

import fnmatch
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from console.core.expression import Term, Test, parse, wrong
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Role, Server
from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity

GIB = 1024**3
T = TypeVar("T")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a term is asked of: a server, and one of its accelerators or none."""

    server: ServerRow
    row: AcceleratorRow | None


Asked = Test[Place]
Number = Callable[[Place], float | None]
Texts = Callable[[Place], tuple[str, ...]]


def _current(place: Place) -> AcceleratorRow | None:
    """The accelerator where its values may be taken as current."""
    row = place.row
    return row if row is not None and row.fresh and row.sample.state is AcceleratorState.OK else None


def _memory_percent(place: Place) -> float | None:
    if place.row is None:
        sample = place.server.sample if place.server.fresh else None
        used, total = (sample.memory_used_bytes, sample.memory_total_bytes) if sample else (None, None)
    else:
        row = _current(place)
        used = row.sample.memory_used_bytes if row else None
        total = row.sample.memory_total_bytes if row else None
    return None if used is None or not total else used / total * 100


def _free_gib(place: Place) -> float | None:
    row = _current(place)
    if row is None or row.sample.memory_used_bytes is None or row.sample.memory_total_bytes is None:
        return None
    return (row.sample.memory_total_bytes - row.sample.memory_used_bytes) / GIB


def _total_gib(place: Place) -> float | None:
    total = place.row.sample.memory_total_bytes if place.row else None
    return None if total is None else total / GIB


def _of_row(field: str) -> Number:
    def read(place: Place) -> float | None:
        row = _current(place)
        value = getattr(row.sample, field) if row else None
        return None if value is None else float(value)

    return read


def _of_server(field: str) -> Number:
    def read(place: Place) -> float | None:
        sample = place.server.sample if place.server.fresh else None
        value = getattr(sample, field) if sample else None
        return None if value is None else float(value)

    return read


MEASURED: dict[str, Number] = {
    "util": lambda place: place.row.utilization_percent if place.row else None,
    "mem": _memory_percent,
    "free": _free_gib,
    "size": _total_gib,
    "temp": _of_row("temperature_c"),
    "power": _of_row("power_w"),
    "ecc": _of_row("ecc_uncorrected"),
    "gpus": lambda place: (
        float(len(place.server.accelerators)) if place.server.accelerators or place.server.sample else None
    ),
    "cpu": _of_server("cpu_percent"),
    "load": _of_server("load1"),
    "age": lambda place: place.server.age_s,
}
"""Numbers that only a sample can tell; `free` and `size` in GiB, `mem`, `util` and `cpu` in percent."""

LISTED: dict[str, Number] = {"cost": lambda place: place.server.server.cost_per_hour}
"""Numbers of the inventory."""


def _processes(place: Place, field: str) -> tuple[str, ...]:
    held = place.row.sample.processes if place.row and place.row.fresh else None
    return tuple(str(getattr(each, field)) for each in held or () if getattr(each, field))


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


def _roles(place: Place) -> tuple[str, ...]:
    role = place.server.server.role
    # A server that does both does each.
    return tuple(each.value for each in Role) if role is Role.BOTH else (role.value,)


TEXTS: dict[str, Texts] = {
    "name": lambda place: (place.server.server.name,),
    "host": lambda place: (place.server.server.host,),
    "user": lambda place: _one(place.server.server.user),
    "jump": lambda place: _one(place.server.server.jump),
    "role": _roles,
}
MEASURED_TEXTS: dict[str, Texts] = {
    "model": lambda place: _one(place.row.sample.name if place.row else None),
    "uuid": lambda place: _one(place.row.sample.uuid if place.row else None),
    "vendor": lambda place: _one(place.row.sample.vendor if place.row else None),
    "who": lambda place: _processes(place, "user"),
    "process": lambda place: _processes(place, "command"),
}


def _active(wanted: Activity) -> Asked:
    return lambda place: place.row is not None and place.row.activity is wanted


MEASURED_WORDS: dict[str, Asked] = {
    "lost": _active(Activity.LOST),
    "idle": _active(Activity.IDLE),
    "busy": _active(Activity.BUSY),
    "unknown": _active(Activity.UNKNOWN),
    "sick": lambda place: (place.row.severity if place.row else place.server.severity) >= Severity.WARNING,
    "critical": lambda place: (
        (place.row.severity if place.row else place.server.severity) is Severity.CRITICAL
    ),
    "up": lambda place: place.server.link.state is LinkState.UP,
    "down": lambda place: place.server.link.state is not LinkState.UP,
    "simulated": lambda place: place.row is not None and place.row.sample.simulated,
}
WORDS: dict[str, Asked] = {
    "all": lambda _place: True,
    "drained": lambda place: place.server.drained is not None,
    "train": lambda place: place.server.server.role in (Role.TRAIN, Role.BOTH),
    "infer": lambda place: place.server.server.role in (Role.INFER, Role.BOTH),
}
WORDS["training"], WORDS["inference"] = WORDS["train"], WORDS["infer"]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that was read.

    Attributes:
        text: as it was written.
        measured: whether it asks for anything that only a sample or a link can tell.
        timed: whether its answer changes with time alone.
    """

    text: str
    measured: bool
    timed: bool
    _test: Asked

    def accelerator(self, server: ServerRow, row: AcceleratorRow) -> bool:
        """Whether one accelerator fits."""
        return self._test(Place(server, row)) is True

    def server(self, server: ServerRow) -> bool:
        """Whether a server fits: by one of its accelerators, or by itself where it has none."""
        if not server.accelerators:
            return self._test(Place(server, None)) is True
        return any(self._test(Place(server, row)) for row in server.accelerators)

    def listed(self, servers: Iterable[Server]) -> tuple[Server, ...]:
        """Those of the inventory that fit, in their order; only for what asks nothing measured."""
        if self.measured:
            raise ValueError(f"'{self.text}' asks for what the inventory cannot tell")
        nothing = (None, None, False, ())
        return tuple(each for each in servers if self.server(ServerRow(each, _off(each), *nothing)))


def _off(server: Server) -> LinkView:
    return LinkView(server.name, LinkState.OFF)


EVERYTHING = Filter("", False, False, lambda _place: True)


def read(text: str) -> Filter:
    """Read a filter for looking; an empty text lets everything through.

    Raises:
        Problem: `filter.invalid` with the column of what was not understood.
    """
    return _read(text, samples=True) if text.strip() else EVERYTHING


def read_strictly(text: str) -> Filter:
    """Read a filter for acting: it may not be empty ('all' means every server), and a bare word speaks of
    names, hosts and labels alone, not of what happens to run somewhere.

    Raises:
        Problem: `filter.invalid` with the column of what was not understood.
    """
    return _read(text, samples=False)


def _read(text: str, *, samples: bool) -> Filter:
    words = _Words(samples)
    test = parse(text, words.meaning)
    return Filter(text, words.measured, words.timed, test)


class _Words:
    """Gives every term its meaning and notes what the whole needs."""

    def __init__(self, samples: bool) -> None:
        self._samples = samples
        self.measured = False
        self.timed = False

    def meaning(self, term: Term) -> Asked:
        if not term.op:
            return self._word(term)
        key = term.key.lower()
        if key in MEASURED or key in LISTED:
            self.measured = self.measured or key in MEASURED
            self.timed = self.timed or key == "age"
            return comparison(MEASURED.get(key) or LISTED[key], term)
        if key in MEASURED_TEXTS:
            self.measured = True
            return matching(MEASURED_TEXTS[key], term)
        if key in TEXTS or key.startswith("label."):
            return matching(server_texts(term.key), term)
        known = ", ".join([*MEASURED, *LISTED, *TEXTS, "label.NAME", *MEASURED_TEXTS])
        raise wrong(f"there is no value '{term.key}'; there are {known}", term.column)

    def _word(self, term: Term) -> Asked:
        low = term.value.casefold()
        if low in WORDS:
            return WORDS[low]
        if low in MEASURED_WORDS:
            self.measured = True
            return MEASURED_WORDS[low]
        fits = pattern(low)
        samples = self._samples

        def test(place: Place) -> bool:
            texts = _listed_texts(place.server.server)
            if samples and place.row is not None:
                found = [each for read_texts in MEASURED_TEXTS.values() for each in read_texts(place)]
                texts = (*texts, *found)
            return any(fits(text.casefold()) for text in texts)

        return test


def _listed_texts(server: Server) -> tuple[str, ...]:
    return (server.name, server.host, *server.labels, *server.labels.values())


def server_texts(key: str) -> Texts:
    """What the inventory says under a key of TEXTS or `label.NAME`."""
    name = key.partition(".")[2]
    return TEXTS.get(key.lower()) or (lambda place: _one(place.server.server.labels.get(name)))


def pattern(low: str) -> Callable[[str], bool]:
    """Contains it, or fits it as a pattern where it has * or ?; both in lower case."""
    if set(low) & set("*?"):
        return lambda text: fnmatch.fnmatchcase(text, low)
    return lambda text: low in text


def comparison(number: Callable[[T], float | None], term: Term) -> Test[T]:
    """What `key<number` asks; also of what other rooms count.

    Raises:
        Problem: `filter.invalid`.
    """
    if term.op not in _COMPARE:
        raise wrong(f"'{term.key}' is a number; compare it with < <= > >= = or !=", term.column)
    try:
        wanted = float(term.value.rstrip("% "))
    except ValueError:
        raise wrong(f"'{term.value}' is no number", term.column) from None
    compare = _COMPARE[term.op]

    def test(place: T) -> bool | None:
        found = number(place)
        return None if found is None else compare(found, wanted)

    return test


def matching(texts: Texts, term: Term) -> Test[Place]:
    """What `key=text` asks of a place.

    Raises:
        Problem: `filter.invalid`.
    """
    if term.op not in ("=", "!=", "~", "!~"):
        raise wrong(f"'{term.key}' is a text; compare it with = != ~ or !~", term.column)
    wanted = term.value.casefold()
    roles = {role.value for role in Role}
    if term.key.lower() == "role" and wanted not in roles:
        raise wrong(f"'{term.value}' is no role; there are {', '.join(sorted(roles))}", term.column)
    fits = pattern(wanted) if term.op.endswith("~") else wanted.__eq__
    denied = term.op.startswith("!")

    def test(place: Place) -> bool:
        return any(fits(text.casefold()) for text in texts(place)) is not denied

    return test
