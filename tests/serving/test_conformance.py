"""The serving library against the protocol's own client: health, metadata, infer, errors, binary tensors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from tests.lab.model_server import ModelServer

pytestmark = pytest.mark.serving


@pytest.fixture(scope="module")
def port(torch_models: Path) -> Iterator[int]:
    with ModelServer(torch_models / "signed-2.pt", version=2) as server:
        yield server.port


@pytest.fixture
def client(port: int) -> Iterator[triton.InferenceServerClient]:
    client = triton.InferenceServerClient(f"127.0.0.1:{port}")
    yield client
    client.close()


def picture(
    name: str = "pixels", shape: tuple[int, ...] = (2, 4), *, binary: bool = False
) -> triton.InferInput:
    tensor = triton.InferInput(name, list(shape), "FP32")
    tensor.set_data_from_numpy(np.ones(shape, np.float32), binary_data=binary)
    return tensor


def test_health(client: triton.InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("digits")
    assert client.is_model_ready("digits", "2")
    assert not client.is_model_ready("nobody")
    assert not client.is_model_ready("digits", "9")


def test_metadata(client: triton.InferenceServerClient) -> None:
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    found = client.get_model_metadata("digits")
    assert (found["name"], found["versions"]) == ("digits", ["2"])
    assert found["inputs"] == [{"name": "pixels", "datatype": "FP32", "shape": [-1, 4]}]
    assert found["outputs"] == [{"name": "scores", "datatype": "FP32", "shape": [-1, 3]}]


@pytest.mark.parametrize("binary_in", [False, True])
@pytest.mark.parametrize("binary_out", [False, True, None])
def test_infer(client: triton.InferenceServerClient, binary_in: bool, binary_out: bool | None) -> None:
    outputs = None
    if binary_out is not None:
        outputs = [triton.InferRequestedOutput("scores", binary_data=binary_out)]
    inputs = [picture(binary=binary_in)]
    answer = client.infer("digits", inputs, outputs=outputs, request_id="seven")
    assert np.array_equal(answer.as_numpy("scores"), np.full((2, 3), 2.0, np.float32))
    told = answer.get_response()
    assert (told["id"], told["model_name"], told["model_version"]) == ("seven", "digits", "2")


def test_infer_with_a_version(client: triton.InferenceServerClient) -> None:
    assert client.infer("digits", [picture()], model_version="2").as_numpy("scores").shape == (2, 3)


def test_errors(client: triton.InferenceServerClient) -> None:
    for model, tensor, status, reason in (
        ("nobody", picture(), "404", "no model 'nobody'"),
        ("digits", picture("wrong"), "400", "takes pixels"),
        ("digits", picture(shape=(2, 5)), "400", "has the shape"),
        ("digits", picture(shape=(2, 5), binary=True), "400", "has the shape"),
    ):
        with pytest.raises(InferenceServerException) as failed:
            client.infer(model, [tensor])
        assert failed.value.status() == status
        assert reason in failed.value.message()
    whole = triton.InferInput("pixels", [1, 4], "INT64")
    whole.set_data_from_numpy(np.ones((1, 4), np.int64), binary_data=False)
    with pytest.raises(InferenceServerException, match="is FP32"):
        client.infer("digits", [whole])
    with pytest.raises(InferenceServerException, match="no output 'nothing'"):
        client.infer("digits", [picture()], outputs=[triton.InferRequestedOutput("nothing")])
