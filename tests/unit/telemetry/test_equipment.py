"""What differs from most of its group, and what a reading is."""

from __future__ import annotations

from console.fleet.server import Role, Server
from console.telemetry.equipment import Equipment, differences, equipment_of, group_of, parse_equipment


def equipment(name: str, **facts: str) -> Equipment:
    return equipment_of(name, None, {("", item): value for item, value in facts.items()})


def servers(*names: str, **labels: str) -> list[Server]:
    return [Server(name, name, labels=labels) for name in names]


def test_the_one_that_differs_is_marked_with_what_most_have() -> None:
    fleet = servers("a", "b", "c", "d", group="h100")
    found = {name: equipment(name, driver="570", os="Debian 12") for name in "abc"}
    found["d"] = equipment("d", driver="535", os="Debian 12")
    assert differences(fleet, found, "group") == {"d": {"driver": "570"}}


def test_two_have_no_majority_and_half_is_none() -> None:
    assert (
        differences(servers("a", "b"), {"a": equipment("a", cuda="1"), "b": equipment("b", cuda="2")}, "x")
        == {}
    )
    four = {name: equipment(name, cuda="1" if name in "ab" else "2") for name in "abcd"}
    assert differences(servers(*"abcd"), four, "x") == {}


def test_groups_are_apart_and_unknown_is_no_difference() -> None:
    fleet = [*servers("a", "b", "c", group="old"), *servers("d", "e", "f", group="new")]
    found = {name: equipment(name, driver="470" if name in "abc" else "570") for name in "abcdf"}
    found["e"] = equipment("e", os="Debian")
    assert differences(fleet, found, "group") == {}
    assert group_of(fleet[0], "group") == "group=old"
    assert group_of(Server("x", "x", role=Role.TRAIN), "group") == "role=train"


def test_a_reading_is_cleaned_and_its_gpus_are_summed_up() -> None:
    wire = {
        "facts": {"driver": "570.1", "cuda": None, "evil": "x\x1b[31my"},
        "accelerators": [
            {"uuid": "GPU-1", "index": 0, "name": "H100", "vbios": "96.1", "serial": "77"},
            {"uuid": "GPU-2", "index": 1, "name": "H100", "vbios": "96.2", "serial": None},
            {"uuid": "unknown-2", "index": 2, "name": "NVIDIA GPU"},
        ],
    }
    reading = parse_equipment(wire)
    assert reading is not None
    assert reading.whole
    found = equipment_of("a", None, reading.facts)
    assert found.facts["driver"] == "570.1"
    assert "cuda" not in found.facts
    assert found.facts["evil"] == "xy"
    assert found.facts["accelerators"] == "2 × H100"
    assert found.facts["vbios"] == "96.1, 96.2"
    assert found.parts["GPU-1"]["serial"] == "77"
    assert "serial" not in found.parts["GPU-2"]
    assert parse_equipment("nonsense") is None
    assert not parse_equipment({"facts": {}, "accelerators": None}).whole
