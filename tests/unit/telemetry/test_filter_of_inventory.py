"""Which servers a filter means, and what came to the same on many of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.fleet.many import Ran, RanState, grouped
from console.fleet.server import Role, Server
from console.telemetry.filter import read_strictly

SERVERS = (
    Server("gpu-01", "10.0.0.1", role=Role.TRAIN, labels={"team": "vision", "rack": "a 1"}),
    Server("gpu-02", "10.0.0.2", role=Role.INFER, labels={"team": "vision"}, user="deploy"),
    Server("gpu-03", "10.0.0.3", role=Role.BOTH, labels={"team": "Speech"}, jump="gate"),
    Server("gate", "gate.example.org", drained="repair"),
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("all", "gpu-01 gpu-02 gpu-03 gate"),
        ("label.team=vision & role=infer & name~gpu", "gpu-02"),
        ("label.team=vision role=infer", "gpu-02"),
        ("label.team=speech", "gpu-03"),
        ("label.team!=vision", "gpu-03 gate"),
        ("label.none=x", ""),
        ('label.rack="a 1"', "gpu-01"),
        ("role=train", "gpu-01 gpu-03 gate"),
        ("role=both", "gpu-03 gate"),
        ("role!=infer", "gpu-01"),
        ("name~gpu-0?", "gpu-01 gpu-02 gpu-03"),
        ("name~gpu-0", "gpu-01 gpu-02 gpu-03"),
        ("name!~gpu", "gate"),
        ("name=GPU-01 | host=10.0.0.3", "gpu-01 gpu-03"),
        ("(gpu-01 | gpu-02) & !user=deploy", "gpu-01"),
        ("!drained & !jump=gate", "gpu-01 gpu-02"),
        ("vision", "gpu-01 gpu-02"),
        ("gpu-0[1]", ""),
        ("gpu*1", "gpu-01"),
    ],
)
def test_a_filter_means(text: str, wanted: str) -> None:
    assert " ".join(server.name for server in read_strictly(text).listed(SERVERS)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "role=cook",
        "(all",
        "all)",
        "&",
        "a &",
        "!",
        "name=",
        "=x",
        "a | | b",
        "x" * 3000,
        "(" * 300,
        "!" * 300 + "a",
    ],
)
def test_what_is_not_understood_is_named(text: str) -> None:
    with pytest.raises(Problem) as caught:
        read_strictly(text)
    assert caught.value.code == "filter.invalid"


@given(st.text(max_size=60) | st.text(alphabet='ab=&|!()~ "*?.name', max_size=40))
def test_any_text_is_a_filter_or_a_problem(text: str) -> None:
    try:
        found = read_strictly(text)
        if not found.measured:
            found.listed(SERVERS)
    except Problem as problem:
        assert problem.code == "filter.invalid"  # noqa: PT017


def test_what_came_to_the_same_is_one_group() -> None:
    def lost(name: str) -> Ran:
        return Ran(
            name,
            RanState.UNREACHABLE,
            problem=Problem("ssh.refused", server=name, host="h", port=1),
            seconds=1,
        )

    runs = [
        Ran("a", RanState.DONE, 0, stdout=b"x\n", seconds=1.0),
        lost("b"),
        Ran("c", RanState.DONE, 0, stdout=b"x\n", seconds=2.0),
        Ran("d", RanState.FAILED, 1, stdout=b"x\n"),
        lost("e"),
        Ran("f", RanState.DONE, 0, stdout=b"x\n", stderr=b"!"),
    ]
    assert [group.servers for group in grouped(runs)] == [("a", "c"), ("b", "e"), ("d",), ("f",)]
