"""The wheel installs into a clean environment and finds there what ships with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme.commands import ROOT

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]


def run(*argv: str | Path, **variables: str) -> str:
    """What a command prints; it must succeed."""
    found = subprocess.run(
        [str(word) for word in argv],
        env={**os.environ, **variables},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert found.returncode == 0, f"{argv}\n{found.stdout}{found.stderr}"
    return found.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a clean environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "clean")
    run(folder / "clean/bin/pip", "install", "--quiet", wheel)
    return folder / "clean/bin"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"TANDEM_HOME": str(tmp_path / "tandem"), "HOME": str(tmp_path)}


def test_it_says_its_version(installed: Path, home: dict[str, str]) -> None:
    import console

    assert run(installed / "tandem", "--version", **home).strip() == f"tandem {console.__version__}"


def test_the_doctor_finds_nothing_wrong_here(installed: Path, home: dict[str, str]) -> None:
    findings = json.loads(run(installed / "tandem", "doctor", "--json", **home))
    assert any(each["what"] == "resources" and each["works"] for each in findings)


def test_it_finds_the_plugins_that_ship_with_it(installed: Path, home: dict[str, str]) -> None:
    plugins = json.loads(run(installed / "tandem", "plugin", "list", "--json", **home))
    names = {path.name for path in (ROOT / "plugins").iterdir() if (path / "plugin.toml").exists()}
    assert {plugin["name"] for plugin in plugins} == names
    assert {plugin["state"] for plugin in plugins} == {"loaded"}, plugins
    assert all(Path(plugin["path"]).is_relative_to(installed.parent) for plugin in plugins)


def test_torch_is_not_asked_for(installed: Path) -> None:
    assert "torch" not in run(installed / "pip", "list")
