"""What servers say of jobs is data until parsed: bounds, texts, numbers, paths."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.jobs.job import JobState
from console.jobs.metric_reading import parse_news
from console.jobs.parsing import (
    parse_chunk,
    parse_list,
    parse_log,
    parse_outputs,
    parse_status,
    safe_relative,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "id": "0abc",
    "name": "train",
    "state": "running",
    "argv": ["python3", "a b"],
    "gpus": 2,
    "accelerators": ["GPU-1", "GPU-2"],
    "submitted": "2026-01-01T00:00:00.000Z",
    "started": "2026-01-01T00:00:01.500Z",
    "ended": None,
    "exit_code": None,
    "signal": None,
    "log_size": 12,
    "tags": {"k": "v"},
    "peak_memory_bytes": 5,
    "gpu_seconds": 1.5,
    "a field of tomorrow": [1],
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def test_a_status_becomes_a_job() -> None:
    job = parse_status("gpu-1", GOOD)
    assert (job.id, job.server, job.state, job.gpus) == ("0abc", "gpu-1", JobState.RUNNING, 2)
    assert job.started == datetime(2026, 1, 1, 0, 0, 1, 500000, tzinfo=UTC)
    assert (job.ended, job.exit_code, job.energy_j) == (None, None, None)
    assert (job.gpu_seconds, job.peak_memory_bytes, job.tags) == (1.5, 5, {"k": "v"})


@pytest.mark.parametrize(
    "broken",
    [None, [], 3, "x", {}, {**GOOD, "id": "../x"}, {**GOOD, "id": 3}, {**GOOD, "id": "a" * 200},
     {**GOOD, "state": "dancing"}, {**GOOD, "state": None}, {**GOOD, "submitted": None},
     {**GOOD, "submitted": "yesterday"}, {**GOOD, "submitted": 1e300}],
)  # fmt: skip
def test_one_that_makes_no_sense_is_a_problem_and_hides_no_other(broken: object) -> None:
    with pytest.raises(Problem) as caught:
        parse_status("gpu-1", broken)
    assert caught.value.code == "agent.protocol"
    jobs, faults = parse_list("gpu-1", {"jobs": [broken, GOOD]})
    assert [job.id for job in jobs] == ["0abc"]
    assert len(faults) == 1


def test_values_out_of_bounds_are_unknown_and_texts_are_harmless() -> None:
    job = parse_status(
        "gpu-1",
        {
            **GOOD,
            "name": "\x1b[31mred\u202e\n" + "x" * 9999,
            "reason": "a\nb\x00",
            "exit_code": 4096,
            "signal": True,
            "gpus": -3,
            "log_size": 2**80,
            "energy_j": float("nan"),
            "gpu_seconds": 10**400,
            "ended": "9999999999",
            "argv": [3, "ok", None, "x" * 20000],
            "accelerators": "GPU-1",
            "tags": {"k" * 999: object()},
        },
    )
    assert job.name.startswith("red x")
    assert len(job.name) == 120
    assert job.reason == "a b"
    assert (job.exit_code, job.signal, job.gpus, job.log_size, job.energy_j) == (None, None, 0, None, None)
    assert (job.gpu_seconds, job.ended, job.accelerators) == (None, None, ())
    assert [len(each) for each in job.argv] == [2, 8192]
    assert max(len(key) for key in job.tags) == 80


@given(
    st.dictionaries(
        st.sampled_from([*GOOD, "jobs", "sources", "curves", "files", "offset", "source", "points_b64"]), JSON
    )
)
def test_no_answer_breaks_a_parser(wire: dict[str, Any]) -> None:
    for parse in (
        lambda: parse_status("s", {**GOOD, **wire}),
        lambda: parse_list("s", wire),
        lambda: parse_log("s", wire, -1),
        lambda: parse_outputs(wire),
        lambda: parse_news("s", {"sources": [], "curves": [], **wire}),
        lambda: parse_news(
            "s", {"sources": [{"name": "a", "kind": "csv", "cursor": wire}], "curves": [wire]}
        ),
    ):
        with suppress(Problem):
            parse()


def test_a_log_has_ended_only_when_all_of_it_was_read() -> None:
    data = base64.b64encode(b"hello").decode()
    assert not parse_log("s", {"data_b64": data, "size": 9, "ended": True}, 2).ended
    part = parse_log("s", {"data_b64": data, "size": 9, "ended": True, "offset": 4}, -5)
    assert (part.data, part.offset, part.size, part.ended) == (b"hello", 4, 9, True)
    with pytest.raises(Problem, match="not base64"):
        parse_chunk("s", {"data_b64": "%%%"})


@pytest.mark.parametrize("name", ["model.pt", "a/b/c.txt", "été.txt", "a b", ".hidden", "a" * 255])
def test_plain_names_are_kept(name: str) -> None:
    assert safe_relative(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/../../x", "a/..", "./a", "/etc/passwd", "C:\\x", "C:x", "a\\b", "a\nb", "a\0b",
     "\x1b[31m", "a\u202eb", "a" * 256, "é" * 128, "x/" * 600 + "y", None, 3, " a", "\udcff"],
)  # fmt: skip
def test_names_that_lead_out_or_deceive_are_refused(name: object) -> None:
    assert safe_relative(name) is None
    outputs, refused = parse_outputs(
        {"files": [{"path": name, "absolute": "/x", "size": 1}, {"path": "ok", "absolute": "/ok", "size": 2}]}
    )
    assert [each.path for each in outputs] == ["ok"]
    assert refused == 1
