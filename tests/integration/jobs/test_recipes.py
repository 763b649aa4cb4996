"""The digits recipes with real PyTorch, as jobs on a real server."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.jobs.job import JobRequest, JobState
from console.models.model import AddModel
from tests.integration.jobs.conftest import Desk


def test_training_leaves_a_model_that_can_be_registered(desk: Desk) -> None:
    """The small one: one epoch. The full bound is below, in the group `recipes`."""
    job = desk.submit(recipe="digits-train", params={"epochs": "1", "hidden": "8"}, python=sys.executable)
    assert (job.recipe, job.name) == ("digits-train", "digits-train")
    done = desk.jobs.wait(job.id, 60)
    assert done.state is JobState.SUCCEEDED, desk.jobs.log(job.id).data
    metrics = desk.jobs.metrics(job.id).curves
    assert {"epoch", "loss", "val_accuracy", "accuracy"} <= set(metrics)
    assert len(metrics["loss"]) >= 5
    assert all(0 <= value <= 1 for value in metrics["val_accuracy"].values)
    version = desk.operations.run(desk.models.prepare_add(AddModel("digits", "model.pt", from_job=job.id)))
    assert version.format == "torchscript"
    with zipfile.ZipFile(version.blob) as archive:
        signature = json.loads(archive.read("model/extra/signature.json"))
    assert signature["inputs"] == [{"name": "input", "datatype": "FP32", "shape": [-1, 64]}]
    assert version.metrics["accuracy"] == metrics["accuracy"].last
    assert b"deprecated" not in desk.jobs.log(job.id).data
    assert "torch" not in sys.modules


@pytest.mark.recipes
@pytest.mark.parametrize("seed", [1, 2])
def test_the_digits_are_learned_and_scored(desk: Desk, tmp_path: Path, seed: int) -> None:
    job = desk.submit(recipe="digits-train", params={"seed": str(seed)}, python=sys.executable)
    assert desk.jobs.wait(job.id, 110).exit_code == 0, desk.jobs.log(job.id).data
    outputs = {each.path: each for each in desk.jobs.outputs(job.id)}
    assert set(outputs) == {"model.pt", "metrics.json", "holdout.json"}
    desk.operations.run(desk.jobs.prepare_fetch_outputs(job.id, tmp_path))
    told = json.loads((tmp_path / "metrics.json").read_text())
    assert told["accuracy"] >= 0.95
    assert told["accuracy_low"] < told["accuracy"] < told["accuracy_high"]
    holdout = json.loads((tmp_path / "holdout.json").read_text())
    assert len(holdout["pictures"]) == len(holdout["labels"]) == told["held_out"] == 360
    assert {len(each) for each in holdout["pictures"]} == {64}
    assert len(desk.jobs.metrics(job.id).curves["loss"]) >= 50

    params = {"model": outputs["model.pt"].absolute}
    scored = desk.submit(recipe="digits-evaluate", params=params, python=sys.executable)
    assert desk.jobs.wait(scored.id, 60).exit_code == 0, desk.jobs.log(scored.id).data
    assert desk.jobs.metrics(scored.id).curves["accuracy"].last == told["accuracy"]


@pytest.mark.recipes
def test_a_pickle_is_not_scored(desk: Desk, tmp_path: Path) -> None:
    evil = tmp_path / "evil.pt"
    evil.write_bytes(b"cos\nsystem\n(S'touch /tmp/tandem-was-unpickled'\ntR.")
    job = desk.submit(recipe="digits-evaluate", params={"model": str(evil)}, python=sys.executable)
    done = desk.jobs.wait(job.id, 60)
    assert done.exit_code == 1
    assert b"no TorchScript model" in desk.jobs.log(job.id).data
    assert not Path("/tmp/tandem-was-unpickled").exists()


def test_an_interpreter_without_the_modules_is_named_before_anything_starts(
    desk: Desk, tmp_path: Path
) -> None:
    # Isolated and without site-packages: the same interpreter that has nothing but its own library.
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -I "$@"\n')
    bare.chmod(0o755)
    request = JobRequest((), server="lab", recipe="digits-train", python=str(bare))
    with pytest.raises(Problem, match="lacks torch, sklearn, which recipe 'digits-train' needs") as caught:
        desk.operations.run(desk.jobs.prepare_submit(request))
    assert caught.value.code == "recipe.modules_missing"
    assert desk.jobs.list() == []


def test_a_missing_interpreter_is_named(desk: Desk) -> None:
    request = JobRequest((), server="lab", recipe="digits-train", python="/no/such/python")
    with pytest.raises(Problem) as caught:
        desk.operations.run(desk.jobs.prepare_submit(request))
    assert caught.value.code == "job.python_missing"
