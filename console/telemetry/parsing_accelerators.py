"""From what an agent sent of accelerators to their samples. Pure; trusts nothing that came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from console.core.wire_values import (
    MAX_COUNTER,
    Wire,
    bytes_of,
    flag_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.telemetry.parsing_health import parse_health
from console.telemetry.sample import (
    AcceleratorMeans,
    AcceleratorSample,
    AcceleratorState,
    PowerKind,
    ProcessInfo,
)

Reader = Callable[[object], Any]

MAX_ACCELERATORS = 128
MAX_PROCESSES = 256
MAX_THROTTLE = 16
_SILENT = (AcceleratorState.LOST, AcceleratorState.ERROR)
_STATES = {state.value: state for state in AcceleratorState}
_POWER_KINDS = {kind.value: kind for kind in PowerKind}


def parse_process(wire: Wire) -> ProcessInfo | None:
    """One process; None where it has no pid."""
    pid = whole_of(wire.get("pid"), 0, 1 << 32)
    if pid is None:
        return None
    return ProcessInfo(
        pid=pid,
        user=text_of(wire.get("user"), 64),
        command=text_of(wire.get("command")),
        memory_bytes=bytes_of(wire.get("memory_bytes")),
        cpu_percent=number_of(wire.get("cpu_percent"), 0, 1e6),
        container=text_of(wire.get("container"), 80),
        host_memory_bytes=bytes_of(wire.get("host_memory_bytes")),
        utilization_percent=number_of(wire.get("utilization_percent"), 0, 100),
    )


def _processes(value: object) -> tuple[ProcessInfo, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    found = (parse_process(each) for each in objects_of(value, MAX_PROCESSES))
    return tuple(each for each in found if each is not None)


def _identity(wire: Wire) -> tuple[int, str, str, str]:
    index = whole_of(wire.get("index"), 0, 4096)
    vendor = text_of(wire.get("vendor"), 40) or "unknown"
    uuid = text_of(wire.get("uuid"), 80) or f"{vendor}-{-1 if index is None else index}"
    return -1 if index is None else index, uuid, text_of(wire.get("name"), 80) or uuid, vendor


def _means(value: object) -> AcceleratorMeans | None:
    wire = object_of(value)
    return _means_in_order([wire.get(field) for field in AcceleratorMeans._fields])


def _means_in_order(value: object) -> AcceleratorMeans | None:
    """As they travel among changes: in the order of the fields."""
    if not isinstance(value, list) or len(value) != len(AcceleratorMeans._fields):
        return None
    over_s = number_of(value[0], 0.001, 1e6)
    if over_s is None:
        return None
    shares = []
    for name, share in list(object_of(value[5]).items())[:MAX_THROTTLE]:
        reason, percent = text_of(name, 40), number_of(share, 0, 100)
        if reason is not None and percent is not None:
            shares.append((reason, percent))
    return AcceleratorMeans(
        over_s,
        number_of(value[1], 0, 100),
        number_of(value[2], 0, 100),
        number_of(value[3], 0, 100),
        number_of(value[4], 0, 100_000),
        tuple(shares),
    )


def _number(low: float, high: float) -> Reader:
    return lambda value: number_of(value, low, high)


_percent, _mhz, _celsius, _watts = _number(0, 100), _number(0, 1e5), _number(-100, 300), _number(0, 1e5)

_FIELDS: Mapping[str, Reader] = {
    "utilization_percent": _percent,
    "memory_used_bytes": bytes_of,
    "memory_total_bytes": bytes_of,
    "memory_reserved_bytes": bytes_of,
    "temperature_c": _celsius,
    "power_w": _watts,
    "power_kind": lambda value: _POWER_KINDS.get(str(value)[:20]),
    "power_limit_w": _watts,
    "energy_j": _number(0, 1e15),
    # NVML gives the intended speed, which may lie above 100.
    "fan_percent": _number(0, 1000),
    "clock_sm_mhz": _mhz,
    "throttle": lambda value: texts_of(value, MAX_THROTTLE),
    "ecc_uncorrected": lambda value: whole_of(value, 0, MAX_COUNTER),
    "mig": flag_of,
    "memory_utilization_percent": _percent,
    "encoder_percent": _percent,
    "decoder_percent": _percent,
    "memory_temperature_c": _celsius,
    "temperature_margin_c": _number(-300, 300),
    "clock_graphics_mhz": _mhz,
    "clock_memory_mhz": _mhz,
    "clock_video_mhz": _mhz,
    "pstate": lambda value: whole_of(value, 0, 15),
}
"""What has the same name on the wire and in the sample, and how it is read; each takes None."""


def parse_accelerator(wire: Wire, before: AcceleratorSample | None = None) -> AcceleratorSample:
    """One accelerator. Where it does not answer, every number is None whatever was sent with it.

    `health` and `processes` are sent when they were read anew; a sample without the key means "as before",
    one with null means "unknown".
    """
    index, uuid, name, vendor = _identity(wire)
    state = _STATES.get(str(wire.get("state"))[:20], AcceleratorState.UNKNOWN)
    simulated = wire.get("simulated") is True
    detail = text_of(wire.get("detail"))
    if before is not None and before.state is not state:
        before = None
    health = None if before is None else before.health
    if "health" in wire:
        health = parse_health(wire["health"])
    if state in _SILENT:
        # Why it was lost, the kernel's log may still tell.
        return AcceleratorSample(index, uuid, name, vendor, state, simulated, detail, health=health)
    processes = None if before is None else before.processes
    if "processes" in wire:
        processes = _processes(wire["processes"])
    values: dict[str, Any] = {field: read(wire.get(field)) for field, read in _FIELDS.items()}
    if values["power_w"] is None:
        values["power_kind"] = None
    return AcceleratorSample(
        index,
        uuid,
        name,
        vendor,
        state,
        simulated,
        detail,
        **values,
        processes=processes,
        means=_means(wire.get("means")),
        health=health,
    )


_AT = {field: at for at, field in enumerate(AcceleratorSample._fields)}
_COLUMNS: Mapping[str, tuple[int, Reader]] = {
    **{field: (_AT[field], read) for field, read in _FIELDS.items()},
    "means": (_AT["means"], lambda value: _means_in_order(value)),
}
_ROWS: Mapping[str, tuple[int, Reader]] = {
    "health": (_AT["health"], parse_health),
    "processes": (_AT["processes"], _processes),
}
_HEALTH, _POWER, _POWER_KIND = _AT["health"], _AT["power_w"], _AT["power_kind"]


def merge_accelerators(value: object, before: tuple[AcceleratorSample, ...]) -> tuple[AcceleratorSample, ...]:
    """The accelerators after a sample that tells only what changed (agent/changes.py says how).

    Args:
        before: those of the sample that it builds on. The agent sends a whole one where they are others or
            one has another state.
    """
    wire = object_of(value)
    made = [list(each) for each in before]
    for key, column in object_of(wire.get("columns")).items():
        found = _COLUMNS.get(key)  # type: ignore[call-overload]  # any key may have come
        if found is None:
            continue
        at, read = found
        fits = isinstance(column, list) and len(column) == len(made)
        told: Sequence[object] = column if fits else [None] * len(made)  # type: ignore[assignment]
        for row, each in zip(made, told, strict=True):
            row[at] = read(each)
    for kind, place, rare in _rows(wire.get("rows"), len(made)):
        at, read = _ROWS[kind]
        made[place][at] = read(rare)
    return tuple(_merged(old, row) for old, row in zip(before, made, strict=True))


def _rows(value: object, count: int) -> Iterator[tuple[str, int, object]]:
    for each in value[: 2 * MAX_ACCELERATORS] if isinstance(value, list) else ():
        if isinstance(each, list) and len(each) == 3:
            place, key, told = each
            if key in ("health", "processes") and isinstance(place, int) and 0 <= place < count:
                yield key, place, told


def _merged(before: AcceleratorSample, row: list[Any]) -> AcceleratorSample:
    if before.state in _SILENT:
        return before._replace(health=row[_HEALTH])
    if row[_POWER] is None:
        row[_POWER_KIND] = None
    return AcceleratorSample._make(row)


def parse_accelerators(
    value: object, before: tuple[AcceleratorSample, ...] = ()
) -> tuple[AcceleratorSample, ...]:
    """A server's accelerators, each once.

    Args:
        before: those of the sample before, for what is sent only when it was read anew.
    """
    known = {each.uuid: each for each in before}
    found: dict[str, AcceleratorSample] = {}
    for wire in objects_of(value, MAX_ACCELERATORS):
        uuid = _identity(wire)[1]
        if uuid not in found:
            found[uuid] = parse_accelerator(wire, known.get(uuid))
    return tuple(found.values())
