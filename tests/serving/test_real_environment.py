"""The shipped runtime's own lock: a server without any of its packages is made able to serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core.problems import Problem
from console.serving.deployment import DeploymentState
from tests.integration.serving.conftest import Room
from tests.integration.serving.test_torchscript import BODY, version_of
from tests.lab.sshd import LabServer

pytestmark = [pytest.mark.serving, pytest.mark.timeout(600)]


def test_the_lock_makes_an_environment_that_serves(
    room: Room, torch_models: Path, lab_server: LabServer
) -> None:
    one = room.add("digits", torch_models / "signed-1.pt")
    try:
        deployment = room.create(one.ref, "digits", python=None)
    except Problem as problem:
        raise AssertionError(problem.sentence) from problem
    assert deployment.state is DeploymentState.LIVE
    (made,) = (lab_server.home / ".tandem" / "envs").iterdir()
    assert (made / "ready").exists()
    answer = room.deployments.predict("digits", BODY)
    assert version_of(answer.status, answer.body) == "1"
