"""From what a server's agent sent to a ServerSample: bounded, finite, cleaned; nonsense becomes None.

Pure functions. Nothing here trusts the server: lists are cut, numbers have ranges, text is made harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from console.core.clock import from_epoch
from console.core.problems import Problem
from console.core.wire_values import (
    MAX_COUNTER,
    bytes_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    texts_of,
    whole_of,
)
from console.telemetry.parsing_accelerators import parse_accelerators
from console.telemetry.parsing_host import HostParts, parse_disk, some_pressure
from console.telemetry.sample import AgentCost, ServerSample

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
    network = object_of(wire.get("network"))
    disk_io = object_of(wire.get("disk_io"))
    host = HostParts(wire, before.host if before else None)
    time_s = number_of(wire.get("time"), 0, _LATEST_EPOCH_S)
    return ServerSample(
        seq=whole_of(wire.get("seq"), 0, MAX_COUNTER) or 0,
        time=from_epoch(time_s) if time_s is not None else now or datetime.now(UTC),
        received_s=received_s,
        cpu_percent=number_of(wire.get("cpu_percent"), 0, 100),
        cpu_count=whole_of(wire.get("cpu_count"), 1, 1 << 20),
        load1=number_of(wire.get("load1"), 0, 1e6),
        memory_used_bytes=bytes_of(wire.get("memory_used_bytes")),
        memory_total_bytes=bytes_of(wire.get("memory_total_bytes")),
        network_rx_bytes_per_s=number_of(network.get("rx_bytes_per_s"), 0, 1e15),
        network_tx_bytes_per_s=number_of(network.get("tx_bytes_per_s"), 0, 1e15),
        uptime_s=number_of(wire.get("uptime_s"), 0, 1e12),
        disks=tuple(parse_disk(each) for each in objects_of(wire.get("disks"), MAX_DISKS)),
        accelerators=parse_accelerators(wire.get("accelerators"), before.accelerators if before else ()),
        problems=texts_of(wire.get("problems"), MAX_PROBLEMS),
        agent=_cost(wire.get("agent")),
        boot_id=text_of(wire.get("boot_id"), 64),
        load5=number_of(wire.get("load5"), 0, 1e6),
        load15=number_of(wire.get("load15"), 0, 1e6),
        cpu_iowait_percent=number_of(wire.get("cpu_iowait_percent"), 0, 100),
        cpu_steal_percent=number_of(wire.get("cpu_steal_percent"), 0, 100),
        memory_cached_bytes=bytes_of(wire.get("memory_cached_bytes")),
        swap_used_bytes=bytes_of(wire.get("swap_used_bytes")),
        swap_total_bytes=bytes_of(wire.get("swap_total_bytes")),
        pressure_cpu_percent=some_pressure(wire, "cpu"),
        pressure_memory_percent=some_pressure(wire, "memory"),
        pressure_io_percent=some_pressure(wire, "io"),
        disk_read_bytes_per_s=number_of(disk_io.get("read_bytes_per_s"), 0, 1e15),
        disk_write_bytes_per_s=number_of(disk_io.get("write_bytes_per_s"), 0, 1e15),
        disk_busy_percent=number_of(disk_io.get("busy_percent"), 0, 100),
        hottest_c=host.hottest_c,
        drained=(text_of(wire["drained"], 300) or "") if "drained" in wire else None,
        host=host,
    )
