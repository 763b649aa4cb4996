"""`tandem server inventory`, and what `show` and `watch` tell of GPUs, over a real sshd and a fake driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.nvml.build import FakeNvml, build_fake_nvml
from tests.lab.sshd import LabServer


@pytest.fixture
def nvml(tmp_path: Path) -> FakeNvml:
    return FakeNvml(build_fake_nvml(tmp_path / "lib"), tmp_path / "world.txt", count=2)


@pytest.fixture
def gpu_server(tmp_path: Path, nvml: FakeNvml) -> Iterator[LabServer]:
    with LabServer(tmp_path / "gpu", name="gpu-1", environment=nvml.env) as server:
        yield server


def test_versions_and_serials_come_with_watching_and_changes_keep_their_dates(
    tandem: Tandem, gpu_server: LabServer, nvml: FakeNvml
) -> None:
    tandem.add(gpu_server)
    tandem.ok("watch", "gpu-1", "--seconds", "3", "--interval", "0.5", "--json")
    found = tandem.ok("server", "inventory", "--json").json
    (server,) = found["servers"]
    assert server["facts"]["driver"] == "570.86.15"
    assert server["facts"]["cuda"] == "12.8"
    assert server["facts"]["kernel"]
    assert server["facts"]["accelerators"] == "2 × NVIDIA H100 80GB HBM3"
    assert [each["serial"] for each in server["accelerators"]] == ["165400000000", "165400000001"]
    assert server["accelerators"][0]["vbios"] == "96.00.89.00.01"
    assert found["changes"] == []
    nvml.set("count", 1)
    changed = tandem.ok("server", "inventory", "gpu-1", "--refresh", "--json").json
    assert changed["servers"][0]["accelerator_count"] == 1
    gone = [each for each in changed["changes"] if each["item"] == "serial"]
    assert [(each["before"], each["after"]) for each in gone] == [("165400000001", None)]
    assert gone[0]["time"].endswith("Z")
    assert "1 × NVIDIA H100" in tandem.ok("server", "inventory").out


def test_show_live_and_watch_tell_health_with_the_action(
    tandem: Tandem, gpu_server: LabServer, nvml: FakeNvml
) -> None:
    tandem.add(gpu_server)
    nvml.set("gpu 0 throttle", 0x40)
    nvml.set("field 0 144", 1)
    for number in (142, 143, 145):
        nvml.set(f"field 0 {number}", 0)
    nvml.log("NVRM: Xid (PCI:0000:11:00): 48, pid=1, DBE", seconds=1e9)
    shown = tandem.ok("server", "show", "gpu-1", "--live", "--json").json
    first, second = shown["accelerators"]
    assert first["throttle"] == ["hw_thermal"]
    assert first["health"]["remapped_rows_pending"] is True
    kinds = {each["kind"]: each for each in first["findings"]}
    assert {"remap_pending", "throttle"} <= set(kinds)
    assert kinds["remap_pending"]["action"] == "Reset the GPU when it is free."
    assert second["health"]["faults"][0]["code"] == 48
    ticks = tandem.ok("watch", "gpu-1", "--seconds", "3", "--interval", "0.5", "--json").lines
    assert ticks[-1]["accelerators"][0]["health"]["remapped_rows_pending"] is True
    assert ticks[-1]["accelerators"][0]["means"]["over_s"] > 0
    assert ticks[-1]["agent"]["dropped"] == 0
    assert "remapped" in tandem.ok("server", "show", "gpu-1", "--live").out
