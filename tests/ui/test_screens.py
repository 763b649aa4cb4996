"""Pictures of all pages are taken by the real event loop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from console.context import Context
from console.fleet.server import Server
from console.ui import screens
from console.ui.pages.catalogue import PAGES
from tests.ui.fleet_samples import Machine, feed


def test_every_page_gets_a_picture(qapp: QApplication, context: Context, tmp_path: Path) -> None:
    feed(context, [Machine(Server("a", "a"))], 30)
    sets = [
        screens.PictureSet("zh", "light", "zh_CN"),
        screens.PictureSet("small", "dark", "en", screens.SMALL),
    ]
    written = screens.run(context, tmp_path, sets=sets, settle_beats=2)
    names = {path.name for path in written}
    assert {f"{spec.id}.png" for spec in PAGES if not spec.under} <= names
    assert {"server.png", "files.png", "run_on_many.png", "palette.png", "add-server.png"} <= names
    assert {"push.png", "pull.png", "copy.png", "forwards.png", "secrets.png", "backup.png"} <= names
    assert {"plugins.png", "question-passphrase.png", "question-codes.png"} <= names
    for path in written:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) in (screens.SIZE, screens.SMALL)
