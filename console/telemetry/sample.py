"""What one server said of itself at one moment. A value that it could not give is None, never 0.

What comes hundreds of times a second is a named tuple: the next one is made of the last by what changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from console.telemetry.parsing_host import HostParts


class AcceleratorState(StrEnum):
    """Whether an accelerator answers."""

    OK = "ok"
    LOST = "lost"
    ERROR = "error"
    UNKNOWN = "unknown"


class PowerKind(StrEnum):
    """What a power reading is (telemetry.md 3d: one second's mean, or the moment's value)."""

    AVERAGE = "average"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """A process of the server. `memory_bytes` is the accelerator's where it hangs on one, else the host's."""

    pid: int
    user: str | None
    command: str | None
    memory_bytes: int | None
    cpu_percent: float | None = None
    container: str | None = None
    host_memory_bytes: int | None = None
    utilization_percent: float | None = None


@dataclass(frozen=True, slots=True)
class MigInstance:
    """One slice of an accelerator that is divided (NVIDIA's MIG)."""

    uuid: str
    name: str | None
    gpu_instance: int | None
    compute_instance: int | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None


@dataclass(frozen=True, slots=True)
class FaultEvent:
    """One line of the kernel's log about an accelerator; `code` is NVIDIA's XID."""

    time: datetime
    code: int
    text: str | None


class LogAccess(StrEnum):
    """Whether the agent may read the kernel's log, where an accelerator's faults are told."""

    OK = "ok"
    DENIED = "denied"


class AcceleratorMeans(NamedTuple):
    """What held over the whole time between two samples, out of the driver's own counters and buffers.

    Attributes:
        over_s: the span in seconds.
        power_w: the energy counter's difference over the span.
        throttle: reason -> percent of the span in which it held, for those that held at all.
    """

    over_s: float
    utilization_percent: float | None = None
    utilization_max_percent: float | None = None
    memory_utilization_percent: float | None = None
    power_w: float | None = None
    throttle: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class AcceleratorHealth:
    """What changes rarely or is slow to read; the agent reads it every few seconds.

    Attributes:
        ecc_*: volatile counts since the driver was loaded, aggregate over the card's life.
        pcie_*_max: the best that card and slot can do together.
        recovery_action: what the driver advises: none, reset, reboot, drain_p2p, drain_and_reset...
        faults: out of the kernel's log, oldest first; None where it cannot be read (see `kernel_log`).
    """

    persistence: bool | None = None
    compute_mode: str | None = None
    clock_sm_max_mhz: float | None = None
    clock_memory_max_mhz: float | None = None
    ecc_enabled: bool | None = None
    ecc_corrected_volatile: int | None = None
    ecc_uncorrected_volatile: int | None = None
    ecc_corrected_aggregate: int | None = None
    ecc_uncorrected_aggregate: int | None = None
    retired_pages_corrected: int | None = None
    retired_pages_uncorrected: int | None = None
    retired_pages_pending: bool | None = None
    remapped_rows_corrected: int | None = None
    remapped_rows_uncorrected: int | None = None
    remapped_rows_pending: bool | None = None
    remapped_rows_failed: bool | None = None
    pcie_generation: int | None = None
    pcie_generation_max: int | None = None
    pcie_width: int | None = None
    pcie_width_max: int | None = None
    pcie_replays: int | None = None
    pcie_rx_bytes_per_s: float | None = None
    pcie_tx_bytes_per_s: float | None = None
    nvlink_rx_bytes_per_s: float | None = None
    nvlink_tx_bytes_per_s: float | None = None
    nvlinks_active: int | None = None
    recovery_action: str | None = None
    mig_instances: tuple[MigInstance, ...] | None = None
    kernel_log: LogAccess | None = None
    faults: tuple[FaultEvent, ...] | None = None


class AgentCost(NamedTuple):
    """What watching costs the server: the agent's own numbers.

    Attributes:
        cpu_s: processor seconds since the agent began.
        memory_bytes: what is resident now.
        dropped: samples that were dropped because the line was full.
    """

    cpu_s: float | None
    memory_bytes: int | None
    dropped: int | None


class AcceleratorSample(NamedTuple):
    """One accelerator at one moment."""

    index: int  # type: ignore[assignment]  # a tuple's method of that name is not missed
    uuid: str
    name: str
    vendor: str
    state: AcceleratorState
    simulated: bool = False
    detail: str | None = None
    utilization_percent: float | None = None
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    memory_reserved_bytes: int | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    power_kind: PowerKind | None = None
    power_limit_w: float | None = None
    energy_j: float | None = None
    fan_percent: float | None = None
    clock_sm_mhz: float | None = None
    throttle: tuple[str, ...] = ()
    ecc_uncorrected: int | None = None
    mig: bool | None = None
    processes: tuple[ProcessInfo, ...] | None = None
    memory_utilization_percent: float | None = None
    encoder_percent: float | None = None
    decoder_percent: float | None = None
    memory_temperature_c: float | None = None
    temperature_margin_c: float | None = None
    clock_graphics_mhz: float | None = None
    clock_memory_mhz: float | None = None
    clock_video_mhz: float | None = None
    pstate: int | None = None
    means: AcceleratorMeans | None = None
    health: AcceleratorHealth | None = None


@dataclass(frozen=True, slots=True)
class DiskSample:
    """One mounted file system.

    Attributes:
        inodes_total: None where it has no fixed number of them.
        read_bytes_per_s, write_bytes_per_s, busy_percent: of the block device below it, None where there
            is none (network disks).
    """

    mount: str
    used_bytes: int | None
    total_bytes: int | None
    device: str | None = None
    inodes_used: int | None = None
    inodes_total: int | None = None
    read_bytes_per_s: float | None = None
    write_bytes_per_s: float | None = None
    busy_percent: float | None = None


class ServerSample(NamedTuple):
    """One server at one moment.

    Attributes:
        seq: counts up within one connection.
        time: the server's own wall clock.
        received_s: our monotonic clock when it arrived; ages are told from this alone.
        problems: sentences of the agent about what it could not read.
        pressure_*_percent: of the time in which some task waited for it (PSI).
        disk_*: all physical disks together; busy is that of the busiest.
        hottest_c: the highest of the machine's own temperatures.
        host: cores, interfaces, sensors, limits and processes, unread until its `detail` is asked for.
    """

    seq: int
    time: datetime
    received_s: float
    cpu_percent: float | None
    cpu_count: int | None
    load1: float | None
    memory_used_bytes: int | None
    memory_total_bytes: int | None
    network_rx_bytes_per_s: float | None
    network_tx_bytes_per_s: float | None
    uptime_s: float | None
    disks: tuple[DiskSample, ...]
    accelerators: tuple[AcceleratorSample, ...]
    problems: tuple[str, ...] = ()
    agent: AgentCost | None = None
    boot_id: str | None = None
    load5: float | None = None
    load15: float | None = None
    cpu_iowait_percent: float | None = None
    cpu_steal_percent: float | None = None
    memory_cached_bytes: int | None = None
    swap_used_bytes: int | None = None
    swap_total_bytes: int | None = None
    pressure_cpu_percent: float | None = None
    pressure_memory_percent: float | None = None
    pressure_io_percent: float | None = None
    disk_read_bytes_per_s: float | None = None
    disk_write_bytes_per_s: float | None = None
    disk_busy_percent: float | None = None
    hottest_c: float | None = None
    drained: str | None = None
    """Why it takes no new work; empty where it does; None where its agent does not say."""
    host: HostParts | None = None
