"""What an accelerator's troubles mean and what to do: words as data. NVIDIA's XIDs: xids.py. No logic."""

from __future__ import annotations

from console.telemetry import xids

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
    "xid_unknown": "unknown XID {code}",
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
    tables = (THROTTLE, RECOVERY, SENTENCES, ACTIONS)
    return list(dict.fromkeys([*xids.all_texts(), *(text for table in tables for text in table.values())]))
