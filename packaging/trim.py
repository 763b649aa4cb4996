"""What of Qt and of the machine's libraries goes into the bundle: allow-lists, and how they are applied."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""Name inside the bundle, file it is copied from, kind: PyInstaller's own shape."""

# Modules of PySide6 that may be imported; tests/test_architecture.py holds the window's imports against it.
# QtTest is pyqtgraph's.
QT_MODULES = frozenset({"QtCore", "QtGui", "QtWidgets", "QtSvg", "QtTest"})

# Plug-ins of Qt by folder.
QT_PLUGINS = {
    "platforms": ("libqxcb*", "libqwayland*", "libqoffscreen*"),
    "platformthemes": ("libqxdgdesktopportal*",),
    "platforminputcontexts": ("libcompose*", "libibus*"),
    "iconengines": ("libqsvgicon*",),
    "imageformats": ("libqsvg*", "libqjpeg*"),
    "xcbglintegrations": ("libqxcb-egl*", "libqxcb-glx*"),
    "wayland-shell-integration": ("libxdg-shell*",),
    "wayland-decoration-client": ("libbradient*", "libadwaita*"),
    "wayland-graphics-integration-client": ("libqt-plugin-wayland-egl*",),
}

# Languages of Qt's own texts that the window also speaks.
QT_TRANSLATIONS = ("qtbase_zh_CN.qm", "qtbase_zh_TW.qm", "qt_zh_CN.qm", "qt_zh_TW.qm")

# Libraries that have to fit the machine's graphics, fonts and desktop: Debian brings them, see DEPENDS.
SYSTEM_LIBRARIES = (
    "libstdc++.so*", "libgcc_s.so*", "libX*.so*", "libxcb*.so*", "libxkbcommon*.so*", "libwayland-*.so*",
    "libEGL.so*", "libGL*.so*", "libdrm.so*", "libgbm.so*", "libfontconfig.so*", "libfreetype.so*",
    "libdbus-1.so*", "libglib-2.0.so*", "libgobject-2.0.so*", "libgio-2.0.so*", "libgmodule-2.0.so*",
    "libgthread-2.0.so*", "libgssapi_krb5.so*", "libkrb5*.so*", "libk5crypto.so*", "libcom_err.so*",
    "libkeyutils.so*", "libsystemd.so*", "libexpat.so*", "libpng16.so*", "libbrotli*.so*", "libharfbuzz.so*",
    "libgraphite2.so*", "libpcre2-8.so*", "libselinux.so*", "libcap.so*", "libgcrypt.so*", "libgpg-error.so*",
    "libmount.so*", "libblkid.so*", "libresolv.so*", "libgtk-3.so*", "libgdk*.so*", "libpango*.so*",
    "libcairo*.so*", "libatk*.so*", "libfribidi.so*", "libthai.so*", "libdatrie.so*", "libpixman-1.so*",
    "libjpeg.so*", "libbsd.so*", "libmd.so*", "liblz4.so*",
)  # fmt: skip

# Debian packages that bring them, and the ssh that answers `ssh -G`.
DEPENDS = (
    "libc6 (>= 2.34)", "libstdc++6", "libgcc-s1", "libegl1", "libgl1", "libfontconfig1", "libfreetype6",
    "libdbus-1-3", "libglib2.0-0", "libx11-xcb1", "libxkbcommon0", "libxkbcommon-x11-0", "libxcb1",
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0",
    "libxcb-render-util0", "libxcb-render0", "libxcb-shape0", "libxcb-shm0", "libxcb-sync1",
    "libxcb-xfixes0", "libxcb-xkb1", "libwayland-client0", "libwayland-cursor0", "libwayland-egl1",
    "fonts-dejavu-core", "openssh-client",
)  # fmt: skip
RECOMMENDS = ("fonts-noto-cjk",)

# Python modules that are never needed here, however they come along.
EXCLUDES = (
    "tkinter", "turtle", "turtledemo", "idlelib", "test", "lib2to3", "ensurepip", "pip", "setuptools",
    "pkg_resources", "wheel", "torch", "torchvision", "sklearn", "scipy", "safetensors",
    "matplotlib", "pandas", "IPython", "jupyter_rfb", "pygments", "pytest", "hypothesis", "mypy",
    "numpy.f2py", "numpy.distutils",
    "pyqtgraph.opengl", "pyqtgraph.examples", "pyqtgraph.flowchart", "pyqtgraph.jupyter", "pyqtgraph.console",
    "pyqtgraph.canvas", "pyqtgraph.dockarea", "pyqtgraph.parametertree", "PyQt5", "PyQt6", "PySide2",
)  # fmt: skip


def qt_modules_imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each module of PySide6 that the Python files below a folder import."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "PySide6":
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6."):
                yield path, str(node.module).split(".")[1]
            elif isinstance(node, ast.Import):
                names = (alias.name.split(".") for alias in node.names)
                yield from ((path, name[1]) for name in names if name[0] == "PySide6" and len(name) > 1)


def qt_excludes(package: Path) -> list[str]:
    """The modules of an installed PySide6 that are not on the list."""
    present = {path.name.split(".")[0] for path in package.glob("Qt*.so")}
    return sorted(f"PySide6.{name}" for name in present - QT_MODULES)


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    parts = path.parts
    if "plugins" in parts and "PySide6" in parts:
        allowed = QT_PLUGINS.get(path.parent.name, ())
        return any(fnmatch(path.name, pattern) for pattern in allowed)
    if "translations" in parts and "PySide6" in parts:
        return path.name in QT_TRANSLATIONS
    if "qml" in parts and "PySide6" in parts:
        return False
    return not (
        "PySide6" not in parts
        and "numpy.libs" not in parts
        and any(fnmatch(path.name, pattern) for pattern in SYSTEM_LIBRARIES)
    )


def trimmed(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that go into the bundle."""
    return [entry for entry in entries if _wanted(entry[0])]


def without_orphans(entries: Sequence[Entry], needed_by: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Leave out the libraries of Qt that nothing asks for any more, and links that lead nowhere.

    Args:
        needed_by: from a file to the names of the libraries it asks for.
    """
    kept = [entry for entry in entries if entry[2] != "SYMLINK"]
    links = [entry for entry in entries if entry[2] == "SYMLINK"]
    asked = {entry[1]: set(needed_by(entry[1])) for entry in kept if ".so" in entry[0]}
    while True:
        names: set[str] = set().union(*asked.values()) if asked else set()
        orphans = [e for e in kept if "PySide6/Qt/lib/" in e[0] and PurePosixPath(e[0]).name not in names]
        if not orphans:
            break
        for orphan in orphans:
            asked.pop(orphan[1], None)
        kept = [entry for entry in kept if entry not in orphans]
    places = {entry[0] for entry in kept}
    return kept + [link for link in links if str(PurePosixPath(link[0]).parent / link[1]) in places]
