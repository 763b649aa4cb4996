"""The README's commands that install and open something, run as on a machine without a display."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme.commands import ROOT, commands, set_up_commands

pytestmark = [pytest.mark.package, pytest.mark.timeout(900)]

# ./dev test runs this very test, so here it only sets up, lints and collects.
AS_RUN_HERE = {"./dev test": "./dev test default -- --collect-only -q"}


def environment(home: Path, *folders: Path) -> dict[str, str]:
    """No display, a home of its own, and the folders first in PATH."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    path = os.pathsep.join([*map(str, folders), os.environ["PATH"]])
    return {**kept, "CI": "true", "TANDEM_HOME": str(home), "PATH": path}


def run(line: str, variables: dict[str, str]) -> str:
    """Run a line from the checkout; what it printed, both streams."""
    found = subprocess.run(
        shlex.split(line),
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=850,
    )
    assert found.returncode == 0, f"{line}\n{found.stdout[-5000:]}"
    return found.stdout


def assert_a_whole_round(output: str) -> None:
    assert re.search(r"accuracy (0\.9[5-9]|1\.0)\d* on held-out digits; \d+ requests, 0 failed", output), (
        output
    )


def test_these_are_all_of_them() -> None:
    assert set_up_commands() == ["./dev demo", "pip install '.[demo]'", "tandem demo", "./dev test"]
    assert commands()


def test_the_demo_out_of_a_checkout(tmp_path: Path) -> None:
    output = run("./dev demo", environment(tmp_path / "home"))
    assert "no display" in output
    assert_a_whole_round(output)


def test_the_demo_out_of_an_installation(tmp_path: Path) -> None:
    variables = environment(tmp_path / "home", tmp_path / "clean/bin")
    variables["PIP_CONSTRAINT"] = str(ROOT / "packaging/constraints.txt")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "clean"], check=True)
    run("pip install --quiet '.[demo]'", variables)
    assert_a_whole_round(run("tandem demo", variables))


def test_the_tests(tmp_path: Path) -> None:
    assert "tests collected" in run(AS_RUN_HERE["./dev test"], environment(tmp_path / "home"))
