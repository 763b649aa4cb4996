"""A job's page with its curves and outputs, and the way of an output into the registry, over a real sshd."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

from console.context import Context
from console.jobs.job import Job
from console.jobs.measured import Raw, named, piece_of
from console.models.model import AddModel
from console.ui.pages.job.charts import metric_text
from console.ui.pages.job.look import families, single_values
from console.ui.pages.job.page import JobPage
from console.ui.pages.models.page import ModelsPage
from console.ui.sheets.add_model import AddModelSheet
from console.ui.sheets.deploy import DeploySheet
from console.ui.sheets.fetch_outputs import FetchOutputsSheet
from console.ui.sheets.operation_sheet import OperationSheet
from console.ui.sheets.set_alias import SetAliasSheet
from console.ui.shell.window import Window
from tests.ui.pages.conftest import Until
from tests.ui.walk import nameless

Make = Callable[..., Window]
Submit = Callable[..., Job]
TRAINS = r"""
import json, os, struct, time
with open(os.environ["TANDEM_METRICS"], "a") as file:
    for step in range(20):
        line = {"step": step, "epoch": step // 5, "loss": 1 / (step + 1), "time": time.time()}
        if step % 5 == 4:
            line |= {"val_loss": 1.1 / (step + 1), "val_accuracy": step / 20}
        file.write(json.dumps(line) + "\n")
    file.write(json.dumps({"step": 19, "accuracy": 0.975}) + "\n")
header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
with open(os.path.join(os.environ["TANDEM_OUTPUTS"], "model.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + b"\0\0\0\0")
print("WARNING: a warning line")
print("trained")
"""


def _job(window: Window, until: Until, job: Job) -> JobPage:
    window.go("job", job.id)
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page._job is not None)
    return page


def test_curves_results_and_outputs_are_shown(
    make_window: Make, until: Until, lab: Context, submit: Submit
) -> None:
    job = submit(sys.executable, "-c", TRAINS, name="defects-train-1")
    window = make_window()
    page = _job(window, until, job)
    until(window, lambda: page._complete)
    assert page.header.state_word == "succeeded"
    assert page.charts.names == ["loss", "accuracy"]
    assert page._values.values == {"accuracy": "0.975"}
    assert [output.path for output in page.outputs.table.rows_model.rows] == ["model.safetensors"]
    until(window, lambda: "trained" in page.log.text)
    assert page._facts.values["id"] == job.id
    assert nameless(page) == []


def test_outputs_become_a_version_with_the_metrics_of_the_job(
    make_window: Make, until: Until, lab: Context, submit: Submit, tmp_path: Path
) -> None:
    job = submit(sys.executable, "-c", TRAINS, name="defects-train-1")
    lab.jobs.wait(job.id, 30)
    window = make_window()
    page = _job(window, until, job)
    until(window, lambda: page._complete)
    page.header.fetch.click()
    fetch = window.sheets.sheet
    assert isinstance(fetch, FetchOutputsSheet)
    assert nameless(fetch) == []
    fetch.folder.field.setText(str(tmp_path / "fetched"))
    fetch.act.click()
    until(window, lambda: (tmp_path / "fetched" / "model.safetensors").is_file())
    until(window, lambda: window.sheets.sheet is None)
    page.header.register.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, AddModelSheet)
    assert nameless(sheet) == []
    assert sheet.name.text() == "defects"
    until(window, lambda: sheet.ready and sheet.act.isEnabled())
    assert sheet.output.key == "model.safetensors"
    sheet.metrics.setPlainText("f1=half")
    sheet.submit()
    assert "name=number" in sheet.form._hints[sheet.metrics][0].text()
    sheet.metrics.setPlainText("f1=0.5")
    sheet.act.click()
    until(window, lambda: window.top.place == "Models")
    version = lab.models.get("defects@1")
    assert version.metrics["f1"] == 0.5
    assert version.metrics["accuracy"] == 0.975
    assert version.job == job.id
    models = window.page
    assert isinstance(models, ModelsPage)
    until(window, lambda: models.table.chosen_key == "defects@1")
    assert models.inspector.title == "defects@1"
    assert nameless(models) == []


def test_an_alias_is_set_and_a_wrong_one_refused_in_the_form(
    make_window: Make, until: Until, lab: Context, tmp_path: Path
) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes((2).to_bytes(8, "little") + b"{}")
    lab.operations.run(lab.models.prepare_add(AddModel("toy", str(path))))
    window = make_window()
    window.go("models", "toy@1")
    page = window.page
    assert isinstance(page, ModelsPage)
    until(window, lambda: page.table.chosen is not None)
    page.inspector.alias.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, SetAliasSheet)
    assert nameless(sheet) == []
    sheet.alias.setText("9 lives")
    sheet.act.click()
    until(window, lambda: sheet.problem.problem is not None)
    sheet.alias.setText("champion")
    sheet.act.click()
    until(window, lambda: lab.models.get("toy").aliases == ("champion",))
    until(window, lambda: window.sheets.sheet is None)
    page.deploy_button.click()
    deploy = window.sheets.sheet
    assert isinstance(deploy, DeploySheet)
    until(window, lambda: deploy.version.key == "toy@1")
    assert "champion" in deploy.version.currentText()
    assert "No runtime" in deploy.form._hints[deploy.version][0].text()
    window.toggle_read_only()
    until(window, lambda: not deploy.act.isEnabled())
    until(window, lambda: not page.deploy_button.isEnabled())


def test_an_empty_registry_offers_the_first_step(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.go("models")
    page = window.page
    assert isinstance(page, ModelsPage)
    until(window, lambda: page.empty.isVisible())
    page.first_button.click()
    sheet = window.sheets.sheet
    assert isinstance(sheet, AddModelSheet)
    sheet.name.setText("x")
    sheet.path.field.setText("/nowhere/model.onnx")
    sheet.act.click()
    until(window, lambda: sheet.problem.problem is not None)
    assert sheet.problem.problem is not None
    assert sheet.problem.problem.code == "model.file_missing"


def test_a_running_job_is_cancelled(make_window: Make, until: Until, lab: Context, submit: Submit) -> None:
    job = submit("sleep", "600")
    window = make_window()
    page = _job(window, until, job)
    until(window, lambda: page.header.state_word == "running")
    assert not page.header.cancel.isHidden()
    page.header.cancel.click()
    until(window, lambda: isinstance(window.sheets.sheet, OperationSheet))
    sheet = window.sheets.sheet
    assert isinstance(sheet, OperationSheet)
    sheet._start.click()
    until(window, lambda: page.header.state_word == "cancelled")
    assert page.header.cancel.isHidden()


def test_a_job_that_nobody_knows_is_said(make_window: Make, until: Until, lab: Context) -> None:
    window = make_window()
    window.go("job", "nosuchjob")
    page = window.page
    assert isinstance(page, JobPage)
    until(window, lambda: page.problem.problem is not None)
    assert page.problem.problem is not None
    assert page.problem.problem.code == "id.unknown"


def test_metrics_go_into_charts_by_what_they_measure() -> None:
    many = [(float(step), float(step), math.nan, 0.5) for step in range(3)]
    once = [(0.0, math.nan, math.nan, 0.9)]
    metrics = dict.fromkeys(("val_loss", "loss", "epoch", "lr", "Top5/test", "train/Top5"), many)
    pieces = [
        piece_of(Raw("a.csv", name, 3, points)) for name, points in {**metrics, "accuracy": once}.items()
    ]
    curves = named(pieces)
    assert families(curves) == {
        "loss": ["loss", "val_loss"],
        "Top5": ["Top5/test", "train/Top5"],
        "lr": ["lr"],
    }
    assert list(families(curves, "TOP5")) == ["Top5"]
    assert single_values(curves) == {"accuracy": 0.9}
    assert [metric_text(value) for value in (None, 0.0, 0.00875, 0.98912, 12.0, 1234.5)] == [
        "–",
        "0",
        "0.00875",
        "0.989",
        "12.0",
        "1234",
    ]
