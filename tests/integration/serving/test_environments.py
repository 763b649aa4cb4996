"""Environments that Tandem makes on a server: from a lock, with progress, and never half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from console.core.problems import Problem
from tests.integration.serving.conftest import TINY, Room, eventually, open_room
from tests.lab.sshd import LabServer

MakeRoom = Callable[..., Room]


def with_lock(room: Room, lock: Path) -> Room:
    """The console again, with a tiny runtime that needs an environment from this lock."""
    plugins = replace(room.desk.plugins, runtimes=(replace(TINY, lock=lock),))
    return open_room(replace(room.desk, plugins=plugins), room.folder)


def environments(lab: LabServer) -> list[str]:
    folder = lab.home / ".tandem" / "envs"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def test_one_is_made_once_and_used_by_all(room: Room, lab_server: LabServer, tmp_path: Path) -> None:
    lock = tmp_path / "empty.lock"
    lock.write_text("# nothing\n# --- by version only\n")
    room = with_lock(room, lock)
    handle = room.desk.operations.start(
        room.deployments.prepare_create(room.wanted(room.tiny(value=1).ref, python=None))
    )
    handle.result()
    assert next(step.detail for step in handle.view().steps if step.name == "Environment") == "made"
    (made,) = environments(lab_server)
    assert (lab_server.home / ".tandem" / "envs" / made / "bin" / "python").exists()
    room.create(room.tiny("second", value=2).ref, "second", python=None)
    assert environments(lab_server) == [made]
    assert room.value("second") == 2


def test_a_failure_is_told_in_the_words_of_pip_and_leaves_nothing(
    room: Room, lab_server: LabServer, tmp_path: Path
) -> None:
    lock = tmp_path / "unhashed.lock"
    lock.write_text("pip==20.0\n# --- by version only\n")
    room = with_lock(room, lock)
    with pytest.raises(Problem) as failed:
        room.create(room.tiny().ref, python=None)
    assert failed.value.code == "deploy.environment"
    assert "ended with 1" in failed.value.sentence
    assert environments(lab_server) == []
    assert room.deployments.list() == []


def test_cancelling_removes_what_is_half_made(room: Room, lab_server: LabServer, tmp_path: Path) -> None:
    lock = tmp_path / "empty.lock"
    lock.write_text("# nothing else\n# --- by version only\n")
    room = with_lock(room, lock)
    handle = room.desk.operations.start(
        room.deployments.prepare_create(room.wanted(room.tiny().ref, python=None))
    )
    eventually(lambda: environments(lab_server), bool)
    handle.cancel()
    with pytest.raises(Problem) as cancelled:
        handle.result()
    assert cancelled.value.code == "operation.cancelled"
    assert environments(lab_server) == []
    assert room.desk.fleet.call("lab", "service.list", {"prefix": "env."})["services"] == []
