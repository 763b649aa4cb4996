"""Copies that servers do among themselves: directly, as a tree, over sshd servers of this machine."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.clock import SystemClock
from console.core.problems import Problem
from console.fleet.copying.carried import ARRIVED, LIVE, Arrived, PartState, Task
from console.operations.operation import State
from console.operations.service import Operations
from console.store.store import Store
from tests.integration.copies.conftest import (
    Cancelled,
    Copying,
    Watcher,
    content,
    parts,
    random_file,
    sha256,
)
from tests.integration.copies.test_files_and_folders import make_tree
from tests.integration.fleet.rig import until
from tests.lab.fleet import LabFleet
from tests.lab.sshd import LabServer

MIB = 1024 * 1024


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabFleet]:
    with LabFleet(tmp_path / "lab", 4) as servers:
        yield servers
        for server in servers:
            for pid in carriers(server):
                os.kill(pid, signal.SIGKILL)


def carriers(server: LabServer) -> list[int]:
    """The processes that copy on a server, as its folders tell."""
    found = []
    for folder in (server.home / ".tandem" / "copies").glob("*"):
        start = folder / "start.json"
        if start.exists() and not (folder / "result.json").exists():
            pid = json.loads(start.read_text())["process"]["pid"]
            if Path(f"/proc/{pid}").exists():
                found.append(pid)
    return found


def copy(copying: Copying, *words: object, watcher: Watcher | None = None) -> list[Arrived]:
    return copying.run(copying.between.prepare_copy(*words), watcher)  # type: ignore[return-value, arg-type]


def task_of(copying: Copying) -> Task:
    return copying.between.tasks()[0][0]


def large_file(path: Path, mib: int) -> Path:
    """Of a pattern, not of chance: quick to make, as slow to copy."""
    path.write_bytes(os.urandom(MIB))
    with path.open("r+b") as file:
        file.truncate(mib * MIB)
    return path


def has_begun(server: LabServer, size: int) -> bool:
    return any(path.stat().st_size >= size for path in server.home.glob(".*.part"))


def test_a_file_goes_directly_and_the_plan_says_so(copying: Copying, lab: LabFleet) -> None:
    a, b = (copying.rig.add(server) for server in list(lab)[:2])
    source = random_file(lab[0].home / "data", 3 * MIB + 5)
    source.chmod(0o640)
    (lab[1].home / "there").mkdir()
    work = copying.between.prepare_copy(a, "data", [(b, "there/")])
    assert not (lab[0].home / ".tandem").exists(), "a plan leaves nothing"
    assert [step.name for step in work.plan.steps] == ["Copy directly", "Compare"]
    assert "lab-1 to lab-2; encrypted, verified by SHA-256" in work.plan.steps[0].detail
    (arrived,) = copying.run(work)  # type: ignore[misc]
    there = lab[1].home / "there" / "data"
    assert (arrived.way, arrived.root) == ("directly from lab-1", str(there))
    assert arrived.sha256 == sha256(source) == sha256(there)
    assert there.stat().st_mode & 0o777 == 0o640
    assert there.stat().st_mtime_ns == source.stat().st_mtime_ns
    assert parts(lab[1].home) == []
    until(lambda: not carriers(lab[0]) + carriers(lab[1]), what="the end of both ends")
    assert [part.state for part in task_of(copying).parts] == [PartState.SUCCEEDED] * 2


def test_a_folder_spreads_as_a_tree(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in lab]
    tree = make_tree(lab[0].home / "tree")
    work = copying.between.prepare_copy(names[0], "tree", [(name, "copied") for name in names[1:]])
    assert "lab-1 to lab-2 and lab-3; lab-2 to lab-4" in work.plan.steps[0].detail
    arrived: list[Arrived] = copying.run(work)  # type: ignore[assignment]
    assert [each.way for each in arrived] == [f"directly from lab-{n}" for n in (1, 1, 2)]
    assert len({each.digest for each in arrived}) == 1
    for server in list(lab)[1:]:
        assert content(server.home / "copied") == content(tree)
        assert (server.home / "copied" / "sealed").stat().st_mode & 0o777 == 0o555
        assert parts(server.home) == []
    # Again: large files that are the same are not sent, what changed is.
    random_file(tree / "sub" / "small", 100)
    again = copy(copying, names[0], "tree", [(names[1], "copied")])
    assert again[0].unchanged == 1
    assert content(lab[1].home / "copied") == content(tree)


def test_no_secret_of_a_copy_is_kept_anywhere(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:2]]
    random_file(lab[0].home / "data", 1000)
    copy(copying, names[0], "data", [(names[1], "data")])
    kept = [
        path.read_bytes() for server in list(lab)[:2] for path in (server.home / ".tandem").rglob("*.json")
    ]
    kept += [path.read_bytes() for path in copying.rig.home.database.parent.rglob("*") if path.is_file()]
    assert len(kept) > 6
    assert not [data for data in kept if b"PRIVATE KEY" in data or b"BEGIN CERTIFICATE" in data]
    methods = {method for action, _, method in copying.rig.actions() if action == "agent.call"}
    assert {"carry.listen", "carry.reach", "carry.start", "carry.go"} <= methods


def test_one_bad_server_stops_no_other(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in lab]
    random_file(lab[0].home / "data", 2 * MIB)
    (lab[1].home / "data").mkdir()
    (lab[1].home / "data" / "data").mkdir()
    with pytest.raises(Problem) as caught:
        copy(copying, names[0], "data", [(name, "data") for name in names[1:]])
    assert caught.value.code == "transfer.some_failed"
    assert caught.value.sentence.startswith("1 of 3 servers did not get ")
    assert "lab-2: " in caught.value.sentence
    assert sha256(lab[2].home / "data") == sha256(lab[3].home / "data") == sha256(lab[0].home / "data")
    told = {part.server: part for part in task_of(copying).parts}
    assert told["lab-2"].state is PartState.FAILED
    assert told["lab-4"].arrived is not None
    assert told["lab-4"].arrived.way == "directly from lab-1", "its giver had nothing: it asked the next"


def test_a_server_that_is_down_stops_no_other(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:3]]
    random_file(lab[0].home / "data", 1000)
    lab[1].stop_listening()
    with pytest.raises(Problem) as caught:
        copy(copying, names[0], "data", [(name, "data") for name in names[1:]])
    assert "1 of 2 servers did not get" in caught.value.sentence
    assert sha256(lab[2].home / "data") == sha256(lab[0].home / "data")
    with pytest.raises(Problem) as caught:
        copying.between.prepare_copy(names[0], "data", [(names[1], "data")])
    assert caught.value.code.startswith("ssh.")


def test_cancelling_leaves_nothing(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:3]]
    large_file(lab[0].home / "data", 2000)
    watcher = Watcher()
    source: list[int] = []

    def stop(_done: float) -> None:
        """Stopped, the source gives no more until the takers have ended."""
        if has_begun(lab[1], MIB) and has_begun(lab[2], MIB) and not source:
            source.extend(carriers(lab[0]))
            os.kill(source[0], signal.SIGSTOP)
            watcher.cancelled = True

    def release() -> None:
        until(lambda: source and not carriers(lab[1]) + carriers(lab[2]), within_s=30, what="both ends")
        os.kill(source[0], signal.SIGCONT)

    watcher.at = stop
    releaser = threading.Thread(target=release)
    releaser.start()
    with pytest.raises(Cancelled):
        copy(copying, names[0], "data", [(name, "data") for name in names[1:]], watcher=watcher)
    releaser.join()
    assert {part.state for part in task_of(copying).parts} == {PartState.CANCELLED}
    for server in list(lab)[1:3]:
        assert content(server.home) == {}
        assert carriers(server) == []


def test_a_closed_console_loses_nothing(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:2]]
    source = large_file(lab[0].home / "data", 300)
    store = Store(copying.rig.home.database.with_name("operations.db"), SystemClock())
    operations = Operations(copying.rig.audit, SystemClock(), "tester@lab", store)
    handle = operations.start(copying.between.prepare_copy(names[0], "data", [(names[1], "data")]))
    until(lambda: has_begun(lab[1], MIB), what="the copy's beginning")
    assert operations.close(10)
    view = handle.view()
    assert (view.state, view.problem and view.problem.code) == (State.UNKNOWN, "operation.left")
    task = task_of(copying)
    assert task.id == view.plan.detail["copy_id"]
    assert task.state in LIVE | ARRIVED
    # The next console: it runs again under its old id, and its true result is kept.
    later = Operations(copying.rig.audit, SystemClock(), "tester@lab", store)
    assert later.view(view.id).state is State.UNKNOWN
    (again,) = copying.between.resume(later)
    assert again.id == view.id
    assert again.result().state is PartState.SUCCEEDED
    assert sha256(lab[1].home / "data") == sha256(source)
    assert [(each.id, each.state) for each in later.views()] == [(view.id, State.DONE)]
    assert copying.between.resume(later) == []
    assert later.close()
    store.close()


def test_a_server_that_goes_down_keeps_what_has_come(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:2]]
    large_file(lab[0].home / "data", 400)

    def end(_done: float) -> None:
        if has_begun(lab[1], MIB):
            for pid in carriers(lab[1]):
                os.kill(pid, signal.SIGTERM)

    with pytest.raises(Problem) as caught:
        copy(copying, names[0], "data", [(names[1], "data")], watcher=Watcher(at=end))
    assert "it was told to end by the system" in caught.value.sentence
    assert len(parts(lab[1].home)) == 1
    (arrived,) = copy(copying, names[0], "data", [(names[1], "data")])
    assert arrived.sha256 == sha256(lab[0].home / "data") == sha256(lab[1].home / "data")


def test_what_cannot_be_is_said_before_anything_starts(copying: Copying, lab: LabFleet) -> None:
    a, b = (copying.rig.add(server) for server in list(lab)[:2])
    for words, code in (
        ((a, "nothing", [(b, "x")]), "remote.path_missing"),
        ((a, "data", [(a, "x")]), "input.invalid"),
        ((a, "data", []), "input.invalid"),
        ((a, "bad\nname", [(b, "x")]), "input.invalid"),
        ((a, "data", [("nobody", "x")]), "server.unknown"),
    ):
        with pytest.raises(Problem) as caught:
            copying.between.prepare_copy(*words)  # type: ignore[arg-type]
        assert caught.value.code == code
    with pytest.raises(Problem) as caught:
        copying.between.task("abc")
    assert caught.value.code == "id.unknown"


def test_a_server_that_copies_is_not_cleaned(copying: Copying, lab: LabFleet) -> None:
    names = [copying.rig.add(server) for server in list(lab)[:2]]
    large_file(lab[0].home / "data", 2000)
    work = copying.between.prepare_copy(names[0], "data", [(names[1], "data")], detach=True)
    (arrived,) = copying.run(work)  # type: ignore[misc]
    with pytest.raises(Problem) as caught:
        copying.rig.fleet.call(names[0], "home.clean")
    assert caught.value.code == "remote.in_use"
    assert f"copy {arrived.copy_id}" in caught.value.sentence
    task = copying.run(copying.between.prepare_cancel(arrived.copy_id[:12]))
    assert {part.state for part in task.parts} <= {PartState.CANCELLED, PartState.SUCCEEDED}  # type: ignore[attr-defined]
    assert copying.rig.fleet.call(names[0], "home.clean")["removed_bytes"]
