"""The whole round of the demo, headless, as a person starts it: real training, a real switch."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.lab import processes
from tests.lab.command import Tandem


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    return Tandem(tmp_path)


def of_the_demo(tandem: Tandem) -> list[int]:
    """Processes of the demo's servers: agents, jobs, replicas, the router."""
    homes = [tandem.home / "demo" / name / "home" for name in ("train-1", "infer-1")]
    return [pid for home in homes for pid in processes.with_home(home)]


@pytest.mark.timeout(300)
def test_the_round_ends_within_its_bounds_and_leaves_nothing_running(tandem: Tandem) -> None:
    started = time.monotonic()
    summary = tandem.ok("demo", "--headless", "--json", timeout=240).json
    assert set(summary) == {"accuracy", "requests", "failed", "p50_ms", "p99_ms", "versions", "seconds"}
    assert summary["accuracy"] >= 0.95
    assert summary["failed"] == 0
    assert summary["requests"] >= 600
    assert 0 < summary["p50_ms"] <= summary["p99_ms"]
    assert summary["versions"] == [1, 2]
    assert summary["seconds"] <= time.monotonic() - started < 180

    assert of_the_demo(tandem) == []
    # What the round did is kept: jobs with their metrics, versions with their accuracy, the audit.
    jobs = tandem.ok("job", "list", "--json", timeout=60).json
    assert [job["state"] for job in jobs] == ["succeeded"] * 4
    models = tandem.ok("model", "list", "--json").json
    assert [version["metrics"]["accuracy"] >= 0.95 for version in models[0]["versions"]] == [True, True]
    assert tandem.ok("deploy", "list", "--json").json == []
    assert tandem.ok("audit", "--verify", "--json").json["whole"] is True
