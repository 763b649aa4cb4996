"""`tandem source`: added, listed, checked over something that answers as Prometheus does, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.command import Tandem
from tests.lab.prometheus_like import PrometheusLike
from tests.lab.sshd import free_port
from tests.unit.telemetry.sources.test_faults import answering


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    return Tandem(tmp_path)


@pytest.fixture
def like() -> Iterator[PrometheusLike]:
    with PrometheusLike(answering) as made:
        yield made


def test_a_source_from_its_adding_to_its_removal(
    tandem: Tandem, like: PrometheusLike, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("t0ken")
    tandem.ok("server", "add", "gpu-01", "--host", "gpu-01.example.org")
    words = ("--bearer", "--token-file", str(token), "--set", "window=5m")
    tandem.ok("source", "add", "site", like.url, *words)
    listed = tandem.ok("source", "list", "--json").json
    assert [(each["name"], each["login"], each["settings"]) for each in listed] == [
        ("site", "bearer", {"window": "5m"})
    ]
    found = tandem.ok("source", "check", "site", "--json").json
    assert (found["servers"], found["in_inventory"], found["accelerators"]) == (1, 1, 1)
    assert found["problem"] is None
    assert "clock" in found["notes"][0]
    assert like.headers["Authorization"] == "Bearer t0ken"
    assert "source site" in tandem.ok("doctor").out
    tandem.ok("source", "remove", "site")
    assert tandem.ok("source", "list", "--json").json == []
    acts = {row["action"] for row in tandem.ok("audit", "--json").json}
    assert {"source.add", "source.remove"} <= acts


def test_what_is_wrong_is_one_sentence(tandem: Tandem) -> None:
    tandem.ok("source", "add", "site", f"http://127.0.0.1:{free_port()}")
    ran = tandem.run("source", "check", "site")
    assert ran.code == 1
    assert "refused" in ran.err
    for wrong in (
        ("bad name", "http://h"),
        ("a", "http://h", "--kind", "x"),
        ("a", "http://h", "--set", "window=x"),
    ):
        assert tandem.run("source", "add", *wrong).code == 1
    assert tandem.run("source", "check", "nobody").code == 1
