"""What one server said of itself at one moment. A value that it could not give is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class AcceleratorSample:
    """One accelerator at one moment."""

    index: int
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


@dataclass(frozen=True, slots=True)
class DiskSample:
    """One mounted file system."""

    mount: str
    used_bytes: int | None
    total_bytes: int | None


@dataclass(frozen=True, slots=True)
class ServerSample:
    """One server at one moment.

    Attributes:
        seq: counts up within one connection.
        time: the server's own wall clock.
        received_s: our monotonic clock when it arrived; ages are told from this alone.
        problems: sentences of the agent about what it could not read.
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
