"""The command's own home for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.command import Tandem


@pytest.fixture
def tandem(tmp_path: Path) -> Tandem:
    return Tandem(tmp_path)
