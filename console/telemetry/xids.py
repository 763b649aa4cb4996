"""NVIDIA's XIDs: what each code means and what to do, as data. No logic, none that NVIDIA does not publish.

Source: the XID catalogue, https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html (codes 1 to
172, as of 2025-10-29). Every code that it lists as used stands here; an action is its "resolution bucket
(immediate action)", in words. A code that it lists as unused, or not at all, is unknown to Tandem too. Which
of them alarm follows the rules of nvidia_gpu_exporter (codes that page, codes that must not) and DCGM's
devastating XIDs.
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


_N, _W, _C = Grade.NOTICE, Grade.WARNING, Grade.CRITICAL

# The catalogue's buckets, each named behind its words.
_RESTART_APP = "Restart the application."  # RESTART_APP
_RESET = "Reset the GPU."  # RESET_GPU
_REBOOT = "Restart the server; if it comes again, have the hardware looked at."  # RESTART_BM
_RESTART_VM = "Restart the virtual machine."  # RESTART_VM
_IGNORE = "Nothing to do."  # IGNORE
_SUPPORT_LATER = (
    "Nothing to do at once; if it comes again, contact the vendor."  # IGNORE, then CONTACT_SUPPORT
)
_SUPPORT = "Contact the vendor."  # CONTACT_SUPPORT
_CABLES = "Check the power cables."  # CHECK_MECHANICALS
_UPDATE = "Update driver and firmware."  # UPDATE_SWFW
_ECC = "Drain the server and reset the GPU."  # WORKFLOW_XID_48
_SYMPTOM = "Look at the XID beside it; where it stands alone, restart the fabric manager."  # WORKFLOW_XID_45
_NVLINK = "Check the NVLink's state and cabling; reset the GPU where links are down."  # WORKFLOW_NVLINK_ERR
# WORKFLOW_NVLINK5_ERR: the bits of the line decide between nothing, a reset and the vendor.
_NVLINK5 = "Decode the numbers of its log line with NVIDIA's table for XID 144 to 150."
_RECOVERY = "Do what the recovery action says."  # XID_154
_UVM = "Look at the XID beside it; where it stands alone, contact the vendor."  # CHECK_UVM, sympathetic
_NONE = "NVIDIA's catalogue names no action."
_DETAIL = "It tells more of an XID 48: do what that one says."

_COPY = Xid("Copy engine error", _RESTART_APP, _W)
_NVDEC = Xid("Video decoder (NVDEC) error", _RESTART_APP, _W)
_JPEG = Xid("JPEG decoder (NVJPG) error", _RESTART_APP, _W)
_FLOW = Xid("Optical flow engine (OFA) error", _RESTART_APP, _W)
_STREAM = "Corrupted command stream (push buffer)"
_FIRMWARE = "Driver firmware error"
_ILLEGAL = "Illegal access by the driver"
_TEST = Xid("Test message (SMBPBI)", _IGNORE, _N)

XIDS: dict[int, Xid] = {
    8: Xid("The GPU stopped processing (idle timeout)", _RESTART_APP, _W),
    11: Xid(_STREAM, _RESTART_APP, _N),
    13: Xid("Graphics engine exception, mostly a fault of the application", _RESTART_APP, _N),
    25: Xid(_STREAM, _RESTART_APP, _N),
    31: Xid("Memory page fault, mostly a fault of the application", _RESTART_APP, _N),
    32: Xid(_STREAM, _RESTART_APP, _W),
    37: Xid(_FIRMWARE, _IGNORE, _N),
    38: Xid(_FIRMWARE, _SUPPORT_LATER, _N),
    **dict.fromkeys((39, 40, 41, *range(70, 73), *range(75, 78), 85, *range(126, 136)), _COPY),
    43: Xid("The application was stopped after a fault of its own", _SUPPORT_LATER, _N),
    44: Xid("Graphics engine fault during a context switch", _SUPPORT_LATER, _N),
    45: Xid("Channels were cleaned up, mostly after another error", _SYMPTOM, _N),
    46: Xid("The GPU stopped processing", _RESET, _C),
    48: Xid("Uncorrectable memory error (double-bit ECC)", _ECC, _C),
    54: Xid("Auxiliary power is not connected", _CABLES, _C),
    60: Xid("Video processor exception", _RESTART_APP, _W),
    62: Xid("Internal micro-controller halt", _RESET, _C),
    63: Xid("A memory row is set to be remapped", _IGNORE, _N),
    64: Xid("Remapping a memory row failed", _RESET, _C),
    66: Xid(_ILLEGAL, _IGNORE, _N),
    67: Xid(_ILLEGAL, _SUPPORT_LATER, _N),
    **dict.fromkeys((68, 83, 84, 88, 89, 96, 97, 98), _NVDEC),
    69: Xid("Graphics engine class error", _RESTART_APP, _N),
    74: Xid("NVLink error", _NVLINK, _C),
    78: Xid("A virtual GPU could not start", _UPDATE, _W),
    79: Xid("The GPU has fallen off the bus", _REBOOT, _C),
    80: Xid("Corrupted data sent to the GPU", _RESTART_APP, _W),
    **dict.fromkeys((82, *range(99, 106)), _JPEG),
    **dict.fromkeys((86, 139), _FLOW),
    92: Xid("Many correctable memory errors", _SUPPORT_LATER, _N),
    93: Xid("The InfoROM is written more often than it should be", _SUPPORT_LATER, _N),
    94: Xid("Contained uncorrectable memory error", _RESTART_APP, _W),
    95: Xid("Uncontained uncorrectable memory error", _RESET, _C),
    **dict.fromkeys((106, 107), _TEST),
    109: Xid("Context switch timed out", _RESET, _C),
    110: Xid("Security fault", _RESET, _C),
    119: Xid("The GPU's system processor (GSP) did not answer", _RESET, _C),
    120: Xid("Error of the GPU's system processor (GSP)", _RESET, _C),
    121: Xid("Error of the chip-to-chip link (C2C)", _SUPPORT_LATER, _N),
    136: Xid("Link training failed", _RESET, _C),
    137: Xid("NVLink privilege error", _IGNORE, _N),
    140: Xid("Unrecovered memory error (ECC)", _RESET, _C),
    141: Xid("CUDA fast path error", _SUPPORT_LATER, _N),
    142: Xid("Video encoder (NVENC) error", _SUPPORT, _W),
    143: Xid("GPU initialization failed", _RESET, _C),
    144: Xid("NVLink error (SAW)", _NVLINK5, _C),
    145: Xid("NVLink error (RLW)", _NVLINK5, _C),
    146: Xid("NVLink error (TLW)", _NVLINK5, _C),
    147: Xid("NVLink error (TREX)", _NVLINK5, _C),
    148: Xid("NVLink error (NVLPW_CTRL)", _NVLINK5, _C),
    149: Xid("NVLink error (NETIR)", _NVLINK5, _C),
    150: Xid("NVLink error (MSE)", _NVLINK5, _C),
    151: Xid("Key rotation failed", _RESTART_VM, _W),
    152: Xid("Deep learning accelerator (DLA): memory unit error", _SUPPORT_LATER, _N),
    153: Xid("Deep learning accelerator (DLA): timeout", _SUPPORT_LATER, _N),
    154: Xid("The recommended recovery action changed", _RECOVERY, _W),
    155: Xid("NVLink error defined by software", _RESET, _C),
    156: Xid("Resource retirement event", _RESET, _W),
    157: Xid("Resource retirement failed", _SUPPORT_LATER, _W),
    158: Xid("GPU fatal timeout", _RESET, _C),
    159: Xid("Non-data error on the chip's bus (CHI)", _UVM, _W),
    160: Xid("Channel retirement event", _IGNORE, _N),
    161: Xid("Channel retirement failed", _IGNORE, _W),
    162: Xid("Power smoothing works again", _NONE, _N),
    163: Xid("Power smoothing stopped", _NONE, _N),
    164: Xid("Power smoothing hardware: low lifetime reached", _NONE, _N),
    165: Xid("Power smoothing hardware: lifetime exhausted", _NONE, _W),
    166: Xid("Encrypted NVLink traffic before the link was ready for it", _NONE, _W),
    167: Xid("PCIe fatal timeout", _NONE, _C),
    168: Xid("Less GPU memory: errors in the write-protected region", _NONE, _W),
    169: Xid("Internal micro-controller halt (SEC2)", _NONE, _C),
    170: Xid("NVLink interrupt in confidential mode", _NONE, _W),
    171: Xid("Uncorrectable memory error in DRAM", _DETAIL, _C),
    172: Xid("Uncorrectable memory error in SRAM", _DETAIL, _C),
}

NVLINK5 = range(144, 151)
"""The errors of NVLink 5."""

UNKNOWN_ACTION = "Look it up in NVIDIA's XID catalogue."
"""For every other code: it is told as "unknown XID N", and nothing is guessed."""


def all_texts() -> list[str]:
    """Every text, for the translations."""
    words = [text for each in XIDS.values() for text in (each.meaning, each.action)]
    return list(dict.fromkeys([*words, UNKNOWN_ACTION]))
