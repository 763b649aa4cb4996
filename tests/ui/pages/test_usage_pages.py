"""What jobs used, on a job's page and in the reports, from the history kept here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from console.context import Context
from console.jobs.job import Job, JobState
from console.jobs.records import JobRecords
from console.jobs.usage import GpuUsage, Usage
from console.ui.pages.idle.page import IdlePage
from console.ui.pages.job.page import JobPage
from console.ui.pages.reports.page import UsageReportPage
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]


@pytest.fixture
def jobs(context: Context) -> list[Job]:
    """One that used its GPUs, one that wasted half of them; on a server of 8 for 16 an hour."""
    server = context.servers.list()[0] if context.servers.list() else None
    now = context.clock.now()

    def gpu(index: int, used: float, idle_s: float) -> GpuUsage:
        return GpuUsage(f"GPU-{index}", index, "H100", 3500.0, 3500 * used, idle_s, 3.6e6, 30 << 30, 40 << 30)

    def job(number: int, user: str, *gpus: GpuUsage) -> Job:
        usage = Usage(1, 3500.0, 3600.0, now, now, 5400.0, 1 << 33, 8, len(gpus), 5.0, gpus)
        return Job(
            id=f"{number:016d}",
            name=f"run-{number}",
            server=server.name if server else "away",
            state=JobState.SUCCEEDED,
            argv=("true",),
            gpus=len(gpus),
            accelerators=tuple(each.uuid for each in gpus),
            submitted=now - timedelta(hours=2),
            submitted_by=user,
            started=now - timedelta(hours=1),
            ended=now,
            exit_code=0,
            gpu_seconds=3600.0 * len(gpus),
            usage=(usage,),
        )

    if server is not None:
        context.servers.update(replace(server, cost_per_hour=16.0))
    wasted = (gpu(1, 0.8, 70.0), gpu(2, 0.04, 3200.0))
    made = [job(1, "alice@desk", gpu(0, 0.9, 0.0)), job(2, "bob@desk", *wasted)]
    return JobRecords(context.store).put(made, seen=now)


def test_a_job_s_page_tells_what_it_used_and_wasted(
    make_window: Make, until: Until, context: Context, jobs: list[Job]
) -> None:
    window = make_window()
    window.go("job", jobs[1].id)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page.usage.isVisibleTo(page))
    assert page.usage.waste.text == "GPU 2 idle for 91 % of the run"
    facts = page.usage.facts.values
    assert facts["GPU time"] == "2 h 0 min"
    assert facts["energy"] == "2 kWh"
    assert facts["observed"] == "97 % of the run"
    assert facts["processor time"] == "1 h 30 min"
    assert facts["GPU 2"].startswith("used 4 %  ·  idle 91 %")
    assert nameless(page) == []


def test_reports_add_up_by_user_and_lead_to_each_other(
    make_window: Make, until: Until, context: Context, jobs: list[Job]
) -> None:
    window = make_window()
    window.go("report_utilization")
    page = window.page
    assert isinstance(page, UsageReportPage)
    until(window, lambda: page.table.rows_model.rowCount() == 2)
    assert [row.key for row in page.table.rows_model.rows] == ["bob@desk", "alice@desk"]
    bob = page.table.rows_model.rows[0]
    assert bob.utilization_percent == pytest.approx(42.0)
    assert bob.energy_j == 7.2e6
    assert nameless(page) == []
    page.by._choose("job")
    until(window, lambda: [row.title for row in page.table.rows_model.rows] == ["run-2", "run-1"])
    page.table.opened.emit(page.table.rows_model.rows[0])
    assert isinstance(window.page, JobPage)
    window.go("report_cost")
    cost = window.page
    assert isinstance(cost, UsageReportPage)
    until(window, lambda: cost.table.rows_model.rowCount() == 2)
    assert cost.crumb() == "Cost"
    window.go("idle")
    assert isinstance(window.page, IdlePage)
