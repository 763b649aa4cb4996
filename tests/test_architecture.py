"""The house rules a machine can judge: who imports whom, sizes, docstrings, calls that are not made."""

from __future__ import annotations

import ast
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path
    for folder in ("console", "plugins")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
LINES = 400
FUNCTION_LINES = 60
DOCSTRING_LINES = 3
# What one room alone may import.
OWNERS = {
    "paramiko": ("console/ssh", "console/demo"),
    "sqlite3": ("console/store",),
    "sqlite_utils": ("console/store",),
    "keyring": ("console/fleet/keyring_door.py",),
    "PySide6": ("console/ui",),
    "pyqtgraph": ("console/ui",),
    "qtawesome": ("console/ui",),
    "torch": ("plugins",),
    "sklearn": ("plugins",),
    "safetensors": ("plugins",),
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def gather(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


def says_why_long(path: Path, lines: range) -> bool:
    with path.open("rb") as file:
        return any(
            token.type == tokenize.COMMENT and token.string.startswith("# Long:") and token.start[0] in lines
            for token in tokenize.tokenize(file.readline)
        )


def test_rooms_import_downwards_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert found.returncode == 0, found.stdout + found.stderr


def test_each_library_stays_in_its_room() -> None:
    gather(
        [
            f"{named(path)} imports {name}; only {', '.join(owners)} may"
            for path in MODULES
            for name in imported(tree_of(path))
            if (owners := OWNERS.get(name.split(".")[0])) and not named(path).startswith(owners)
        ]
    )


def test_the_agent_needs_nothing_but_python_36() -> None:
    faults = []
    for path in sorted((ROOT / "console/agent").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"), str(path), feature_version=(3, 6))
        faults += [
            f"{named(path)} imports {name}"
            for name in imported(tree)
            if name.split(".")[0] not in {*sys.stdlib_module_names, "tandem_agent", "pynvml"}
        ]
    gather(faults)


def test_modules_are_short_or_say_why_not() -> None:
    """A longer one, such as one that is nothing but data, has a comment `# Long: …` near its top."""
    faults = []
    for path in MODULES:
        count = len(path.read_text("utf-8").splitlines())
        if count > LINES and not says_why_long(path, range(1, 20)):
            faults.append(f"{named(path)} has {count} lines of {LINES}")
    gather(faults)


def test_modules_say_what_lives_in_them() -> None:
    """In one to three lines; a room's `__init__` may go on with a manual for who builds in it."""
    faults = []
    for path in MODULES:
        text = (ast.get_docstring(tree_of(path)) or "").strip()
        told = text.split("\n\n")[0] if path.name == "__init__.py" else text
        lines = [line for line in told.splitlines() if line.strip()]
        if not lines and path.read_text("utf-8").strip():
            faults.append(f"{named(path)} says nothing")
        elif len(lines) > DOCSTRING_LINES:
            faults.append(f"{named(path)} says it in {len(lines)} lines of {DOCSTRING_LINES}")
    gather(faults)


def test_functions_are_short_or_say_why_not() -> None:
    """A longer one has a comment that begins with `# Long:` in the line above it or in its first lines."""
    faults = []
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length <= FUNCTION_LINES:
                continue
            if not says_why_long(path, range(node.lineno - 3, node.body[0].lineno + 3)):
                faults.append(
                    f"{named(path)}:{node.lineno} {node.name} has {length} lines of {FUNCTION_LINES}"
                )
    gather(faults)


def test_no_exception_is_swallowed() -> None:
    """Passing over one is right only where it says that things are already as wanted."""
    faults = []
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ExceptHandler) or not all(isinstance(e, ast.Pass) for e in node.body):
                continue
            caught = ast.unparse(node.type) if node.type else "everything"
            if caught not in {"FileExistsError", "FileNotFoundError", "ProcessLookupError"}:
                faults.append(f"{named(path)}:{node.lineno} passes over {caught}")
    gather(faults)


def test_there_are_no_globals_that_change() -> None:
    gather(
        [
            f"{named(path)}:{node.lineno} rebinds a global"
            for path in MODULES
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.Global)
        ]
    )


@pytest.mark.parametrize(
    "name", ["exec_", "processEvents", "waitForFinished", "waitForReadyRead", "terminate"]
)
def test_the_window_never_waits_inside_an_event(name: str) -> None:
    gather(
        [
            f"{named(path)}:{call.lineno} calls {name}"
            for path in MODULES
            if named(path).startswith("console/ui")
            for call, function in calls(tree_of(path))
            if function.attr == name
        ]
    )


def test_only_the_application_itself_is_executed() -> None:
    """And the loop of screens.py, which is a program of its own and no window that waits."""
    faults = []
    for path in MODULES:
        for call, function in calls(tree_of(path)):
            receiver = ast.unparse(function.value).split(".")[-1].lower()
            own = "app" in receiver or named(path) == "console/ui/screens.py"
            if function.attr == "exec" and named(path).startswith("console/ui") and not own:
                faults.append(f"{named(path)}:{call.lineno} executes {ast.unparse(function.value)}")
    gather(faults)


def test_the_shell_never_sees_a_string_of_ours() -> None:
    """`shell=True` and os.system take a line, and a line is pasted together."""
    faults = []
    for path in MODULES:
        for call, function in calls(tree_of(path)):
            in_shell = any(
                word.arg == "shell" and isinstance(word.value, ast.Constant) and word.value.value
                for word in call.keywords
            )
            if in_shell or ast.unparse(function) in {"os.system", "os.popen"}:
                faults.append(f"{named(path)}:{call.lineno} {ast.unparse(function)}")
    gather(faults)


def test_starting_the_command_imports_neither_torch_nor_qt() -> None:
    script = (
        "import sys\n"
        "import console.app, console.cli, console.commands.catalogue, console.__main__\n"
        "heavy = {'keyring', 'torch', 'sklearn', 'scipy', 'PySide6', 'pyqtgraph'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert found.returncode == 0, found.stderr


def test_what_is_unfinished_is_not_here() -> None:
    marks = ("TO" + "DO", "FIX" + "ME")
    gather(
        [
            f"{named(path)}:{number} {mark}"
            for path in MODULES
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
            for mark in marks
            if mark in line
        ]
    )


def test_the_window_ticks_with_the_kit_s_tick() -> None:
    """Qt's own box is all but invisible in the dark."""
    faults = [
        f"{named(path)} makes a QCheckBox"
        for path in MODULES
        if "/ui/" in str(path)
        and "/kit/" not in str(path)
        and "QCheckBox(" in path.read_text(encoding="utf-8")
    ]
    gather(faults)
