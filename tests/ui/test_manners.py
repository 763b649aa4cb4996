"""What the window's code must not do, read from the code itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import console.ui

ROOT = Path(console.ui.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
_FORBIDDEN = {
    "exec": "a nested event loop",
    "processEvents": "a nested event loop",
    "setStyleSheet": "style sheets disable the palette",
    "setHtml": "text of servers is plain",
    "appendHtml": "text of servers is plain",
}


def _calls(tree: ast.AST) -> list[tuple[str, int]]:
    return [
        (node.func.attr, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_nested_loops_no_markup_no_own_timers(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for name, line in _calls(tree):
        if name in _FORBIDDEN and not (path.name in ("main.py", "screens.py") and name == "exec"):
            pytest.fail(f"{path.name}:{line}: {name}: {_FORBIDDEN[name]}")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if path.name != "clock.py":
        assert "QTimer" not in names, "there is one clock"
    assert "QMessageBox" not in names
    assert "QThread" not in names
    assert "QLabel(" not in path.read_text("utf-8").replace("class Elided(QLabel)", "") or path.parts[
        -2:
    ] == (
        "kit",
        "labels.py",
    ), "labels are made by kit.labels"


def test_pyqtgraph_is_imported_with_the_first_chart_only() -> None:
    import subprocess
    import sys

    code = "import sys, console.ui.main; sys.exit('pyqtgraph' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
