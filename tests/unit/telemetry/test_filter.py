"""The filter language of the fleet."""

from __future__ import annotations

import pytest

from console.core.problems import Problem
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Role, Server
from console.telemetry.filter import read as parse
from console.telemetry.filter import read_strictly
from console.telemetry.sample import AcceleratorSample, AcceleratorState, ProcessInfo
from console.telemetry.snapshot import AcceleratorRow, ServerRow


def server(
    name: str, *accelerators: dict[str, object], role: Role = Role.TRAIN, up: bool = True
) -> ServerRow:
    """A row with such accelerators."""
    made = Server(name, f"{name}.cluster", role=role, labels={"rack": "a7"})
    state = LinkState.UP if up else LinkState.WAITING
    rows = []
    for index, given in enumerate(accelerators):
        fields: dict[str, object] = {"state": AcceleratorState.OK, "memory_total_bytes": 100} | given
        sample = AcceleratorSample(index, f"uuid-{index}", "H100", "nvidia", **fields)  # type: ignore[arg-type]
        rows.append(AcceleratorRow(made, sample, up))
    return ServerRow(made, LinkView(name, state), None, 1.0, up, tuple(rows))


BUSY = {"utilization_percent": 93.0, "memory_used_bytes": 85}
HOARD = {
    "utilization_percent": 2.0,
    "memory_used_bytes": 95,
    "processes": (ProcessInfo(1, "ann", "jupyter", 95),),
}
IDLE = {"utilization_percent": 1.0, "memory_used_bytes": 1}
LOST = {"state": AcceleratorState.LOST}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", {"gpu-01", "gpu-02", "inf-01", "gone"}),
        ("util<10 & mem>80", {"gpu-02"}),
        ("util < 10 mem > 80 %", {"gpu-02"}),
        ("util<10 | mem>80", {"gpu-01", "gpu-02", "inf-01"}),
        ("gpu-02", {"gpu-02"}),
        ("GPU", {"gpu-01", "gpu-02"}),
        ("lost", {"gpu-01"}),
        ("idle & !jupyter", {"inf-01"}),
        ("ann", {"gpu-02"}),
        ("inference", {"inf-01"}),
        ("down", {"gone"}),
        ("!up", {"gone"}),
        ("(gpu-01 | inf) & busy", {"gpu-01"}),
        ("gpus>=2", {"gpu-01"}),
        ("a7 & util>90", {"gpu-01"}),
    ],
)
def test_what_fits(text: str, fits: set[str]) -> None:
    rows = [
        server("gpu-01", BUSY, LOST),
        server("gpu-02", HOARD),
        server("inf-01", IDLE, role=Role.INFER),
        server("gone", up=False),
    ]
    chosen = parse(text)
    assert {row.server.name for row in rows if chosen.server(row)} == fits


def test_both_conditions_speak_of_one_accelerator() -> None:
    row = server("gpu-01", BUSY, IDLE)
    assert not parse("util<10 & mem>80").server(row)
    assert parse("util<10 & mem<80").accelerator(row, row.accelerators[1])


def test_a_lost_accelerator_fits_no_comparison() -> None:
    row = server("gpu-01", LOST)
    assert not parse("util<101").server(row)
    assert not parse("util>=0").server(row)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("util<", "column 5:"),
        ("speed>3", "no value 'speed'"),
        ("(gpu", "not closed"),
        ("gpu &", "too early"),
        ("gpu )", "left over"),
        ("& gpu", "stands where"),
    ],
)
def test_what_is_not_understood_is_said(text: str, says: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    assert caught.value.code == "filter.invalid"
    assert says in caught.value.sentence


def test_what_is_not_known_fits_neither_a_comparison_nor_its_denial() -> None:
    row = server("gpu-01", LOST)
    assert not parse("!util<50").server(row)
    assert not parse("!(util<50 | mem>3)").server(row)
    assert parse("!util<50 | lost").server(row)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("util<10 & speed>3", 11),
        ("util<10 & mem>lots", 11),
        ("gpu & (idle | ", 14),
        ("gpu & (idle", 7),
        ("gpu  ) idle", 6),
        ("name<3", 1),
        ("up & util~3", 6),
        ("up  &  role=cook", 8),
    ],
)
def test_an_error_points_to_its_column(text: str, column: int) -> None:
    with pytest.raises(Problem) as caught:
        parse(text)
    assert caught.value.attrs["column"] == column
    assert f"column {column}:" in caught.value.sentence


def test_texts_of_accelerators_and_processes_have_names() -> None:
    row = server("gpu-01", HOARD)
    for text in (
        "who=ann",
        "process~jup",
        "model=h100",
        "label.rack=a7",
        "name~gpu-?1",
        'who="ann"',
        "free<1",
    ):
        assert parse(text).server(row), text
    for text in ("who!=ann", "process!~jup", "model~A100", "cost>0"):
        assert not parse(text).server(row), text


def test_a_word_of_a_command_does_not_choose_a_server_for_acting() -> None:
    row = server("gpu-01", HOARD)
    assert parse("jupyter").server(row)
    assert not read_strictly("jupyter").server(row)
    assert read_strictly("process~jupyter").server(row)
    assert read_strictly("util<10").measured
    assert not read_strictly("label.rack=a7 & gpu").measured
