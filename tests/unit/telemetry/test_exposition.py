"""What a Prometheus reads of the fleet: unknown is absent, and of old servers nothing is told."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from console.core.options import Options
from console.core.problems import Problem
from console.fleet.link_state import LinkState, LinkView
from console.fleet.server import Server
from console.telemetry.exposition.endpoint import MetricsEndpoint
from console.telemetry.parsing import parse_sample
from console.telemetry.snapshot import AcceleratorRow, FleetSnapshot, ServerRow, count
from tests.lab.sshd import free_port

GPU = {
    "index": 0,
    "uuid": "GPU-1",
    "name": 'H100 "80GB"\n',
    "vendor": "NVIDIA",
    "state": "ok",
    "utilization_percent": 0,
    "memory_used_bytes": 3 << 30,
    "memory_total_bytes": 80 << 30,
    "power_w": 512.5,
    "energy_j": 7.0,
    "throttle": ["hw_thermal", "sw_power_cap"],
    "health": {"remapped_rows": {"pending": True}},
}
SAMPLE = {
    "seq": 1,
    "time": 1_700_000_000.0,
    "cpu_percent": 12.5,
    "memory_used_bytes": 1000,
    "memory_total_bytes": 4000,
    "uptime_s": 100.0,
    "disks": [{"mount": "/", "device": "/dev/vda", "used_bytes": 1, "total_bytes": 10}],
}


def row(name: str, *, fresh: bool = True, gpus: list[dict[str, Any]] | None = None) -> ServerRow:
    """One server as a snapshot has it."""
    server = Server(name, "h")
    sample = parse_sample({**SAMPLE, "accelerators": [GPU] if gpus is None else gpus}, 0.0)
    rows = tuple(AcceleratorRow(server, each, fresh) for each in sample.accelerators)
    return ServerRow(server, LinkView(name, LinkState.UP), sample, 1.0 if fresh else 99.0, fresh, rows)


def snapshot(*rows: ServerRow) -> FleetSnapshot:
    return FleetSnapshot(datetime.now(UTC), rows, count(rows))


@contextmanager
def serving(tmp_path: Path, picture: FleetSnapshot) -> Iterator[str]:
    """The endpoint's URL while it serves that picture."""
    endpoint = MetricsEndpoint(lambda: picture, Options(tmp_path / "options.json"))
    try:
        yield endpoint.serve(0)
    finally:
        endpoint.close()


def scraped(url: str, host: str = "") -> dict[tuple[str, str], dict[str, float]]:
    """(name, server) -> UUID, mount or nothing -> value, as prometheus_client reads it."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    found: dict[tuple[str, str], dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sample.labels
            about = labels.get("UUID", labels.get("mountpoint", ""))
            found.setdefault((sample.name, labels["server"]), {})[about] = sample.value
    return found


def test_names_units_and_labels(tmp_path: Path) -> None:
    with serving(tmp_path, snapshot(row("a"))) as url:
        told = scraped(url)
    assert told["DCGM_FI_DEV_GPU_UTIL", "a"] == {"GPU-1": 0.0}
    assert told["DCGM_FI_DEV_FB_USED", "a"] == {"GPU-1": 3 * 1024.0}
    assert told["DCGM_FI_DEV_FB_FREE", "a"] == {"GPU-1": 77 * 1024.0}
    assert told["DCGM_FI_DEV_POWER_USAGE", "a"] == {"GPU-1": 512.5}
    assert told["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "a"] == {"GPU-1": 7000.0}
    assert told["DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", "a"] == {"GPU-1": 0x44}
    assert told["node_memory_MemAvailable_bytes", "a"] == {"": 3000.0}
    assert told["node_boot_time_seconds", "a"] == {"": 1_699_999_900.0}
    assert told["node_filesystem_avail_bytes", "a"] == {"/": 9.0}
    assert told["tandem_cpu_percent", "a"] == {"": 12.5}


def test_what_is_unknown_is_absent(tmp_path: Path) -> None:
    bare = {"index": 0, "uuid": "GPU-2", "name": "x", "vendor": "amd", "state": "ok"}
    lost = {**GPU, "uuid": "GPU-3", "index": 1, "state": "lost"}
    with serving(tmp_path, snapshot(row("a", gpus=[bare, lost]))) as url:
        told = scraped(url)
    assert told["tandem_accelerator_ok", "a"] == {"GPU-2": 1.0, "GPU-3": 0.0}
    assert not [name for name, _server in told if name.startswith("DCGM")]
    assert ("node_load1", "a") not in told


def test_an_old_server_is_told_as_down_without_its_numbers(tmp_path: Path) -> None:
    with serving(tmp_path, snapshot(row("a"), row("old", fresh=False))) as url:
        told = scraped(url)
    assert {name for name, server in told if server == "old"} == {"tandem_up", "tandem_sample_age_seconds"}
    assert told["tandem_up", "old"] == {"": 0.0}
    assert told["tandem_sample_age_seconds", "old"] == {"": 99.0}
    assert told["tandem_up", "a"] == {"": 1.0}


def test_only_this_machine_and_only_its_own_names(tmp_path: Path) -> None:
    with serving(tmp_path, snapshot(row("a"))) as url:
        assert url.startswith("http://127.0.0.1:")
        assert scraped(url, host="localhost:1")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            scraped(url, host="evil.example")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            scraped(url.replace("/metrics", "/"))


def test_it_follows_the_options(tmp_path: Path) -> None:
    options = Options(tmp_path / "options.json")
    endpoint = MetricsEndpoint(lambda: snapshot(row("a")), options)
    try:
        assert not endpoint.follow().serving  # off by default
        options.set("prometheus.port", free_port())
        options.set("prometheus.endpoint", True)
        view = endpoint.follow()
        assert view.serving
        assert scraped(view.url)
        options.set("prometheus.port", free_port())
        moved = endpoint.follow()
        assert moved.url != view.url
        assert scraped(moved.url)
        taken = MetricsEndpoint(lambda: snapshot(row("a")), options)
        problem = taken.follow().problem
        assert isinstance(problem, Problem)
        assert problem.code == "endpoint.port_taken"
        options.set("prometheus.endpoint", False)
        assert not endpoint.follow().serving
    finally:
        endpoint.close()


def test_a_mount_that_is_told_twice_is_one_series(tmp_path: Path) -> None:
    doubled = row("a")
    assert doubled.sample is not None
    twice = replace(doubled, sample=doubled.sample._replace(disks=doubled.sample.disks * 2))
    with serving(tmp_path, snapshot(twice)) as url, urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read().count(b"node_filesystem_size_bytes{") == 1
