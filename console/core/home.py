"""Where everything local lives (the home), and where what ships with Tandem is found.

`resources/` and `plugins/` are found through one function, the same from a checkout, an installed
wheel and a frozen bundle.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds the database, known hosts, plugins, models and logs (mode 0700)."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "tandem.db"

    @property
    def known_hosts(self) -> Path:
        return self.root / "known_hosts"

    @property
    def options(self) -> Path:
        return self.root / "options.json"

    @property
    def secrets(self) -> Path:
        """Names, never the secrets, of what Tandem keeps in the system keyring."""
        return self.root / "secrets.json"

    @property
    def alerts(self) -> Path:
        """The board of alerts that this home's consoles and its alertd share."""
        return self.root / "alerts"

    @property
    def notifiers(self) -> Path:
        """The channels by which people are told of alerts; their secrets are not in it."""
        return self.root / "notifiers.toml"

    @property
    def sources(self) -> Path:
        """The systems that are read for servers of a site; their secrets are not in it."""
        return self.root / "sources.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def plugins(self) -> Path:
        return self.root / "plugins"

    @property
    def blobs(self) -> Path:
        """Model artifacts by content: blobs/<first two of sha256>/<sha256>."""
        return self.root / "blobs"

    def make(self) -> Home:
        """Create the folders, private to this account."""
        for folder in (self.root, self.logs, self.plugins, self.blobs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self


def own_command() -> list[str]:
    """The command that starts this Tandem again, from a checkout, a wheel or a bundle."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "console"]


def find_home(given: str | None = None) -> Home:
    """`--home`, else TANDEM_HOME, else the platform's user data folder."""
    chosen = given or os.environ.get("TANDEM_HOME") or platformdirs.user_data_dir("tandem", appauthor=False)
    return Home(Path(chosen).expanduser().absolute())


def shipped(kind: Literal["resources", "plugins"]) -> Path:
    """The folder of shipped resources or plugins, wherever this Tandem runs from."""
    package = Path(__file__).resolve().parent.parent
    if bundle := getattr(sys, "_MEIPASS", None):
        return Path(bundle) / kind
    installed = package / "_shipped" / kind
    return installed if installed.is_dir() else package.parent / kind
