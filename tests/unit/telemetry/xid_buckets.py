"""The "resolution bucket (immediate action)" of every XID that NVIDIA's catalogue lists as used, by code.

Read from https://docs.nvidia.com/deploy/xid-errors/analyzing-xid-catalog.html as of 2025-10-29: code
and bucket only, not its words. "" is a code without a bucket.
"""

from __future__ import annotations

_CODES: dict[str, tuple[int, ...]] = {
    "RESTART_APP": (
        *(
            8,
            11,
            13,
            25,
            31,
            32,
            39,
            40,
            41,
            60,
            68,
            69,
            70,
            71,
            72,
            75,
            76,
            77,
            80,
            82,
            83,
            84,
            85,
            86,
            88,
            89,
            94,
        ),
        *(96, 97, 98, 99, 100, 101, 102, 103, 104, 105, *range(126, 136), 139),
    ),
    "IGNORE": (*(37, 38, 43, 44, 63, 66, 67, 92, 93, 106, 107, 121, 137, 141, 152, 153, 157, 160, 161),),
    "RESET_GPU": (46, 62, 64, 95, 109, 110, 119, 120, 136, 140, 143, 155, 156, 158),
    "RESTART_BM": (79,),
    "RESTART_VM": (151,),
    "CONTACT_SUPPORT": (142,),
    "CHECK_MECHANICALS": (54,),
    "UPDATE_SWFW": (78,),
    "CHECK_UVM": (159,),
    "WORKFLOW_XID_45": (45,),
    "WORKFLOW_XID_48": (48,),
    "WORKFLOW_NVLINK_ERR": (74,),
    "WORKFLOW_NVLINK5_ERR": tuple(range(144, 151)),
    "XID_154": (154,),
    "": tuple(range(162, 173)),
}
BUCKETS: dict[int, str] = {code: bucket for bucket, codes in _CODES.items() for code in codes}

_REBOOT = "Restart the server; if it comes again, have the hardware looked at."
WORDS: dict[str, tuple[str, ...]] = {
    "RESTART_APP": ("Restart the application.",),
    "IGNORE": ("Nothing to do.", "Nothing to do at once; if it comes again, contact the vendor."),
    "RESET_GPU": ("Reset the GPU.",),
    "RESTART_BM": (_REBOOT,),
    "RESTART_VM": ("Restart the virtual machine.",),
    "CONTACT_SUPPORT": ("Contact the vendor.",),
    "CHECK_MECHANICALS": ("Check the power cables.",),
    "UPDATE_SWFW": ("Update driver and firmware.",),
    "CHECK_UVM": ("Look at the XID beside it; where it stands alone, contact the vendor.",),
    "WORKFLOW_XID_45": ("Look at the XID beside it; where it stands alone, restart the fabric manager.",),
    "WORKFLOW_XID_48": ("Drain the server and reset the GPU.",),
    "WORKFLOW_NVLINK_ERR": ("Check the NVLink's state and cabling; reset the GPU where links are down.",),
    "WORKFLOW_NVLINK5_ERR": ("Decode the numbers of its log line with NVIDIA's table for XID 144 to 150.",),
    "XID_154": ("Do what the recovery action says.",),
    "": ("NVIDIA's catalogue names no action.", "It tells more of an XID 48: do what that one says."),
}
"""What Tandem says for a bucket."""
