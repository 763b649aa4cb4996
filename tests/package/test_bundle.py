"""The frozen bundle and the .deb: built, installed into a clean Debian, and run there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.sshd import LabServer
from tests.readme.commands import ROOT

pytestmark = [pytest.mark.package, pytest.mark.timeout(1500)]


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


def test_the_bundle_sends_its_agent_to_a_server(lab_server: LabServer, tmp_path: Path) -> None:
    """The agent's sources and pynvml are read as text out of the bundle, and ssh is the machine's own."""
    config = lab_server.write_ssh_config(tmp_path / "config", alias="gpu-01")
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def tandem(*words: str) -> str:
        found = subprocess.run(
            [ROOT / "build/bundle/tandem/tandem", "--home", tmp_path / "tandem", *words],
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert found.returncode == 0, f"{words}\n{found.stdout}{found.stderr}"
        return found.stdout

    tandem("server", "import", "--ssh-config", str(config))
    tandem("server", "trust", "gpu-01", "--yes")
    report = json.loads(tandem("server", "check", "gpu-01", "--json"))
    assert report["reachable"]
    assert tandem("exec", "gpu-01", "--", "printenv", "HOME").strip() == str(lab_server.home)
