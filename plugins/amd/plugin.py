"""AMD accelerators: the probe that asks amd-smi on servers, or the kernel where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import AcceleratorProbe, hookimpl


@hookimpl
def tandem_accelerator_probes() -> Sequence[AcceleratorProbe]:
    """One probe; it says "absent" where there is neither the tool nor an amdgpu card."""
    return [AcceleratorProbe(name="amd", vendor="AMD", source=Path(__file__).with_name("probe.py"))]
