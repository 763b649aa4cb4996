"""The protocol's reader and writer, that run beside the model on servers, against odd requests."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.home import shipped


def _load() -> ModuleType:
    path: Path = shipped("plugins") / "torchserving" / "oip_v2.py"
    spec = importlib.util.spec_from_file_location("tandem_test_oip_v2", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


oip = _load()
SPECS = (oip.TensorSpec("x", "FP32", (-1, 2)),)


def request(**changes: Any) -> bytes:
    return json.dumps(
        {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [1, 2], **changes}]}
    ).encode()


def test_numbers_come_through_as_they_are() -> None:
    tensor = oip.read_request(request(data=[0.5, 2]), None, SPECS).inputs["x"]
    assert tensor.dtype == np.float32
    assert tensor.tolist() == [[0.5, 2.0]]


def test_several_binary_inputs_are_cut_in_order() -> None:
    specs = (oip.TensorSpec("a", "INT16", (2,)), oip.TensorSpec("b", "FP64", (1,)))
    head = json.dumps(
        {
            "inputs": [
                {"name": "a", "datatype": "INT16", "shape": [2], "parameters": {"binary_data_size": 4}},
                {"name": "b", "datatype": "FP64", "shape": [1], "parameters": {"binary_data_size": 8}},
            ]
        }
    ).encode()
    tail = np.array([1, -2], np.int16).tobytes() + np.array([0.25]).tobytes()
    found = oip.read_request(head + tail, str(len(head)), specs).inputs
    assert (found["a"].tolist(), found["b"].tolist()) == ([1, -2], [0.25])
    for broken in (head + tail[:-1], head + tail + b"x"):
        with pytest.raises(oip.Rejected):
            oip.read_request(broken, str(len(head)), specs)


@pytest.mark.parametrize("length", ["-1", "x", "999999", ""])
def test_a_head_longer_than_the_body_is_refused(length: str) -> None:
    with pytest.raises(oip.Rejected):
        oip.read_request(request(), length, SPECS)


@pytest.mark.parametrize(
    ("datatype", "data"),
    [("UINT8", [256]), ("UINT8", [-1]), ("INT8", [1.5]), ("BOOL", [1]), ("INT64", [2**70]), ("FP32", [None])],
)
def test_a_number_that_does_not_fit_is_refused_not_bent(datatype: str, data: list[Any]) -> None:
    specs = (oip.TensorSpec("x", datatype, (1,)),)
    with pytest.raises(oip.Rejected) as refused:
        oip.read_request(request(datatype=datatype, shape=[1], data=data), None, specs)
    assert refused.value.status == 400


def test_values_that_json_has_no_word_for_are_told_not_sent() -> None:
    asked = oip.read_request(request(), None, SPECS)
    with pytest.raises(oip.Rejected, match="NaN"):
        oip.write_answer("m", "1", asked, {"y": np.array([np.nan], np.float32)})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    with pytest.raises(oip.Rejected):
        oip.read_request(body, None, SPECS)


@given(st.sampled_from(["name", "datatype", "shape", "data", "parameters"]), JSON)
def test_one_strange_field_is_refused_or_read(field: str, value: Any) -> None:
    try:
        found = oip.read_request(request(**{field: value}), None, SPECS)
    except oip.Rejected:
        return
    assert found.inputs["x"].shape[1] == 2
