"""The frozen bundle and the .deb: built, installed into a clean Debian, and run there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.readme.commands import ROOT


@pytest.mark.package
@pytest.mark.timeout(1500)
def test_the_deb_works_in_a_clean_debian() -> None:
    found = subprocess.run(
        [sys.executable, "packaging/build.py"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "tried in a clean Debian" in found.stdout
