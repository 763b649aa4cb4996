"""The router's configuration, commands and answers, without a router."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.serving import router
from console.serving.deployment import Latency
from console.serving.haproxy import bundle_for, version_of

STAT = (Path(__file__).parent / "show_stat.csv").read_text()


def test_real_haproxy_takes_the_configuration(tmp_path: Path) -> None:
    places = [router.Place(1, 9001, 100), router.Place(24, 9002, 0)]
    own = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert own, "the test setup brings haproxy"
    for number, path in enumerate(("/v2/health/ready", None)):
        config = tmp_path / f"{number}.cfg"
        config.write_text(router.render(8080, path, places))
        done = subprocess.run([own, "-c", "-f", str(config)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "[WARNING]" not in done.stderr


def test_the_configuration_is_private_and_never_reloaded() -> None:
    text = router.render(8080, "/v2/health/ready", [router.Place(2, 9001, 50)])
    assert "bind 127.0.0.1:8080" in text
    assert "mode 600 level admin" in text
    assert "daemon" not in text
    assert "retry-on conn-failure\n" in text
    assert "server slot2 127.0.0.1:9001 weight 50 check\n" in text
    assert "server slot1 127.0.0.1:9 weight 0 check disabled\n" in text
    assert text.count("    server slot") == router.SLOTS


@pytest.mark.parametrize("path", ["/a b", '/a"', "/a\n", "/a'", "/a#b", "/$a", "/a\\", "/`"])
def test_a_path_that_could_break_the_configuration_is_a_bug(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        router.render(8080, path)


def test_weights_grow_before_they_shrink_so_that_traffic_never_has_nowhere_to_go() -> None:
    command = router.weigh({1: 0, 2: 100})
    assert command == "set server replicas/slot2 weight 100; set server replicas/slot1 weight 0"


@given(st.integers(0, 100), st.integers(1, 8))
def test_a_share_fits_and_is_nothing_only_for_nothing(percent: int, replicas: int) -> None:
    weight = router.share(percent, replicas)
    assert 0 <= weight <= router.MAX_WEIGHT
    assert (weight == 0) == (percent == 0)


def test_counts_are_read_from_what_haproxy_says() -> None:
    stats = router.read_stats(STAT)
    assert (stats.requests, stats.errors, stats.rps) == (1, 0, 1.0)
    assert stats.error_rate == 0
    first = stats.slots[1]
    assert (first.status, first.up, first.weight, first.port) == ("UP 1/3", True, 100, 18081)
    assert (first.requests, first.in_flight) == (1, 0)
    assert not stats.slots[2].up
    assert sorted(stats.slots) == [1, 2]


def test_before_the_first_request_a_rate_is_unknown() -> None:
    assert router.RouterStats(0, 0, None, {}).error_rate is None


@pytest.mark.parametrize("text", ["", "Unknown command\n", "# pxname,svname\n"])
def test_what_is_no_statistics_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        router.read_stats(text)


def test_percentiles_come_from_the_last_good_answers() -> None:
    ring = "Server replicas/slot1 is UP.\n" + "".join(f"req 200 {n} -- slot1\n" for n in range(1, 101))
    ring += "req 503 9999 SC <NOSRV>\nreq 200 -1 CD slot1\nreq 200 x -- slot1\n"
    assert router.latency_of(router.read_latencies(ring)) == Latency(50.0, 95.0, 99.0)


def test_without_requests_there_is_no_latency() -> None:
    assert router.latency_of(router.read_latencies("")) == Latency()


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    router.read_latencies(text)
    version_of(text)
    try:
        router.read_stats(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("HAProxy version 2.8.25-5cf5d0683 2026/06/26 - https://haproxy.org/\n", (2, 8)),
        ("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/", (2, 6)),
        ("HA-Proxy version 1.8.4-1deb90d 2018/02/08", (1, 8)),
        ("sh: haproxy: cannot execute", None),
        ("", None),
    ],
)
def test_versions_are_read_from_old_and_new(text: str, version: tuple[int, int] | None) -> None:
    assert version_of(text) == version


def test_a_bundle_is_named_by_its_architecture_only(tmp_path: Path) -> None:
    folder = tmp_path / "haproxy" / "x86_64"
    folder.mkdir(parents=True)
    assert bundle_for("x86_64", tmp_path) is None
    (folder / "bundle").write_text("stamp")
    assert bundle_for("x86_64", tmp_path) == folder
    assert bundle_for("../haproxy/x86_64", tmp_path) is None
