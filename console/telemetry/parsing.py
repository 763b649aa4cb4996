"""From what a server's agent sent to a ServerSample: bounded, finite, cleaned; nonsense becomes None.

Pure functions. Nothing here trusts the server: lists are cut, numbers have ranges, text is made harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from console.core.clock import from_epoch
from console.core.problems import Problem
from console.core.wire_values import (
    MAX_COUNTER,
    Wire,
    bytes_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.telemetry.parsing_accelerators import merge_accelerators, parse_accelerators
from console.telemetry.parsing_host import HostParts, parse_disk, some_pressure
from console.telemetry.sample import AgentCost, ServerSample

Values = dict[str, float | None]

MAX_DISKS = 64
MAX_PROBLEMS = 32
_LATEST_EPOCH_S = 32_503_680_000.0  # the year 3000


def _cost(value: object) -> AgentCost | None:
    wire = object_of(value)
    if not wire:
        return None
    return AgentCost(
        cpu_s=number_of(wire.get("cpu_s"), 0, 1e12),
        memory_bytes=bytes_of(wire.get("memory_bytes")),
        dropped=whole_of(wire.get("dropped"), 0, MAX_COUNTER),
    )


def _number(low: float, high: float) -> Callable[[object], float | None]:
    return lambda value: number_of(value, low, high)


_percent, _seconds, _rate, _load = _number(0, 100), _number(0, 1e12), _number(0, 1e15), _number(0, 1e6)

_FIELDS: Mapping[str, Callable[[object], object]] = {
    "cpu_percent": _percent,
    "cpu_count": lambda value: whole_of(value, 1, 1 << 20),
    "load1": _load,
    "memory_used_bytes": bytes_of,
    "memory_total_bytes": bytes_of,
    "uptime_s": _seconds,
    "disks": lambda value: tuple(parse_disk(each) for each in objects_of(value, MAX_DISKS)),
    "problems": lambda value: texts_of(value, MAX_PROBLEMS),
    "agent": _cost,
    "boot_id": lambda value: text_of(value, 64),
    "load5": _load,
    "load15": _load,
    "cpu_iowait_percent": _percent,
    "cpu_steal_percent": _percent,
    "memory_cached_bytes": bytes_of,
    "swap_used_bytes": bytes_of,
    "swap_total_bytes": bytes_of,
}
"""What has the same name on the wire and in the sample, and how it is read; each takes None."""


def _network(value: object) -> Values:
    wire = object_of(value)
    return {
        "network_rx_bytes_per_s": _rate(wire.get("rx_bytes_per_s")),
        "network_tx_bytes_per_s": _rate(wire.get("tx_bytes_per_s")),
    }


def _disk_io(value: object) -> Values:
    wire = object_of(value)
    return {
        "disk_read_bytes_per_s": _rate(wire.get("read_bytes_per_s")),
        "disk_write_bytes_per_s": _rate(wire.get("write_bytes_per_s")),
        "disk_busy_percent": _percent(wire.get("busy_percent")),
    }


def _pressures(value: object) -> Values:
    wire = object_of(value)
    return {
        "pressure_cpu_percent": some_pressure(wire.get("cpu")),
        "pressure_memory_percent": some_pressure(wire.get("memory")),
        "pressure_io_percent": some_pressure(wire.get("io")),
    }


_NESTED: Mapping[str, Callable[[object], Values]] = {
    "network": _network,
    "disk_io": _disk_io,
    "pressure": _pressures,
}


def _number_of_sample(value: object) -> int:
    return whole_of(value, 0, MAX_COUNTER) or 0


def _time(wire: Wire, now: datetime | None) -> datetime:
    time_s = number_of(wire.get("time"), 0, _LATEST_EPOCH_S)
    return from_epoch(time_s) if time_s is not None else now or datetime.now(UTC)


def _drained(wire: Wire) -> str | None:
    return (text_of(wire["drained"], 300) or "") if "drained" in wire else None


def parse_sample(
    wire: object,
    received_s: float,
    *,
    server: str = "",
    now: datetime | None = None,
    before: ServerSample | None = None,
) -> ServerSample:
    """One SAMPLE of the agent protocol.

    Args:
        wire: what came, already JSON.
        received_s: our monotonic clock when it came.
        server: its name, for the Problem.
        now: stands in where the server's own time is nonsense.
        before: the sample before it of the same server, for what is sent only when it was read anew.

    Raises:
        Problem: `agent.protocol` where it is not even an object.
    """
    if not isinstance(wire, Mapping):
        raise Problem("agent.protocol", server=server, reason="a sample is not an object")
    values: dict[str, Any] = {field: read(wire.get(field)) for field, read in _FIELDS.items()}
    for key, read_all in _NESTED.items():
        values.update(read_all(wire.get(key)))
    host = HostParts(wire, before.host if before else None)
    return ServerSample(
        **values,
        seq=_number_of_sample(wire.get("seq")),
        time=_time(wire, now),
        received_s=received_s,
        accelerators=parse_accelerators(wire.get("accelerators"), before.accelerators if before else ()),
        drained=_drained(wire),
        host=host,
        hottest_c=host.hottest_c,
    )


def parse_changes(
    wire: Mapping[str, object], received_s: float, before: ServerSample | None, *, now: datetime | None = None
) -> ServerSample | None:
    """A sample that tells only what changed since the one before it (agent/changes.py says how).

    None where that one is not the one that it builds on: what is not known cannot be filled in. Such a
    sample counts as not heard; the agent sends a whole one at least every thirty.
    """
    if before is None or whole_of(wire.get("since"), 0, MAX_COUNTER) != before.seq:
        return None
    known = object_of(wire)
    values: dict[str, Any] = {}
    for key in wire:
        if (read := _FIELDS.get(key)) is not None:
            values[key] = read(wire[key])
        elif (read_all := _NESTED.get(key)) is not None:
            values.update(read_all(wire[key]))
    if "accelerators" in wire:
        values["accelerators"] = merge_accelerators(wire["accelerators"], before.accelerators)
    if "drained" in wire:
        values["drained"] = _drained(known)
    host = HostParts(known, before.host, changes=True)
    return before._replace(
        **values,
        seq=_number_of_sample(wire.get("seq")),
        time=_time(known, now),
        received_s=received_s,
        host=host,
        hottest_c=host.hottest_c,
    )
