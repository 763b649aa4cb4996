"""What of a machine's NVIDIA parts stays the same for weeks: versions and serials, for the inventory."""

import glob
import re
from typing import Any, Dict, List, Optional

from .asking import Asker, text
from .kernlog import run

_NCCL = (
    "/usr/lib/*/libnccl.so.2.*",
    "/usr/lib64/libnccl.so.2.*",
    "/usr/lib/libnccl.so.2.*",
    "/usr/local/lib/libnccl.so.2.*",
    "/usr/local/cuda/lib64/libnccl.so.2.*",
    "/usr/local/cuda/targets/*/lib/libnccl.so.2.*",
)
_TOOLKIT = (["nvidia-ctk", "--version"], ["nvidia-container-cli", "--version"])


def nccl_version() -> Optional[str]:
    """The newest NCCL in the system's folders; one that lives in an environment is not the machine's."""
    found = []
    for pattern in _NCCL:
        for path in glob.glob(pattern):
            version = re.search(r"\.so\.(2(?:\.\d+)+)$", path)
            if version is not None:
                found.append(tuple(int(part) for part in version.group(1).split(".")))
    return ".".join(str(part) for part in max(found)) if found else None


def toolkit_version() -> Optional[str]:
    """The container toolkit's."""
    for argv in _TOOLKIT:
        found = re.search(r"\d+\.\d+[\w.~-]*", run(argv) or "")
        if found is not None:
            return found.group()
    return None


def of_machine(ask: Asker) -> Dict[str, Optional[str]]:
    """Versions of the driver and what goes with it."""
    driver = ask.whole("nvmlSystemGetDriverVersion")
    cuda = ask.whole("nvmlSystemGetCudaDriverVersion_v2") or ask.whole("nvmlSystemGetCudaDriverVersion")
    return {
        "driver": None if driver is None else text(driver),
        "cuda": None if not cuda else "%d.%d" % (cuda // 1000, cuda % 1000 // 10),
        "nccl": nccl_version(),
        "container_toolkit": toolkit_version(),
    }


def of_gpu(ask: Asker) -> Dict[str, Optional[str]]:
    """One GPU's; what it does not tell (cards for desks have no serial) is None."""
    found: Dict[str, Any] = {
        "serial": ask("nvmlDeviceGetSerial"),
        "vbios": ask("nvmlDeviceGetVbiosVersion"),
        "part_number": ask("nvmlDeviceGetBoardPartNumber"),
    }
    return {key: None if value is None else text(value).strip() or None for key, value in found.items()}


def together(machine: Dict[str, Optional[str]], gpus: List[Dict[str, Any]]) -> Dict[str, Any]:
    """What the agent's inventory takes from a probe."""
    return {"facts": machine, "accelerators": gpus}
