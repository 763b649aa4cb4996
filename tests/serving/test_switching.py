"""Versions are switched under load by real HAProxy in front of real LitServe: not one request may fail."""

from __future__ import annotations

import json
import stat
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.serving.conftest import Room
from tests.integration.serving.test_torchscript import BODY, version_of
from tests.lab.http_load import HttpLoad
from tests.lab.sshd import LabServer

pytestmark = [pytest.mark.serving, pytest.mark.timeout(300)]

CLIENTS = 20
LEAST = 2000


@pytest.fixture(params=["bundle", "own"])
def routed(
    request: pytest.FixtureRequest, make_room: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> Room:
    """A console whose routers run from the bundle, or, where none is shipped, as the server's own."""
    if request.param == "own":
        monkeypatch.setattr("console.serving.haproxy.bundle_for", lambda *_: None)
    return make_room(seeded=request.param == "bundle")


def own_router(room: Room) -> bool:
    """Whether the router is the server's own HAProxy."""
    kept = room.desk.fleet.call("lab", "json.read", {"path": ".tandem/deployments/digits/state.json"})
    return kept["data"]["router"]["argv"] == ["haproxy"]  # type: ignore[index]


def test_no_request_fails_over_updates_and_rollbacks(
    routed: Room, torch_models: Path, request: pytest.FixtureRequest
) -> None:
    one = routed.add("digits", torch_models / "signed-1.pt")
    two = routed.add("digits", torch_models / "signed-2.pt")
    deployment = routed.create(one.ref, "digits")
    assert own_router(routed) == (request.node.callspec.params["routed"] == "own")
    seconds: list[float] = []
    with HttpLoad(deployment.port, "/v2/models/digits/infer", BODY, version_of, clients=CLIENTS) as load:
        load.wait_for(200)
        routed.update(two.ref, "digits")
        for _ in range(6):
            load.wait_for(200)
            began = time.monotonic()
            routed.run(routed.deployments.prepare_rollback("digits"))
            seconds.append(time.monotonic() - began)
        load.wait_for(max(200, LEAST - load.requests), within_s=120)
    assert load.failures == []
    assert load.requests >= LEAST
    assert set(load.labels) == {"1", "2"}
    figures = {
        "requests": load.requests,
        "failed": len(load.failures),
        "switches": 7,
        "rollback_s": round(statistics.median(seconds), 3),
        "p50_ms": round(statistics.median(load.milliseconds), 1),
        "max_ms": round(max(load.milliseconds), 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")  # shown by pytest -s and -rP
    shown = routed.deployments.show("digits")
    assert shown.error_rate == 0
    assert shown.latency.p99_ms is not None


def test_the_routers_socket_is_ours_alone(room: Room, torch_models: Path, lab_server: LabServer) -> None:
    room.create(room.add("digits", torch_models / "bare.pt").ref, "digits")
    folder = lab_server.home / ".tandem" / "services" / "deploy.digits.router"
    socket = folder / "router.sock"
    assert stat.S_ISSOCK(socket.stat().st_mode)
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
