"""A real Prometheus (Debian's) scrapes the endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.prometheus import LabPrometheus
from tests.unit.telemetry.test_exposition import row, serving, snapshot

pytestmark = pytest.mark.engines


def test_a_real_prometheus_scrapes_the_endpoint(tmp_path: Path) -> None:
    with serving(tmp_path, snapshot(row("a"), row("old", fresh=False))) as url:
        address = url.removeprefix("http://").removesuffix("/metrics")
        with LabPrometheus(tmp_path / "prometheus", {"tandem": [(address, {})]}) as prometheus:
            prometheus.wait_for('up{job="tandem"}', 1.0)
            told = prometheus.rows("DCGM_FI_DEV_FB_USED")[0]
            assert told["value"][1] == "3072"
            assert told["metric"]["server"] == "a"
            assert told["metric"]["UUID"] == "GPU-1"
            assert told["metric"]["model"] == 'H100 "80GB"'
            assert prometheus.value('tandem_up{server="old"}') == 0.0
            assert prometheus.value('DCGM_FI_DEV_GPU_UTIL{server="old"}') is None
            assert prometheus.value("scrape_samples_scraped") == 19.0
