"""A server's machine for scripts and people: the `host` of `watch --json` and `server show --live`."""

from __future__ import annotations

from dataclasses import asdict

from console.core.units import (
    UNKNOWN,
    format_duration,
    format_memory,
    format_percent,
    format_rate,
    format_temperature,
    three_digits,
)
from console.telemetry.host_sample import HostDetail, Limits
from console.telemetry.sample import DiskSample, ServerSample


def host_document(sample: ServerSample) -> dict[str, object]:
    """Everything of the machine but what stands beside it in a tick; unknown is null."""
    detail = sample.host.detail if sample.host else HostDetail()
    limits = detail.limits
    return {
        "boot_id": sample.boot_id,
        "uptime_s": sample.uptime_s,
        "cpu_count": sample.cpu_count,
        "cpu_cores_percent": list(detail.cores_percent) or None,
        "cpu_iowait_percent": sample.cpu_iowait_percent,
        "cpu_steal_percent": sample.cpu_steal_percent,
        "load5": sample.load5,
        "load15": sample.load15,
        "memory_cached_bytes": sample.memory_cached_bytes,
        "swap_used_bytes": sample.swap_used_bytes,
        "swap_total_bytes": sample.swap_total_bytes,
        "disk_read_bytes_per_s": sample.disk_read_bytes_per_s,
        "disk_write_bytes_per_s": sample.disk_write_bytes_per_s,
        "disk_busy_percent": sample.disk_busy_percent,
        "disks": [asdict(each) for each in sample.disks],
        "interfaces": [asdict(each) for each in detail.interfaces],
        "pressure": {name: asdict(each) for name, each in detail.pressure} or None,
        "temperatures": None
        if detail.temperatures is None
        else [asdict(each) for each in detail.temperatures],
        "limits": None if limits is None else asdict(limits) | {"machine_figures": _figures(limits)},
        "processes": None if detail.processes is None else [asdict(each) for each in detail.processes],
    }


def _figures(limits: Limits) -> list[str] | None:
    return None if limits.machine_figures is None else list(limits.machine_figures)


def host_rows(sample: ServerSample) -> list[list[str]]:
    """The same for people: a name and its values."""
    detail = sample.host.detail if sample.host else HostDetail()
    loads = [UNKNOWN if each is None else three_digits(each) for each in _loads(sample)]
    cores = " ".join("–" if each is None else f"{each:.0f}" for each in detail.cores_percent)
    rows = [
        ["CPU", f"{format_percent(sample.cpu_percent)} of {sample.cpu_count or UNKNOWN} cores"],
        ["cores %", cores or UNKNOWN],
        ["load", " ".join(loads)],
        [
            "memory",
            f"{format_memory(sample.memory_used_bytes)} of {format_memory(sample.memory_total_bytes)}",
        ],
        ["swap", f"{format_memory(sample.swap_used_bytes)} of {format_memory(sample.swap_total_bytes)}"],
    ]
    for name in ("cpu", "memory", "io"):
        each = detail.pressure_of(name)
        rows.append(
            [
                f"pressure {name}",
                f"some {format_percent(each.some_percent)}, all {format_percent(each.full_percent)}",
            ]
        )
    rows += [[f"disk {each.mount}", _disk(each)] for each in sample.disks]
    rows += [
        [
            f"network {each.name}",
            f"in {format_rate(each.rx_bytes_per_s)}, out {format_rate(each.tx_bytes_per_s)}",
        ]
        for each in detail.interfaces
    ]
    rows += [[each.name, format_temperature(each.temperature_c)] for each in detail.temperatures or ()]
    if detail.limits is not None:
        rows += _limit_rows(detail.limits)
    return [*rows, ["up", format_duration(sample.uptime_s)], ["boot", sample.boot_id or UNKNOWN]]


def _loads(sample: ServerSample) -> tuple[float | None, ...]:
    return (sample.load1, sample.load5, sample.load15)


def _disk(disk: DiskSample) -> str:
    inodes = UNKNOWN
    if disk.inodes_used is not None and disk.inodes_total:
        inodes = format_percent(100.0 * disk.inodes_used / disk.inodes_total)
    return (
        f"{format_memory(disk.used_bytes)} of {format_memory(disk.total_bytes)}, inodes {inodes}, "
        f"read {format_rate(disk.read_bytes_per_s)}, written {format_rate(disk.write_bytes_per_s)}, "
        f"busy {format_percent(disk.busy_percent)}"
    )


def _limit_rows(limits: Limits) -> list[list[str]]:
    cores = UNKNOWN if limits.cpu_used_cores is None else three_digits(limits.cpu_used_cores)
    of_cores = "no limit" if limits.cpu_limit_cores is None else f"{limits.cpu_limit_cores:g} cores"
    of_memory = "no limit" if limits.memory_limit_bytes is None else format_memory(limits.memory_limit_bytes)
    rows = [
        ["own CPU", f"{cores} of {of_cores}"],
        ["own memory", f"{format_memory(limits.memory_used_bytes)} of {of_memory}"],
    ]
    if limits.runtime is not None:
        rows.insert(0, ["inside", limits.runtime])
    if limits.machine_figures:
        rows.append(["whole machine's", ", ".join(limits.machine_figures)])
    return rows
