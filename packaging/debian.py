"""Makes the .deb out of the bundle with nfpm: /opt/tandem, a link in /usr/bin, desktop entry and icons."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import trim

HERE = Path(__file__).resolve().parent
ID = "io.tandem.Console"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_RENDER = """
import sys
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
app = QGuiApplication(["icons", "-platform", "offscreen"])
drawing = QSvgRenderer(sys.argv[1])
for size in map(int, sys.argv[3:]):
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    assert image.save(f"{sys.argv[2]}/{size}.png")
"""


def version() -> str:
    """The version as the package itself says it."""
    found = re.search(
        r'__version__ = "([^"]+)"', (HERE.parent / "console" / "__init__.py").read_text("utf-8")
    )
    if found is None:
        raise SystemExit("console/__init__.py has no __version__")
    return found[1]


def make_icons(folder: Path, python: Path) -> None:
    """The icon in all sizes, drawn from the SVG by Qt itself."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [str(size) for size in ICON_SIZES]
    subprocess.run([python, "-c", _RENDER, HERE / "linux/tandem.svg", folder, *sizes], check=True)


def make_metainfo(path: Path, epoch: str) -> None:
    """The metainfo with this version and its day."""
    text = (HERE / f"linux/{ID}.metainfo.xml.in").read_text("utf-8")
    day = time.strftime("%Y-%m-%d", time.gmtime(int(epoch)))
    path.write_text(text.replace("@VERSION@", version()).replace("@DATE@", day), "utf-8")


def contents(bundle: Path, work: Path) -> list[dict[str, object]]:
    """What the package puts where, in nfpm's shape."""

    def file(source: Path, target: str) -> dict[str, object]:
        return {"src": str(source), "dst": target, "file_info": {"mode": 0o644}}

    icons = [
        file(work / f"icons/{size}.png", f"/usr/share/icons/hicolor/{size}x{size}/apps/{ID}.png")
        for size in ICON_SIZES
    ]
    return [
        {"src": str(bundle), "dst": "/opt/tandem", "type": "tree"},
        {"src": "/opt/tandem/tandem", "dst": "/usr/bin/tandem", "type": "symlink"},
        file(HERE / f"linux/{ID}.desktop", f"/usr/share/applications/{ID}.desktop"),
        file(work / "metainfo.xml", f"/usr/share/metainfo/{ID}.metainfo.xml"),
        file(HERE / "linux/tandem.svg", f"/usr/share/icons/hicolor/scalable/apps/{ID}.svg"),
        file(HERE / "linux/copyright", "/usr/share/doc/tandem/copyright"),
        *icons,
    ]


def make_deb(bundle: Path, build: Path, dist: Path, binaries: Path, epoch: str) -> Path:
    """The .deb in `dist`; `binaries` holds nfpm and a Python with PySide6."""
    work = build / "deb"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    dist.mkdir(exist_ok=True)
    make_icons(work / "icons", binaries / "python")
    make_metainfo(work / "metainfo.xml", epoch)
    machine = MACHINES[os.uname().machine]
    config = {
        "name": "tandem",
        "arch": machine,
        "platform": "linux",
        "version": version(),
        "version_schema": "none",
        "section": "admin",
        "priority": "optional",
        "maintainer": "The Tandem authors <tandem@localhost>",
        "description": "Console for training and inference servers over SSH\n"
        "Watches accelerators, runs jobs that outlive the connection, keeps models\n"
        "and serves them behind a router. Nothing is installed on a server.",
        "license": "Apache-2.0",
        "depends": list(trim.DEPENDS),
        "recommends": list(trim.RECOMMENDS),
        "contents": contents(bundle, work),
        "deb": {"compression": "xz"},
    }
    recipe = work / "nfpm.json"  # JSON is YAML
    recipe.write_text(json.dumps(config, indent=1), "utf-8")
    deb = dist / f"tandem_{version()}_{machine}.deb"
    found = subprocess.run(
        [binaries / "nfpm", "package", "--config", recipe, "--packager", "deb", "--target", deb],
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode != 0:
        raise SystemExit(f"nfpm failed:\n{found.stdout}{found.stderr}")
    return deb
