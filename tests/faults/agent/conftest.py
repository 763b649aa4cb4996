"""The same homes and agents as the milder tests have, and full disks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.agent.conftest import home, start_agent
from tests.lab.processes import end_with_home

__all__ = ["home", "small_disk", "start_agent"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A HOME on a disk of 1 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(folder)], check=True)
    yield folder
    end_with_home(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
