"""A file system that is full on the server; needs root to mount a small one."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.ssh.transfer import push_file
from tests.lab.client import Client
from tests.lab.sshd import LabServer

pytestmark = pytest.mark.faults


@pytest.fixture
def small_disk(lab_server: LabServer) -> Iterator[Path]:
    """A file system of 1 MiB in the server's home."""
    place = lab_server.home / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_called_so_with_numbers(
    client: Client, small_disk: Path, lab_server: LabServer, tmp_path: Path
) -> None:
    source = tmp_path / "big"
    source.write_bytes(bytes(9_000_000))
    with pytest.raises(Problem) as caught:
        push_file(client.reach(lab_server), source, "small/big", commit=lambda *_: None)
    assert caught.value.code == "transfer.disk_full"
    assert "9 MB" in caught.value.sentence
    assert caught.value.attrs["free"] == "0 B"
    assert list(small_disk.iterdir()) == []
