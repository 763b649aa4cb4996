"""Example requests made from what a model says, and accelerators chosen from a sample."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.serving import accelerators, probe


def metadata(**changes: Any) -> bytes:
    tensor = {"name": "x", "datatype": "FP32", "shape": [-1, 2], **changes}
    return json.dumps({"name": "toy", "versions": ["3"], "inputs": [tensor]}).encode()


def test_an_example_fits_what_the_model_says() -> None:
    assert json.loads(probe.example_request(metadata()) or b"") == {
        "inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [0.0, 0.0]}]
    }


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b"{}",
        metadata(shape=[-1]),
        metadata(shape=[]),
        metadata(datatype="BYTES"),
        metadata(shape=[10**9, 10**9]),
        metadata(shape=[-2]),
        metadata(shape="all"),
    ],
)
def test_where_it_says_too_little_or_too_much_there_is_none(told: bytes) -> None:
    assert probe.example_request(told) is None


@given(st.binary())
def test_no_bytes_break_it(told: bytes) -> None:
    probe.example_request(told)
    probe.reason_of(told)
    assert not probe.is_this(told, "toy", 3)


def test_another_program_at_the_port_is_not_taken_for_the_replica() -> None:
    assert probe.is_this(metadata(), "toy", 3)
    assert not probe.is_this(metadata(), "toy", 4)
    assert not probe.is_this(metadata(), "other", 3)


def test_a_models_name_cannot_leave_its_place_in_a_path() -> None:
    assert probe.infer_path("oip-v2", "a/../b?c") == "/v2/models/a%2F..%2Fb%3Fc/infer"
    assert probe.infer_path("openai", "any") == "/v1/chat/completions"


def gpu(uuid: str, used: int | None, state: str = "ok") -> dict[str, object]:
    return {"uuid": uuid, "state": state, "memory_used_bytes": used, "memory_total_bytes": 100, "index": 0}


def test_the_emptiest_accelerator_is_taken_and_one_that_is_lost_never() -> None:
    sample = {"accelerators": [gpu("a", 50), gpu("b", 10), gpu("c", 0, "lost"), gpu("d", None)]}
    assert accelerators.pick("lab", sample, 1, frozenset()) == ("b",)
    assert accelerators.pick("lab", sample, 3, frozenset()) == ("b", "a", "d")
    assert accelerators.pick("lab", sample, 1, frozenset({"b"})) == ("a",)
    assert accelerators.pick("lab", {}, 0, frozenset()) == ()
    with pytest.raises(Problem) as refused:
        accelerators.pick("lab", sample, 4, frozenset())
    assert refused.value.code == "job.gpus_unavailable"


def test_a_replica_sees_its_own_accelerators_or_none() -> None:
    assert accelerators.environment(("a", "b")) == {}
    assert accelerators.environment(())["CUDA_VISIBLE_DEVICES"] == ""
