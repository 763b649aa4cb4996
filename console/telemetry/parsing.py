"""From what a server's agent sent to a ServerSample: bounded, finite, cleaned; nonsense becomes None.

Pure functions. Nothing here trusts the server: lists are cut, numbers have ranges, text is made harmless.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from console.core.clock import from_epoch
from console.core.problems import Problem
from console.core.text import safe_line
from console.telemetry.sample import (
    AcceleratorSample,
    AcceleratorState,
    DiskSample,
    PowerKind,
    ProcessInfo,
    ServerSample,
)

MAX_ACCELERATORS = 128
MAX_PROCESSES = 256
MAX_DISKS = 64
MAX_PROBLEMS = 32
MAX_THROTTLE = 16
_MAX_BYTES = 1 << 60
_MAX_COUNTER = 1 << 62
_LATEST_EPOCH_S = 32_503_680_000.0  # the year 3000
_STATES = {state.value: state for state in AcceleratorState}
_POWER_KINDS = {kind.value: kind for kind in PowerKind}

Wire = Mapping[object, object]


@lru_cache(maxsize=8192)
def _cleaned(text: str, max_chars: int) -> str:
    return safe_line(text, max_chars=max_chars)


def _text(value: object, max_chars: int = 200) -> str | None:
    """One harmless line; the same few names come every second, so the work is remembered."""
    if not isinstance(value, str):
        return None
    return _cleaned(value[: 4 * max_chars], max_chars) or None


def _number(value: object, low: float, high: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not low <= value <= high:  # NaN and the infinities fail this as well
        return None
    return float(value)


def _whole(value: object, low: int, high: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        return None
    return int(value) if math.isfinite(value) else None


def _bytes(value: object) -> int | None:
    return _whole(value, 0, _MAX_BYTES)


def _object(value: object) -> Wire:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object, most: int) -> list[Wire]:
    if not isinstance(value, list | tuple):
        return []
    return [each for each in value[:most] if isinstance(each, Mapping)]


def _texts(value: object, most: int) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    found = (_text(each) for each in value[:most])
    return tuple(each for each in found if each)


def parse_process(wire: Wire) -> ProcessInfo | None:
    """One process; None where it has no pid."""
    pid = _whole(wire.get("pid"), 0, 1 << 32)
    if pid is None:
        return None
    return ProcessInfo(
        pid=pid,
        user=_text(wire.get("user"), 64),
        command=_text(wire.get("command")),
        memory_bytes=_bytes(wire.get("memory_bytes")),
        cpu_percent=_number(wire.get("cpu_percent"), 0, 1e6),
    )


def _processes(value: object) -> tuple[ProcessInfo, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    found = (parse_process(each) for each in _objects(value, MAX_PROCESSES))
    return tuple(each for each in found if each is not None)


def _identity(wire: Wire) -> tuple[int, str, str, str]:
    index = _whole(wire.get("index"), 0, 4096)
    vendor = _text(wire.get("vendor"), 40) or "unknown"
    uuid = _text(wire.get("uuid"), 80) or f"{vendor}-{-1 if index is None else index}"
    return -1 if index is None else index, uuid, _text(wire.get("name"), 80) or uuid, vendor


def parse_accelerator(wire: Wire) -> AcceleratorSample:
    """One accelerator. Where it does not answer, every number is None whatever was sent with it."""
    index, uuid, name, vendor = _identity(wire)
    state = _STATES.get(str(wire.get("state"))[:20], AcceleratorState.UNKNOWN)
    simulated = wire.get("simulated") is True
    detail = _text(wire.get("detail"))
    if state in (AcceleratorState.LOST, AcceleratorState.ERROR):
        return AcceleratorSample(index, uuid, name, vendor, state, simulated, detail)
    mig = wire.get("mig")
    power_w = _number(wire.get("power_w"), 0, 100_000)
    return AcceleratorSample(
        index=index,
        uuid=uuid,
        name=name,
        vendor=vendor,
        state=state,
        simulated=simulated,
        detail=detail,
        utilization_percent=_number(wire.get("utilization_percent"), 0, 100),
        memory_used_bytes=_bytes(wire.get("memory_used_bytes")),
        memory_total_bytes=_bytes(wire.get("memory_total_bytes")),
        memory_reserved_bytes=_bytes(wire.get("memory_reserved_bytes")),
        temperature_c=_number(wire.get("temperature_c"), -100, 300),
        power_w=power_w,
        power_kind=None if power_w is None else _POWER_KINDS.get(str(wire.get("power_kind"))[:20]),
        power_limit_w=_number(wire.get("power_limit_w"), 0, 100_000),
        energy_j=_number(wire.get("energy_j"), 0, 1e15),
        # NVML gives the intended speed, which may lie above 100.
        fan_percent=_number(wire.get("fan_percent"), 0, 1000),
        clock_sm_mhz=_number(wire.get("clock_sm_mhz"), 0, 100_000),
        throttle=_texts(wire.get("throttle"), MAX_THROTTLE),
        ecc_uncorrected=_whole(wire.get("ecc_uncorrected"), 0, _MAX_COUNTER),
        mig=mig if isinstance(mig, bool) else None,
        processes=_processes(wire.get("processes")),
    )


def _accelerators(value: object) -> tuple[AcceleratorSample, ...]:
    found: dict[str, AcceleratorSample] = {}
    for wire in _objects(value, MAX_ACCELERATORS):
        sample = parse_accelerator(wire)
        found.setdefault(sample.uuid, sample)
    return tuple(found.values())


def _disk(wire: Wire) -> DiskSample:
    return DiskSample(
        _text(wire.get("mount")) or "?", _bytes(wire.get("used_bytes")), _bytes(wire.get("total_bytes"))
    )


def parse_sample(
    wire: object, received_s: float, *, server: str = "", now: datetime | None = None
) -> ServerSample:
    """One SAMPLE of the agent protocol.

    Args:
        wire: what came, already JSON.
        received_s: our monotonic clock when it came.
        server: its name, for the Problem.
        now: stands in where the server's own time is nonsense.

    Raises:
        Problem: `agent.protocol` where it is not even an object.
    """
    if not isinstance(wire, Mapping):
        raise Problem("agent.protocol", server=server, reason="a sample is not an object")
    network = _object(wire.get("network"))
    time_s = _number(wire.get("time"), 0, _LATEST_EPOCH_S)
    return ServerSample(
        seq=_whole(wire.get("seq"), 0, _MAX_COUNTER) or 0,
        time=from_epoch(time_s) if time_s is not None else now or datetime.now(UTC),
        received_s=received_s,
        cpu_percent=_number(wire.get("cpu_percent"), 0, 100),
        cpu_count=_whole(wire.get("cpu_count"), 1, 1 << 20),
        load1=_number(wire.get("load1"), 0, 1e6),
        memory_used_bytes=_bytes(wire.get("memory_used_bytes")),
        memory_total_bytes=_bytes(wire.get("memory_total_bytes")),
        network_rx_bytes_per_s=_number(network.get("rx_bytes_per_s"), 0, 1e15),
        network_tx_bytes_per_s=_number(network.get("tx_bytes_per_s"), 0, 1e15),
        uptime_s=_number(wire.get("uptime_s"), 0, 1e12),
        disks=tuple(_disk(each) for each in _objects(wire.get("disks"), MAX_DISKS)),
        accelerators=_accelerators(wire.get("accelerators")),
        problems=_texts(wire.get("problems"), MAX_PROBLEMS),
    )
