"""Which of a sample's figures go where in a server's ring. No ring lives here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from console.telemetry.metrics import ACCELERATOR_METRICS, SERVER_METRICS
from console.telemetry.rings import Ring

LISTED = frozenset({"utilization_percent", "accelerator_memory_used_bytes", "temperature_c", "power_w"})
"""Kept for every accelerator; others only while a page asks for them."""
ASKED_FOR = frozenset(
    {"swap_used_bytes", "disk_read_bytes_per_s", "disk_write_bytes_per_s", "host_temperature_c"}
)
"""Of the metrics of servers those that are kept only while a page asks for them."""

Key = tuple[str | None, str]
"""An accelerator's UUID, or None for the server itself, and a metric."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Good while the server has these accelerators and its ring these columns: `figures` of a sample at
    `source` go to `places`."""

    uuids: tuple[str, ...]
    source: npt.NDArray[np.intp]
    places: npt.NDArray[np.intp]


def planned(ring: Ring, uuids: tuple[str, ...]) -> Plan:
    """The plan for these accelerators; adds the columns that are always kept."""
    keys: list[Key] = [(None, spec.key) for spec in SERVER_METRICS]
    keys += [(uuid, spec.key) for uuid in uuids for spec in ACCELERATOR_METRICS]
    ring.add_columns(key for key in keys if _is_kept(key))
    found = [(at, place) for at, key in enumerate(keys) if (place := ring.place(key)) is not None]
    source, places = np.array(found, dtype=np.intp).T
    return Plan(uuids, np.ascontiguousarray(source), np.ascontiguousarray(places))


def _is_kept(key: Key) -> bool:
    uuid, metric = key
    return metric not in ASKED_FOR if uuid is None else metric in LISTED
