"""The curves of a job on its page, over a real sshd: views, runs laid over each other, export, the stop."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from console.context import Context
from console.jobs.job import Job
from console.jobs.measured import Curve, Raw, named, piece_of
from console.ui.pages import exporting
from console.ui.pages.job.metric_view import View, drawn, log_ticks, place_text, smoothed
from console.ui.pages.job.page import JobPage
from console.ui.sheets.compare_runs import CompareRunsSheet
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
Submit = Callable[..., Job]
TRAINS = r"""
import json, math, os, random, sys, time
import tandem_metrics as t
random.seed(int(sys.argv[1]))
t.should_stop()
began = time.time()
with open(os.environ["TANDEM_METRICS"], "a") as file:
    for step in range(400):
        line = {"step": step, "time": began + step, "train/loss": 2 / (1 + step / 20) + random.random() / 8}
        line |= {"step_time/data": 0.02, "step_time/forward": 0.05, "step_time/backward": 0.09}
        line |= {"step_time/comm": 0.011, "step_time/total": 0.18, "lr": 0.1 / (1 + step)}
        if step % 20 == 0:
            line |= {"val/loss": 2.1 / (1 + step / 20), "val/accuracy": step / 400}
        if step > 380:
            line["grad_norm"] = math.nan
        elif step:
            line["grad_norm"] = random.random() * 3
        file.write(json.dumps(line) + "\n")
print("ready", flush=True)
while len(sys.argv) > 2 and not t.should_stop():
    time.sleep(0.02)
t.checkpointed("ckpt-400.pt", step=400)
"""


def opened(window: Window, until: Until, job: Job) -> JobPage:
    window.go("job", job.id)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page._job is not None and len(page.charts.names) >= 4)
    return page


def test_curves_in_all_views_laid_over_each_other_and_exported(
    make_window: Make,
    until: Until,
    lab: Context,
    submit: Submit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = submit(sys.executable, "-c", TRAINS, "1", name="sweep-1")
    second = submit(sys.executable, "-c", TRAINS, "2", name="sweep-2")
    for job in (first, second):
        assert lab.jobs.wait(job.id, 60).exit_code == 0
    window = make_window()
    page = opened(window, until, first)
    assert page.charts.names == ["loss", "accuracy", "grad_norm", "lr", "step_time"]
    assert page.charts._charts["grad_norm"]._value.text() == "no number"
    assert "grad norm is no number any more since 381" in page.charts.bar.wrong.text()
    assert page.how_to.isHidden()
    assert page.steps.values["backward"].startswith("90 ms")
    assert "all else" in page.steps.values
    loss = page.charts._charts["loss"]
    assert [line.name for line in loss._lines] == ["train/loss", "val/loss"]

    bar = page.charts.bar
    bar.smooth.set_current("0.9")
    bar.axis.set_current("time")
    bar.log_y.setChecked(True)
    loss = page.charts._charts["loss"]
    assert len(loss._ghosts) == 2
    assert loss._areas[0].x[-1] == pytest.approx(399, abs=5)
    assert loss._areas[0].y[0] == pytest.approx(math.log10(2), abs=0.1)
    assert nameless(page) == []

    page.compare()
    sheet = window.sheets.sheet
    assert isinstance(sheet, CompareRunsSheet)
    assert nameless(sheet) == []
    until(window, lambda: sheet.table.rows_model.rows)
    sheet.table.select_key(second.id)
    sheet.act.click()
    until(window, lambda: len(page.charts.runs) == 2)
    assert "train/loss" in page.charts.names
    assert [line.name for line in page.charts._charts["train/loss"]._lines] == ["sweep-1", "sweep-2"]

    def choose(_over: object, _title: str, _start: Path, kind: str, then: Callable[[Path], None]) -> None:
        then(tmp_path / f"out.{kind}")

    monkeypatch.setattr(exporting, "choose_new_file", choose)
    page.export_values()
    page.export_picture()
    until(window, lambda: (tmp_path / "out.csv").exists() and (tmp_path / "out.png").exists())
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert lines[0] == "job,metric,step,time,value"
    assert sum(line.startswith("sweep-2,train/loss,") for line in lines) == 400
    assert QImage(str(tmp_path / "out.png")).width() > 500
    bar.alone.click()
    until(window, lambda: len(page.charts.runs) == 1)
    bar.search.setText("lr")
    assert page.charts.names == ["lr"]


def test_checkpoint_and_stop_by_its_key(
    make_window: Make, until: Until, lab: Context, submit: Submit, qtbot: QtBot
) -> None:
    job = submit(sys.executable, "-c", TRAINS, "1", "wait", name="long")
    window = make_window()
    page = opened(window, until, job)
    until(window, lambda: page.header.stop.isVisibleTo(page) and "ready" in page.log.text)
    assert any(act.title == "Checkpoint and stop…" for act in page.acts())
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page, Qt.Key.Key_E, both)
    until(window, lambda: isinstance(window.sheets.sheet, OperationSheet))
    plan = window.sheets.sheet
    assert isinstance(plan, OperationSheet)
    plan._start.click()
    until(window, lambda: page._job is not None and page._job.final)
    assert page._job is not None
    assert "stopped after its checkpoint" in str(page._job.reason)
    assert page._facts.values["checkpoint"].endswith("ckpt-400.pt (step 400)")
    assert page.header.stop.isHidden()


def test_a_job_without_metrics_shows_how(
    make_window: Make, until: Until, lab: Context, submit: Submit
) -> None:
    job = submit("true")
    lab.jobs.wait(job.id, 30)
    window = make_window()
    window.go("job", job.id)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page._complete)
    assert not page.how_to.isHidden()
    assert nameless(page) == []


def curve(values: list[float], steps: list[float] | None = None, times: list[float] | None = None) -> Curve:
    points = [
        (float(n), steps[n] if steps else float(n), times[n] if times else math.nan, value)
        for n, value in enumerate(values)
    ]
    return named([piece_of(Raw("a", "x", len(values), points))])["x"]


def as_tensorboard(values: list[float], weight: float) -> list[float]:
    """Its own loop, `resmoothDataset`, in Python."""
    last, count, out = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        out.append(last / (1 - weight**count))
    return out


@given(
    st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.nan)), max_size=300),
    st.sampled_from([0.05, 0.6, 0.9, 0.99]),
)
def test_smoothing_is_tensorboards(values: list[float], weight: float) -> None:
    found = smoothed(np.array(values), weight)
    np.testing.assert_allclose(found, as_tensorboard(values, weight), rtol=1e-6, atol=1e-6)


def test_what_a_logarithm_has_no_place_for_is_counted() -> None:
    found = drawn(curve([1.0, 0.0, -2.0, 100.0]), View(log_y=True))
    assert (found.not_positive, list(found.y[[0, 3]])) == (2, [0.0, 2.0])
    assert np.isnan(found.y[1:3]).all()
    assert drawn(curve([1.0, 1.0]), View(log_x=True)).not_positive == 1


def test_steps_that_were_done_again_count_by_their_last_values() -> None:
    found = drawn(curve([1.0, 2.0, 3.0, 9.0, 8.0], [0, 10, 20, 10, 20]), View())
    assert (list(found.x), list(found.y), found.redone) == ([0, 10, 20], [1.0, 9.0, 8.0], 2)


def test_the_axis_of_time_begins_with_the_run_and_leaves_out_what_tells_none() -> None:
    found = drawn(curve([1.0, 2.0, 3.0], None, [1000.0, math.nan, 1060.0]), View("time"), 990.0)
    assert (list(found.x), found.without_time) == ([10.0, 70.0], 1)
    assert place_text(View("time"), 70.0) == "1 min 10 s"


@pytest.mark.parametrize(
    ("values", "since"), [([1.0, math.nan, 2.0], None), ([1.0, math.nan, math.inf], 1.0), ([math.nan], 0.0)]
)
def test_since_when_a_curve_is_no_number(values: list[float], since: float | None) -> None:
    assert drawn(curve(values), View()).odd_since == since


@given(st.floats(-300, 300), st.floats(0.001, 600))
def test_ticks_of_a_logarithmic_axis_lie_on_it(low: float, width: float) -> None:
    ticks = log_ticks(low, low + width)
    assert 1 < len(ticks) <= 14
    assert all(low - 1e-9 <= tick <= low + width + 1e-9 for tick in ticks)
