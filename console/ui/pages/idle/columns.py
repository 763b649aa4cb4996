"""The columns of idle holders, each one and added up. No widget lives here."""

from __future__ import annotations

from datetime import tzinfo

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration, format_memory, format_percent
from console.telemetry.idle import HolderGroup, IdleHolder, IdleState, Why
from console.ui.i18n import translate
from console.ui.kit.columns import Column
from console.ui.kit.tones import Tone
from console.ui.numbers import pair_memory
from console.ui.times import moment_text


def state_text(holder: IdleHolder) -> str:
    """ "idle", or why that is not known."""
    if holder.state is IdleState.IDLE:
        return translate("Idle", "idle")
    words = {
        Why.DIVIDED: translate("Idle", "unknown: divided (MIG)"),
        Why.NOT_TOLD: translate("Idle", "unknown: not told"),
        Why.TOO_SHORT: translate("Idle", "unknown: not watched long enough"),
    }
    return words[holder.why or Why.NOT_TOLD]


def span_text(holder: IdleHolder) -> str:
    """How long; "≥" where it was idle already when it began to be known."""
    if holder.seconds is None:
        return UNKNOWN
    return ("≥ " if holder.at_least else "") + format_duration(float(round(holder.seconds)))


def gpu_text(holder: IdleHolder) -> str:
    """Its number; of one that is known from the past alone the beginning of its UUID."""
    return holder.uuid[:12] if holder.index is None else str(holder.index)


def _tone(holder: IdleHolder) -> Tone:
    return Tone.WARNING if holder.state is IdleState.IDLE else Tone.UNKNOWN


# Long: a list of columns.
def holder_columns(zone: tzinfo) -> tuple[Column[IdleHolder], ...]:
    """One row for each process on each accelerator."""
    return (
        Column("state", translate("Idle", "State"), state_text, tone=_tone, toned=True, width=120),
        Column("server", translate("Idle", "Server"), lambda row: row.server, strong=True, width=120),
        Column(
            "gpu",
            translate("Idle", "GPU"),
            gpu_text,
            sort=lambda row: row.index,
            align="right",
            width=56,
        ),
        Column("user", translate("Idle", "User"), lambda row: row.user or UNKNOWN, width=100),
        Column("job", translate("Idle", "Job"), lambda row: row.job or UNKNOWN, width=110, dim=True, drop=1),
        Column(
            "memory",
            translate("Idle", "Memory held"),
            lambda row: pair_memory(row.memory_bytes, row.total_bytes),
            sort=lambda row: row.memory_bytes,
            align="right",
            width=130,
        ),
        Column(
            "seconds",
            translate("Idle", "Unused for"),
            span_text,
            sort=lambda row: row.seconds,
            align="right",
            width=130,
        ),
        Column(
            "since",
            translate("Idle", "Since"),
            lambda row: moment_text(row.since, zone),
            sort=lambda row: None if row.since is None else row.since.timestamp(),
            width=130,
            dim=True,
            drop=3,
        ),
        Column(
            "mean",
            translate("Idle", "Mean"),
            lambda row: format_percent(row.mean_percent),
            sort=lambda row: row.mean_percent,
            align="right",
            width=72,
            drop=2,
        ),
        Column(
            "peak",
            translate("Idle", "Peak"),
            lambda row: format_percent(row.peak_percent),
            sort=lambda row: row.peak_percent,
            align="right",
            width=72,
            drop=2,
        ),
        Column(
            "pid",
            translate("Idle", "PID"),
            lambda row: UNKNOWN if row.process is None else str(row.process.pid),
            sort=lambda row: None if row.process is None else row.process.pid,
            align="right",
            width=80,
            dim=True,
            drop=4,
        ),
        Column("command", translate("Idle", "Command"), command_text, width=160, stretch=True),
    )


def command_text(holder: IdleHolder) -> str:
    """What runs, or that nobody is named for the memory."""
    if holder.process is None and holder.job is not None:
        return translate("Idle", "a job of Tandem's")
    if holder.process is None and holder.past:
        return translate("Idle", "processes of the past are not kept")
    if holder.process is None:
        return translate("Idle", "no process is named for it")
    return safe_line(holder.process.command or UNKNOWN)


def group_columns() -> tuple[Column[HolderGroup], ...]:
    """Idle holders added up."""
    return (
        Column("name", translate("Idle", "Who"), lambda row: row.name, strong=True, width=200, stretch=True),
        Column(
            "accelerators",
            translate("Idle", "Accelerators"),
            lambda row: str(row.accelerators),
            sort=lambda row: row.accelerators,
            align="right",
            width=120,
        ),
        Column(
            "memory",
            translate("Idle", "Memory held"),
            lambda row: format_memory(row.memory_bytes),
            sort=lambda row: row.memory_bytes,
            align="right",
            width=140,
        ),
        Column(
            "longest",
            translate("Idle", "Longest"),
            lambda row: format_duration(float(round(row.longest_s))),
            sort=lambda row: row.longest_s,
            align="right",
            width=140,
        ),
        Column(
            "idle",
            translate("Idle", "Together"),
            lambda row: format_duration(float(round(row.idle_s))),
            sort=lambda row: row.idle_s,
            align="right",
            width=140,
        ),
    )
