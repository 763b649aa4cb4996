"""Simulated accelerators, for the demo's own servers only: real servers hand the probe nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from console.plugin.api import AcceleratorProbe, hookimpl


@hookimpl
def tandem_accelerator_probes() -> Sequence[AcceleratorProbe]:
    """One probe; it answers only where the server's entry carries `simulated`."""
    return [
        AcceleratorProbe(
            name="simulated",
            vendor="Simulated",
            source=Path(__file__).with_name("probe.py"),
            simulated=True,
        )
    ]
