"""The commands of the README, as a reader would type them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"


def commands(page: Path = README) -> list[str]:
    """The lines after `$ ` in blocks that are marked as console, in their order."""
    blocks = re.findall(r"^```console\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def tandem_commands() -> list[str]:
    """Those that the installed command runs, the demo apart: it has a test of its own."""
    return [line for line in commands() if line.startswith("tandem ") and line != "tandem demo"]


def set_up_commands() -> list[str]:
    """Those that install or open something."""
    return [line for line in commands() if line not in tandem_commands()]
