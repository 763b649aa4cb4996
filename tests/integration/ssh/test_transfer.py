"""Files up and down: same hash, nothing half, disk full said, cancel cleans up."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.connection import Connection
from console.ssh.transfer import pull_file, push_file
from tests.lab.client import Client
from tests.lab.sshd import LabServer


@pytest.fixture
def connection(client: Client, lab_server: LabServer) -> Connection:
    return client.reach(lab_server)


class Committer:
    """What the agent does at the end of an upload, on the lab's own file system."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, part: str, path: str, sha256: str) -> None:
        assert hashlib.sha256((self.home / part).read_bytes()).hexdigest() == sha256
        (self.home / part).rename(self.home / path)


@pytest.mark.parametrize(
    "name", ["model.bin", "with space", 'quote\'d "$HOME"; `x`', "-dash", "ümläut 模型", "a/b"]
)
def test_a_file_arrives_whole_and_private(
    connection: Connection, lab_server: LabServer, tmp_path: Path, name: str
) -> None:
    (lab_server.home / "a").mkdir()
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_001))
    seen: list[tuple[int, int]] = []
    digest = push_file(
        connection,
        source,
        name,
        commit=Committer(lab_server.home),
        progress=lambda done, of: seen.append((done, of)),
    )
    there = lab_server.home / name
    assert (
        hashlib.sha256(there.read_bytes()).hexdigest()
        == digest
        == hashlib.sha256(source.read_bytes()).hexdigest()
    )
    assert there.stat().st_mode & 0o777 == 0o600
    assert seen[-1] == (3_000_001, 3_000_001)
    back = tmp_path / "back"
    assert pull_file(connection, name, back, size=3_000_001) == digest
    assert back.read_bytes() == source.read_bytes()
    assert back.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_a_file(connection: Connection, lab_server: LabServer, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    push_file(connection, tmp_path / "empty", "empty", commit=Committer(lab_server.home))
    assert (lab_server.home / "empty").read_bytes() == b""
    assert pull_file(connection, "empty", tmp_path / "back") == hashlib.sha256(b"").hexdigest()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_cancelled_upload_leaves_nothing(
    connection: Connection, lab_server: LabServer, tmp_path: Path
) -> None:
    source = tmp_path / "big"
    source.write_bytes(bytes(5_000_000))
    calls = iter([False, False, True])
    with pytest.raises(Problem) as caught:
        push_file(connection, source, "big", commit=Committer(lab_server.home), cancelled=lambda: next(calls))
    assert caught.value.code == "operation.cancelled"
    assert left_in(lab_server.home) == []


def test_a_commit_that_fails_leaves_nothing(
    connection: Connection, lab_server: LabServer, tmp_path: Path
) -> None:
    source = tmp_path / "file"
    source.write_bytes(b"x")

    def commit(*_: str) -> None:
        raise Problem("transfer.mismatch", server="lab", path="file")

    with pytest.raises(Problem) as caught:
        push_file(connection, source, "file", commit=commit)
    assert caught.value.code == "transfer.mismatch"
    assert left_in(lab_server.home) == []


def test_a_missing_remote_file_is_named_and_nothing_is_left(connection: Connection, tmp_path: Path) -> None:
    into = tmp_path / "down" / "file"
    with pytest.raises(Problem) as caught:
        pull_file(connection, "nothing/here", into)
    assert caught.value.code == "remote.path_missing"
    assert left_in(into.parent) == []


def test_a_missing_local_file_is_named(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        push_file(connection, tmp_path / "none", "x", commit=lambda *_: None)
    assert caught.value.code == "file.missing"


@pytest.mark.parametrize("size", [99, 101])
def test_another_size_than_expected_is_refused(
    connection: Connection, lab_server: LabServer, tmp_path: Path, size: int
) -> None:
    (lab_server.home / "hundred").write_bytes(bytes(100))
    with pytest.raises(Problem) as caught:
        pull_file(connection, "hundred", tmp_path / "down" / "x", size=size)
    assert caught.value.code == "transfer.failed"
    assert left_in(tmp_path / "down") == []
