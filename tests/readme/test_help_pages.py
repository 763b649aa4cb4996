"""Every Problem leads to a heading of a help page, and every heading has something to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.core.home import shipped
from console.core.problem_catalogue import CATALOGUE

PAGES = shipped("resources") / "help"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#{1,6} (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_problem_has_its_help_page(code: str) -> None:
    page, _, anchor = CATALOGUE[code][2].partition("#")
    path = PAGES / f"{page}.md"
    assert path.is_file(), f"{code} leads to {path.name}, which is not there"
    assert anchor in anchors(path), f"{code} leads to {page}#{anchor}, and there is no such heading"


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_help_page_says_something_under_every_heading(page: Path) -> None:
    sections = re.split(r"^## .+$", page.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert sections
    assert all(len(section.split()) >= 8 for section in sections)
