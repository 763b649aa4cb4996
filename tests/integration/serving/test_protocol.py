"""The shipped runtime speaks the Open Inference Protocol v2; tests/serving asks it by tritonclient too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.model_server import ModelServer

INFER = "/v2/models/digits/infer"


@pytest.fixture(scope="module")
def server(torch_models: Path) -> Iterator[ModelServer]:
    with ModelServer(torch_models / "signed-1.pt") as server:
        yield server


def body(**changes: Any) -> bytes:
    tensor = {"name": "pixels", "datatype": "FP32", "shape": [1, 4], "data": [0, 1.5, 2, 3], **changes}
    return json.dumps({"id": "request-1", "inputs": [tensor]}).encode()


def test_health_and_metadata(server: ModelServer) -> None:
    assert server.get("/v2/health/live") == (200, b'{"live":true}')
    assert server.get("/v2/health/ready") == (200, b'{"ready":true}')
    assert json.loads(server.get("/v2")[1])["name"] == "tandem-torchscript"
    status, text = server.get("/v2/models/digits/versions/3")
    assert status == 200
    assert json.loads(text) == {
        "name": "digits",
        "versions": ["3"],
        "platform": "pytorch_torchscript",
        "inputs": [{"name": "pixels", "datatype": "FP32", "shape": [-1, 4]}],
        "outputs": [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}],
    }
    assert server.get("/v2/models/digits/ready")[0] == 200


def test_infer(server: ModelServer) -> None:
    status, text = server.post(INFER, body())
    assert status == 200
    assert json.loads(text) == {
        "id": "request-1",
        "model_name": "digits",
        "model_version": "3",
        "outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [1.0, 1.0, 1.0]}],
    }
    nested = json.loads(body())
    nested["inputs"][0]["data"] = [[0, 1, 2, 3]]
    assert server.post("/v2/models/digits/versions/3/infer", json.dumps(nested).encode())[0] == 200


@pytest.mark.parametrize(
    ("path", "sent", "status", "reason"),
    [
        ("/v2/models/nobody/infer", body(), 404, "nobody"),
        ("/v2/models/digits/versions/9/infer", body(), 404, "version '9'"),
        (INFER, b"{", 400, "not JSON"),
        (INFER, b"[" * 100_000, 400, "not JSON"),
        (INFER, b"{}", 400, "inputs"),
        (INFER, body(name="x"), 400, "the model takes pixels"),
        (INFER, body(datatype="INT64", data=[0, 1, 2, 3]), 400, "is FP32"),
        (INFER, body(datatype="WORD"), 400, "not served"),
        (INFER, body(shape=[4]), 400, "has the shape"),
        (INFER, body(shape=[1, 5], data=[0] * 5), 400, "has the shape"),
        (INFER, body(data=[1, 2]), 400, "do not fill"),
        (INFER, body(data=["a", "b", "c", "d"]), 400, "not FP32"),
        (INFER, body(shape=[-1, 4]), 400, "whole numbers"),
    ],
)
def test_errors_say_why(server: ModelServer, path: str, sent: bytes, status: int, reason: str) -> None:
    found, text = server.post(path, sent)
    assert found == status, text
    assert reason in json.loads(text)["error"]
    assert set(json.loads(text)) == {"error"}


def test_unknown_paths_are_errors_of_the_protocol_too(server: ModelServer) -> None:
    status, text = server.get("/v1/models")
    assert status == 404
    assert "error" in json.loads(text)


def test_a_model_without_a_signature_takes_its_one_input_under_any_name(torch_models: Path) -> None:
    with ModelServer(torch_models / "bare.pt") as server:
        status, text = server.post(INFER, body(name="anything"))
        assert (status, json.loads(text)["outputs"][0]["data"]) == (200, [3.0, 3.0, 3.0])
        status, text = server.post(INFER, body(shape=[1, 3], data=[1, 2, 3]))
        assert status == 400
        assert "cannot take this input" in json.loads(text)["error"]
        assert "shape" in json.loads(text)["error"]
        assert server.stop() == ""
