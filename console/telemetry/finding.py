"""Which servers have accelerators to spare now: so many, with so much free memory, on one server. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for.

    Attributes:
        gpus: so many on one server.
        free_bytes: memory that each of them must have free.
        shared: whether one that works for somebody else counts where the memory is free; else only those
            that are idle and that no process holds.
    """

    gpus: int = 1
    free_bytes: int = 0
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One server that has them, with those to take first: the emptiest."""

    server: ServerRow
    accelerators: tuple[AcceleratorRow, ...]
    free: int
    """How many fit in all."""


def free_bytes(row: AcceleratorRow) -> int | None:
    """Memory that is free on an accelerator; None where that is not known or not current."""
    sample = row.sample
    if not row.fresh or sample.state is not AcceleratorState.OK:
        return None
    if sample.memory_used_bytes is None or sample.memory_total_bytes is None:
        return None
    return max(0, sample.memory_total_bytes - sample.memory_used_bytes)


def fits(row: AcceleratorRow, wanted: Wanted) -> bool:
    """Whether one accelerator is to be had; what is not known is not."""
    free = free_bytes(row)
    if free is None or free < wanted.free_bytes:
        return False
    if wanted.shared:
        return True
    return row.activity is Activity.IDLE and row.sample.processes is not None and not row.sample.processes


def find(servers: Iterable[ServerRow], wanted: Wanted) -> tuple[Offer, ...]:
    """Servers that have enough, the closest fit first, so that large gaps stay for large jobs; drained ones
    and those not heard are left out."""
    offers = []
    for server in servers:
        if not server.fresh or server.server.drained is not None:
            continue
        fitting = [row for row in server.accelerators if fits(row, wanted)]
        if len(fitting) >= wanted.gpus:
            best = sorted(fitting, key=lambda row: (-(free_bytes(row) or 0), row.sample.index))
            taken = sorted(best[: wanted.gpus], key=lambda row: row.sample.index)
            offers.append(Offer(server, tuple(taken), len(fitting)))
    return tuple(sorted(offers, key=lambda offer: (offer.free, offer.server.server.name)))
