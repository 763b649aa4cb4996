"""A real Prometheus (Debian's) that scrapes an exporter of the lab, read as a source of servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from console.app import build, close
from console.context import Context
from console.core.home import Home
from console.fleet.link_state import LinkState
from console.fleet.server import Server
from console.telemetry.snapshot import FleetSnapshot, ServerRow
from console.telemetry.sources.entries import SourceEntry
from tests.lab.exporter import LabExporter, host, past
from tests.lab.prometheus import LabPrometheus

pytestmark = pytest.mark.engines

WAIT_S = 40.0


@pytest.fixture
def context(tandem_home: Home) -> Iterator[Context]:
    made = build(tandem_home)
    yield made
    close(made)


def until(context: Context, fits: Callable[[FleetSnapshot], bool]) -> FleetSnapshot:
    """The fleet's picture as soon as it fits."""
    end = time.monotonic() + WAIT_S
    while not fits(picture := context.telemetry.snapshot()):
        assert time.monotonic() < end, [(row.server.name, row.link, row.age_s) for row in picture.servers]
        time.sleep(0.05)
    return picture


def heard(picture: FleetSnapshot, name: str) -> ServerRow | None:
    row = picture.server(name)
    return row if row is not None and row.fresh and row.accelerators else None


def entry_for(prometheus: LabPrometheus) -> SourceEntry:
    return SourceEntry("site", prometheus.url, interval_s=1.0)


def test_its_servers_are_in_the_picture_with_our_units(context: Context, tmp_path: Path) -> None:
    with (
        LabExporter([host(1), host(2)]) as exporter,
        LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}) as prometheus,
    ):
        prometheus.wait_for("node_load1")
        context.sources.add(entry_for(prometheus))
        context.sources.start()
        picture = until(context, lambda now: heard(now, "gpu-01") is not None)
        row = picture.server("gpu-01")
        assert row is not None
        assert row.sample is not None
        assert row.source == "site"
        assert row.server.source == "site"
        assert row.server.labels == {"source": "site"}
        assert row.link.state is LinkState.UP
        assert row.sample.load1 == 3.5
        assert row.sample.memory_used_bytes == 16 * 2**30
        assert row.sample.memory_total_bytes == 64 * 2**30
        assert [(disk.mount, disk.used_bytes) for disk in row.sample.disks] == [("/", 600)]
        gpu = row.accelerators[1].sample
        assert (gpu.index, gpu.uuid, gpu.name) == (1, "GPU-0001-1", "NVIDIA H100 80GB HBM3")
        assert (gpu.utilization_percent, gpu.temperature_c, gpu.power_w) == (89.0, 61.0, 512.5)
        assert gpu.memory_used_bytes == 2**30
        assert gpu.memory_total_bytes == 81024 * 2**20
        assert gpu.energy_j == 5.0
        assert gpu.ecc_uncorrected == 0
        assert gpu.health is not None
        assert gpu.health.remapped_rows_pending is False
        # What nobody exports is not known, and not 0.
        assert gpu.fan_percent is None
        assert gpu.processes is None
        assert row.sample.cpu_percent is None
        view = context.sources.views()[0]
        assert (view.hosts, view.listed, view.accelerators) == (2, 0, 4)
        assert view.problem is None


def test_a_server_of_the_inventory_is_filled_and_kept_in_its_history(
    context: Context, tmp_path: Path
) -> None:
    context.servers.add(Server("gpu-01", "gpu-01.example.org"))
    with (
        LabExporter([host(1)]) as exporter,
        LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}) as prometheus,
    ):
        prometheus.wait_for("node_load1")
        context.sources.add(entry_for(prometheus))
        context.sources.start()
        picture = until(context, lambda now: heard(now, "gpu-01") is not None)
        assert [each.server.name for each in picture.servers] == ["gpu-01"]
        row = picture.servers[0]
        assert row.server.source is None
        assert row.source == "site"
        assert context.sources.views()[0].listed == 1
        assert not context.sources.knows("gpu-01")


def test_charts_from_before_the_first_reading_come_from_the_source(context: Context, tmp_path: Path) -> None:
    now = time.time()
    old = past([host(1, gpus=1)], now - 5 * 3600, now - 3600, 30.0)
    with (
        LabExporter([host(1, gpus=1)]) as exporter,
        LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}, past=old) as prometheus,
    ):
        prometheus.wait_for("node_load1")
        context.sources.add(entry_for(prometheus))
        context.sources.start()
        until(context, lambda now: heard(now, "gpu-01") is not None)
        asked = ("gpu-01", "utilization_percent", "GPU-0001-0", now - 4 * 3600, now - 2 * 3600, 120)
        curve = context.history.stored(*asked)
        assert np.isfinite(curve.mean).mean() > 0.95
        middles = curve.starts + curve.width_s / 2
        expected = 50 + 50 * np.sin(middles / 600)
        assert np.nanmax(np.abs(curve.mean - expected)) < 12
        assert (curve.low <= curve.mean).all()
        assert (curve.mean <= curve.high).all()
        memory = context.history.stored("gpu-01", "memory_used_bytes", None, now - 4 * 3600, now - 7200, 60)
        assert np.nanmax(memory.mean) == 16 * 2**30
        before = context.history.stored("gpu-01", "load1", None, now - 30 * 3600, now - 20 * 3600, 60)
        assert np.isnan(before.mean).all()


def test_a_prometheus_that_goes_is_told_once_and_comes_back(
    context: Context, tmp_path: Path, expected_logs: list[str]
) -> None:
    with (
        LabExporter([host(1)]) as exporter,
        LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}) as prometheus,
    ):
        prometheus.wait_for("node_load1")
        context.sources.add(entry_for(prometheus))
        context.sources.start()
        until(context, lambda now: heard(now, "gpu-01") is not None)
        prometheus.stop()
        picture = until(context, lambda now: now.servers[0].link.state is LinkState.STALE)
        problem = picture.servers[0].link.problem
        assert problem is not None
        assert problem.code == "source.unreachable"
        prometheus.start()
        until(context, lambda now: now.servers[0].link.state is LinkState.UP)
        assert context.sources.views()[0].problem is None


def test_a_server_that_ends_is_told_as_lost(context: Context, tmp_path: Path) -> None:
    with (
        LabExporter([host(1), host(2)]) as exporter,
        LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}) as prometheus,
    ):
        prometheus.wait_for("node_load1")
        context.sources.add(entry_for(prometheus))
        context.sources.start()
        until(context, lambda now: heard(now, "gpu-02") is not None)
        exporter.hosts = exporter.hosts[:1]
        picture = until(context, lambda now: now.servers[1].link.state is LinkState.LOST)
        problem = picture.servers[1].link.problem
        assert problem is not None
        assert problem.code == "source.host_silent"
        assert picture.servers[0].link.state is LinkState.UP
        context.sources.remove("site")
        until(context, lambda now: not now.servers)


def test_rates_are_made_of_counters(context: Context, tmp_path: Path) -> None:
    counting = host(1, gpus=1)
    begun = time.monotonic()
    with LabExporter([counting]) as exporter:
        told = exporter.text

        def text() -> str:
            passed = time.monotonic() - begun
            counting.values["node_cpu_seconds_total{cpu=0,mode=idle}"] = passed * 0.25
            counting.values["node_network_receive_bytes_total{device=eth0}"] = passed * 1000
            counting.values["node_network_receive_bytes_total{device=lo}"] = passed * 9000
            return told()

        exporter.text = text  # type: ignore[method-assign]
        with LabPrometheus(tmp_path / "p", {"lab": [(exporter.address, {})]}) as prometheus:
            prometheus.wait_for("rate(node_cpu_seconds_total[5s])")
            entry = replace(entry_for(prometheus), settings={"window": "5s"})
            context.sources.add(entry)
            context.sources.start()
            picture = until(
                context,
                lambda now: bool(now.servers and now.servers[0].sample and now.servers[0].sample.cpu_percent),
            )
            sample = picture.servers[0].sample
            assert sample is not None
            assert sample.cpu_percent == pytest.approx(75, abs=10)
            assert sample.network_rx_bytes_per_s == pytest.approx(1000, rel=0.3)
