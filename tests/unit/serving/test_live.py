"""How a deployment is shown: from the record, the services and the router's counts, and from none of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.serving.deployment import DeploymentState, Latency, ReleaseState, ReplicaState
from console.serving.live import Seen, unknown, view
from console.serving.remote import Service
from console.serving.router import RouterStats, SlotStats
from console.serving.state import DeploymentRecord
from tests.unit.serving.test_state import KEPT, LIVE, STARTING, record, release


def service(name: str, state: str = "running") -> Service:
    return Service(name, state, None, None, None, "")


def slot(number: int, port: int, *, status: str = "UP", weight: int = 0, requests: int = 0) -> SlotStats:
    return SlotStats(number, status, weight, 0, requests, 1 if requests else 0, 0.5, port)


def seen(deployment: DeploymentRecord, *slots: SlotStats, **states: str) -> Seen:
    """All services run but those given by their id."""
    services = {
        each.service: service(each.service, states.get(each.id.replace("-", "_"), "running"))
        for one in deployment.releases
        for each in one.replicas
    }
    stats = RouterStats(10, 1, 2.0, {each.slot: each for each in slots})
    return Seen(services, stats, Latency(1.0, 2.0, 3.0))


TWO = record(release(1, KEPT), release(2, LIVE, 100, replicas=2))


def test_all_is_well() -> None:
    slots = (slot(4, 9011), slot(7, 9021, weight=50, requests=6), slot(8, 9022, weight=50, requests=4))
    found = view("lab", TWO, 7, seen(TWO, *slots))
    assert (found.state, found.problem, found.generation) == (DeploymentState.LIVE, None, 7)
    assert (found.rps, found.error_rate, found.latency.p95_ms) == (2.0, 0.1, 2.0)
    live, kept = found.releases
    assert (live.version, live.weight, live.requests, live.errors, live.rps) == (2, 100, 10, 2, 1.0)
    assert (kept.version, kept.weight, kept.state) == (1, 0, ReleaseState.KEPT)


def test_the_routers_shares_count_not_the_wish() -> None:
    slots = (slot(4, 9011, weight=100), slot(7, 9021, weight=50), slot(8, 9022, weight=50))
    found = view("lab", TWO, 1, seen(TWO, *slots))
    assert {each.version: each.weight for each in found.releases} == {1: 50, 2: 50}


def test_a_replica_that_fails_its_check_degrades() -> None:
    slots = (slot(4, 9011), slot(7, 9021, weight=50), slot(8, 9022, weight=50, status="DOWN"))
    found = view("lab", TWO, 1, seen(TWO, *slots))
    assert found.state is DeploymentState.DEGRADED
    assert found.releases[0].replicas[1].state is ReplicaState.UNREADY


def test_all_replicas_gone_is_a_failure_and_a_kept_one_gone_is_stopped() -> None:
    slots = (slot(4, 9011), slot(7, 9021, weight=50, status="DOWN"), slot(8, 9022, weight=50, status="DOWN"))
    found = view("lab", TWO, 1, seen(TWO, *slots, r1_1="lost", r2_1="exited", r2_2="exited"))
    assert (found.state, found.problem) == (DeploymentState.FAILED, "no replica is ready")
    assert [each.state for each in found.releases] == [ReleaseState.FAILED, ReleaseState.STOPPED]
    assert found.releases[1].replicas[0].state is ReplicaState.LOST


def test_without_its_router_it_fails_and_its_numbers_are_unknown() -> None:
    look = replace(seen(TWO), stats=None, router_problem="the router ended with signal 9")
    found = view("lab", TWO, 1, look)
    assert (found.state, found.problem) == (DeploymentState.FAILED, "the router ended with signal 9")
    assert found.rps is None
    assert found.error_rate is None
    assert {each.state for one in found.releases for each in one.replicas} == {ReplicaState.UNKNOWN}


@pytest.mark.parametrize(
    ("claimed", "state"), [(True, DeploymentState.STARTING), (False, DeploymentState.FAILED)]
)
def test_before_its_first_release_it_starts_or_was_given_up(claimed: bool, state: DeploymentState) -> None:
    first = record(release(1, STARTING))
    assert view("lab", first, 1, replace(seen(first), claimed=claimed, stats=None)).state is state


def test_what_cannot_be_asked_is_unknown_and_keeps_no_number() -> None:
    known = view("lab", TWO, 1, seen(TWO, slot(7, 9021, weight=50), slot(8, 9022, weight=50)))
    found = unknown(known, "lab: no answer")
    assert (found.state, found.problem) == (DeploymentState.UNKNOWN, "lab: no answer")
    assert (found.rps, found.error_rate, found.latency) == (None, None, Latency())
    assert {each.state for one in found.releases for each in one.replicas} == {ReplicaState.UNKNOWN}
