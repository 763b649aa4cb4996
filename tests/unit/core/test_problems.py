"""The catalogue of Problems: every code has words that parse, a remedy and a help page that is there."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.core.home import shipped
from console.core.problem_catalogue import CATALOGUE
from console.core.problems import Problem, known_codes, text_for

ROOT = Path(__file__).resolve().parents[3]


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def slug(heading: str) -> str:
    """The anchor of a heading, as help pages are shown."""
    return re.sub(r"[^a-z0-9-]", "", heading.strip().lower().replace(" ", "-"))


def anchors(page: Path) -> set[str]:
    text = page.read_text("utf-8")
    headings = {slug(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")}
    named = set(re.findall(r'<a (?:id|name)="([^"]+)"', text)) | set(re.findall(r"\{#([a-z0-9-]+)\}", text))
    return headings | named


@pytest.mark.parametrize("code", known_codes())
def test_every_code_has_words_that_parse(code: str) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", code)
    text = text_for(code)
    attributes = names_in(text.sentence) | names_in(text.remedy)
    assert all(name.isidentifier() for name in attributes), "positional or dotted fields are not filled"
    problem = Problem(code, **dict.fromkeys(attributes, "X"))
    assert problem.sentence
    assert problem.remedy
    assert "{" not in problem.sentence + problem.remedy
    if text.sentence != "{sentence}":
        assert problem.sentence.endswith(".")
    assert problem.sentence.count("\n") == 0


@pytest.mark.parametrize("code", known_codes())
def test_every_help_page_is_there(code: str) -> None:
    page, _, anchor = text_for(code).help_page.partition("#")
    assert page
    assert anchor
    path = shipped("resources") / "help" / f"{page}.md"
    assert path.is_file(), f"{path} is missing"
    assert anchor in anchors(path), f"{path} has no anchor '{anchor}'"


def raised() -> Iterator[tuple[str, str, set[str] | None]]:
    """Place, code and attributes of every Problem that the sources raise with a constant code."""
    for path in sorted((ROOT / "console").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or node.func.id != "Problem"
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                open_ended = any(keyword.arg is None for keyword in node.keywords)
                given = None if open_ended else {str(keyword.arg) for keyword in node.keywords}
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0].value, given


def test_problems_are_raised_with_the_attributes_that_their_words_need() -> None:
    faults = []
    for place, code, given in raised():
        if code not in CATALOGUE:
            faults.append(f"{place} raises {code}, which is not in the catalogue")
        elif given is not None:
            needed = names_in(text_for(code).sentence) | names_in(text_for(code).remedy)
            if missing := needed - given:
                faults.append(f"{place} raises {code} without {sorted(missing)}")
    assert not faults, "\n".join(faults)


def test_a_missing_code_or_attribute_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        Problem("no.such_code")
    with pytest.raises(KeyError, match="needs the attribute 'path'"):
        Problem("file.missing")


def test_a_problem_can_be_logged_as_json() -> None:
    problem = Problem("file.unreadable", path=Path("/x/{y}"), reason=OSError("no"))
    found = json.loads(json.dumps(problem.as_dict()))
    assert found["code"] == "file.unreadable"
    assert found["attrs"] == {"path": "/x/{y}", "reason": "no"}
    assert found["problem"] == "/x/{y} cannot be read: no."
    assert str(problem) == "/x/{y} cannot be read: no. Check its permissions."
