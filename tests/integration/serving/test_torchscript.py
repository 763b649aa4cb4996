"""The shipped runtime: real TorchScript through real LitServe, deployed, asked and switched under load."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.serving.deployment import DeploymentState
from tests.integration.serving.conftest import Room
from tests.lab.http_load import HttpLoad

PICTURES = {"name": "pixels", "datatype": "FP32", "shape": [2, 4], "data": [0.5] * 8}
BODY = json.dumps({"inputs": [PICTURES]}).encode()


def version_of(status: int, body: bytes) -> str:
    """The version that answered; its scores prove that the answer is its own."""
    assert status == 200, body
    answer = json.loads(body)
    version = str(answer["model_version"])
    assert answer["outputs"][0]["data"] == [float(version)] * 6
    return version


def test_a_real_model_is_deployed_asked_and_switched_under_load(room: Room, torch_models: Path) -> None:
    one = room.add("digits", torch_models / "signed-1.pt")
    two = room.add("digits", torch_models / "signed-2.pt")
    handle = room.desk.operations.start(room.deployments.prepare_create(room.wanted(one.ref, "digits")))
    deployment = handle.result()
    assert deployment.state is DeploymentState.LIVE
    assert deployment.runtime == "torchscript"
    assert "one request answered" in [step.detail for step in handle.view().steps]

    answer = room.deployments.predict("digits", BODY)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert version_of(answer.status, answer.body) == "1"
    wrong = room.deployments.predict("digits", b'{"inputs": []}')
    assert wrong.status == 400
    assert "pixels" in json.loads(wrong.body)["error"]

    with HttpLoad(deployment.port, "/v2/models/digits/infer", BODY, version_of, clients=8) as load:
        load.wait_for(100)
        room.update(two.ref, "digits")
        load.wait_for(100)
    assert load.failures == []
    assert set(load.labels) == {"1", "2"}
    with room.deployments.open("digits") as forward:
        assert forward.local_port != deployment.port


def test_an_interpreter_without_the_packages_is_refused_with_the_reason(
    room: Room, torch_models: Path
) -> None:
    version = room.add("digits", torch_models / "bare.pt")
    with pytest.raises(Problem) as failed:
        room.create(version.ref, "digits", python="/usr/bin/python3")
    assert failed.value.code == "deploy.no_python"
    assert "No module named" in failed.value.sentence
    with pytest.raises(Problem) as failed:
        room.create(version.ref, "digits", python=None, venv="/nowhere/venv")
    assert failed.value.code == "deploy.no_python"
    assert "/nowhere/venv/bin/python" in failed.value.sentence


def test_a_model_that_is_none_never_gets_traffic(room: Room, torch_models: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ts"
    with zipfile.ZipFile(torch_models / "bare.pt") as whole, zipfile.ZipFile(broken, "w") as half:
        for member in whole.infolist():
            code = member.filename.endswith(".py")
            half.writestr(member, b"nonsense(" if code else whole.read(member))
    version = room.add("digits", broken)
    with pytest.raises(Problem) as failed:
        room.create(version.ref, "digits")
    assert failed.value.code == "deploy.replica_died"
