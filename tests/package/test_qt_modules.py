"""The bundle's list of Qt modules covers what the window imports: what is not on it is not shipped."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent


def load(name: str) -> ModuleType:
    """A module of packaging/, which is a folder of scripts and no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_covers_what_the_window_imports() -> None:
    trim = load("trim")
    found = [*trim.qt_modules_imported(ROOT / "console"), *trim.qt_modules_imported(ROOT / "plugins")]
    assert found
    missing = [f"{path.relative_to(ROOT)}: {name}" for path, name in found if name not in trim.QT_MODULES]
    assert not missing, f"add to QT_MODULES in packaging/trim.py or do without: {missing}"


def test_orphaned_libraries_go_with_what_asked_for_them() -> None:
    trim = load("trim")
    entries = [
        ("PySide6/QtCore.so", "/a", "EXTENSION"),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/b", "BINARY"),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "/c", "BINARY"),
        ("PySide6/Qt/lib/libQt6Qml.so.6", "/d", "BINARY"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Qml.so.6", "PySide6/Qt/lib/libQt6Qml.so.6", "SYMLINK"),
    ]
    needs = {"/a": ["libQt6Core.so.6"], "/c": ["libQt6Qml.so.6"]}
    kept = trim.without_orphans(entries, lambda path: needs.get(path, []))
    assert [entry[1] for entry in kept] == ["/a", "/b", "PySide6/Qt/lib/libQt6Core.so.6"]


def test_the_mirror_is_read_from_the_machine(tmp_path: Path) -> None:
    smoke = load("smoke")
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://old.example bookworm main\ndeb [arch=amd64] http://one.example/debian bookworm main\n"
    )
    assert smoke.mirror_of(tmp_path, "bookworm") == "http://one.example/debian"
    (tmp_path / "sources.list.d/debian.sources").write_text(
        "Types: deb\nURIs: http://two.example/security\nSuites: bookworm-security\nComponents: main\n\n"
        "Types: deb\nURIs: http://two.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
    )
    assert smoke.mirror_of(tmp_path, "bookworm") == "http://two.example/debian"
