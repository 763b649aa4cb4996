"""NVIDIA accelerators by NVML: the probe that travels to servers together with pynvml's one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import AcceleratorProbe, hookimpl


@hookimpl
def tandem_accelerator_probes() -> Sequence[AcceleratorProbe]:
    """One probe; it says "absent" where there is no NVIDIA driver."""
    folder = Path(__file__).parent
    parts = ("asking", "lanes", "fast", "slow", "owners", "kernlog", "facts")
    return [
        AcceleratorProbe(
            name="nvidia",
            vendor="NVIDIA",
            source=folder / "probe.py",
            needs=("pynvml",),
            parts=tuple(folder / f"{part}.py" for part in parts),
        )
    ]
