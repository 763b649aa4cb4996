"""Deployments on a real sshd and the real HAProxy, with a model server that starts in a moment."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from console.core.problems import Problem
from console.serving.deployment import DeploymentState, ReleaseState, ReplicaState
from console.serving.service import Patience
from tests.integration.serving.conftest import REQUEST, Room, eventually, kill_service, services
from tests.lab.http_load import HttpLoad
from tests.lab.sshd import LabServer

MakeRoom = Callable[..., Room]


def version_of(status: int, body: bytes) -> str:
    """The version that answered; its value proves that the answer is its own."""
    assert status == 200, body
    answer = json.loads(body)
    assert answer["outputs"][0]["data"] == [int(answer["model_version"])]
    return str(answer["model_version"])


def test_a_version_comes_up_answers_and_shows_as_it_is(make_room: MakeRoom) -> None:
    room = make_room(seeded=False)
    version = room.tiny(value=7)
    deployment = room.create(version.ref)
    assert deployment.state is DeploymentState.LIVE
    assert room.value() == 7
    shown = room.deployments.show("toy")
    assert shown.endpoint == f"http://127.0.0.1:{shown.port}"
    assert [(each.version, each.state, each.weight) for each in shown.releases] == [
        (1, ReleaseState.LIVE, 100)
    ]
    assert [each.state for each in shown.releases[0].replicas] == [ReplicaState.READY]
    assert shown.latency.p50_ms is not None
    assert shown.error_rate == 0
    assert [each.name for each in room.deployments.list()] == ["toy"]


def test_the_version_before_is_kept_and_a_rollback_returns_to_it(room: Room) -> None:
    one, two, three = room.tiny(value=1), room.tiny(value=2), room.tiny(value=3)
    room.create(one.ref)
    updated = room.update(two.ref)
    assert [(each.version, each.state.value) for each in updated.releases] == [(2, "live"), (1, "kept")]
    assert room.value() == 2
    back = room.run(room.deployments.prepare_rollback("toy"))
    assert [(each.version, each.state.value) for each in back.releases] == [(1, "live"), (2, "kept")]
    assert room.value() == 1
    third = room.update(three.ref)
    assert [(each.version, each.state.value) for each in third.releases] == [(3, "live"), (1, "kept")]
    assert room.value() == 3


def test_switching_versions_under_load_fails_no_request(room: Room) -> None:
    one, two = room.tiny(value=1, infer_s=0.002), room.tiny(value=2, infer_s=0.002)
    deployment = room.create(one.ref)
    with HttpLoad(deployment.port, "/v2/models/toy/infer", REQUEST, version_of, clients=12) as load:
        load.wait_for(150)
        room.update(two.ref)
        load.wait_for(150)
        room.run(room.deployments.prepare_rollback("toy"))
        load.wait_for(150)
        middle = load.requests
        room.run(room.deployments.prepare_rollback("toy"))
        load.wait_for(150)
    assert load.failures == []
    assert load.requests > middle > 450
    assert set(load.labels) == {"1", "2"}
    shown = room.deployments.show("toy")
    assert sum(each.requests or 0 for each in shown.releases) >= load.requests
    assert shown.error_rate == 0


def test_two_replicas_share_the_requests_and_one_that_ends_is_told(room: Room, lab_server: LabServer) -> None:
    version = room.tiny(value=1)
    deployment = room.create(version.ref, replicas=2)
    first, second = deployment.releases[0].replicas
    assert {first.state, second.state} == {ReplicaState.READY}
    with HttpLoad(deployment.port, "/v2/models/toy/infer", REQUEST, version_of, clients=4) as load:
        load.wait_for(50)
    assert load.failures == []
    kill_service(lab_server, f"deploy.toy.{second.id}")
    shown = eventually(lambda: room.deployments.show("toy"), lambda it: it.state is DeploymentState.DEGRADED)
    assert shown.problem == "1 of 2 replicas are not ready"
    assert room.value() == 1


def test_a_version_that_is_never_ready_leaves_the_old_one_serving(make_room: MakeRoom) -> None:
    room = make_room(patience=Patience(ready_s=1.0, drain_s=1.0))
    room.create(room.tiny(value=1).ref)
    bad = room.tiny(value=2, never_ready=True)
    with HttpLoad(room.deployments.show("toy").port, "/v2/models/toy/infer", REQUEST, version_of) as load:
        with pytest.raises(Problem) as failed:
            room.update(bad.ref)
        load.wait_for(20)
    assert failed.value.code == "deploy.not_ready", failed.value.sentence
    assert load.failures == []
    assert set(load.labels) == {"1"}
    shown = room.deployments.show("toy")
    assert [(each.version, each.state.value, each.weight) for each in shown.releases] == [(1, "live", 100)]
    assert shown.state is DeploymentState.LIVE


def test_a_version_that_dies_tells_its_last_words(room: Room) -> None:
    room.create(room.tiny(value=1).ref)
    with pytest.raises(Problem) as failed:
        room.update(room.tiny(value=2, never_ready=True, die_after_s=0.3).ref)
    assert failed.value.code == "deploy.replica_died"
    assert "exit code 3" in failed.value.sentence
    assert "model is broken" in failed.value.sentence
    assert room.value() == 1


def test_a_version_that_fails_its_first_request_gets_no_traffic(room: Room) -> None:
    room.create(room.tiny(value=1).ref)
    with pytest.raises(Problem) as failed:
        room.update(room.tiny(value=2, zeros_fail=True).ref)
    assert failed.value.code == "deploy.predict_failed"
    assert "a bug of this version" in failed.value.sentence
    assert room.value() == 1


def test_a_first_deployment_that_fails_leaves_nothing(room: Room, lab_server: LabServer) -> None:
    with pytest.raises(Problem):
        room.create(room.tiny(die_after_s=0.1, never_ready=True).ref)
    assert services(room) == []
    assert not (lab_server.home / ".tandem" / "deployments" / "toy").exists()
    assert room.deployments.list() == []
    assert room.create(room.tiny(value=4).ref).state is DeploymentState.LIVE


def test_a_taken_port_is_told_before_anything_starts(make_room: MakeRoom, lab_server: LabServer) -> None:
    room = make_room(seeded=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as failed:
            room.create(room.tiny().ref, port=port)
    assert failed.value.code == "deploy.port_taken"
    assert not (lab_server.home / ".tandem").exists()


def test_cancelling_in_the_middle_leaves_the_old_version(room: Room) -> None:
    room.create(room.tiny(value=1).ref)
    slow = room.tiny(value=2, ready_after_s=30)
    handle = room.desk.operations.start(room.deployments.prepare_update("toy", slow.ref))
    eventually(lambda: handle.view().current, lambda step: step is not None and step.name == "Readiness")
    handle.cancel()
    assert handle.wait(20)
    with pytest.raises(Problem) as cancelled:
        handle.result()
    assert cancelled.value.code == "operation.cancelled"
    shown = room.deployments.show("toy")
    assert [each.version for each in shown.releases] == [1]
    assert services(room) == ["deploy.toy.r1-1", "deploy.toy.router"]
    assert room.value() == 1


def test_removing_leaves_no_process_and_no_state(room: Room, lab_server: LabServer) -> None:
    room.create(room.tiny().ref)
    assert room.run(room.deployments.prepare_remove("toy")) == "toy"
    assert services(room) == []
    assert not (lab_server.home / ".tandem" / "deployments" / "toy").exists()
    with pytest.raises(Problem) as failed:
        room.deployments.show("toy")
    assert failed.value.code == "deploy.unknown"
