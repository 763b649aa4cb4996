"""Deployments seen by several consoles, with routers, replicas and servers that are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from console.core.problems import Problem
from console.serving.change import Change
from console.serving.deployment import DeploymentState, ReplicaState
from console.serving.remote import Remote
from console.serving.state import CLAIM_STALE_S, from_wire, to_wire
from tests.integration.serving.conftest import Room, eventually, kill_service, services
from tests.lab.sshd import LabServer

MakeRoom = Callable[..., Room]


def age_claim(room: Room) -> None:
    """As if the console at work had been gone for long."""
    remote = Remote(room.desk.fleet, "lab")
    path = ".tandem/deployments/toy/state.json"
    data, generation = remote.read_json(path)
    record = from_wire("lab", "toy", data)
    assert record.claim is not None
    old = replace(record.claim, by="gone@desk", renewed=record.claim.renewed - CLAIM_STALE_S - 1)
    remote.swap_json(path, generation, to_wire(replace(record, claim=old)))


def test_a_second_console_is_told_who_is_at_work(make_room: MakeRoom) -> None:
    ours, theirs = make_room("ours"), make_room("theirs")
    ours.create(ours.tiny(value=1).ref)
    slow, other = ours.tiny(value=2, ready_after_s=4), theirs.tiny(value=3)
    handle = ours.desk.operations.start(ours.deployments.prepare_update("toy", slow.ref))
    eventually(lambda: handle.view().current, lambda step: step is not None and step.name == "Readiness")
    with pytest.raises(Problem) as conflict:
        theirs.update(other.ref)
    assert conflict.value.code == "deploy.conflict"
    assert "tester@lab (update to toy@2)" in conflict.value.sentence
    handle.result()
    assert theirs.value() == 2
    assert [each.state for each in theirs.deployments.list()] == [DeploymentState.LIVE]


def test_what_a_console_that_is_gone_left_half_done_is_taken_over(make_room: MakeRoom) -> None:
    room = make_room()
    room.create(room.tiny(value=1).ref)
    slow = room.tiny(value=2, ready_after_s=60)
    handle = room.desk.operations.start(room.deployments.prepare_update("toy", slow.ref))
    eventually(lambda: handle.view().current, lambda step: step is not None and step.name == "Readiness")
    age_claim(room)
    updated = room.update(room.tiny(value=3).ref)
    assert [(each.version, each.state.value) for each in updated.releases] == [(3, "live"), (1, "kept")]
    assert room.value() == 3
    # The console that was thought gone finds out at its next write, and takes back only what is its own.
    with pytest.raises(Problem) as failed:
        handle.result()
    assert failed.value.code in ("deploy.conflict", "operation.undo_failed", "deploy.replica_died")
    assert room.value() == 3


def test_another_console_and_an_empty_database_find_what_the_server_has(make_room: MakeRoom) -> None:
    ours = make_room("ours")
    ours.create(ours.tiny(value=5).ref)
    fresh = make_room("fresh")
    assert fresh.deployments.list() == []
    assert [each.name for each in fresh.deployments.refresh()] == ["toy"]
    assert make_room("third").value() == 5


def test_a_router_that_is_gone_is_told_and_started_again_by_the_next_change(
    make_room: MakeRoom, lab_server: LabServer
) -> None:
    room = make_room()
    one, two = room.tiny(value=1), room.tiny(value=2)
    deployment = room.create(one.ref)
    kill_service(lab_server, "deploy.toy.router")
    shown = eventually(
        lambda: room.deployments.show("toy"), lambda it: it.problem is not None and "ended" in it.problem
    )
    assert shown.state is DeploymentState.FAILED
    assert "signal 9" in str(shown.problem)
    with pytest.raises(Problem) as failed:
        room.value()
    assert failed.value.code == "deploy.predict_failed"
    updated = room.update(two.ref)
    assert updated.port == deployment.port
    assert room.value() == 2


def test_a_kept_release_that_has_ended_is_started_again_by_a_rollback(
    make_room: MakeRoom, lab_server: LabServer
) -> None:
    room = make_room()
    room.create(room.tiny(value=1).ref)
    room.update(room.tiny(value=2).ref)
    kill_service(lab_server, "deploy.toy.r1-1")
    shown = eventually(
        lambda: room.deployments.show("toy"), lambda it: it.releases[1].state.value == "stopped"
    )
    assert shown.state is DeploymentState.LIVE
    assert shown.releases[1].replicas[0].state is ReplicaState.EXITED
    room.run(room.deployments.prepare_rollback("toy"))
    assert room.value() == 1


def test_a_first_release_has_nothing_to_roll_back_to(make_room: MakeRoom) -> None:
    room = make_room()
    room.create(room.tiny().ref)
    with pytest.raises(Problem) as failed:
        room.run(room.deployments.prepare_rollback("toy"))
    assert failed.value.code == "deploy.nothing_to_roll_back"
    assert room.update(room.tiny(value=2).ref).state is DeploymentState.LIVE


def test_another_model_is_refused_under_the_same_name(make_room: MakeRoom) -> None:
    room = make_room()
    room.create(room.tiny().ref)
    with pytest.raises(Problem) as failed:
        room.update(room.tiny("other").ref)
    assert failed.value.code == "input.invalid"
    assert services(room) == ["deploy.toy.r1-1", "deploy.toy.router"]
    assert room.update(room.tiny(value=2).ref).state is DeploymentState.LIVE


def test_a_server_that_cannot_be_reached_makes_its_deployments_unknown(
    make_room: MakeRoom, lab_server: LabServer
) -> None:
    room = make_room()
    room.create(room.tiny().ref)
    lab_server.stop()
    shown = room.deployments.show("toy")
    assert shown.state is DeploymentState.UNKNOWN
    assert shown.rps is None
    assert {each.state for release in shown.releases for each in release.replicas} == {ReplicaState.UNKNOWN}
    assert shown.problem


def test_a_claim_is_kept_up_while_something_waits(make_room: MakeRoom) -> None:
    room = make_room()
    room.create(room.tiny().ref)
    change = Change(Remote(room.desk.fleet, "lab"), "toy", "me@desk", "test")
    change.claim()
    before = change.record.claim
    change._kept_s = -1000.0
    change.keep()
    after = change.record.claim
    assert before is not None
    assert after is not None
    assert after.renewed > before.renewed
    change.finish()


def test_services_that_are_none_of_ours_do_not_disturb(make_room: MakeRoom) -> None:
    room = make_room()
    room.create(room.tiny().ref)
    odd = "deploy." + "x" * 60 + ".router"
    room.desk.fleet.call("lab", "service.start", {"name": odd, "spec": {"argv": ["/bin/sleep", "60"]}})
    room.desk.fleet.call(
        "lab", "service.start", {"name": "deploy.gone.router", "spec": {"argv": ["/bin/true"]}}
    )
    assert [each.name for each in room.deployments.refresh()] == ["toy"]


def test_a_creation_that_a_console_left_behind_does_not_hold_the_name(make_room: MakeRoom) -> None:
    room = make_room()
    slow = room.tiny(ready_after_s=60)
    handle = room.desk.operations.start(room.deployments.prepare_create(room.wanted(slow.ref)))
    eventually(lambda: handle.view().current, lambda step: step is not None and step.name == "Readiness")
    theirs = make_room("theirs")
    with pytest.raises(Problem) as taken:
        theirs.create(theirs.tiny(value=2).ref)
    assert taken.value.code == "name.taken"
    age_claim(room)
    assert room.create(room.tiny(value=3).ref).state is DeploymentState.LIVE
    with pytest.raises(Problem):
        handle.result()
    assert room.value() == 3
