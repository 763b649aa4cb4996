"""Files and folders arrive whole, with their modes and times, and nothing is sent twice."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from console.core.problems import Problem
from tests.integration.copies.conftest import Cancelled, Copying, Watcher, content, parts, random_file, sha256
from tests.lab.fleet import LabFleet
from tests.lab.opens import Opens
from tests.lab.sshd import LabServer

MIB = 1024 * 1024
NAMES = ["model.bin", "with space", 'quote\'d "$HOME"; `x`', "-dash", "ümläut 模型", "{[!#"]


@pytest.mark.parametrize("size", [0, 1, 5000, 3 * MIB + 1])
def test_r40_a_file_goes_there_and_back_with_mode_and_time(
    copying: Copying, lab_server: LabServer, tmp_path: Path, size: int
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", size)
    source.chmod(0o640)
    os.utime(source, ns=(1, 1_600_000_000_123_456_789))
    for remote in NAMES:
        pushed = copying.push(name, source, remote)
        there = lab_server.home / remote
        assert pushed.sha256 == sha256(there) == sha256(source)
        assert there.stat().st_mode & 0o777 == 0o640
        assert there.stat().st_mtime_ns == 1_600_000_000_123_456_789
    back = tmp_path / "back"
    assert copying.pull(name, NAMES[2], back).sha256 == sha256(back) == sha256(source)
    assert back.stat().st_mode & 0o777 == 0o640
    assert back.stat().st_mtime_ns == 1_600_000_000_123_456_789
    assert parts(lab_server.home) == parts(tmp_path) == []


def make_tree(folder: Path) -> Path:
    random_file(folder / "sub" / "deep" / "big", 2 * MIB)
    random_file(folder / "sub" / "small", 100)
    random_file(folder / "empty", 0)
    random_file(folder / "sealed" / "inside", 10)
    (folder / "hollow").mkdir()
    for number in range(700):
        random_file(folder / "many" / f"{number}", number)
    (folder / "link").symlink_to("sub/small")
    (folder / "sealed").chmod(0o555)
    os.utime(folder / "sub", ns=(1, 1_500_000_000_000_000_000))
    return folder


def test_a_folder_goes_there_and_back_as_it_is(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    tree = make_tree(tmp_path / "tree")
    watcher = Watcher()
    pushed = copying.push(name, tree, "there", watcher)
    assert pushed.files == 705
    assert content(lab_server.home / "there") == content(tree)
    assert (lab_server.home / "there" / "sealed").stat().st_mode & 0o777 == 0o555
    assert (lab_server.home / "there" / "sub").stat().st_mtime_ns == 1_500_000_000_000_000_000
    pulled = copying.pull(name, "there", tmp_path / "back")
    assert pulled.files == 705
    assert content(tmp_path / "back") == content(tree)
    assert (tmp_path / "back" / "sub").stat().st_mtime_ns == 1_500_000_000_000_000_000
    assert parts(lab_server.home) == parts(tmp_path) == []
    done, total, words = watcher.progressed[-1]
    assert done == total == pushed.bytes
    assert "of" in words


def test_a_second_push_of_a_folder_sends_what_changed(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    tree = make_tree(tmp_path / "tree")
    copying.push(name, tree, "there")
    before = (lab_server.home / "there" / "sub" / "small").stat().st_ino
    random_file(tree / "many" / "5", 5)
    (tree / "sub" / "small").chmod(0o600)
    pushed = copying.push(name, tree, "there")
    assert pushed.unchanged == pushed.files - 1
    assert content(lab_server.home / "there") == content(tree)
    there = (lab_server.home / "there" / "sub" / "small").stat()
    assert there.st_ino == before
    assert there.st_mode & 0o777 == 0o600


def test_r40_a_cancelled_push_or_pull_leaves_nothing(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", 24 * MIB)
    random_file(lab_server.home / "data", 24 * MIB)
    for act in (
        lambda watcher: copying.push(name, source, "target", watcher),
        lambda watcher: copying.pull(name, "data", tmp_path / "down" / "target", watcher),
    ):
        watcher = Watcher()
        watcher.at = lambda done, watcher=watcher: setattr(watcher, "cancelled", done > 0)
        with pytest.raises(Cancelled):
            act(watcher)
    assert sorted(content(lab_server.home)) == ["data"]
    assert content(tmp_path / "down") == {}


def test_r40_readers_see_the_old_file_or_the_new_one(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    first, second = random_file(tmp_path / "1", 4 * MIB), random_file(tmp_path / "2", 4 * MIB)
    copying.push(name, first, "target")
    known, seen, stop = {sha256(first), sha256(second)}, set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(sha256(lab_server.home / "target"))

    reader = threading.Thread(target=look)
    reader.start()
    for source in (second, first, second):
        copying.push(name, source, "target")
    stop.set()
    reader.join()
    assert seen <= known


def test_what_is_not_there_is_named(copying: Copying, lab_server: LabServer, tmp_path: Path) -> None:
    name = copying.rig.add(lab_server)
    (lab_server.home / "folder").mkdir()
    source = random_file(tmp_path / "file", 10)
    tree = tmp_path / "tree"
    tree.mkdir()
    for act, code in (
        (lambda: copying.pull(name, "nothing", tmp_path / "x"), "remote.path_missing"),
        (lambda: copying.push(name, source, "no/such/folder/x"), "remote.path_missing"),
        (lambda: copying.push(name, tmp_path / "none", "x"), "file.missing"),
        (lambda: copying.push(name, tree, "folder/../file"), None),
        (lambda: copying.push(name, tree, "file"), None),
        (lambda: copying.push(name, source, "bad\nname"), "input.invalid"),
    ):
        if code is None:
            act()
            continue
        with pytest.raises(Problem) as caught:
            act()
        assert caught.value.code == code
    assert copying.push(name, source, "folder").root == str(lab_server.home / "folder" / "file")


def test_a_link_on_the_server_is_not_followed_out_of_the_target(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    (lab_server.home / "outside").mkdir()
    (lab_server.home / "there").mkdir()
    (lab_server.home / "there" / "sub").symlink_to("../outside")
    random_file(tmp_path / "tree" / "sub" / "file", 10)
    with pytest.raises(Problem) as caught:
        copying.push(name, tmp_path / "tree", "there")
    assert caught.value.code == "remote.not_writable"
    assert content(lab_server.home / "outside") == {}


def test_what_was_left_out_of_a_folder_is_named(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    tree = tmp_path / "tree"
    random_file(tree / "good", 10)
    (tree / "dangling").symlink_to("nowhere")
    os.mkfifo(tree / "pipe")
    with pytest.raises(Problem) as caught:
        copying.push(name, tree, "there")
    assert caught.value.code == "transfer.incomplete"
    assert "dangling" in caught.value.sentence
    assert "pipe" in caught.value.sentence
    assert content(lab_server.home / "there") == {"good": (tree / "good").read_bytes()}
    (lab_server.home / "there" / "loose").symlink_to("nowhere")
    with pytest.raises(Problem) as caught:
        copying.pull(name, "there", tmp_path / "back")
    assert "loose" in caught.value.sentence
    assert list(content(tmp_path / "back")) == ["good"]


def test_several_servers_get_what_is_read_once(copying: Copying, tmp_path: Path) -> None:
    """The kernel counts: every file is opened once, however many servers get it, small ones too."""
    tree = tmp_path / "tree"
    for number in range(4):
        random_file(tree / f"large-{number}", 20 * MIB if number == 2 else 300_000)
    for number in range(300):
        random_file(tree / f"small-{number}", 4000)
    with LabFleet(tmp_path / "labs", 3) as labs:
        names = [copying.rig.add(lab) for lab in labs]
        random_file(labs[1].home / "there" / "large-1", 300_000)
        (labs[1].home / "there" / "large-0").write_bytes((tree / "large-0").read_bytes())
        with Opens(tree) as opens:
            pushed = copying.run(copying.copies.prepare_push(names, tree, "there"))
        assert [each.files for each in pushed] == [304, 304, 304]
        assert [each.unchanged for each in pushed] == [0, 1, 0]
        for lab in labs:
            assert content(lab.home / "there") == content(tree)
    # What one server had already was hashed before: that is one reading more, of those two alone.
    again = {name for name, count in opens.counted.items() if count > 1}
    assert again <= {"large-0", "large-1"}
    assert max(opens.counted.values()) <= 2
    assert len(opens.counted) == 304


def test_a_server_that_cannot_be_reached_keeps_the_others_from_nothing(
    copying: Copying, tmp_path: Path
) -> None:
    source = random_file(tmp_path / "file", 5 * MIB)
    with LabFleet(tmp_path / "labs", 3) as labs:
        names = [copying.rig.add(lab) for lab in labs]
        labs[1].stop_listening()
        with pytest.raises(Problem) as caught:
            copying.run(copying.copies.prepare_push(names, source, "file"))
        assert caught.value.attrs["server"] == "lab-2"
        assert sha256(labs[0].home / "file") == sha256(labs[2].home / "file") == sha256(source)


def test_between_servers_nothing_touches_the_console_s_disk(copying: Copying, tmp_path: Path) -> None:
    with LabFleet(tmp_path / "labs", 2) as labs:
        names = [copying.rig.add(lab) for lab in labs]
        tree = make_tree(labs[0].home / "data")
        before = {path for path in tmp_path.rglob("*") if "labs" not in path.parts}
        copying.copies.relay(names[0], "data", names[1], "copied", Watcher())
        assert content(labs[1].home / "copied") == content(tree)
        copying.copies.relay(names[0], "data/sub/deep/big", names[1], "big", Watcher())
        assert sha256(labs[1].home / "big") == sha256(tree / "sub" / "deep" / "big")
        after = {path for path in tmp_path.rglob("*") if "labs" not in path.parts}
        assert {path.name for path in after - before} <= {"tandem.db-wal", "tandem.db-shm"}
