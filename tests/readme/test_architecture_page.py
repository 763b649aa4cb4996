"""The files that ARCHITECTURE.md names are there, so that the page cannot grow old unseen."""

from __future__ import annotations

import re

from tests.readme.commands import ROOT


def test_every_file_it_names_is_there() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    names = {
        name.split(":")[0] for name in re.findall(r"`([a-z_./]+\.(?:py|toml|spec)(?:: \w+\(?\)?)?)`", text)
    }
    assert len(names) > 30
    missing = sorted(n for n in names if not (ROOT / n).exists() and not (ROOT / "console" / n).exists())
    assert not missing
