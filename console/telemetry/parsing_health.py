"""From what an agent sent of an accelerator's health to its value. Pure; trusts nothing that came."""

from __future__ import annotations

from console.core.clock import from_epoch
from console.core.wire_values import (
    MAX_COUNTER,
    Wire,
    bytes_of,
    flag_of,
    number_of,
    object_of,
    objects_of,
    text_of,
    whole_of,
)
from console.telemetry.sample import AcceleratorHealth, FaultEvent, LogAccess, MigInstance

MAX_INSTANCES = 64
MAX_FAULTS = 64
_LATEST_EPOCH_S = 32_503_680_000.0  # the year 3000
_ACCESS = {each.value: each for each in LogAccess}
_COUNTS = (
    "ecc_corrected_volatile",
    "ecc_uncorrected_volatile",
    "ecc_corrected_aggregate",
    "ecc_uncorrected_aggregate",
    "retired_pages_corrected",
    "retired_pages_uncorrected",
    "remapped_rows_corrected",
    "remapped_rows_uncorrected",
    "pcie_replays",
)


def parse_health(value: object) -> AcceleratorHealth | None:
    """The health of one accelerator; None where nothing came."""
    wire = object_of(value)
    if not wire:
        return None
    counts = {name: whole_of(wire.get(name), 0, MAX_COUNTER) for name in _COUNTS}
    return AcceleratorHealth(
        persistence=flag_of(wire.get("persistence")),
        compute_mode=text_of(wire.get("compute_mode"), 40),
        clock_sm_max_mhz=number_of(wire.get("clock_sm_max_mhz"), 0, 100_000),
        clock_memory_max_mhz=number_of(wire.get("clock_memory_max_mhz"), 0, 100_000),
        ecc_enabled=flag_of(wire.get("ecc_enabled")),
        retired_pages_pending=flag_of(wire.get("retired_pages_pending")),
        remapped_rows_pending=flag_of(wire.get("remapped_rows_pending")),
        remapped_rows_failed=flag_of(wire.get("remapped_rows_failed")),
        pcie_generation=whole_of(wire.get("pcie_generation"), 1, 16),
        pcie_generation_max=whole_of(wire.get("pcie_generation_max"), 1, 16),
        pcie_width=whole_of(wire.get("pcie_width"), 1, 64),
        pcie_width_max=whole_of(wire.get("pcie_width_max"), 1, 64),
        pcie_rx_bytes_per_s=number_of(wire.get("pcie_rx_bytes_per_s"), 0, 1e15),
        pcie_tx_bytes_per_s=number_of(wire.get("pcie_tx_bytes_per_s"), 0, 1e15),
        nvlink_rx_bytes_per_s=number_of(wire.get("nvlink_rx_bytes_per_s"), 0, 1e15),
        nvlink_tx_bytes_per_s=number_of(wire.get("nvlink_tx_bytes_per_s"), 0, 1e15),
        nvlinks_active=whole_of(wire.get("nvlinks_active"), 0, 1024),
        recovery_action=text_of(wire.get("recovery_action"), 40),
        mig_instances=_instances(wire.get("mig_instances")),
        kernel_log=_ACCESS.get(str(wire.get("kernel_log"))[:20]),
        faults=_faults(wire.get("faults")),
        **counts,
    )


def _instances(value: object) -> tuple[MigInstance, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    return tuple(_instance(each) for each in objects_of(value, MAX_INSTANCES))


def _instance(wire: Wire) -> MigInstance:
    return MigInstance(
        uuid=text_of(wire.get("uuid"), 80) or "?",
        name=text_of(wire.get("name"), 80),
        gpu_instance=whole_of(wire.get("gpu_instance"), 0, 4096),
        compute_instance=whole_of(wire.get("compute_instance"), 0, 4096),
        memory_used_bytes=bytes_of(wire.get("memory_used_bytes")),
        memory_total_bytes=bytes_of(wire.get("memory_total_bytes")),
    )


def _faults(value: object) -> tuple[FaultEvent, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    found = []
    for wire in objects_of(value, MAX_FAULTS):
        time_s = number_of(wire.get("time"), 0, _LATEST_EPOCH_S)
        code = whole_of(wire.get("code"), 0, 1 << 20)
        if time_s is not None and code is not None:
            found.append(FaultEvent(from_epoch(time_s), code, text_of(wire.get("text"))))
    return tuple(found)
