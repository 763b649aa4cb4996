"""DCGM-exporter's and node_exporter's names, and what each is here, as data; PromQL's words for rates."""

from __future__ import annotations

from collections.abc import Mapping

MIB = 1024 * 1024
INT32_BLANK = 2147483632  # DCGM's "there is no value", and above it why
FLOAT_BLANK = 140737488355328.0
READ_BITS = (
    (0x2, "app_clocks"),
    (0x4, "sw_power_cap"),
    (0x8, "hw_slowdown"),
    (0x10, "sync_boost"),
    (0x20, "sw_thermal"),
    (0x40, "hw_thermal"),
    (0x80, "hw_power_brake"),
    (0x100, "display_clocks"),
)
D = "DCGM_FI_DEV_"
FAST = (
    ("GPU_UTIL", "FB_USED", "FB_FREE", "FB_TOTAL"),
    (
        "GPU_TEMP",
        "POWER_USAGE",
        "SM_CLOCK",
        "MEM_COPY_UTIL",
        "CLOCK_THROTTLE_REASONS",
        "CLOCKS_EVENT_REASONS",
    ),
)
# Field of the sample -> DCGM's name and the factor to our unit.
FIELDS: Mapping[str, tuple[str, float]] = {
    "utilization_percent": ("GPU_UTIL", 1),
    "memory_utilization_percent": ("MEM_COPY_UTIL", 1),
    "memory_used_bytes": ("FB_USED", MIB),
    "memory_total_bytes": ("FB_TOTAL", MIB),
    "memory_reserved_bytes": ("FB_RESERVED", MIB),
    "temperature_c": ("GPU_TEMP", 1),
    "memory_temperature_c": ("MEMORY_TEMP", 1),
    "power_w": ("POWER_USAGE", 1),
    "power_limit_w": ("POWER_MGMT_LIMIT", 1),
    "energy_j": ("TOTAL_ENERGY_CONSUMPTION", 0.001),
    "fan_percent": ("FAN_SPEED", 1),
    "clock_sm_mhz": ("SM_CLOCK", 1),
    "clock_memory_mhz": ("MEM_CLOCK", 1),
    "encoder_percent": ("ENC_UTIL", 1),
    "decoder_percent": ("DEC_UTIL", 1),
    "ecc_uncorrected": ("ECC_DBE_VOL_TOTAL", 1),
    "pstate": ("PSTATE", 1),
}
HEALTH: Mapping[str, str] = {
    "ecc_corrected_volatile": "ECC_SBE_VOL_TOTAL",
    "ecc_uncorrected_volatile": "ECC_DBE_VOL_TOTAL",
    "ecc_corrected_aggregate": "ECC_SBE_AGG_TOTAL",
    "ecc_uncorrected_aggregate": "ECC_DBE_AGG_TOTAL",
    "retired_pages_corrected": "RETIRED_SBE",
    "retired_pages_uncorrected": "RETIRED_DBE",
    "retired_pages_pending": "RETIRED_PENDING",
    "remapped_rows_corrected": "CORRECTABLE_REMAPPED_ROWS",
    "remapped_rows_uncorrected": "UNCORRECTABLE_REMAPPED_ROWS",
    "remapped_rows_pending": "ROW_REMAP_PENDING",
    "remapped_rows_failed": "ROW_REMAP_FAILURE",
    "pcie_replays": "PCIE_REPLAY_COUNTER",
}
FLAGS = ("retired_pages_pending", "remapped_rows_pending", "remapped_rows_failed")
_QUICK = {name for group in FAST for name in group}
SLOW = tuple(
    tuple(name for name in names if name not in _QUICK)
    for names in (
        sorted({each for each, _factor in FIELDS.values()} - set(HEALTH.values())),
        HEALTH.values(),
    )
)
NODE = (
    *(
        "node_load1",
        "node_load5",
        "node_load15",
        "node_memory_MemTotal_bytes",
        "node_memory_MemAvailable_bytes",
    ),
    *("node_memory_Cached_bytes", "node_memory_SwapTotal_bytes", "node_memory_SwapFree_bytes"),
    "node_boot_time_seconds",
)


def _rate(sum_of: str, name: str, matcher: str = "{m1}") -> str:
    return f"{sum_of} by ({{by}}) (rate({name}{{{{{matcher}}}}}[{{w}}]))"


_NO_LOOPBACK, _DISKS = 'device!="lo"{m}', "{disk}{m}"

RATES: Mapping[str, str] = {
    "cpu_percent": "100 * (1 - " + _rate("avg", "node_cpu_seconds_total", 'mode="idle"{m}') + ")",
    "network_rx_bytes_per_s": _rate("sum", "node_network_receive_bytes_total", _NO_LOOPBACK),
    "network_tx_bytes_per_s": _rate("sum", "node_network_transmit_bytes_total", _NO_LOOPBACK),
    "disk_read_bytes_per_s": _rate("sum", "node_disk_read_bytes_total", _DISKS),
    "disk_write_bytes_per_s": _rate("sum", "node_disk_written_bytes_total", _DISKS),
    "disk_busy_percent": "100 * " + _rate("max", "node_disk_io_time_seconds_total", _DISKS),
    "pressure_cpu_percent": "100 * " + _rate("max", "node_pressure_cpu_waiting_seconds_total"),
    "pressure_memory_percent": "100 * " + _rate("max", "node_pressure_memory_waiting_seconds_total"),
    "pressure_io_percent": "100 * " + _rate("max", "node_pressure_io_waiting_seconds_total"),
    "host_temperature_c": "max by ({by}) (node_hwmon_temp_celsius{{{m1}}})",
}
"""What is counted up there, as what it is here; {m}, {m1}: the matchers, {w}: the window, {by}: labels."""

_TOTAL, _FREE = "node_memory_{kind}Total_bytes{{{{{{m1}}}}}}", "node_memory_{kind}_bytes{{{{{{m1}}}}}}"

GAUGES: Mapping[str, str] = {
    "load1": "max by ({by}) (node_load1{{{m1}}})",
    "memory_used_bytes": (
        f"max by ({{by}}) ({_TOTAL.format(kind='Mem')} - {_FREE.format(kind='MemAvailable')})"
    ),
    "swap_used_bytes": f"max by ({{by}}) ({_TOTAL.format(kind='Swap')} - {_FREE.format(kind='SwapFree')})",
    "uptime_s": "time() - max by ({by}) (node_boot_time_seconds{{{m1}}})",
}
ACCELERATOR_KEYS = {"accelerator_memory_used_bytes": "memory_used_bytes"}
PHYSICAL = 'device!~"(dm-|loop|ram|zram|md|sr).*"'
NO_DISKS = (
    'fstype!~"tmpfs|devtmpfs|ramfs|overlay|squashfs|autofs|proc|sysfs|cgroup.*|nsfs|fuse.lxcfs|iso9660"'
)
FILES = (
    "node_filesystem_size_bytes|node_filesystem_avail_bytes|node_filesystem_files|node_filesystem_files_free"
)
