"""From what an agent sent of its machine to values. Pure; trusts nothing that came.

A fleet's samples come by the hundred each second and their details are shown one server at a time: they are
kept packed, which takes a tenth of the objects' memory, and read when somebody asks.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping

from console.core.wire_values import (
    Wire,
    bytes_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.telemetry.host_sample import HostDetail, InterfaceSample, Limits, Pressure, TemperatureSample
from console.telemetry.parsing_accelerators import parse_process
from console.telemetry.sample import DiskSample, ProcessInfo

MAX_CORES = 4096
MAX_INTERFACES = 64
MAX_TEMPERATURES = 128
MAX_PROCESSES = 64
_NOW_AND_THEN = ("temperatures", "processes")
_PARTS = ("cpu_cores_percent", "interfaces", "pressure", "limits", *_NOW_AND_THEN)
_PRESSURES = ("cpu", "memory", "io")
_MOST_RATE = 1e15

_Packed = Mapping[str, bytes]


class HostParts:
    """The details of one sample, packed. What came with this sample; the rest is as it was before.

    Args:
        before: those of the sample before: temperatures and processes are sent when they were read anew.
        changes: `wire` is a sample of changes, so that all that it lacks is as it was before.
    """

    __slots__ = ("_made", "_packed", "hottest_c")

    def __init__(self, wire: Wire, before: HostParts | None = None, *, changes: bool = False) -> None:
        self._made: HostDetail | None = None
        self.hottest_c: float | None = None if before is None else before.hottest_c
        """The highest temperature that any sensor tells."""
        kept = {} if before is None else before._packed
        carried = _PARTS if changes else _NOW_AND_THEN
        # What JSON gave, and never leaves this process: marshal is the quickest that packs it.
        packed = {key: kept[key] for key in carried if key in kept}
        packed.update((key, marshal.dumps(wire[key])) for key in _PARTS if key in wire)  # type: ignore[arg-type]
        self._packed: _Packed = packed
        if "temperatures" in wire:
            found = _temperatures(wire["temperatures"])
            self.hottest_c = max(each.temperature_c for each in found) if found else None

    @property
    def detail(self) -> HostDetail:
        """All of it, read the first time somebody asks. Two threads may both read it, to the same."""
        if self._made is None:
            self._made = _detail({key: marshal.loads(packed) for key, packed in self._packed.items()})
        return self._made


def _detail(wire: Wire) -> HostDetail:
    cores = wire.get("cpu_cores_percent")
    pressure = object_of(wire.get("pressure"))
    return HostDetail(
        cores_percent=tuple(number_of(each, 0, 100) for each in cores[:MAX_CORES])
        if isinstance(cores, list)
        else (),
        interfaces=tuple(_interface(each) for each in objects_of(wire.get("interfaces"), MAX_INTERFACES)),
        pressure=tuple((name, _pressure(pressure[name])) for name in _PRESSURES if name in pressure),
        temperatures=_temperatures(wire.get("temperatures")),
        limits=_limits(wire.get("limits")),
        processes=_processes(wire.get("processes")),
    )


def _interface(wire: Wire) -> InterfaceSample:
    return InterfaceSample(
        name=text_of(wire.get("name"), 40) or "?",
        rx_bytes_per_s=number_of(wire.get("rx_bytes_per_s"), 0, _MOST_RATE),
        tx_bytes_per_s=number_of(wire.get("tx_bytes_per_s"), 0, _MOST_RATE),
        speed_bits_per_s=number_of(wire.get("speed_bits_per_s"), 0, _MOST_RATE),
        state=text_of(wire.get("state"), 20),
    )


def _pressure(value: object) -> Pressure:
    wire = object_of(value)
    return Pressure(
        number_of(wire.get("some_percent"), 0, 100),
        number_of(wire.get("full_percent"), 0, 100),
    )


def some_pressure(value: object) -> float | None:
    """Percent of the time in which some task waited for one thing."""
    return number_of(object_of(value).get("some_percent"), 0, 100)


def _temperatures(value: object) -> tuple[TemperatureSample, ...] | None:
    if not isinstance(value, list):
        return None
    found = []
    for wire in objects_of(value, MAX_TEMPERATURES):
        heat = number_of(wire.get("temperature_c"), -100, 300)
        if heat is not None:
            name = text_of(wire.get("name"), 80) or "?"
            found.append(TemperatureSample(name, heat, number_of(wire.get("critical_c"), -100, 300)))
    return tuple(found)


def _processes(value: object) -> tuple[ProcessInfo, ...] | None:
    if not isinstance(value, list):
        return None
    found = (parse_process(each) for each in objects_of(value, MAX_PROCESSES))
    return tuple(each for each in found if each is not None)


def _limits(value: object) -> Limits | None:
    if not isinstance(value, Mapping):
        return None
    figures = value.get("machine_figures")
    return Limits(
        runtime=text_of(value.get("runtime"), 40),
        cpu_limit_cores=number_of(value.get("cpu_limit_cores"), 0, 1e6),
        cpu_used_cores=number_of(value.get("cpu_used_cores"), 0, 1e6),
        memory_limit_bytes=bytes_of(value.get("memory_limit_bytes")),
        memory_used_bytes=bytes_of(value.get("memory_used_bytes")),
        machine_figures=texts_of(figures, 16) if isinstance(figures, list) else None,
    )


def parse_disk(wire: Wire) -> DiskSample:
    """One mounted file system."""
    return DiskSample(
        text_of(wire.get("mount")) or "?",
        bytes_of(wire.get("used_bytes")),
        bytes_of(wire.get("total_bytes")),
        device=text_of(wire.get("device")),
        inodes_used=whole_of(wire.get("inodes_used"), 0, 1 << 62),
        inodes_total=whole_of(wire.get("inodes_total"), 0, 1 << 62),
        read_bytes_per_s=number_of(wire.get("read_bytes_per_s"), 0, _MOST_RATE),
        write_bytes_per_s=number_of(wire.get("write_bytes_per_s"), 0, _MOST_RATE),
        busy_percent=number_of(wire.get("busy_percent"), 0, 100),
    )
