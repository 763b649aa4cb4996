"""What a server keeps of a deployment: read safely, written the same, changed by pure steps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.problems import Problem
from console.serving import state
from console.serving.deployment import ReleaseState
from console.serving.state import (
    Claim,
    DeploymentRecord,
    ReleaseRecord,
    ReplicaRecord,
    RouterRecord,
    from_wire,
    to_wire,
)

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def release(number: int, kind: ReleaseState, weight: int = 0, replicas: int = 1) -> ReleaseRecord:
    served = tuple(
        ReplicaRecord(f"r{number}-{n}", f"deploy.toy.r{number}-{n}", 9000 + 10 * number + n, 3 * number + n)
        for n in range(1, replicas + 1)
    )
    return ReleaseRecord(number, number, f"toy@{number}", "ab" * 32, "/py", kind, weight, NOW, served)


def record(*releases: ReleaseRecord) -> DeploymentRecord:
    return DeploymentRecord(
        name="toy",
        model="toy",
        runtime="tiny",
        protocol="oip-v2",
        ready_path="/v2/health/ready",
        port=8080,
        replicas=1,
        gpus=0,
        router=RouterRecord("deploy.toy.router", ("/x/haproxy",), {"LD_LIBRARY_PATH": "/x/lib"}),
        created=NOW,
        changed_by="me@desk",
        releases=releases,
        claim=Claim("me@desk", "update", 1000.0),
    )


LIVE, KEPT, STARTING = ReleaseState.LIVE, ReleaseState.KEPT, ReleaseState.STARTING


def test_it_is_read_as_it_was_written() -> None:
    kept = record(release(1, KEPT), release(2, LIVE, 100, replicas=2))
    wire = json.loads(json.dumps(to_wire(kept)))
    assert wire["v"] == 1
    assert from_wire("lab", "toy", wire) == kept


def test_bytes_of_the_first_release_are_read() -> None:
    text = (
        '{"v":1,"name":"toy","model":"toy","runtime":"torchscript","protocol":"oip-v2","ready_path":'
        '"/v2/health/ready","port":8080,"replicas":1,"gpus":0,"router":{"service":"deploy.toy.router",'
        '"argv":["haproxy"],"env":{}},"created":"2026-11-24T07:00:00.000Z","changed_by":"a@b","releases":'
        '[{"number":1,"version":3,"model":"toy@3","sha256":"00","python":"/p","state":"live","weight":100,'
        '"created":"2026-11-24T07:00:00.000Z","replicas":[{"id":"r1-1","service":"deploy.toy.r1-1",'
        '"port":9000,"slot":1,"accelerators":[]}]}],"claim":null}'
    )
    found = from_wire("lab", "toy", json.loads(text))
    assert found.live is not None
    assert (found.live.version, found.live.replicas[0].port, found.claim) == (3, 9000, None)


def test_a_newer_form_is_refused_not_guessed() -> None:
    with pytest.raises(Problem) as refused:
        from_wire("lab", "toy", {"v": 2})
    assert refused.value.code == "deploy.state_newer"


@pytest.mark.parametrize(
    "change",
    [
        {"port": 0},
        {"port": "80"},
        {"name": "../x"},
        {"name": "other"},
        {"releases": "none"},
        {"releases": [{}]},
        {"router": None},
        {"created": "yesterday"},
        {"replicas": True},
        {"claim": {"by": "x", "act": "y", "renewed": "z"}},
    ],
)
def test_damage_is_told(change: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        from_wire("lab", "toy", {**to_wire(record()), **change})
    assert refused.value.code in ("deploy.state_damaged", "input.invalid")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_nothing_from_a_server_breaks_the_reader(found: Any) -> None:
    with pytest.raises(Problem):
        from_wire("lab", "toy", found)


@given(st.sampled_from(sorted(to_wire(record()))), JSON)
def test_one_strange_field_is_a_problem_or_nothing(field: str, value: Any) -> None:
    wire = {**to_wire(record(release(1, LIVE, 100))), field: value}
    try:
        found = from_wire("lab", "toy", wire)
    except Problem:
        return
    assert found.name == "toy"


def test_a_switch_keeps_the_one_before_and_gives_up_the_one_before_that() -> None:
    before = record(release(1, KEPT), release(2, LIVE, 100), release(3, STARTING))
    after = state.switched(before, 3)
    assert [(each.number, each.state, each.weight) for each in after.releases] == [
        (1, ReleaseState.STOPPED, 0),
        (2, KEPT, 0),
        (3, LIVE, 100),
    ]
    assert [each.number for each in state.superseded(after)] == [1]
    assert (after.live, after.kept) == (after.release(3), after.release(2))


def test_a_rollback_is_the_same_switch_backwards() -> None:
    back = state.switched(record(release(1, KEPT), release(2, LIVE, 100)), 1)
    assert back.live == back.release(1)
    assert back.kept == back.release(2)
    assert state.superseded(back) == ()


def test_what_was_left_half_started_is_superseded() -> None:
    assert [each.number for each in state.superseded(record(release(1, LIVE), release(2, STARTING)))] == [2]


def test_slots_of_three_releases_at_the_largest_size_fit() -> None:
    full = record()
    for number in (1, 2, 3):
        slots = state.free_slots(full, state.MAX_REPLICAS)
        assert len(slots) == state.MAX_REPLICAS
        served = tuple(ReplicaRecord(f"r{number}-{s}", "s", 9000 + s, s) for s in slots)
        full = state.with_release(full, replace(release(number, LIVE), replicas=served))
    assert state.free_slots(full, 1) == ()


def test_places_of_a_router_that_starts_anew_carry_the_shares() -> None:
    found = record(release(1, KEPT), release(2, LIVE, 100, replicas=2)).places()
    assert [(each.port, each.weight) for each in found] == [(9011, 0), (9021, 50), (9022, 50)]


def test_a_claim_ends_by_itself_and_never_reaches_into_the_future() -> None:
    claim = Claim("me", "update", 1000.0)
    assert claim.is_fresh(1000.0 + state.CLAIM_STALE_S - 1)
    assert not claim.is_fresh(1000.0 + state.CLAIM_STALE_S + 1)
    assert not claim.is_fresh(1000.0 - 10 * state.CLAIM_STALE_S)


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "-a", "a b", "é", "x" * 41, "a\n"])
def test_names_that_could_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(Problem) as refused:
        state.check_name(name)
    assert refused.value.code == "input.invalid"


def test_services_of_one_deployment_are_never_anothers() -> None:
    assert not state.router_service("toy-router").startswith(state.service_prefix("toy"))
