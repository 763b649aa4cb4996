"""What a server is made of, as values: facts, changes, and what differs from the majority of a group. Pure.

"Inventory" is the list of servers (fleet/inventory.py); this is what stands in each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.core.wire_values import object_of, objects_of, text_of, whole_of
from console.fleet.server import Server

COMPARED = (
    "os",
    "kernel",
    "driver",
    "cuda",
    "vbios",
    "nccl",
    "container_toolkit",
    "accelerators",
)
"""Items that servers of one group should share, in the order in which they are shown."""

_MACHINE_ITEMS = 32
_MAX_PARTS = 128
_PART_ITEMS = ("index", "name", "vendor", "serial", "vbios", "part_number")
_FEWEST = 3

Facts = dict[tuple[str, str], str]
"""(part, item) -> value; the part is "" for the machine, else an accelerator's UUID."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """One server's.

    Attributes:
        seen: when it was last read.
        facts: item -> value of the machine, what follows from its accelerators included.
        parts: accelerator's UUID -> its items.
    """

    server: str
    seen: datetime | None
    facts: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that became another; None where there was none before, or is none any more."""

    time: datetime
    server: str
    part: str
    item: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came from a server. `whole`: its accelerators are all named, so that others are gone."""

    facts: Facts
    whole: bool


def parse_equipment(value: object) -> Reading | None:
    """From what the agent sent; None where it is no reading at all. What is unknown is left out."""
    wire = object_of(value)
    if not wire:
        return None
    facts: Facts = {}
    for name, each in list(object_of(wire.get("facts")).items())[:_MACHINE_ITEMS]:
        item, text = text_of(name, 40), text_of(each, 120)
        if item is not None and text is not None:
            facts["", item] = text
    whole = isinstance(wire.get("accelerators"), list)
    rows = objects_of(wire.get("accelerators"), _MAX_PARTS)
    for row in rows:
        uuid = text_of(row.get("uuid"), 80)
        # One that was lost before it was ever known has a stand-in for a UUID.
        if uuid is None or uuid.startswith("unknown-"):
            continue
        for item in _PART_ITEMS:
            number = whole_of(row.get(item), 0, 4096)
            text = text_of(row.get(item), 120) if number is None else str(number)
            if text is not None:
                facts[uuid, item] = text
    return Reading(facts, whole)


def equipment_of(server: str, seen: datetime | None, facts: Facts) -> Equipment:
    """The value out of single facts, with what follows from them."""
    machine = {item: value for (part, item), value in facts.items() if not part}
    parts: dict[str, dict[str, str]] = {}
    for (part, item), value in facts.items():
        if part:
            parts.setdefault(part, {})[item] = value
    names = Counter(each.get("name", "?") for each in parts.values())
    if names:
        machine["accelerators"] = ", ".join(f"{count} × {name}" for name, count in sorted(names.items()))
    versions = sorted({each["vbios"] for each in parts.values() if "vbios" in each})
    if versions:
        machine["vbios"] = ", ".join(versions)
    return Equipment(server, seen, machine, parts)


def group_of(server: Server, label: str) -> str:
    """Which servers it should be like: "LABEL=value", or its role where it has no such label."""
    value = server.labels.get(label)
    return f"role={server.role.value}" if value is None else f"{label}={value}"


def differences(
    servers: Iterable[Server], equipment: Mapping[str, Equipment], label: str
) -> dict[str, dict[str, str]]:
    """server -> item -> what most of its group have, where it has something else.

    A majority is more than half of those that tell, of three or more: two that differ have none.
    """
    groups: dict[str, list[Equipment]] = {}
    for server in servers:
        found = equipment.get(server.name)
        if found is not None:
            groups.setdefault(group_of(server, label), []).append(found)
    marks: dict[str, dict[str, str]] = {}
    for members in groups.values():
        for item in COMPARED:
            values = Counter(each.facts[item] for each in members if item in each.facts)
            total = sum(values.values())
            if total < _FEWEST:
                continue
            common, count = values.most_common(1)[0]
            if 2 * count <= total:
                continue
            for each in members:
                if each.facts.get(item, common) != common:
                    marks.setdefault(each.server, {})[item] = common
    return marks
