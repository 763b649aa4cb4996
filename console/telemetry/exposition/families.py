"""Which numbers are told to Prometheus, under which names, as data; pure.

DCGM-exporter's names and units where it has one (mebibytes, watts, megahertz), node_exporter's for machines,
tandem_* for the rest. What is not known is left out, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from console.telemetry.sample import AcceleratorHealth, AcceleratorSample, DiskSample, ServerSample

MIB = 1024.0 * 1024.0

THROTTLE_BITS = {
    "app_clocks": 0x2,
    "sw_power_cap": 0x4,
    "hw_slowdown": 0x8,
    "sync_boost": 0x10,
    "sw_thermal": 0x20,
    "hw_thermal": 0x40,
    "hw_power_brake": 0x80,
    "display_clocks": 0x100,
}
"""Bits of nvml.h's clock event reasons by the names that the NVIDIA probe gives them."""


@dataclass(frozen=True, slots=True)
class AcceleratorFamily:
    """One number of every accelerator; `value` gives None where it is not known."""

    name: str
    text: str
    value: Callable[[AcceleratorSample], float | None]
    type: str = "gauge"


@dataclass(frozen=True, slots=True)
class ServerFamily:
    """One number of every server."""

    name: str
    text: str
    value: Callable[[ServerSample], float | None]


@dataclass(frozen=True, slots=True)
class DiskFamily:
    """One number of every mounted file system."""

    name: str
    text: str
    value: Callable[[DiskSample], float | None]


def _mib(value: int | None) -> float | None:
    return None if value is None else value / MIB


def _less(whole: int | None, part: int | None) -> float | None:
    return None if whole is None or part is None else max(0.0, float(whole - part))


def _free_mib(sample: AcceleratorSample) -> float | None:
    free = _less(sample.memory_total_bytes, sample.memory_used_bytes)
    return None if free is None else free / MIB


def _energy_mj(sample: AcceleratorSample) -> float | None:
    return None if sample.energy_j is None else sample.energy_j * 1000.0


def _throttle_bits(sample: AcceleratorSample) -> float | None:
    """None where there is no reason: a sample does not tell "none" from "could not be read"."""
    if not sample.throttle or any(each not in THROTTLE_BITS for each in sample.throttle):
        return None
    return float(sum(THROTTLE_BITS[each] for each in set(sample.throttle)))


def _last_xid(sample: AcceleratorSample) -> float | None:
    faults = None if sample.health is None else sample.health.faults
    if faults is None:
        return None
    return float(faults[-1].code) if faults else 0.0


def _of_health(field: str) -> Callable[[AcceleratorSample], float | None]:
    assert field in AcceleratorHealth.__dataclass_fields__

    def value(sample: AcceleratorSample) -> float | None:
        found = None if sample.health is None else getattr(sample.health, field)
        return None if found is None else float(found)

    return value


ACCELERATORS: tuple[AcceleratorFamily, ...] = (
    AcceleratorFamily("DCGM_FI_DEV_GPU_UTIL", "GPU utilization (in %).", lambda a: a.utilization_percent),
    AcceleratorFamily(
        "DCGM_FI_DEV_MEM_COPY_UTIL", "Memory utilization (in %).", lambda a: a.memory_utilization_percent
    ),
    AcceleratorFamily("DCGM_FI_DEV_ENC_UTIL", "Encoder utilization (in %).", lambda a: a.encoder_percent),
    AcceleratorFamily("DCGM_FI_DEV_DEC_UTIL", "Decoder utilization (in %).", lambda a: a.decoder_percent),
    AcceleratorFamily(
        "DCGM_FI_DEV_FB_USED", "Framebuffer memory used (in MiB).", lambda a: _mib(a.memory_used_bytes)
    ),
    AcceleratorFamily("DCGM_FI_DEV_FB_FREE", "Framebuffer memory free (in MiB).", _free_mib),
    AcceleratorFamily(
        "DCGM_FI_DEV_FB_TOTAL", "Total framebuffer memory (in MiB).", lambda a: _mib(a.memory_total_bytes)
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_FB_RESERVED",
        "Framebuffer memory reserved (in MiB).",
        lambda a: _mib(a.memory_reserved_bytes),
    ),
    AcceleratorFamily("DCGM_FI_DEV_GPU_TEMP", "GPU temperature (in C).", lambda a: a.temperature_c),
    AcceleratorFamily(
        "DCGM_FI_DEV_MEMORY_TEMP", "Memory temperature (in C).", lambda a: a.memory_temperature_c
    ),
    AcceleratorFamily("DCGM_FI_DEV_POWER_USAGE", "Power draw (in W).", lambda a: a.power_w),
    AcceleratorFamily("DCGM_FI_DEV_POWER_MGMT_LIMIT", "Power limit (in W).", lambda a: a.power_limit_w),
    AcceleratorFamily(
        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
        "Total energy consumption since boot (in mJ).",
        _energy_mj,
        "counter",
    ),
    AcceleratorFamily("DCGM_FI_DEV_SM_CLOCK", "SM clock frequency (in MHz).", lambda a: a.clock_sm_mhz),
    AcceleratorFamily(
        "DCGM_FI_DEV_MEM_CLOCK", "Memory clock frequency (in MHz).", lambda a: a.clock_memory_mhz
    ),
    AcceleratorFamily("DCGM_FI_DEV_VIDEO_CLOCK", "Video clock (in MHz).", lambda a: a.clock_video_mhz),
    AcceleratorFamily("DCGM_FI_DEV_FAN_SPEED", "Fan speed (in %).", lambda a: a.fan_percent),
    AcceleratorFamily("DCGM_FI_DEV_PSTATE", "Performance state (0 is the fastest).", lambda a: a.pstate),
    AcceleratorFamily(
        "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", "Current clock throttle reasons (bits).", _throttle_bits
    ),
    AcceleratorFamily("DCGM_FI_DEV_XID_ERRORS", "Value of the last XID error encountered.", _last_xid),
    AcceleratorFamily(
        "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
        "Single-bit ECC errors since the driver was loaded.",
        _of_health("ecc_corrected_volatile"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
        "Double-bit ECC errors since the driver was loaded.",
        _of_health("ecc_uncorrected_volatile"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_ECC_SBE_AGG_TOTAL",
        "Single-bit ECC errors over the card's life.",
        _of_health("ecc_corrected_aggregate"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_ECC_DBE_AGG_TOTAL",
        "Double-bit ECC errors over the card's life.",
        _of_health("ecc_uncorrected_aggregate"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_RETIRED_SBE",
        "Pages retired for single-bit errors.",
        _of_health("retired_pages_corrected"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_RETIRED_DBE",
        "Pages retired for double-bit errors.",
        _of_health("retired_pages_uncorrected"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_RETIRED_PENDING",
        "Whether pages wait for their retirement.",
        _of_health("retired_pages_pending"),
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS",
        "Rows remapped for correctable errors.",
        _of_health("remapped_rows_corrected"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
        "Rows remapped for uncorrectable errors.",
        _of_health("remapped_rows_uncorrected"),
        "counter",
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_ROW_REMAP_PENDING",
        "Whether remapped rows wait for a reset.",
        _of_health("remapped_rows_pending"),
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_ROW_REMAP_FAILURE",
        "Whether remapping of rows has failed.",
        _of_health("remapped_rows_failed"),
    ),
    AcceleratorFamily(
        "DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "Total PCIe retries.", _of_health("pcie_replays"), "counter"
    ),
    AcceleratorFamily("DCGM_FI_DEV_PCIE_LINK_GEN", "PCIe generation now.", _of_health("pcie_generation")),
    AcceleratorFamily("DCGM_FI_DEV_PCIE_LINK_WIDTH", "PCIe width now.", _of_health("pcie_width")),
    AcceleratorFamily(
        "tandem_accelerator_processes",
        "Processes that hold memory of the accelerator.",
        lambda a: None if a.processes is None else len(a.processes),
    ),
)

SERVERS: tuple[ServerFamily, ...] = (
    ServerFamily("node_load1", "1m load average.", lambda s: s.load1),
    ServerFamily("node_load5", "5m load average.", lambda s: s.load5),
    ServerFamily("node_load15", "15m load average.", lambda s: s.load15),
    ServerFamily("node_memory_MemTotal_bytes", "Memory of the machine.", lambda s: s.memory_total_bytes),
    ServerFamily(
        "node_memory_MemAvailable_bytes",
        "Memory that programs can get without swapping.",
        lambda s: _less(s.memory_total_bytes, s.memory_used_bytes),
    ),
    ServerFamily("node_memory_SwapTotal_bytes", "Swap space.", lambda s: s.swap_total_bytes),
    ServerFamily(
        "node_memory_SwapFree_bytes",
        "Swap space that is free.",
        lambda s: _less(s.swap_total_bytes, s.swap_used_bytes),
    ),
    ServerFamily(
        "node_boot_time_seconds",
        "When the machine started, by its own clock.",
        lambda s: None if s.uptime_s is None else s.time.timestamp() - s.uptime_s,
    ),
    ServerFamily(
        "node_time_seconds", "The machine's own clock when it was sampled.", lambda s: s.time.timestamp()
    ),
    ServerFamily("tandem_cpu_percent", "Share of all cores' time that was busy.", lambda s: s.cpu_percent),
    ServerFamily("tandem_cpu_count", "Processors that the system sees.", lambda s: s.cpu_count),
    ServerFamily(
        "tandem_network_receive_bytes_per_second",
        "Received over all interfaces but loopback.",
        lambda s: s.network_rx_bytes_per_s,
    ),
    ServerFamily(
        "tandem_network_transmit_bytes_per_second",
        "Sent over all interfaces but loopback.",
        lambda s: s.network_tx_bytes_per_s,
    ),
    ServerFamily(
        "tandem_disk_read_bytes_per_second",
        "Read from all physical disks.",
        lambda s: s.disk_read_bytes_per_s,
    ),
    ServerFamily(
        "tandem_disk_written_bytes_per_second",
        "Written to all physical disks.",
        lambda s: s.disk_write_bytes_per_s,
    ),
    ServerFamily("tandem_disk_busy_percent", "Busy time of the busiest disk.", lambda s: s.disk_busy_percent),
    ServerFamily(
        "tandem_pressure_cpu_percent",
        "Time in which some task waited for a processor.",
        lambda s: s.pressure_cpu_percent,
    ),
    ServerFamily(
        "tandem_pressure_memory_percent",
        "Time in which some task waited for memory.",
        lambda s: s.pressure_memory_percent,
    ),
    ServerFamily(
        "tandem_pressure_io_percent",
        "Time in which some task waited for a disk.",
        lambda s: s.pressure_io_percent,
    ),
    ServerFamily("tandem_host_temperature_celsius", "The machine's hottest sensor.", lambda s: s.hottest_c),
)

DISKS: tuple[DiskFamily, ...] = (
    DiskFamily("node_filesystem_size_bytes", "Size of the file system.", lambda d: d.total_bytes),
    DiskFamily(
        "node_filesystem_avail_bytes",
        "Space that is free.",
        lambda d: _less(d.total_bytes, d.used_bytes),
    ),
    DiskFamily("node_filesystem_files", "Inodes of the file system.", lambda d: d.inodes_total),
    DiskFamily(
        "node_filesystem_files_free", "Inodes that are free.", lambda d: _less(d.inodes_total, d.inodes_used)
    ),
)
