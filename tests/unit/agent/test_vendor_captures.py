"""The captures of vendors' tools as data: each names its source, every vendor has three and a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CAPTURES = Path(__file__).parents[2] / "lab" / "vendors"


@pytest.mark.parametrize("vendor", ["amd", "intel", "ascend"])
def test_a_vendor_has_three_captures_with_source_and_version_and_one_is_a_fault(vendor: str) -> None:
    folders = [each for each in (CAPTURES / vendor).iterdir() if each.is_dir()]
    assert len(folders) >= 3
    assert any(each.name == "fault" for each in folders)
    for folder in folders:
        source = (folder / "SOURCE.md").read_text("utf-8")
        assert re.search(r"https://\S+", source) or "public" in source, folder
        assert folder.name == "broken" or re.search(r"\d+\.\d+|container", source.splitlines()[0]), folder
