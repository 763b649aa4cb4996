"""The README's commands are run in their order against a real sshd, as a reader would run them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.lab.sshd import LabServer
from tests.readme.commands import README, ROOT, commands, tandem_commands

TANDEM = [sys.executable, "-m", "console"]


def as_typed_here(line: str, server: LabServer, config: Path) -> str:
    """The line with the places that stand for a reader's own server filled in."""
    server_words = (
        f"--host {server.host} --port {server.port} --user {server.user} --identity {server.client_key}"
    )
    line = line.replace("--host gpu-01.example.org --user ada", server_words)
    if line.startswith("tandem server trust"):
        line += " --yes"  # the reader answers at the prompt
    if line.startswith("tandem server import"):
        line += f" --ssh-config {config}"
    return line


def test_every_command_of_the_readme_does_what_it_says(lab_server: LabServer, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(lab_server.ssh_config_block("gpu-02") + lab_server.ssh_config_block("other"))
    home = tmp_path / "user"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "TANDEM_HOME": str(tmp_path / "tandem"),
        "LANG": "C.UTF-8",
    }
    printed = {}
    for line in tandem_commands():
        found = subprocess.run(
            [*TANDEM, *shlex.split(as_typed_here(line, lab_server, config))[1:]],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert found.returncode == 0, f"{line}\n{found.stdout}{found.stderr}"
        printed[line] = found.stdout
    assert re.search(r"hello .* succeeded", printed["tandem job list --search hello"])
    assert any("gpu-02" in text and "other" not in text for line, text in printed.items() if "import" in line)
    assert (tmp_path / "tandem-backup.tar").stat().st_size > 0
    assert not (lab_server.home / ".tandem").exists(), "clean left something"


def test_links_and_pictures_of_the_readme_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README.read_text("utf-8"))
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert targets
    assert not missing


def test_the_readme_opens_with_purpose_and_picture_and_then_the_two_commands() -> None:
    text = README.read_text("utf-8")
    assert text.index("![") < text.index("```console")
    assert commands()[:3] == ["./dev demo", "pip install '.[demo]'", "tandem demo"]
