"""Which HAProxy a server's router runs from, and what is said where there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.operations.plan import Action, Step, StepContext, work
from console.serving import haproxy
from console.serving.haproxy import Binary
from console.serving.remote import Remote
from tests.integration.serving.conftest import Room
from tests.lab.sshd import LabServer

MakeRoom = Callable[..., Room]


def find(room: Room, resources: Path | None = None) -> Binary:
    """By a step of an operation, as a deployment does."""
    found: list[Binary] = []

    def run(step: StepContext) -> None:
        found.append(haproxy.find(Remote(room.desk.fleet, "lab"), step, resources))

    action = Action(Step("Push router"), run)
    room.run(
        work(
            action="test",
            title="Find",
            target="lab",
            servers=("lab",),
            actions=(action,),
            result=lambda: None,
        )
    )
    return found[0]


def test_the_bundle_is_pushed_once_and_is_private(make_room: MakeRoom, lab_server: LabServer) -> None:
    room = make_room(seeded=False)
    first = find(room)
    assert first.version.startswith("2.8")
    path = Path(first.path)
    assert path.is_relative_to(lab_server.home / ".tandem" / "bin")
    assert path.stat().st_mode & 0o777 == 0o700
    before = path.stat().st_mtime_ns
    assert find(room) == first
    assert path.stat().st_mtime_ns == before


def broken_bundle(folder: Path, script: str) -> Path:
    bundle = folder / "haproxy" / os.uname().machine
    (bundle / "bin" / "lib").mkdir(parents=True)
    (bundle / "bin" / "haproxy").write_text(script)
    (bundle / haproxy.STAMP).write_text("broken")
    return folder


def test_where_the_bundle_does_not_run_the_servers_own_serves(room: Room, tmp_path: Path) -> None:
    resources = broken_bundle(tmp_path / "resources", "#!/bin/sh\necho no such loader >&2\nexit 127\n")
    found = find(room, resources)
    assert found.path in ("haproxy", "/usr/sbin/haproxy")
    assert found.env == {}


def test_where_nothing_runs_it_says_why(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old-haproxy"
    old.write_text("#!/bin/sh\necho 'HA-Proxy version 1.8.4-1 2018/02/08'\n")
    old.chmod(0o755)
    monkeypatch.setattr(haproxy, "_OWN", ("no-haproxy-here", str(old)))
    resources = broken_bundle(tmp_path / "resources", "not a program")
    with pytest.raises(Problem) as failed:
        find(room, resources)
    assert failed.value.code == "deploy.router_missing"
    assert "the bundle does not run" in failed.value.sentence
    assert "version 1.8 is older than 2.6" in failed.value.sentence
    monkeypatch.setattr(haproxy, "_OWN", ("no-haproxy-here",))
    with pytest.raises(Problem) as failed:
        find(room, tmp_path / "none")
    assert "there is no bundle for" in failed.value.sentence
    assert "the server has none of its own" in failed.value.sentence
