"""Connections that are cut in the middle of a copy: nothing half under a final name, and it goes on there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from console.core.problems import Problem
from tests.integration.copies.conftest import Copying, Watcher, content, parts, random_file, sha256
from tests.integration.copies.test_differences import push_and_count
from tests.lab.delay_proxy import DelayProxy
from tests.lab.sshd import LabServer

pytestmark = [pytest.mark.faults, pytest.mark.expected_logs("Socket exception", "Exception .client.")]

MIB = 1024 * 1024
SIZE = 40 * MIB
Behind = Callable[..., tuple[str, DelayProxy]]


def cutting(proxy: DelayProxy, at: float) -> Watcher:
    """Cuts every connection once so many bytes were sent."""
    watcher = Watcher()
    cut = []

    def look(done: float) -> None:
        if done >= at and not cut:
            cut.append(done)
            proxy.reset()

    watcher.at = look
    return watcher


@pytest.fixture
def told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress at every piece, so that a cut comes where it shall."""
    monkeypatch.setattr("console.fleet.copying.pace._EVERY_S", 0.0)


@pytest.mark.usefixtures("told_often")
@pytest.mark.parametrize("percent", range(10, 100, 10))
def test_r40_a_push_that_is_cut_goes_on_where_it_was(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path, percent: int
) -> None:
    name, proxy = behind(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    with pytest.raises(Problem) as caught:
        copying.push(name, source, "target", cutting(proxy, SIZE * percent / 100))
    assert caught.value.code == "ssh.lost"
    assert name in caught.value.sentence
    assert "target" not in content(lab_server.home)
    (part,) = parts(lab_server.home)
    there = (lab_server.home / part).stat().st_size
    assert 0 < there <= SIZE
    sent = push_and_count(copying, name, source, "target")
    assert sha256(lab_server.home / "target") == sha256(source)
    assert sent <= SIZE - there + MIB
    assert parts(lab_server.home) == []


@pytest.mark.usefixtures("told_often")
@pytest.mark.parametrize("percent", range(10, 100, 10))
def test_r40_a_pull_that_is_cut_goes_on_where_it_was(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path, percent: int
) -> None:
    name, proxy = behind(lab_server)
    source = random_file(lab_server.home / "data", SIZE)
    target = tmp_path / "down" / "target"
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", target, cutting(proxy, SIZE * percent / 100))
    assert caught.value.code == "ssh.lost"
    assert not target.exists()
    (part,) = parts(target.parent)
    there = (target.parent / part).stat().st_size
    assert there >= SIZE * percent / 100
    pulled = copying.pull(name, "data", target)
    assert sha256(target) == sha256(source)
    assert pulled.bytes == SIZE - there
    assert list(content(target.parent)) == ["target"]


@pytest.mark.usefixtures("told_often")
@pytest.mark.parametrize("percent", [20, 60, 90])
def test_r40_a_pull_of_differences_that_is_cut_goes_on(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path, percent: int
) -> None:
    name, proxy = behind(lab_server)
    source = random_file(lab_server.home / "data", SIZE)
    target = tmp_path / "down" / "target"
    target.parent.mkdir()
    old = source.read_bytes()[: SIZE - 15 * MIB] + os.urandom(MIB)
    target.write_bytes(old)
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", target, cutting(proxy, SIZE * percent / 100))
    assert caught.value.code == "ssh.lost"
    assert target.read_bytes() == old
    copying.pull(name, "data", target)
    assert sha256(target) == sha256(source)
    assert list(content(target.parent)) == ["target"]


@pytest.mark.usefixtures("told_often")
def test_r40_a_part_that_was_changed_meanwhile_is_not_gone_on_with(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path
) -> None:
    name, proxy = behind(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    with pytest.raises(Problem):
        copying.push(name, source, "target", cutting(proxy, SIZE / 2))
    (part,) = parts(lab_server.home)
    with (lab_server.home / part).open("r+b") as file:
        file.write(b"changed")
    copying.push(name, source, "target")
    assert sha256(lab_server.home / "target") == sha256(source)


@pytest.mark.usefixtures("told_often")
@pytest.mark.parametrize("percent", [10, 50, 90])
def test_r40_a_folder_that_is_cut_is_finished_by_the_next_push(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path, percent: int
) -> None:
    name, proxy = behind(lab_server)
    tree = tmp_path / "tree"
    for number in range(300):
        random_file(tree / f"{number % 7}" / f"{number}", 20_000)
    random_file(tree / "large", 6 * MIB)
    total = 300 * 20_000 + 6 * MIB
    with pytest.raises(Problem):
        copying.push(name, tree, "there", cutting(proxy, total * percent / 100))
    for path, data in content(lab_server.home / "there").items():
        if data is not None and not path.endswith(".part"):
            assert data == (tree / path).read_bytes()
    copying.push(name, tree, "there")
    assert content(lab_server.home / "there") == content(tree)


@pytest.mark.usefixtures("told_often")
@pytest.mark.parametrize("percent", [20, 60, 90])
def test_r40_a_push_over_several_channels_that_is_cut_goes_on(
    copying: Copying, lab_server: LabServer, behind: Behind, tmp_path: Path, percent: int
) -> None:
    name, proxy = behind(lab_server, latency_s=0.025)
    source = random_file(tmp_path / "source", SIZE)
    with pytest.raises(Problem) as caught:
        copying.push(name, source, "target", cutting(proxy, SIZE * percent / 100))
    assert caught.value.code == "ssh.lost"
    assert "target" not in content(lab_server.home)
    push_and_count(copying, name, source, "target")
    assert sha256(lab_server.home / "target") == sha256(source)
    assert parts(lab_server.home) == []


def test_several_channels_where_the_server_allows_few(
    copying: Copying, make_lab_server: Callable[..., LabServer], behind: Behind, tmp_path: Path
) -> None:
    server = make_lab_server(options={"MaxSessions": "3"})
    name, _ = behind(server, latency_s=0.025)
    source = random_file(tmp_path / "source", SIZE)
    copying.push(name, source, "target")
    assert sha256(server.home / "target") == sha256(source)


@pytest.mark.usefixtures("told_often")
def test_r40_a_program_that_is_killed_there_is_a_failure_that_says_so(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    watcher = Watcher()
    killed: list[int] = []

    def kill(done: float) -> None:
        if done > SIZE / 3 and not killed:
            for pid in lab_server.session_pids():
                with contextlib.suppress(FileNotFoundError):  # some process of its own that has ended
                    if b"python" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0]:
                        killed.append(pid)
                        os.kill(pid, signal.SIGKILL)

    watcher.at = kill
    with pytest.raises(Problem) as caught:
        copying.push(name, source, "target", watcher)
    assert killed
    assert caught.value.code == "agent.failed"
    assert "target" not in content(lab_server.home)
    copying.push(name, source, "target")
    assert sha256(lab_server.home / "target") == sha256(source)


def test_r41_a_full_disk_is_called_so_with_numbers_and_leaves_nothing(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    small = lab_server.home / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)], check=True)
    try:
        large = random_file(tmp_path / "large", 9_000_000)
        tree = tmp_path / "tree"
        for number in range(100):
            random_file(tree / f"{number}", 90_000)
        with pytest.raises(Problem) as before:
            copying.push(name, large, "small/x")
        (small / "x").touch()  # nothing is refused before it begins where something is replaced
        with pytest.raises(Problem) as during:
            copying.push(name, large, "small/x")
        (small / "tree").mkdir()
        with pytest.raises(Problem) as many:
            copying.push(name, tree, "small/tree")
        for caught in (before, during, many):
            assert caught.value.code == "transfer.disk_full"
            assert caught.value.attrs["server"] == name
        assert "9 MB" in during.value.sentence
        assert parts(small) == []
        assert (small / "x").read_bytes() == b""
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_file_that_vanishes_or_shrinks_is_told_and_the_rest_comes(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    data = lab_server.home / "data"
    random_file(data / "a-large", 12 * MIB)
    random_file(data / "b-shrinks", 30 * MIB)
    random_file(data / "c-vanishes", 400_000)
    random_file(data / "d-stays", 400_000)
    watcher = Watcher()

    def meddle(done: float) -> None:
        if done > 0:
            os.truncate(data / "b-shrinks", 100)
            (data / "c-vanishes").unlink(missing_ok=True)

    watcher.at = meddle
    with pytest.raises(Problem) as caught:
        copying.pull(name, "data", tmp_path / "back", watcher)
    assert caught.value.code == "transfer.incomplete"
    assert "c-vanishes" in caught.value.sentence
    back = content(tmp_path / "back")
    assert {"a-large", "d-stays"} <= set(back)
    assert "c-vanishes" not in back
    assert back.get("b-shrinks", b"") in (b"", (data / "b-shrinks").read_bytes())
    assert parts(tmp_path) == []


@pytest.mark.usefixtures("told_often")
def test_a_server_that_stops_ends_the_copy_and_nothing_is_half(
    copying: Copying, lab_server: LabServer, tmp_path: Path
) -> None:
    name = copying.rig.add(lab_server)
    source = random_file(tmp_path / "source", SIZE)
    watcher = Watcher()
    watcher.at = lambda done: lab_server.end_sessions() if done > SIZE / 2 else None
    with pytest.raises(Problem) as caught:
        copying.push(name, source, "target", watcher)
    assert caught.value.code == "ssh.lost"
    assert "target" not in content(lab_server.home)
