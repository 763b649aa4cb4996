"""Huawei Ascend accelerators: the probe that asks npu-smi on servers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import AcceleratorProbe, hookimpl


@hookimpl
def tandem_accelerator_probes() -> Sequence[AcceleratorProbe]:
    """One probe; it says "absent" where the tool is not installed."""
    return [AcceleratorProbe(name="ascend", vendor="Huawei", source=Path(__file__).with_name("probe.py"))]
