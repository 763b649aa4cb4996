"""The columns of the reports. No widget lives here."""

from __future__ import annotations

from collections.abc import Callable

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_duration, format_energy, format_percent, three_digits
from console.jobs.reporting import ReportRow
from console.ui.i18n import translate
from console.ui.kit.columns import Column


def share_text(value: float | None) -> str:
    """A share of 1 as a percentage."""
    return UNKNOWN if value is None else format_percent(100.0 * value)


def cost_text(row: ReportRow, currency: str) -> str:
    """ "≥" where not all of it has a price."""
    if row.cost is None:
        return UNKNOWN
    part = row.cost_share is not None and row.cost_share < 0.995
    return f"{'≥ ' if part else ''}{three_digits(row.cost)} {currency}"


def head_of(by: str) -> str:
    """What the rows are."""
    words = {
        "user": translate("Reports", "User"),
        "server": translate("Reports", "Server"),
        "label": translate("Reports", "Label"),
        "job": translate("Reports", "Job"),
    }
    return words[by]


def _number(
    key: str,
    title: str,
    text: Callable[[ReportRow], str],
    sort: Callable[[ReportRow], float | None],
    width: int,
) -> Column[ReportRow]:
    return Column(key, title, text, sort=sort, align="right", width=width)


# Long: two lists of columns.
def report_columns(by: str, *, cost: bool, currency: str) -> tuple[Column[ReportRow], ...]:
    """Who first, then what the report is about, then what it rests on."""
    who: Column[ReportRow] = Column(
        "who", head_of(by), lambda row: safe_line(row.title), width=180, strong=True, stretch=True
    )
    jobs = _number("jobs", translate("Reports", "Jobs"), lambda row: str(row.jobs), lambda row: row.jobs, 70)
    gpu_time = _number(
        "gpu_time",
        translate("Reports", "GPU time"),
        lambda row: format_duration(row.gpu_seconds or None),
        lambda row: row.gpu_seconds,
        110,
    )
    energy = _number(
        "energy",
        translate("Reports", "Energy"),
        lambda row: format_energy(row.energy_j),
        lambda row: row.energy_j,
        100,
    )
    if cost:
        return (
            who,
            jobs,
            _number(
                "cost",
                translate("Reports", "Cost"),
                lambda row: cost_text(row, currency),
                lambda row: row.cost,
                120,
            ),
            gpu_time,
            _number(
                "run_time",
                translate("Reports", "Run time"),
                lambda row: format_duration(row.seconds or None),
                lambda row: row.seconds,
                110,
            ),
            energy,
            _number(
                "priced",
                translate("Reports", "Priced"),
                lambda row: share_text(row.cost_share),
                lambda row: row.cost_share,
                80,
            ),
        )
    return (
        who,
        jobs,
        gpu_time,
        _number(
            "use",
            translate("Reports", "Used"),
            lambda row: format_percent(row.utilization_percent),
            lambda row: row.utilization_percent,
            80,
        ),
        _number(
            "idle",
            translate("Reports", "Idle"),
            lambda row: share_text(row.idle_share),
            lambda row: row.idle_share,
            80,
        ),
        _number(
            "idle_time",
            translate("Reports", "Idle GPU time"),
            lambda row: format_duration(row.idle_gpu_seconds),
            lambda row: row.idle_gpu_seconds,
            120,
        ),
        energy,
        _number(
            "observed",
            translate("Reports", "Observed"),
            lambda row: share_text(row.observed_share),
            lambda row: row.observed_share,
            90,
        ),
    )
