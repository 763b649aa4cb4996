"""Every title and step name that a plan is made with is in the list that the window translates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.fleet.privileges import PRIVILEGES
from console.operations.plan_words import STEPS, TITLES, matched

ROOT = Path(__file__).resolve().parents[3]
# What stands in some place holders: with other words nothing would fit, as is meant.
_FILLED = {
    "word": "Kill",
    "how": "at once, nothing is saved",
    "what.title": "Reset GPU",
    "task.title": "Drain a",
}


def made_by(node: ast.expr) -> list[str]:
    """Texts as the expression makes them; none where it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.Constant) else _FILLED.get(ast.unparse(part.value), "5")
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        return ["".join(map(str, parts))]
    return []


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Of all modules that may make a plan."""
    for path in sorted((ROOT / "console").rglob("*.py")):
        text = path.read_text("utf-8")
        if "ui" in path.relative_to(ROOT).parts or "operations.plan import" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node


def test_titles() -> None:
    found = []
    for name, call in calls():
        if name in ("work", "joined", "Plan"):
            found += [text for key in call.keywords if key.arg == "title" for text in made_by(key.value)]
        if name == "self._work":
            found += made_by(call.args[1])
    assert len(found) > 20
    assert [text for text in found if matched(TITLES, text) is None] == []


def test_step_names() -> None:
    found = [act.title for act in PRIVILEGES if act.id != "kernel_log"]
    for name, call in calls():
        if name == "Step" and call.args:
            found += made_by(call.args[0])
    source = (ROOT / "console" / "demo" / "round.py").read_text("utf-8")
    rows = next(
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "steps"
    )
    assert isinstance(rows, ast.Tuple)
    found += [text for row in rows.elts if isinstance(row, ast.Tuple) for text in made_by(row.elts[0])]
    assert len(found) > 50
    assert [text for text in found if matched(STEPS, text) is None] == []


@pytest.mark.parametrize("template", [*TITLES, *STEPS])
def test_every_template_is_the_first_that_fits_what_it_makes(template: str) -> None:
    numbers = dict.fromkeys(("count", "pid", "number"), "3")
    names = ["what", "where", "server", "job", "user", "model", "version", "name", "gpu", "value", "signal"]
    values = {**dict.fromkeys(names, "a to b"), **numbers}
    found = matched(TITLES if template in TITLES else STEPS, template.format(**values))
    assert found is not None
    assert found[0] == template


def test_what_nobody_made_fits_nothing() -> None:
    assert matched(TITLES, "Something of a plugin") is None
    assert matched(STEPS, "") is None


def test_values_are_what_stood_there() -> None:
    assert matched(TITLES, "Push go to bed.txt to gpu-1, gpu-2") == (
        "Push {what} to {where}",
        {"what": "go to bed.txt", "where": "gpu-1, gpu-2"},
    )
