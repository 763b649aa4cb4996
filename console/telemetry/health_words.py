"""What an accelerator's troubles mean and what to do: words as data, NVIDIA's XIDs among them. No logic.

The XIDs follow NVIDIA's catalogue (docs.nvidia.com/deploy/xid-errors: codes and their immediate actions) as
gpud's `catalog_generated.go` of 2025-10-29 has it; which of them alarm follows DCGM's and NGE's rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Grade(IntEnum):
    """How bad a finding is; a notice is nothing that a person must act on."""

    NOTICE = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Xid:
    """One code: what it means, what to do."""

    meaning: str
    action: str
    grade: Grade


_RESTART_APP = "Restart the application."
_RESET = "Reset the GPU."
_REBOOT = "Restart the server; if it comes again, have the hardware looked at."
_IGNORE = "Nothing to do."
_SUPPORT = "If it comes again, contact the vendor."
_UPDATE = "Update driver and firmware."
_NVLINK = "Check the NVLink's state and cabling; reset the GPU where links are down."
_N, _W, _C = Grade.NOTICE, Grade.WARNING, Grade.CRITICAL

XIDS: dict[int, Xid] = {
    13: Xid("Graphics engine exception, mostly a fault of the application", _RESTART_APP, _N),
    31: Xid("Memory page fault, mostly a fault of the application", _RESTART_APP, _N),
    32: Xid("Corrupted command stream (PBDMA)", _RESTART_APP, _W),
    38: Xid("Driver firmware error", _UPDATE, _W),
    43: Xid("The application was stopped after a fault of its own", _IGNORE, _N),
    45: Xid("Channels were cleaned up, mostly after another error", "Look at the XID before it.", _N),
    46: Xid("The GPU stopped processing", _RESET, _C),
    48: Xid("Uncorrectable memory error (double-bit ECC)", "Drain the server and reset the GPU.", _C),
    54: Xid("Auxiliary power is not connected", "Check the power cables.", _C),
    61: Xid("Internal micro-controller breakpoint", _RESET, _W),
    62: Xid("Internal micro-controller halt", _RESET, _C),
    63: Xid("A memory row is set to be remapped", "Reset the GPU when it is free.", _N),
    64: Xid("Remapping a memory row failed", _RESET, _C),
    68: Xid("Video processor exception", _RESTART_APP, _N),
    69: Xid("Graphics engine class error", _RESTART_APP, _N),
    74: Xid("NVLink error", _NVLINK, _C),
    78: Xid("A virtual GPU could not start", _UPDATE, _W),
    79: Xid("The GPU has fallen off the bus", _REBOOT, _C),
    92: Xid("Many correctable memory errors", _SUPPORT, _N),
    94: Xid("Contained uncorrectable memory error", _RESTART_APP, _W),
    95: Xid("Uncontained uncorrectable memory error", _RESET, _C),
    109: Xid("Context switch timed out", _RESET, _C),
    110: Xid("Security fault", _RESET, _C),
    119: Xid("The GPU's system processor (GSP) did not answer", _RESET, _C),
    120: Xid("Error of the GPU's system processor (GSP)", _RESET, _C),
    121: Xid("Corrected error of the chip-to-chip link", _SUPPORT, _N),
    136: Xid("Link training failed", _RESET, _C),
    137: Xid("NVLink privilege error", _RESTART_APP, _W),
    140: Xid("Unrecovered memory error", _RESET, _C),
    143: Xid("GPU initialization failed", _RESET, _C),
    **{code: Xid("NVLink 5 error", _NVLINK, _C) for code in range(144, 151)},
    151: Xid("Key rotation failed", "Restart the virtual machine.", _W),
    154: Xid("The recommended recovery action changed", "Do what the recovery action says.", _W),
    155: Xid("NVLink firmware error", _RESET, _C),
    156: Xid("Resource retirement event", _RESET, _W),
    157: Xid("Resource retirement failed", _SUPPORT, _W),
    158: Xid("GPU fatal timeout", _RESET, _C),
    171: Xid("Uncorrectable memory error in DRAM", "Drain the server and reset the GPU.", _C),
    172: Xid("Uncorrectable memory error in SRAM", "Drain the server and reset the GPU.", _C),
}
UNKNOWN_XID = Xid("A code that Tandem does not know", "Look it up in NVIDIA's XID catalogue.", _W)

THROTTLE: dict[str, str] = {
    "app_clocks": "set by application clocks",
    "sw_power_cap": "power limit reached",
    "hw_slowdown": "hardware slowdown",
    "sync_boost": "kept in step with other GPUs",
    "sw_thermal": "too warm (driver slows down)",
    "hw_thermal": "too hot (hardware slows down)",
    "hw_power_brake": "power brake from outside",
    "display_clocks": "set by display clocks",
}

RECOVERY: dict[str, str] = {
    "none": "none",
    "gpu_reset": "reset the GPU",
    "node_reboot": "restart the server",
    "drain_p2p": "stop peer-to-peer work, then reset",
    "drain_and_reset": "let the work end, then reset the GPU",
    "recover_imex": "recover the IMEX domain",
    "bus_reset": "reset the PCI bus",
    "system_reboot": "restart the server",
}

SENTENCES: dict[str, str] = {
    "xid": "XID {code}: {meaning}",
    "recovery": "The driver recommends: {action}",
    "ecc": "{count} uncorrectable memory errors since the driver was loaded",
    "remap_failed": "Remapping a memory row failed",
    "remap_pending": "A memory row waits to be remapped",
    "retired_pending": "Memory pages wait to be retired",
    "pcie": "PCIe runs at generation {generation} × {width} of {generation_max} × {width_max}",
    "throttle": "Slowed down: {reason}",
    "log_denied": "No permission to read the kernel log, so XIDs are not seen",
}
ACTIONS: dict[str, str] = {
    "recovery": "Do so when nothing runs on it.",
    "ecc": "Reset the GPU; if they come again, have the card replaced.",
    "remap_failed": "Have the card replaced.",
    "remap_pending": "Reset the GPU when it is free.",
    "retired_pending": "Restart the server when it is free.",
    "pcie": "Under load it should be at its best: check the slot, the riser and the BIOS.",
    "throttle": "Check cooling and power supply.",
    "log_denied": "Let the account read it (group adm or systemd-journal), or switch on kernel_log.",
}


def all_texts() -> list[str]:
    """Every text, for the translations."""
    words = [text for each in (*XIDS.values(), UNKNOWN_XID) for text in (each.meaning, each.action)]
    tables = (THROTTLE, RECOVERY, SENTENCES, ACTIONS)
    return list(dict.fromkeys([*words, *(text for table in tables for text in table.values())]))
