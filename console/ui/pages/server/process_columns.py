"""The columns of a server's processes, and which rows a filter leaves. No widget lives here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from console.core.units import UNKNOWN, format_memory
from console.telemetry.server_processes import ServerProcess
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.times import moment_text


def cpu_text(value: float | None) -> str:
    """Of one processor; above 100 where several are used."""
    return UNKNOWN if value is None else f"{value:.0f} %"


def gpus_text(row: ServerProcess) -> str:
    """ "0, 1, 3"."""
    return ", ".join(map(str, row.accelerators))


def matches(row: ServerProcess, query: str) -> bool:
    """Whether every word of the query is in its account, command, container, pid or "gpuN"."""
    words = query.casefold().split()
    gpus = [f"gpu{index}" for index in row.accelerators]
    text = " ".join([row.user or "", row.command or "", row.container or "", str(row.pid), *gpus]).casefold()
    return all(word in text for word in words)


def filtered(rows: Iterable[ServerProcess], query: str, *, holders_only: bool) -> list[ServerProcess]:
    """Those that fit, in the order given."""
    return [row for row in rows if (row.accelerators or not holders_only) and matches(row, query)]


def process_columns(zone: tzinfo) -> tuple[Column[ServerProcess], ...]:
    """Sortable by any of them; in a narrow table what matters least goes first."""
    return (
        Column(
            "pid",
            translate("Processes", "PID"),
            lambda row: str(row.pid),
            sort=lambda row: row.pid,
            align="right",
            width=72,
            dim=True,
        ),
        Column(
            "user", translate("Processes", "User"), lambda row: row.user or UNKNOWN, strong=True, width=92
        ),
        Column(
            "command",
            translate("Processes", "Command"),
            lambda row: row.command or UNKNOWN,
            width=160,
            stretch=True,
        ),
        Column(
            "gpus",
            translate("Processes", "GPU"),
            gpus_text,
            sort=lambda row: row.accelerators or None,
            width=64,
        ),
        Column(
            "gpu_memory",
            translate("Processes", "GPU memory"),
            lambda row: format_memory(row.accelerator_memory_bytes) if row.accelerators else "",
            sort=lambda row: row.accelerator_memory_bytes,
            align="right",
            width=112,
        ),
        Column(
            "cpu",
            translate("Processes", "CPU"),
            lambda row: cpu_text(row.cpu_percent),
            sort=lambda row: row.cpu_percent,
            align="right",
            width=72,
            drop=1,
        ),
        Column(
            "memory",
            translate("Processes", "Memory"),
            lambda row: format_memory(row.memory_bytes),
            sort=lambda row: row.memory_bytes,
            align="right",
            width=92,
            drop=2,
        ),
        Column(
            "started",
            translate("Processes", "Started"),
            lambda row: moment_text(row.started, zone),
            sort=lambda row: None if row.started is None else row.started.timestamp(),
            width=126,
            dim=True,
            drop=3,
        ),
        Column(
            "container",
            translate("Processes", "Container"),
            lambda row: row.container or "",
            sort=lambda row: row.container,
            width=130,
            dim=True,
            drop=4,
        ),
    )
