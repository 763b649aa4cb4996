"""Which servers stand together on the map: by role, or by a label such as rack. No widget here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from console.fleet.server import Role
from console.telemetry.snapshot import ServerRow
from console.ui.i18n import translate
from console.ui.kit.tones import Tone
from console.ui.pages.fleet.heat_map import Group

BY_ROLE = "role"
LABEL = "label."
_FIRST = ("rack", "team")
_DIGITS = re.compile(r"(\d+)")


def choices(servers: Sequence[ServerRow]) -> list[tuple[str, str]]:
    """What the map can be grouped by, as keys with words: role, and every label that some server has."""
    found = {label for row in servers for label in row.server.labels}
    labels = [each for each in _FIRST if each in found] + sorted(found - set(_FIRST), key=str.casefold)
    return [(BY_ROLE, translate("Fleet", "role")), *((LABEL + label, label) for label in labels)]


def groups(servers: Sequence[ServerRow], by: str) -> list[Group]:
    """The groups that have servers; those without the label come last."""
    if by.startswith(LABEL):
        return _by_label(servers, by.removeprefix(LABEL))
    training = tuple(row for row in servers if row.server.role in (Role.TRAIN, Role.BOTH))
    inference = tuple(row for row in servers if row.server.role is Role.INFER)
    found = [
        _group(translate("Fleet", "TRAINING"), Tone.TRAINING, training),
        _group(translate("Fleet", "INFERENCE"), Tone.INFERENCE, inference),
    ]
    return [group for group in found if group.servers]


def _by_label(servers: Sequence[ServerRow], label: str) -> list[Group]:
    held: dict[str, list[ServerRow]] = {}
    without: list[ServerRow] = []
    for row in servers:
        value = row.server.labels.get(label)
        (without if value is None else held.setdefault(value, [])).append(row)
    found = [_group(value, Tone.QUIET, tuple(held[value])) for value in sorted(held, key=natural)]
    if without:
        words = translate("Fleet", "without {label}").format(label=label)
        found.append(_group(words, Tone.UNKNOWN, tuple(without)))
    return found


def natural(text: str) -> list[tuple[int, int, str]]:
    """Sorts r2 before r10."""
    parts = _DIGITS.split(text.casefold())
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def _group(title: str, tone: Tone, servers: tuple[ServerRow, ...]) -> Group:
    count = sum(len(row.accelerators) for row in servers)
    one, many = translate("Fleet", "1 server"), translate("Fleet", "{count} servers")
    there = one if len(servers) == 1 else many.format(count=len(servers))
    one, many = translate("Fleet", "1 accelerator"), translate("Fleet", "{count} accelerators")
    all_of_them = one if count == 1 else many.format(count=count)
    return Group(f"{title}  ·  {there}  ·  {all_of_them}", tone, servers, short=title)
