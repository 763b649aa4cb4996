"""What a server says of its machine, read: bounded, unread until asked for, carried on where not sent."""

from __future__ import annotations

from typing import Any

from console.telemetry.host_sample import HostDetail, Pressure
from console.telemetry.metrics import SERVER_METRICS
from console.telemetry.parsing import parse_sample
from tests.ui.fleet_samples import disks, host

WIRE: dict[str, Any] = {"seq": 1, "time": 1.7e9, "disks": disks(0.0), **host(1, 0.0), "boot_id": "b-1"}


def detail_of(wire: dict[str, Any]) -> HostDetail:
    parts = parse_sample(wire, 0.0).host
    assert parts is not None
    return parts.detail


def test_everything_that_was_sent_is_there() -> None:
    sample = parse_sample(WIRE, 0.0)
    assert (sample.boot_id, sample.load5, sample.load15, sample.swap_used_bytes) == ("b-1", 17.2, 16.8, 0)
    assert (sample.pressure_io_percent, sample.disk_busy_percent, sample.hottest_c) == (24.0, 71.0, 78.9)
    assert (sample.disks[1].inodes_used, sample.disks[1].device) == (210_000_000, "/dev/md0")
    assert sample.disks[2].busy_percent is None
    detail = detail_of(WIRE)
    assert len(detail.cores_percent) == 96
    assert [each.name for each in detail.interfaces] == ["eth0", "eth1"]
    assert detail.interfaces[1].speed_bits_per_s is None
    assert detail.pressure_of("io") == Pressure(24.0, 11.0)
    assert [each.critical_c for each in detail.temperatures or ()][-1] is None
    values = {spec.key: spec.value_of(sample) for spec in SERVER_METRICS}
    assert values["pressure_cpu_percent"] == 9.0
    assert values["host_temperature_c"] == 78.9


def test_an_older_agent_s_sample_leaves_all_of_it_unknown() -> None:
    sample = parse_sample({"seq": 1, "time": 1.7e9}, 0.0)
    assert (sample.boot_id, sample.hottest_c, sample.disk_read_bytes_per_s) == (None, None, None)
    detail = detail_of({"seq": 1})
    assert detail == HostDetail()
    assert detail.pressure_of("cpu") == Pressure(None, None)


def test_what_is_sent_only_when_read_anew_is_carried_on() -> None:
    first = parse_sample(WIRE | {"processes": [{"pid": 7, "user": "u", "cpu_percent": 3.0}]}, 0.0)
    without = {key: value for key, value in WIRE.items() if key != "temperatures"}
    second = parse_sample(without, 1.0, before=first)
    assert second.hottest_c == 78.9
    assert second.host is not None
    assert [each.pid for each in second.host.detail.processes or ()] == [7]
    third = parse_sample(without | {"temperatures": None, "processes": None}, 2.0, before=second)
    assert third.host is not None
    assert (third.hottest_c, third.host.detail.processes) == (None, None)


def test_nonsense_is_unknown_and_nothing_is_without_bound() -> None:
    hostile: dict[str, Any] = {
        "cpu_cores_percent": [101, "x", None, True, float("nan"), 5.0] * 3000,
        "interfaces": [{"name": "\x1b[31mred", "rx_bytes_per_s": -1}] * 500,
        "pressure": {"cpu": "x", "io": {"some_percent": 1e9}},
        "temperatures": [{"name": 5, "temperature_c": 1e9}, {"temperature_c": 20}] * 500,
        "limits": {"machine_figures": "cpu", "cpu_limit_cores": -2},
        "processes": "x",
        "disk_io": [],
        "swap_used_bytes": "1",
    }
    detail = detail_of(hostile)
    assert len(detail.cores_percent) == 4096
    assert detail.cores_percent[:6] == (None, None, None, None, None, 5.0)
    assert len(detail.interfaces) == 64
    assert "\x1b" not in detail.interfaces[0].name
    assert detail.interfaces[0].rx_bytes_per_s is None
    assert detail.pressure == (("cpu", Pressure(None, None)), ("io", Pressure(None, None)))
    assert {each.temperature_c for each in detail.temperatures or ()} == {20.0}
    assert detail.limits is not None
    assert (detail.limits.machine_figures, detail.limits.cpu_limit_cores) == (None, None)
    assert detail.processes is None
