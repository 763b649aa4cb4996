"""The guided round in the window: the button, the loss drawn live, the numbers at its end, the links."""

from __future__ import annotations

import sys
from collections.abc import Callable

from console.context import Context
from console.demo.round import RoundSummary
from console.jobs.job import JobRequest
from console.operations.plan import Action, Step, StepContext, Work, work
from console.ui.pages.job.page import JobPage
from console.ui.sheets.round_sheet import RoundSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
TRAINS = r"""
import json, os, time
with open(os.environ["TANDEM_METRICS"], "a") as file:
    for step in range(10):
        file.write(json.dumps({"step": step, "loss": 1 / (step + 1)}) + "\n")
        file.flush()
        time.sleep(0.1)
"""


def _work(context: Context) -> Work[RoundSummary]:
    """As the demo's, but small: one real job that reports a loss."""

    def train(step: StepContext) -> None:
        request = JobRequest((sys.executable, "-c", TRAINS), server="lab", name="train")
        job = context.operations.run(context.jobs.prepare_submit(request))
        while not context.jobs.show(job.id).final:
            step.wait_s(0.1)

    return work(
        action="demo.run",
        title="Run the round",
        target="digits",
        servers=("lab",),
        actions=(Action(Step("Train"), train), Action(Step("Sum up"), lambda step: step.wait_s(1.0))),
        result=lambda: RoundSummary(0.9889, 5698, 0, 7.1, 33.5, [1, 2], 77.0),
    )


def test_the_round_is_followed_left_and_brought_back(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window(round_work=lambda: _work(lab))
    assert window.round_button.isVisible()
    window.round_button.click()
    until(window, lambda: isinstance(window.sheets.sheet, RoundSheet))
    sheet = window.sheets.sheet
    assert isinstance(sheet, RoundSheet)
    assert nameless(sheet) == []
    until(window, lambda: sheet.curve_lengths and sheet.curve_lengths[0] > 2)
    sheet.close_sheet()
    assert window.sheets.sheet is None
    window.round_button.click()
    until(window, lambda: isinstance(window.sheets.sheet, RoundSheet))
    again = window.sheets.sheet
    assert isinstance(again, RoundSheet)
    until(window, lambda: again.summary.isVisible())
    until(window, lambda: again.curve_lengths == (10,))
    values = {name: number.value for name, number in again.summary.numbers.items()}
    assert values == {
        "accuracy": "0.9889",
        "requests": "5\u202f698",
        "failed": "0",
        "p50": "7.10 ms",
        "p99": "33.5 ms",
        "versions": "1, 2",
    }
    assert len([view for view in lab.operations.views() if view.plan.action == "demo.run"]) == 1
    again.summary.job.click()
    assert isinstance(window.page, JobPage)


def test_it_is_offered_in_the_demo_only_and_not_when_read_only(
    make_window: Make, until: Until, lab: Context
) -> None:
    assert not make_window().round_button.isVisible()
    window = make_window(round_work=lambda: _work(lab))
    window.toggle_read_only()
    until(window, lambda: not lab.changes_allowed)
    until(window, lambda: not window.round_button.isEnabled())
    window.run_round()
    window.clock.tick()
    assert lab.operations.views() == ()
